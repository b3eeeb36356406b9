//! The engine on the operating system's files: a plain tree passes the suite of all sources, with
//! the kernel's events and without, and what only real files show.
#![expect(clippy::disallowed_methods, reason = "the tests lay out real files")]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::fs::{CWD, FileType, Mode, mknodat};
use tempfile::TempDir;

use super::super::{FileSource, FileSourceOptions};
use super::stage::{Told, options, tree};
use crate::clock::{Clock, SystemClock};
use crate::conformance::{self, SourceSubject};
use crate::files::pins::{PinOptions, Pins};
use crate::files::rooted_fs::{RootedFs, RootedSpool};
use crate::object::ObjectKey;
use crate::source::{AccessSource, Event, Stop};

/// A plain tree of real files.
#[derive(Debug)]
struct RealTree {
    folder: TempDir,
    clock: Arc<SystemClock>,
    source: FileSource,
    /// Whoever is still writing in part.
    writer: Mutex<Option<JoinHandle<()>>>,
}

fn real_tree(use_events: bool) -> RealTree {
    real_tree_in(TempDir::new().unwrap(), use_events)
}

fn real_tree_in(folder: TempDir, use_events: bool) -> RealTree {
    fs::create_dir(folder.path().join("root")).unwrap();
    let clock = Arc::new(SystemClock::new());
    let spool = RootedSpool::create(folder.path().join("spool")).unwrap();
    let pins = Pins::new(clock.clone(), PinOptions::default(), Some(Arc::new(spool))).unwrap();
    let options =
        FileSourceOptions { use_events, poll_interval: Duration::from_millis(500), ..options() };
    let root = RootedFs::new(folder.path().join("root"));
    let source = FileSource::new(Arc::new(root), tree(), clock.clone(), options, Some(pins));
    RealTree { folder, clock, source, writer: Mutex::default() }
}

impl RealTree {
    fn at(&self, path: &str) -> std::path::PathBuf {
        self.folder.path().join("root").join(path)
    }

    fn scan(&self) -> Told {
        Told::of(self.source.scan(None).unwrap())
    }
}

impl SourceSubject for RealTree {
    fn source(&self) -> &dyn AccessSource {
        &self.source
    }

    fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    fn put(&self, name: &str, body: &[u8]) {
        if let Some(writer) = self.writer.lock().unwrap().take() {
            writer.join().unwrap();
        }
        fs::create_dir_all(self.at("folder")).unwrap();
        fs::write(self.at("folder").join(name), body).unwrap();
    }

    fn remove(&self, name: &str) {
        fs::remove_file(self.at("folder").join(name)).unwrap();
    }

    fn key(&self, name: &str) -> ObjectKey {
        ObjectKey::new(format!("folder/{name}").into_bytes()).unwrap()
    }

    fn settle(&self) {
        self.clock.sleep(Duration::from_millis(2_050));
    }

    fn put_hostile_neighbours(&self) {
        fs::write(self.folder.path().join("outside"), "secret").unwrap();
        symlink("../outside", self.at("link")).unwrap();
        symlink("..", self.at("folder/up")).unwrap();
        symlink(".", self.at("folder/loop")).unwrap();
        let pipe = Mode::from_raw_mode(0o600);
        mknodat(CWD, self.at("folder/pipe"), FileType::Fifo, pipe, 0).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(self.at("socket")).unwrap();
        let mut deep = self.at("deep");
        for _ in 0..20 {
            fs::create_dir(&deep).unwrap();
            deep.push("d");
        }
        fs::create_dir(&deep).unwrap();
        fs::write(deep.join("too_deep"), "x").unwrap();
    }

    fn put_in_part(&self, name: &str, body: &[u8], bytes: usize) -> bool {
        fs::write(self.at("folder").join(name), &body[..bytes]).unwrap();
        // Growing while it is listed: the listing waits two seconds, and this is later.
        let path = self.at("folder").join(name);
        let part = body[..bytes / 2].to_vec();
        let clock = self.clock.clone();
        let writer = std::thread::spawn(move || {
            for _ in 0..5 {
                clock.sleep(Duration::from_millis(500));
                fs::write(&path, &part).unwrap();
            }
        });
        *self.writer.lock().unwrap() = Some(writer);
        true
    }

    fn truncate(&self, name: &str, bytes: usize) -> bool {
        let file = fs::OpenOptions::new().write(true).open(self.at("folder").join(name)).unwrap();
        file.set_len(bytes as u64).unwrap();
        true
    }
}

#[test]
fn plain_tree_is_a_source_with_events() {
    conformance::all_at_once(|| real_tree(true));
}

#[test]
fn plain_tree_is_a_source_without_events() {
    conformance::feed_and_listing_come_to_the_same_set(&real_tree(false));
}

#[test]
fn links_are_one_object_and_lead_nowhere() {
    let tree = real_tree(true);
    fs::write(tree.at("b"), "content").unwrap();
    fs::hard_link(tree.at("b"), tree.at("a")).unwrap();
    fs::write(tree.folder.path().join("outside"), "secret").unwrap();
    symlink("../outside", tree.at("link")).unwrap();
    symlink("b", tree.at("link_within")).unwrap();
    tree.settle();
    assert_eq!(tree.scan().keys(), ["a"]);
}

#[test]
fn unreadable_file_costs_itself_only() {
    let tree = real_tree(true);
    fs::write(tree.at("secret"), "x").unwrap();
    fs::write(tree.at("open"), "x").unwrap();
    fs::set_permissions(tree.at("secret"), fs::Permissions::from_mode(0o0)).unwrap();
    tree.settle();
    let told = tree.scan();
    if rustix::process::geteuid().is_root() {
        // Root reads all: then nothing is refused.
        assert_eq!(told.keys(), ["open", "secret"]);
    } else {
        assert_eq!(told.words, ["+open", "denied secret"]);
    }
}

#[test]
fn feed_by_events_lags_less_than_two_seconds() {
    let tree = real_tree(true);
    fs::write(tree.at("old"), "x").unwrap();
    tree.settle();
    let stop = Stop::new();
    let mut feed = tree.source.watch(&stop).unwrap();
    let mut next = || match feed.next().unwrap().unwrap() {
        Event::Upsert(meta) => format!("+{}", String::from_utf8_lossy(meta.key.as_bytes())),
        Event::Gone(key) => format!("-{}", String::from_utf8_lossy(key.as_bytes())),
        other => format!("{other:?}").split('(').next().unwrap().to_owned(),
    };
    assert_eq!([next(), next()], ["+old", "Cursor"]);
    let begin = Instant::now();
    // In a folder that was not there, and renamed into place.
    fs::create_dir_all(tree.at("new/er")).unwrap();
    fs::write(tree.at("new/er/file"), "x").unwrap();
    fs::write(tree.at(".tmp"), "y").unwrap();
    fs::rename(tree.at(".tmp"), tree.at("moved")).unwrap();
    fs::remove_file(tree.at("old")).unwrap();
    let mut told: Vec<String> =
        std::iter::repeat_with(&mut next).filter(|word| word != "Cursor").take(3).collect();
    assert!(begin.elapsed() < Duration::from_secs(4), "two seconds and a busy machine");
    told.sort();
    assert_eq!(told, ["+moved", "+new/er/file", "-old"]);
    stop.stop();
}

#[test]
fn hundred_thousand_files_are_remembered_in_little_memory() {
    // In memory where that is possible: making so many files takes a disk a minute.
    let folder = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap();
    let tree = real_tree_in(folder, true);
    for folder in 0..100 {
        fs::create_dir(tree.at(&format!("{folder:02}"))).unwrap();
        for file in 0..1000 {
            fs::write(tree.at(&format!("{folder:02}/{file:032}")), b"").unwrap();
        }
    }
    tree.settle();
    let resident = || {
        let status = fs::read_to_string("/proc/self/statm").unwrap();
        status.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
    };
    let before = resident();
    let mut count = 0;
    for event in tree.source.scan(None).unwrap() {
        count += usize::from(matches!(event.unwrap(), Event::Upsert(_)));
    }
    assert_eq!(count, 100_000);
    let grown = resident().saturating_sub(before);
    assert!(grown < 64 << 20, "{grown} bytes");
    let stated = tree.source.table_bytes();
    assert!(stated < 64 << 20 && grown < 2 * stated, "{stated} stated, {grown} measured");
}
