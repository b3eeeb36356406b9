//! Goal: the generator makes every legal state of a tiny log and no illegal one, and it finds a
//! storage that forgets a sync. Method: logs whose states are enumerated by hand from the rules.
//! What a user loses if one fails: trust in every crash test built on it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use gleaner_store::{DirectoryStorage, Fs, ObjectName, Put, Storage, Update, Version};
use rustix::io::Errno;

use super::*;
use crate::fault::{Call, Effect, Fault, Faults, Reach};
use crate::faulty_fs::FaultyFs;
use crate::recording_fs::RecordingFs;

/// A content of the disk: paths and bytes.
type State = BTreeMap<String, Vec<u8>>;

/// A path and its bytes.
type Line<'a> = (&'a str, &'a [u8]);

fn state(files: &[Line]) -> State {
    files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())).collect()
}

fn states(all: &[&[Line]]) -> BTreeSet<State> {
    all.iter().map(|files| state(files)).collect()
}

fn files(image: &CrashImage) -> State {
    image.fs.files().into_iter().map(|(path, bytes)| (path, bytes.to_vec())).collect()
}

/// The states that a crash after the whole log may leave.
fn final_states<F: Fs>(fs: &RecordingFs<F>) -> BTreeSet<State> {
    let log = fs.log();
    // A log whose whole past is the durable base, but for what no sync covered: only the last
    // point.
    let mut last = BTreeSet::new();
    let mut disk = Disk { base: log.base.clone(), changes: Vec::new() };
    log.entries.iter().for_each(|entry| disk.advance(entry));
    for seed in 0..8 {
        for fates in disk.choices(&SeededRandom::new(seed)) {
            let fs = disk.image(&fates);
            let image = CrashImage { fs, acknowledged: Vec::new(), point: 0, state: String::new() };
            last.insert(files(&image));
        }
    }
    last
}

fn recording() -> RecordingFs {
    RecordingFs::over(MemoryFs::new())
}

/// A file with `bytes`, not synced.
fn write<F: Fs>(fs: &F, path: &str, bytes: &[u8]) -> F::File {
    let file = fs.create_new(path).unwrap();
    assert_eq!(fs.write_at(&file, 0, bytes).unwrap(), bytes.len());
    file
}

/// Leaves out states with stale bytes, which are random; says whether there were any.
fn without_stale(states: BTreeSet<State>, known: &[&[u8]]) -> (BTreeSet<State>, bool) {
    let count = states.len();
    let is_known = |state: &State| state.values().all(|bytes| known.contains(&bytes.as_slice()));
    let kept: BTreeSet<_> = states.into_iter().filter(is_known).collect();
    let had_stale = kept.len() < count;
    (kept, had_stale)
}

#[test]
fn nothing_synced_leaves_name_and_data_to_chance() {
    let fs = recording();
    write(&fs, "f", b"data");
    let known: [&[u8]; 3] = [b"", b"data", b"\0\0\0\0"];
    let (found, had_stale) = without_stale(final_states(&fs), &known);
    let legal = states(&[&[], &[("f", b"")], &[("f", b"data")], &[("f", b"\0\0\0\0")]]);
    assert_eq!(found, legal);
    assert!(had_stale, "stale bytes are tried");
}

#[test]
fn name_without_data_is_legal_after_a_folder_sync_alone() {
    let fs = recording();
    write(&fs, "f", b"data");
    fs.sync_dir("").unwrap();
    let known: [&[u8]; 3] = [b"", b"data", b"\0\0\0\0"];
    let (found, _) = without_stale(final_states(&fs), &known);
    assert_eq!(found, states(&[&[("f", b"")], &[("f", b"data")], &[("f", b"\0\0\0\0")]]));
}

#[test]
fn data_sync_alone_leaves_the_whole_file_or_no_name() {
    let fs = recording();
    let file = write(&fs, "f", b"data");
    fs.sync_data(&file).unwrap();
    assert_eq!(final_states(&fs), states(&[&[], &[("f", b"data")]]));
}

#[test]
fn both_syncs_leave_one_state_whatever_their_order() {
    for is_data_first in [true, false] {
        let fs = recording();
        let file = write(&fs, "f", b"data");
        if is_data_first {
            fs.sync_data(&file).unwrap();
        }
        fs.sync_dir("").unwrap();
        fs.sync_data(&file).unwrap();
        assert_eq!(final_states(&fs), states(&[&[("f", b"data")]]));
    }
}

#[test]
fn failed_data_sync_makes_its_writes_maybe_for_ever() {
    let faults = Faults::new();
    let inner = FaultyFs::new(MemoryFs::new(), faults.clone());
    let fs = RecordingFs::new(inner, MemoryFs::new().nodes());
    let file = write(&fs, "f", b"data");
    let effect = Effect::Error(Errno::IO.raw_os_error());
    faults.arm(Fault { calls: &[Call::SyncData], nth: 1, reach: Reach::Once, effect });
    fs.sync_data(&file).unwrap_err();
    // Reports success and proves nothing about the bytes of before.
    fs.sync_data(&file).unwrap();
    fs.sync_dir("").unwrap();
    let known: [&[u8]; 3] = [b"", b"data", b"\0\0\0\0"];
    let (found, _) = without_stale(final_states(&fs), &known);
    assert_eq!(found, states(&[&[("f", b"")], &[("f", b"data")], &[("f", b"\0\0\0\0")]]));
    // Bytes written after the failure are covered by the later sync.
    fs.write_at(&file, 0, b"late").unwrap();
    fs.sync_data(&file).unwrap();
    assert_eq!(final_states(&fs), states(&[&[("f", b"late")]]));
}

#[test]
fn failed_folder_sync_makes_its_names_maybe_for_ever() {
    let faults = Faults::new();
    let inner = FaultyFs::new(MemoryFs::new(), faults.clone());
    let fs = RecordingFs::new(inner, MemoryFs::new().nodes());
    fs.create_new("early").unwrap();
    let effect = Effect::Error(Errno::IO.raw_os_error());
    faults.arm(Fault { calls: &[Call::SyncDir], nth: 1, reach: Reach::Once, effect });
    fs.sync_dir("").unwrap_err();
    fs.create_new("late").unwrap();
    fs.sync_dir("").unwrap();
    let legal = states(&[&[("late", b"")], &[("early", b""), ("late", b"")]]);
    assert_eq!(final_states(&fs), legal);
}

#[test]
fn unsynced_names_are_independent() {
    let fs = recording();
    fs.create_new("a").unwrap();
    fs.create_new("b").unwrap();
    let legal = states(&[&[], &[("a", b"")], &[("b", b"")], &[("a", b""), ("b", b"")]]);
    assert_eq!(final_states(&fs), legal);
}

#[test]
fn rename_within_a_folder_shows_the_old_or_the_new_name() {
    let fs = recording();
    write(&fs, "old", b"x");
    fs.settle();
    fs.rename_noreplace("old", "new").unwrap();
    assert_eq!(final_states(&fs), states(&[&[("old", b"x")], &[("new", b"x")]]));
    fs.sync_dir("").unwrap();
    assert_eq!(final_states(&fs), states(&[&[("new", b"x")]]));
}

#[test]
fn rename_across_folders_shows_old_new_or_both_but_never_neither() {
    let renamed = |syncs: &[&str]| {
        let fs = recording();
        fs.mkdir("a").unwrap();
        fs.mkdir("b").unwrap();
        write(&fs, "a/f", b"x");
        fs.settle();
        fs.rename_noreplace("a/f", "b/f").unwrap();
        for folder in syncs {
            fs.sync_dir(folder).unwrap();
        }
        final_states(&fs)
    };
    let (old, new): (Line, Line) = (("a/f", b"x"), ("b/f", b"x"));
    assert_eq!(renamed(&[]), states(&[&[old], &[new], &[old, new]]));
    assert_eq!(renamed(&["b"]), states(&[&[new], &[old, new]]));
    assert_eq!(renamed(&["a"]), states(&[&[new]]));
    assert_eq!(renamed(&["b", "a"]), states(&[&[new]]));
}

#[test]
fn link_and_unlink_are_independent() {
    let fs = recording();
    write(&fs, "f", b"x");
    fs.settle();
    fs.link("f", "g").unwrap();
    fs.unlink("f").unwrap();
    let (f, g): (Line, Line) = (("f", b"x"), ("g", b"x"));
    // Links promise less than a rename: RELIABILITY rule 3 has each operation done or not.
    assert_eq!(final_states(&fs), states(&[&[f], &[g], &[f, g], &[]]));
    fs.sync_dir("").unwrap();
    assert_eq!(final_states(&fs), states(&[&[g]]));
}

#[test]
fn unlink_is_undone_until_its_folder_is_synced() {
    let fs = recording();
    write(&fs, "f", b"x");
    fs.settle();
    fs.unlink("f").unwrap();
    assert_eq!(final_states(&fs), states(&[&[("f", b"x")], &[]]));
    fs.sync_dir("").unwrap();
    assert_eq!(final_states(&fs), states(&[&[]]));
}

#[test]
fn content_of_a_folder_hangs_on_the_name_of_the_folder() {
    let fs = recording();
    fs.mkdir("d").unwrap();
    let file = write(&fs, "d/f", b"x");
    fs.sync_data(&file).unwrap();
    fs.sync_dir("d").unwrap();
    assert_eq!(final_states(&fs), states(&[&[], &[("d/f", b"x")]]));
    fs.sync_dir("").unwrap();
    assert_eq!(final_states(&fs), states(&[&[("d/f", b"x")]]));
}

#[test]
fn name_given_twice_shows_one_of_its_files() {
    let fs = recording();
    write(&fs, "f", b"1");
    fs.settle();
    fs.unlink("f").unwrap();
    let second = write(&fs, "f", b"2");
    fs.sync_data(&second).unwrap();
    assert_eq!(final_states(&fs), states(&[&[("f", b"1")], &[("f", b"2")], &[]]));
}

#[test]
fn writes_tear_at_both_units_from_either_end() {
    let fs = recording();
    let bytes = [7; 4096 + 512 + 1];
    write(&fs, "f", &bytes);
    fs.sync_dir("").unwrap();
    let contents: BTreeSet<Vec<u8>> =
        final_states(&fs).into_iter().map(|mut state| state.remove("f").unwrap()).collect();
    let torn = |from: usize, to: usize| {
        let mut torn = vec![0; to];
        torn[from..to].fill(7);
        torn
    };
    for (cut, why) in [(512, "first sector"), (4096, "page"), (4608, "last sector")] {
        assert!(contents.contains(&torn(0, cut)), "front of a tear at the {why}");
        assert!(contents.contains(&torn(cut, bytes.len())), "back of a tear at the {why}");
    }
    assert!(contents.contains(&vec![0; bytes.len()]), "zeros");
    assert!(contents.contains(&Vec::new()), "nothing");
    for content in &contents {
        let is_stale = content.iter().any(|byte| *byte != 0 && *byte != 7);
        let is_sector_torn =
            content.chunks(512).all(|sector| sector.iter().all(|b| *b == sector[0]));
        assert!(is_stale || is_sector_torn, "no tear inside a sector");
    }
}

#[test]
fn images_know_what_was_acknowledged_before_them() {
    let fs = recording();
    fs.create_new("a").unwrap();
    fs.sync_dir("").unwrap();
    fs.acknowledge("a");
    fs.create_new("b").unwrap();
    let mut seen = BTreeSet::new();
    let count = for_each_crash_image(&fs.log(), 1, |image| {
        seen.insert((files(&image).into_keys().collect::<Vec<_>>(), image.acknowledged));
    });
    let line = |files: &[&str], acknowledged: &[&str]| {
        let owned = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        (owned(files), owned(acknowledged))
    };
    let legal =
        [line(&[], &[]), line(&["a"], &[]), line(&["a"], &["a"]), line(&["a", "b"], &["a"])];
    assert_eq!(seen, BTreeSet::from(legal));
    assert_eq!(count, 4, "equal images are visited once");
}

fn name(text: &str) -> ObjectName {
    ObjectName::new(text).unwrap()
}

fn storage<F: Fs>(fs: F) -> DirectoryStorage<F> {
    DirectoryStorage::new(fs, Arc::new(SeededRandom::new(5)))
}

fn laid_out(memory: MemoryFs) -> RecordingFs {
    let fs = RecordingFs::over(memory);
    storage(fs.clone()).create_layout().unwrap();
    fs.settle();
    fs
}

/// The last one lies in a folder that an earlier one made.
const OBJECTS: [&str; 5] =
    ["data/00/p", "snapshots/s", "leases/a/x", "condemned/1/2/z", "leases/a/y"];

fn body(text: &str) -> Vec<u8> {
    text.bytes().cycle().take(9000).collect()
}

/// Puts objects and acknowledges each.
fn put_all<F: Fs>(fs: F, recording: &RecordingFs) {
    let storage = storage(fs);
    for text in OBJECTS {
        let body = body(text);
        let put = storage.put_if_absent(&name(text), &[&body[..5000], &body[5000..]]);
        assert_eq!(put.unwrap(), Put::Created);
        recording.acknowledge(text);
    }
}

/// The verdict on an image: acknowledged objects whole, others whole or absent.
fn defect(image: &CrashImage) -> Option<String> {
    let storage = storage(image.fs.clone());
    for text in OBJECTS {
        let is_acknowledged = image.acknowledged.iter().any(|what| what == text);
        match storage.get(&name(text), u64::MAX) {
            Ok(bytes) if bytes == body(text) => {}
            Ok(bytes) => return Some(format!("{text} has {} other bytes", bytes.len())),
            Err(_) if !is_acknowledged => {}
            Err(error) => return Some(format!("{text}: {error}")),
        }
    }
    None
}

#[test]
fn directory_storage_keeps_acknowledged_objects_and_tears_none() {
    for memory in [MemoryFs::new(), MemoryFs::new().refusing_rename()] {
        let fs = laid_out(memory);
        put_all(fs.clone(), &fs);
        let images = for_each_crash_image(&fs.log(), 2, |image| {
            assert_eq!(defect(&image), None, "point {}, {}", image.point, image.state);
        });
        assert!(images > 100, "{images} images");
    }
}

#[test]
fn storage_that_loses_any_one_sync_is_found_out() {
    let cases: [(&'static [Call], &[u64]); 2] = [
        // One data sync per object.
        (&[Call::SyncData], &[1, 2, 3, 4, 5]),
        // The final folder, folders above it that may be new, then the temporary folder, whose
        // sync guards no promise of this test. With links, because after a rename the sync of
        // either folder makes the new name durable.
        (&[Call::SyncDir], &[1, 3, 5, 6, 8, 9, 10, 12]),
    ];
    for (calls, guards) in cases {
        for nth in guards {
            let fs = laid_out(MemoryFs::new().refusing_rename());
            let faults = Faults::new();
            let fault = Fault { calls, nth: *nth, reach: Reach::Once, effect: Effect::LostSync };
            faults.arm(fault);
            put_all(FaultyFs::new(fs.clone(), faults.clone()), &fs);
            assert_eq!(faults.hits(), 1, "{fault:?}");
            let mut defects = 0;
            for_each_crash_image(&fs.log(), 3, |image| {
                defects += u32::from(defect(&image).is_some());
            });
            assert!(defects > 0, "{fault:?} goes unnoticed");
        }
    }
}

#[test]
fn failed_sync_is_never_acknowledged_away() {
    let calls: &[Call] = &[Call::SyncData, Call::SyncDir];
    for nth in 1..=19 {
        let faults = Faults::new();
        let laid_out = laid_out(MemoryFs::new());
        let inner = FaultyFs::new(laid_out.inner().clone(), faults.clone());
        let fs = RecordingFs::new(inner, laid_out.log().base);
        let effect = Effect::Error(Errno::IO.raw_os_error());
        faults.arm(Fault { calls, nth, reach: Reach::Once, effect });
        let storage = storage(fs.clone());
        for text in OBJECTS {
            // A stubborn caller: tries the same name again after an error.
            for _ in 0..2 {
                if storage.put_if_absent(&name(text), &[&body(text)]).is_ok() {
                    fs.acknowledge(text);
                    break;
                }
            }
        }
        assert_eq!(faults.hits(), 1, "sync {nth}");
        for_each_crash_image(&fs.log(), 4, |image| {
            assert_eq!(defect(&image), None, "sync {nth}, point {}, {}", image.point, image.state);
        });
    }
}

#[test]
fn acknowledged_versions_never_go_back() {
    let fs = laid_out(MemoryFs::new());
    let storage_here = storage(fs.clone());
    for number in 0..4_u64 {
        let expected = (number > 0).then_some(Version(number));
        let update = storage_here.update_if(&name("leases/l"), expected, &number.to_le_bytes());
        assert_eq!(update.unwrap(), Update::Written(Version(number + 1)));
        fs.acknowledge((number + 1).to_string());
    }
    storage_here.delete_versioned(&name("leases/l")).unwrap();
    fs.acknowledge("deleted");
    for_each_crash_image(&fs.log(), 5, |image| {
        let latest = storage(image.fs.clone()).read_latest(&name("leases/l")).unwrap();
        let at_least = match image.acknowledged.last().map(String::as_str) {
            Some("deleted") => return assert_eq!(latest, None, "{}", image.state),
            Some(number) => number.parse::<u64>().unwrap(),
            None => 0,
        };
        let found = latest.as_ref().map_or(0, |(Version(number), _)| *number);
        // While the object is deleted, lowest first, the last version may go at any time.
        let is_deleting = image.acknowledged.len() == 4;
        assert!(found >= at_least || is_deleting && found == 0, "{}", image.state);
        if let Some((Version(number), bytes)) = latest {
            assert_eq!(bytes, (number - 1).to_le_bytes(), "{}", image.state);
        }
    });
}
