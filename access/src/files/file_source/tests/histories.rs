//! Random histories: whatever happens to the files in whatever order, with events, without, and
//! with events lost, whoever applies what was told has what a fresh source lists.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::super::{FileSource, FileSourceOptions};
use super::stage::{Stage, Told, options, read, tree};
use crate::files::memory_fs::MemoryFs;
use crate::source::{AccessSource, Event, Stop};

/// A small generator (`SplitMix64`), so that a seed gives one history for ever.
struct Seeded(u64);

impl Seeded {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        let place = self.next(words.len() as u64);
        words[usize::try_from(place).unwrap()]
    }
}

const FOLDERS: [&str; 6] = ["", "x/", "y/", "x/z/", "y/z/", "w/"];
const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// What may happen.
#[derive(Debug, Clone, Copy)]
struct World {
    has_events: bool,
    loses_events: bool,
    /// A link that comes or goes changes the ctime of its other names, of which no event tells.
    has_links: bool,
}

/// Does one random thing to the files, and says which. A folder never takes a file's name.
fn act(fs: &MemoryFs, seeded: &mut Seeded, world: World) -> String {
    let file = |seeded: &mut Seeded| format!("{}{}", seeded.pick(&FOLDERS), seeded.pick(&NAMES));
    let (one, two) = (file(seeded), file(seeded));
    let bytes = vec![7; usize::try_from(seeded.next(5)).unwrap()];
    match seeded.next(12) {
        0..=2 => fs.write(&one, &bytes),
        3 => fs.write_without_closing(&one, &bytes),
        4 | 5 if one != two && fs.has(&one) => {
            fs.make_folders_above(&two);
            fs.rename(&one, &two);
            return format!("rename {one} {two}");
        }
        6 => {
            fs.remove(&one);
            return format!("remove {one}");
        }
        7 if world.has_links && fs.has(&one) && !fs.has(&two) => {
            fs.make_folders_above(&two);
            fs.link(&one, &two);
            return format!("link {one} {two}");
        }
        8 => {
            let folder = seeded.pick(&["x", "y", "x/z", "w"]);
            fs.remove(folder);
            return format!("remove {folder}");
        }
        9 if fs.has("x") && !fs.has("w") => {
            fs.rename("x", "w");
            return "rename x w".to_owned();
        }
        10 if fs.has("w") && !fs.has("x") => {
            fs.rename("w", "x");
            return "rename w x".to_owned();
        }
        11 if world.loses_events => {
            fs.lose_events();
            return "lose events".to_owned();
        }
        _ => {
            fs.write("always", &bytes);
            return "write always".to_owned();
        }
    }
    format!("write {one}")
}

/// A source that never saw these files.
fn fresh(stage: &Stage) -> FileSource {
    let fs = Arc::new(stage.fs.clone());
    FileSource::new(fs, tree(), stage.clock.clone(), options(), None)
}

/// Applies a feed until `stop`; what an epoch does not tell again before the next cursor is gone.
fn follow(stage: &Stage, told: &mut Told, stop: &Stop) {
    let mut before_epoch = Vec::new();
    for event in stage.source.watch(stop).unwrap() {
        let event = event.unwrap();
        match &event {
            Event::Epoch(_) => before_epoch = told.objects.keys().cloned().collect(),
            Event::Upsert(meta) => before_epoch.retain(|key| *key != meta.key),
            Event::Cursor(_) => {
                for key in std::mem::take(&mut before_epoch) {
                    told.objects.remove(&key);
                }
            }
            _ => {}
        }
        told.add(std::iter::once(Ok(event)));
    }
}

fn history(seed: u64, world: World) {
    let mut seeded = Seeded(seed);
    let options = FileSourceOptions { poll_interval: Duration::from_secs(5), ..options() };
    let stage = Stage::with(tree(), options, |_| None);
    stage.fs.set_events(world.has_events);
    stage.fs.write("always", b"");
    let mut told = Told::default();
    for round in 0..3_u64 {
        let begin = stage.clock.elapsed();
        let words_before = told.words.len();
        let log = Arc::new(Mutex::new(Vec::new()));
        for step in 0..25 {
            let time = begin + Duration::from_millis(seeded.next(8_000));
            let fs = stage.fs.clone();
            let mut of_step = Seeded(seed ^ (round << 32) ^ (step << 40));
            let log = Arc::clone(&log);
            stage.clock.at(time, move || {
                let done = act(&fs, &mut of_step, world);
                log.lock().unwrap().push((time, done));
            });
        }
        let stop = Stop::new();
        let switch = stop.clone();
        stage.clock.at(begin + Duration::from_secs(20), move || switch.stop());
        follow(&stage, &mut told, &stop);
        stage.settle();
        let listed = Told::of(fresh(&stage).scan(None).unwrap());
        // Of several names of one file, each source lists the one that it saw first.
        let by_generation = |told: &Told| -> BTreeMap<_, _> {
            let objects = told.objects.values();
            objects.map(|meta| (meta.generation, meta.key.as_bytes().to_vec())).collect()
        };
        let (mine, theirs) = (by_generation(&told), by_generation(&listed));
        let keys = |these: &BTreeMap<_, Vec<u8>>, those: &BTreeMap<_, Vec<u8>>| -> Vec<String> {
            let only = these.iter().filter(|(generation, _)| !those.contains_key(*generation));
            only.map(|(_, key)| String::from_utf8_lossy(key).into_owned()).collect()
        };
        let differ = (keys(&mine, &theirs), keys(&theirs, &mine));
        let words = told.words.get(words_before..).unwrap_or_default();
        assert!(
            differ.0.is_empty() && differ.1.is_empty() && told.objects.len() == mine.len(),
            "seed {seed}, round {round}: {differ:?} after {words:?}; {:#?}",
            log.lock().unwrap()
        );
        for meta in told.objects.values() {
            let key = String::from_utf8(meta.key.as_bytes().to_vec()).unwrap();
            let bytes = read(&stage.source, &key, &meta.generation).unwrap();
            assert_eq!(Some(bytes.len() as u64), meta.raw_len, "seed {seed}, {key}");
        }
        // A listing since the feed's last cursor has nothing to add.
        let rest = stage.scan_since(told.cursor.as_ref());
        assert!(rest.words.is_empty(), "seed {seed}, round {round}: {:?}", rest.words);
    }
}

#[test]
fn feed_by_events_comes_to_what_a_fresh_source_lists() {
    for seed in 0..300 {
        history(seed, World { has_events: true, loses_events: false, has_links: false });
    }
}

#[test]
fn feed_that_loses_events_comes_to_what_a_fresh_source_lists() {
    for seed in 1_000..1_200 {
        history(seed, World { has_events: true, loses_events: true, has_links: false });
    }
}

#[test]
fn feed_by_polling_comes_to_what_a_fresh_source_lists() {
    for seed in 2_000..2_200 {
        history(seed, World { has_events: false, loses_events: false, has_links: true });
    }
}
