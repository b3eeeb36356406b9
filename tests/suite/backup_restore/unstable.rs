//! Files that vanish or change while a backup runs: named, counted, and nothing else suffers.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use gleaner_engine::source::{Candidate, Selection, Verdict};
use gleaner_engine::{
    BackupOptions, BackupStats, EntryEvent, Error, Observer, Run, Warning, WarningKind, backup,
};
use gleaner_tests::engine_doubles::{
    back_up, backup_options, disk_files, seeded_bytes, snapshot_files, snapshot_of,
};

use super::{Heard, Place, assert_identities, assert_same_files, write};

/// Does something when the walk has looked at a file, before a reader opens it.
struct Meddler<F>(&'static [u8], F);

impl<F: Fn() + Send + Sync> Selection for Meddler<F> {
    fn select(&self, candidate: &Candidate<'_>) -> Verdict {
        if candidate.name == self.0 {
            self.1();
        }
        Verdict::Keep
    }
}

fn backup_with_meddler(
    place: &Place,
    meddle: impl Fn() + Send + Sync + 'static,
) -> (BackupStats, Vec<Warning>) {
    let options = BackupOptions {
        selection: Arc::new(Meddler(b"victim", meddle)),
        ..backup_options(&[place.source()])
    };
    let heard = Heard::default();
    let run = Run { observer: &heard, ..Run::silent() };
    let stats = backup(&place.repository, &options, &run).unwrap();
    assert_identities(&stats);
    (stats, heard.warnings())
}

fn with_victim() -> (Place, PathBuf) {
    let place = Place::new();
    for name in ["before", "victim", "zero"] {
        write(&place.source(), name, name);
    }
    let victim = place.source().join("victim");
    (place, victim)
}

#[test]
fn file_that_vanishes_is_named_and_the_rest_is_saved() {
    let (place, victim) = with_victim();
    let path = victim.clone();
    let (stats, warnings) = backup_with_meddler(&place, move || {
        std::fs::remove_file(&path).unwrap();
    });
    assert_eq!((stats.files_failed, stats.total_files_processed), (1, 2));
    let [warning] = &warnings[..] else { panic!("{warnings:?}") };
    assert_eq!(warning.kind, WarningKind::Vanished);
    assert_eq!(warning.path, victim.as_os_str().as_encoded_bytes());
    place.restore(&snapshot_of(&place.repository, &stats));
    assert_same_files(&place.source(), &place.restored());
}

#[test]
fn file_replaced_by_another_after_the_walk_saw_it_is_named() {
    let (place, victim) = with_victim();
    let other = place.folder.path().join("other");
    std::fs::write(&other, "secret of somebody else").unwrap();
    let (stats, warnings) = backup_with_meddler(&place, move || {
        std::fs::rename(&other, &victim).unwrap();
    });
    assert_eq!(stats.files_failed, 1);
    assert_eq!(warnings.len(), 1);
    let snapshot = snapshot_of(&place.repository, &stats);
    let files = snapshot_files(&place.repository, &snapshot, &place.source()).unwrap();
    assert!(!files.contains_key(&b"victim"[..]));
}

#[test]
fn file_replaced_by_a_link_to_elsewhere_is_not_followed() {
    let (place, victim) = with_victim();
    let secret = place.folder.path().join("secret");
    std::fs::write(&secret, "secret").unwrap();
    let (stats, warnings) = backup_with_meddler(&place, move || {
        std::fs::remove_file(&victim).unwrap();
        std::os::unix::fs::symlink(&secret, &victim).unwrap();
    });
    assert_eq!((stats.files_failed, warnings.len()), (1, 1));
    let snapshot = snapshot_of(&place.repository, &stats);
    let files = snapshot_files(&place.repository, &snapshot, &place.source()).unwrap();
    assert!(!files.values().any(|bytes| bytes == b"secret"));
}

/// Changes a file once the file before it is done. The changed one is so large that its reader
/// waits for the sequencer, which is the caller.
struct Changer<F> {
    heard: Heard,
    change: Mutex<Option<F>>,
}

impl<F: FnOnce() + Send> Observer for Changer<F> {
    fn warning(&self, warning: &Warning) {
        self.heard.warning(warning);
    }

    fn entry(&self, event: &EntryEvent<'_>) {
        if event.path.ends_with(b"/a")
            && let Some(change) = self.change.lock().unwrap().take()
        {
            change();
        }
    }
}

fn backup_while_changing(change: impl FnOnce(PathBuf) + Send) -> (Place, BackupStats) {
    let place = Place::new();
    write(&place.source(), "a", seeded_bytes(31, 2 << 20));
    write(&place.source(), "b", seeded_bytes(32, 48 << 20));
    write(&place.source(), "c", "after");
    let path = place.source().join("b");
    let observer =
        Changer { heard: Heard::default(), change: Mutex::new(Some(move || change(path))) };
    let run = Run { observer: &observer, ..Run::silent() };
    let options = backup_options(&[place.source()]);
    let stats = backup(&place.repository, &options, &run).unwrap();
    assert_identities(&stats);
    assert_eq!((stats.files_unstable, stats.files_failed), (1, 0));
    assert_eq!(observer.heard.kinds(), [WarningKind::Changed]);
    (place, stats)
}

#[test]
fn file_truncated_while_it_is_read_is_saved_as_read_and_read_again_next_time() {
    let (place, stats) = backup_while_changing(|path| {
        std::fs::File::options().write(true).open(path).unwrap().set_len(40 << 20).unwrap();
    });
    place.restore(&snapshot_of(&place.repository, &stats));
    assert_same_files(&place.source(), &place.restored());
    let next = back_up(&place.repository, &place.source()).unwrap();
    assert_eq!((next.files_unmodified, next.files_changed), (2, 1));
    assert_eq!(next.bytes_novel, 0);
}

#[test]
fn file_that_grows_while_it_is_read_is_named_and_complete_next_time() {
    let (place, stats) = backup_while_changing(|path| {
        use std::io::Write;
        let mut file = std::fs::File::options().append(true).open(path).unwrap();
        file.write_all(&seeded_bytes(33, 1 << 20)).unwrap();
    });
    let read = |stats: &BackupStats| {
        let snapshot = snapshot_of(&place.repository, stats);
        snapshot_files(&place.repository, &snapshot, &place.source()).unwrap()
    };
    assert!(read(&stats)[&b"b"[..]] == seeded_bytes(32, 48 << 20), "what was there at first");
    let next = back_up(&place.repository, &place.source()).unwrap();
    assert_eq!(next.files_changed, 1);
    assert!(read(&next) == disk_files(&place.source()));
}

#[test]
fn cancelled_backup_leaves_no_snapshot_and_its_packs_are_known_to_the_next() {
    struct Stopper<'a>(&'a gleaner_engine::Cancel);
    impl Observer for Stopper<'_> {
        fn entry(&self, event: &EntryEvent<'_>) {
            if event.path.ends_with(b"/b") {
                self.0.cancel();
            }
        }
    }
    let place = Place::new();
    write(&place.source(), "a", seeded_bytes(34, 3 << 20));
    write(&place.source(), "b", seeded_bytes(35, 3 << 20));
    write(&place.source(), "c", seeded_bytes(36, 3 << 20));
    let cancel = gleaner_engine::Cancel::new();
    let run = Run { observer: &Stopper(&cancel), cancel: cancel.clone(), ..Run::silent() };
    let result = backup(&place.repository, &backup_options(&[place.source()]), &run);
    assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
    assert_eq!(place.repository.snapshots().unwrap().snapshots.len(), 0);
    assert_eq!(gleaner_engine::leases(&place.repository).unwrap(), []);
    let stats = back_up(&place.repository, &place.source()).unwrap();
    assert_identities(&stats);
    assert!(stats.bytes_known > 0, "what the stopped run stored is not stored again");
    place.restore(&snapshot_of(&place.repository, &stats));
    assert_same_files(&place.source(), &place.restored());
}
