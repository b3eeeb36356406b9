//! What formats may ask of the engine: companions, several objects in a file, parts, files that
//! move, files whose header changes in place.

use std::sync::Arc;
use std::time::Duration;

use super::stage::{Stage, options, read};
use crate::error::{Error, Reason};
use crate::files::access_fs::join_path;
use crate::files::file_format::{
    Completeness, FileFormat, FileNumber, FileRules, Found, Inspection, PartOf, Role, Segment,
};
use crate::files::memory_fs::{Fault, MemoryFs};
use crate::files::pins::{PinOptions, Pins};
use crate::identifiers::{ChecksumAlgorithm, Identifiers};
use crate::object::{GenerationTuple, ObjectKey, Run};
use crate::scope::Scope;
use crate::source::AccessSource;

/// A made-up kind: files begin with a line of words.
///
/// `key K`: an object of that key after the line. `part K S T`: the part from S on of a whole of T
/// bytes; `private` is a part that is somebody's own. `many A B`: two objects of one byte each.
/// `beside N K`: the body is the file N. `short`: not complete. `bad`: corrupt. Names that begin
/// with `~` are nothing, and `x+` belongs to `x`.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) in_place: bool,
}

impl FileFormat for Words {
    fn kind(&self) -> &'static str {
        "words"
    }

    fn rules(&self) -> FileRules {
        FileRules {
            changed_in_place: self.in_place,
            complete: Completeness::AsInspected,
            links_once: false,
            folder_depth: 2,
        }
    }

    fn enters(&self, folder: &[u8]) -> bool {
        !folder.starts_with(b"~")
    }

    fn role(&self, _folder: &[u8], name: &[u8]) -> Role {
        match (name.first(), name.split_last()) {
            (Some(b'~'), _) => Role::Ignored,
            (_, Some((b'+', of))) => Role::CompanionOf(of.to_vec()),
            _ => Role::Object,
        }
    }

    fn inspect(&self, file: &mut Inspection<'_>) -> Result<Vec<Found>, Error> {
        let head = file.head(200)?;
        let line = head.split(|&byte| byte == b'\n').next().unwrap();
        let from = line.len() as u64 + 1;
        let text = String::from_utf8(line.to_vec()).unwrap();
        let words: Vec<&str> = text.split(' ').collect();
        let rest = |len| Segment { file: FileNumber::INSPECTED, offset: from, len };
        let bytes = file.stat().bytes.saturating_sub(from);
        let generation = GenerationTuple::new("words").number(file.stat().ino).number(bytes);
        let found = |key: &str, body: Vec<Segment>| {
            let mut found =
                Found::new(ObjectKey::new(key.as_bytes()).unwrap(), generation.finish(), body);
            found.identifiers.add_checksum(ChecksumAlgorithm::StrongEntityTag, key.as_bytes());
            found
        };
        match words.as_slice() {
            ["key", key] => Ok(vec![found(key, vec![rest(bytes)])]),
            ["part", key, start, total] => {
                let part =
                    PartOf { start: start.parse().unwrap(), total: Some(total.parse().unwrap()) };
                Ok(vec![Found { part: Some(part), ..found(key, vec![rest(bytes)]) }])
            }
            ["private", key, start, total] => {
                let part =
                    PartOf { start: start.parse().unwrap(), total: Some(total.parse().unwrap()) };
                let private = found(key, vec![rest(bytes)]);
                Ok(vec![Found { part: Some(part), is_private: true, ..private }])
            }
            ["many", a, b] => {
                let second = Segment { offset: from + 1, len: 1, ..rest(1) };
                Ok(vec![found(a, vec![rest(1)]), found(b, vec![second])])
            }
            ["beside", name, key] => {
                let path = join_path(file.folder(), name.as_bytes());
                let number = file.open_beside(&path)?;
                let len = file.file(number)?.stat.bytes;
                Ok(vec![found(key, vec![Segment { file: number, offset: 0, len }])])
            }
            ["long", key] => Ok(vec![found(key, vec![rest(bytes + 1)])]),
            ["none"] => Ok(Vec::new()),
            ["short"] => Err(Error::Busy),
            _ => Err(Error::Corrupt("words")),
        }
    }

    fn may_move_to(&self, folder: &[u8]) -> Vec<Vec<u8>> {
        match folder {
            b"new" | b"cur" => vec![b"cur".to_vec()],
            _ => Vec::new(),
        }
    }
}

fn stage(in_place: bool) -> Stage {
    Stage::with(Arc::new(Words { in_place }), options(), |_| None)
}

fn at(stage: &Stage, ms: u64, act: impl FnOnce(&MemoryFs) + Send + 'static) {
    let fs = stage.fs.clone();
    stage.clock.at(Duration::from_millis(ms), move || act(&fs));
}

fn body(stage: &Stage, told: &super::stage::Told, key: &str) -> Vec<u8> {
    read(&stage.source, key, &told.generation(key)).unwrap()
}

#[test]
fn names_decide_what_is_opened_and_content_what_is_told() {
    let stage = stage(false);
    stage.fs.write("a", b"key A\nbody");
    stage.fs.write("~ignored", b"key B\nbody");
    stage.fs.write("~folder/a", b"key C\nbody");
    stage.fs.write("nothing", b"none\n");
    stage.fs.write("bad", b"?\n");
    stage.fs.write("long", b"long L\nbody");
    stage.fs.write("1/2/a", b"key D\nx");
    stage.fs.write("1/2/3/too_deep", b"key E\nx");
    let told = stage.scan();
    assert_eq!(told.words, ["+A", "corrupt bad", "corrupt long", "+D"]);
    assert_eq!(stage.fs.files_opened(), 5);
    assert_eq!(body(&stage, &told, "A"), b"body");
    assert_eq!(stage.source.counters().counts().skipped, [(Reason::Corrupt, 2)]);
    // A second listing opens nothing, for no name and no inode number is new.
    let opened = stage.fs.files_opened();
    assert!(stage.scan_since(told.cursor.as_ref()).words.is_empty());
    assert_eq!(stage.fs.files_opened(), opened);
}

#[test]
fn header_rewritten_in_place_is_no_change() {
    let stage = stage(false);
    stage.fs.write("a", b"key A\nbody");
    at(&stage, 2_000, |fs| fs.write_without_closing("a", b"key A\nBODY"));
    at(&stage, 3_000, |fs| fs.write("a", b"key A\nbody"));
    let told = stage.watch_until(Duration::from_secs(9));
    assert_eq!(told.words, ["+A"]);
    assert_eq!(body(&stage, &told, "A"), b"body");
    stage.fs.write("~tmp", b"key A\nother");
    stage.fs.rename("~tmp", "a");
    let told = stage.scan_since(told.cursor.as_ref());
    assert_eq!(told.words, ["+A"], "another inode under the name");
    assert_eq!(body(&stage, &told, "A"), b"other");
}

#[test]
fn file_of_several_objects_tells_each_for_itself() {
    let stage = stage(true);
    stage.fs.write("a", b"many A B\n12");
    let told = stage.scan();
    assert_eq!(told.words, ["+A", "+B"]);
    assert_eq!((body(&stage, &told, "A"), body(&stage, &told, "B")), (b"1".into(), b"2".into()));
    stage.clock.advance(Duration::from_secs(1));
    stage.fs.write("a", b"many A C\n12");
    let mut told = stage.scan_since(told.cursor.as_ref());
    told.words.sort();
    assert_eq!(told.words, ["+C", "-B"]);
}

#[test]
fn companion_leads_to_its_file_whenever_it_changes() {
    let stage = stage(false);
    stage.fs.write("a", b"beside a+ A\n");
    stage.fs.write("alone+", b"x");
    at(&stage, 2_000, |fs| fs.write("a+", b"one"));
    at(&stage, 3_000, |fs| {
        fs.write("~tmp", b"three");
        fs.rename("~tmp", "a+");
        fs.write("~tmp", b"beside a+ A\n");
        fs.rename("~tmp", "a");
    });
    let told = stage.watch_until(Duration::from_secs(9));
    assert_eq!(told.words.last().unwrap(), "+A", "{:?}", told.words);
    assert_eq!(body(&stage, &told, "A"), b"three");
    // By listings alone.
    stage.fs.remove("a+");
    let told = stage.scan_since(told.cursor.as_ref());
    assert_eq!(told.words, ["-A"]);
    stage.fs.write("a+", b"two");
    let told = stage.scan_since(told.cursor.as_ref());
    assert_eq!(told.words, ["+A"]);
    assert_eq!(body(&stage, &told, "A"), b"two");
}

#[test]
fn parts_are_joined_into_runs() {
    let stage = stage(false);
    stage.fs.write("p0", b"part W 0 9\nabc");
    stage.fs.write("p6", b"part W 6 9\nghi");
    stage.fs.write("q", b"part W 5 9\noverlaps");
    let told = stage.scan();
    assert_eq!(told.words, ["+W"]);
    let meta = told.objects.values().next().unwrap();
    let runs = &meta.partial.as_ref().unwrap().runs;
    assert_eq!(
        runs.as_slice(),
        [Run { body_offset: 0, start: 0, len: 3 }, Run { body_offset: 3, start: 5, len: 8 }]
    );
    assert_eq!(body(&stage, &told, "W"), b"abcoverlaps");
    stage.fs.remove("q");
    stage.fs.write("p3", b"part W 3 9\ndef");
    let told = stage.scan_since(told.cursor.as_ref());
    assert_eq!(told.words, ["+W"]);
    let meta = told.objects.values().next().unwrap();
    assert_eq!((meta.partial.as_ref(), meta.raw_len), (None, Some(9)), "no part is missing");
    assert_eq!(body(&stage, &told, "W"), b"abcdefghi");
    let told = stage.scan_since(told.cursor.as_ref());
    assert!(told.words.is_empty());
    for path in ["p0", "p3", "p6"] {
        stage.fs.remove(path);
    }
    stage.fs.write("other", b"key O\n");
    let mut told = stage.scan_since(told.cursor.as_ref());
    told.words.sort();
    assert_eq!(told.words, ["+O", "-W"]);
}

#[test]
fn whole_is_private_if_any_part_is() {
    let stage = stage(false);
    stage.fs.write("p0", b"part W 0 6\nabc");
    stage.fs.write("p3", b"private W 3 6\ndef");
    stage.fs.write("q", b"part V 0 3\nabc");
    let told = stage.scan();
    let scope_of = |key: &str| told.objects[&ObjectKey::new(key.as_bytes()).unwrap()].scope;
    assert_eq!((scope_of("W"), scope_of("V")), (Scope::Log, Scope::Public));
}

#[test]
fn whole_of_many_parts_is_read_with_few_files_open() {
    let stage = stage(false);
    let mut whole = Vec::new();
    for part in 0..40_usize {
        let bytes = [b'a' + u8::try_from(part % 26).unwrap(); 7];
        whole.extend_from_slice(&bytes);
        let head = format!("part W {} 280\n", part * 7);
        stage.fs.write(&format!("{part}"), &[head.as_bytes(), &bytes].concat());
    }
    let told = stage.scan();
    assert_eq!(told.words, ["+W"]);
    assert_eq!(body(&stage, &told, "W"), whole);
    let generation = told.generation("W");
    let reader = stage.source.open(&ObjectKey::new(*b"W").unwrap(), &generation).unwrap();
    stage.fs.write("~tmp", b"part W 7 280\nxxxxxxx");
    stage.fs.rename("~tmp", "1");
    assert!(!reader.still_same().unwrap());
    assert!(matches!(read(&stage.source, "W", &generation), Err(Error::Changed)));
}

/// Puts the seven bytes of a part of a whole, of which there are so many, in place.
fn put_part(fs: &MemoryFs, part: usize, parts: usize) -> [u8; 7] {
    let bytes = [b'a' + u8::try_from(part % 26).unwrap(); 7];
    let head = format!("part W {} {}\n", part * 7, parts * 7);
    fs.write(&format!("p{part}"), &[head.as_bytes(), &bytes].concat());
    bytes
}

#[test]
fn whole_that_grows_part_by_part_costs_its_length_and_not_the_square_of_it() {
    const PARTS: usize = 64;
    let stage = stage(false);
    let mut whole = put_part(&stage.fs, 0, PARTS).to_vec();
    let mut told = stage.scan();
    let mut told_bytes = 0;
    for part in 1..PARTS {
        whole.extend(put_part(&stage.fs, part, PARTS));
        let opened = stage.fs.files_opened();
        told = stage.scan_since(told.cursor.as_ref());
        let opened = stage.fs.files_opened() - opened;
        assert!(opened <= 2, "the part and the first one, for what the whole is: {opened}");
        told_bytes += told.objects.values().map(|meta| meta.raw_len.unwrap()).sum::<u64>();
    }
    assert_eq!(body(&stage, &told, "W"), whole);
    // So much is read by who reads what is told.
    assert!(told_bytes <= 4 * whole.len() as u64, "{told_bytes}");
    let mut wanted = Identifiers::default();
    wanted.add_checksum(ChecksumAlgorithm::StrongEntityTag, *b"W");
    let opened = stage.fs.files_opened();
    let found = stage.source.probe(&wanted).unwrap();
    assert_eq!(found, told.objects.into_values().collect::<Vec<_>>());
    assert_eq!(stage.fs.files_opened() - opened, 2);
}

#[test]
fn whole_that_changed_a_little_is_told_once_it_stands_still() {
    let stage = stage(false);
    for part in 0..10 {
        put_part(&stage.fs, part, 20);
    }
    let told = stage.scan();
    let before = told.generation("W");
    put_part(&stage.fs, 10, 20);
    let told = stage.scan_since(told.cursor.as_ref());
    assert_eq!(told.words, ["busy W"]);
    assert!(matches!(read(&stage.source, "W", &before), Err(Error::Changed)));
    stage.clock.advance(Duration::from_secs(10));
    let told = stage.scan_since(told.cursor.as_ref());
    assert_eq!(told.words, ["+W"]);
    assert_eq!(body(&stage, &told, "W").len(), 77);
    // A look at what did not change since is none at something that is being written.
    assert!(matches!(read(&stage.source, "W", &before), Err(Error::Changed)));
    assert!(stage.scan_since(told.cursor.as_ref()).words.is_empty());
    // Whoever lists all is told at once.
    stage.fs.remove("p3");
    let told = stage.scan();
    assert_eq!((told.words.as_slice(), body(&stage, &told, "W").len()), (&["+W".into()][..], 70));
    assert!(stage.scan_since(told.cursor.as_ref()).words.is_empty());
}

#[test]
fn whole_of_which_a_part_cannot_be_read_for_a_while_is_told_or_gone_once_it_can_be() {
    for goes in [false, true] {
        let stage = stage(false);
        put_part(&stage.fs, 0, 2);
        let told = stage.scan();
        put_part(&stage.fs, 1, 2);
        stage.fs.fail("p0", Some(Fault::Unreadable));
        let during = stage.scan_since(told.cursor.as_ref());
        assert_eq!(during.words, ["io W", "busy W"], "its files are as they were");
        stage.clock.advance(Duration::from_secs(11));
        let during = stage.scan_since(during.cursor.as_ref());
        assert_eq!(during.words, ["busy W"], "why is said once");
        stage.fs.fail("p0", None);
        if goes {
            stage.fs.write("other", b"key O\n");
            stage.fs.remove("p0");
            stage.fs.remove("p1");
        }
        stage.clock.advance(Duration::from_secs(11));
        let mut after = stage.scan_since(during.cursor.as_ref());
        after.words.sort();
        assert_eq!(after.words, if goes { vec!["+O", "-W"] } else { vec!["+W"] });
        assert!(stage.scan_since(after.cursor.as_ref()).words.is_empty());
    }
}

#[test]
fn feed_tells_a_whole_once_it_stands_still() {
    let stage = stage(true);
    for part in 0..10 {
        put_part(&stage.fs, part, 20);
    }
    for second in 2..7 {
        let part = usize::try_from(second).unwrap() + 8;
        at(&stage, 1000 * second, move |fs| {
            put_part(fs, part, 20);
        });
    }
    let told = stage.watch_until(Duration::from_secs(15));
    // Ten parts, and fifteen at the fifth that came.
    assert_eq!(told.words, ["+W", "+W"]);
    assert_eq!(body(&stage, &told, "W").len(), 105);
    at(&stage, 20_000, |fs| fs.remove("p14"));
    let told = stage.watch_until(Duration::from_secs(29));
    assert!(told.words.is_empty(), "{:?}", told.words);
    let told = stage.watch_until(Duration::from_secs(32));
    assert_eq!(told.words, ["+W"]);
    assert_eq!(body(&stage, &told, "W").len(), 98);
}

#[test]
fn object_that_moves_within_the_source_is_not_gone() {
    let stage = stage(false);
    stage.fs.write("new/m", b"key M\nbody");
    stage.fs.make_folder("cur");
    at(&stage, 2_000, |fs| fs.rename("new/m", "cur/m:2,"));
    at(&stage, 3_000, |fs| fs.rename("cur/m:2,", "cur/m:2,S"));
    let told = stage.watch_until(Duration::from_secs(5));
    assert_eq!(told.words, ["+M"]);
    // Without the feed, opening finds it all the same.
    stage.fs.rename("cur/m:2,S", "cur/m:2,SF");
    assert_eq!(body(&stage, &told, "M"), b"body");
    let told = stage.scan_since(told.cursor.as_ref());
    assert!(told.words.is_empty());
    stage.fs.remove("cur/m:2,SF");
    stage.fs.write("cur/n", b"none\n");
    assert_eq!(stage.scan_since(told.cursor.as_ref()).words, ["-M"]);
}

#[test]
fn object_in_two_files_is_gone_when_both_are() {
    let stage = stage(false);
    stage.fs.write("a", b"key K\nbody");
    stage.fs.write("b", b"key K\nlonger");
    stage.fs.write("c", b"key C\n");
    let told = stage.scan();
    assert_eq!(told.keys(), ["C", "K"]);
    let now = body(&stage, &told, "K");
    let holder = if now == b"body" { "a" } else { "b" };
    stage.fs.remove(holder);
    let told = stage.scan_since(told.cursor.as_ref());
    assert_eq!(told.words, ["+K"], "as the other file has it");
    assert_ne!(body(&stage, &told, "K"), now);
    stage.fs.remove(if holder == "a" { "b" } else { "a" });
    assert_eq!(stage.scan_since(told.cursor.as_ref()).words, ["-K"]);
}

#[test]
fn incomplete_file_is_asked_again_when_something_happens() {
    let stage = stage(true);
    stage.fs.write("x", b"key X\n");
    stage.fs.write_without_closing("a", b"short");
    at(&stage, 20_000, |fs| fs.write("a", b"key A\nbody"));
    let told = stage.watch_until(Duration::from_secs(19));
    assert_eq!(told.words, ["+X", "busy a"]);
    let told = stage.watch_until(Duration::from_secs(22));
    assert_eq!(told.words.last().unwrap(), "+A", "{:?}", told.words);
}

#[test]
fn objects_are_found_by_the_checksum_that_was_stated() {
    let stage = stage(false);
    stage.fs.write("a", b"key A\nbody");
    stage.fs.write("p", b"part W 0 9\nabc");
    let told = stage.scan();
    for key in ["A", "W"] {
        let mut wanted = Identifiers::default();
        wanted.add_checksum(ChecksumAlgorithm::StrongEntityTag, key.as_bytes());
        let found = stage.source.probe(&wanted).unwrap();
        assert_eq!(found.len(), 1, "{key}");
        assert_eq!(found[0].generation, told.generation(key));
    }
    let mut wanted = Identifiers::default();
    wanted.add_checksum(ChecksumAlgorithm::Md5, *b"A");
    assert!(stage.source.probe(&wanted).unwrap().is_empty());
}

#[test]
fn files_beyond_the_open_ones_are_pinned_by_links_and_swept_at_the_start() {
    let options_of_pins = PinOptions { open_files_max: 1, ..PinOptions::default() };
    let (mut ground, format) = (None, Arc::new(Words { in_place: false }));
    let stage = Stage::with(format, options(), |given| {
        let spool = Arc::new(given.fs.clone());
        ground = Some(Pins::new(given.clock.clone(), options_of_pins, Some(spool)).unwrap());
        ground.clone()
    });
    let pins = ground.unwrap();
    for name in ["a", "b"] {
        stage.fs.write(name, format!("key {name}\nbody of {name}").as_bytes());
    }
    let told = stage.scan();
    let pin = |name: &str| {
        let key = ObjectKey::new(name.as_bytes()).unwrap();
        let reader = stage.source.open(&key, &told.generation(name)).unwrap();
        reader.pin(Duration::from_mins(1)).unwrap()
    };
    let (a, b) = (pin("a"), pin("b"));
    assert_eq!((pins.count(), stage.fs.links().len()), (2, 1));
    stage.fs.remove("a");
    stage.fs.remove("b");
    for (pin, expected) in [(&a, b"body of a"), (&b, b"body of b")] {
        let mut bytes = [0; 9];
        pin.body().read_exact_at(0, &mut bytes).unwrap();
        assert_eq!(&bytes, expected);
    }
    drop((a, b));
    assert_eq!((pins.count(), stage.fs.links().len()), (0, 0));
    stage.fs.write("c", b"key c\nbody");
    let root = crate::AccessFs::open_root(&stage.fs).unwrap();
    let stat = root.open_file(b"c").unwrap().stat().unwrap();
    root.link(b"c", &stat, std::path::Path::new("/spool"), "left behind").unwrap();
    let spool = Arc::new(stage.fs.clone());
    Pins::new(stage.clock.clone(), PinOptions::default(), Some(spool)).unwrap();
    assert!(stage.fs.links().is_empty());
}
