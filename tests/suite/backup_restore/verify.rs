//! `--verify`: what cannot be read back is named.

use std::path::PathBuf;
use std::sync::Mutex;

use gleaner_engine::{
    Choice, EntryEvent, Observer, RestoreOptions, RestoreStats, Run, Warning, restore,
};
use gleaner_tests::engine_doubles::{back_up, restore_options, snapshot_of};

use super::{Place, write};

/// Moves a folder of the target away once all files are there, before they are read back.
struct Mover {
    from: PathBuf,
    files_left: Mutex<u32>,
    warned: Mutex<Vec<Vec<u8>>>,
}

impl Observer for Mover {
    fn entry(&self, _event: &EntryEvent<'_>) {
        let mut files_left = self.files_left.lock().unwrap();
        *files_left -= 1;
        if *files_left == 0 {
            std::fs::rename(&self.from, self.from.with_extension("moved")).unwrap();
        }
    }

    fn warning(&self, warning: &Warning) {
        self.warned.lock().unwrap().push(warning.path.clone());
    }
}

fn restore_and_lose_a_folder(place: &Place, lost: &str) -> (RestoreStats, Vec<String>) {
    let stats = back_up(&place.repository, &place.source()).unwrap();
    let snapshot = snapshot_of(&place.repository, &stats);
    let source = place.source().into_os_string().into_string().unwrap();
    let below_source = format!("{source}/");
    let options = RestoreOptions {
        subpath: source.into_bytes(),
        select: std::sync::Arc::new(|path, _| {
            if path.ends_with(b"/left out") { Choice::Skip } else { Choice::Take }
        }),
        ..restore_options(&place.target())
    };
    let mover = Mover {
        from: place.target().join(lost),
        files_left: Mutex::new(3),
        warned: Mutex::default(),
    };
    let run = Run { observer: &mover, ..Run::silent() };
    let stats = restore(&place.repository, &snapshot, &options, &run).unwrap();
    let named = mover.warned.into_inner().unwrap();
    let named = named.into_iter().map(|path| String::from_utf8(path).unwrap());
    (stats, named.map(|path| path.replace(&below_source, "")).collect())
}

#[test]
fn folders_and_files_that_cannot_be_read_back_are_named_and_counted() {
    let place = Place::new();
    for folder in ["a", "a/b", "a/empty", "a/left out", "c"] {
        std::fs::create_dir(place.source().join(folder)).unwrap();
    }
    for file in ["a/b/file", "a/file", "a/left out/file", "c/file"] {
        write(&place.source(), file, file);
    }
    let (stats, named) = restore_and_lose_a_folder(&place, "a");
    assert_eq!(stats.files_failed, 0);
    assert!(!stats.verified);
    // The folder that is gone is named; what is below it by what is missing of it.
    assert_eq!(named, ["a", "a/b/file", "a/file"]);
    assert_eq!(stats.verify_failed, 3);
}
