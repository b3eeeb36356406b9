//! Listings: what is told, left out, told again.

use std::time::Duration;

use super::super::FileSource;
use super::stage::{Stage, Told, options, read, tree};
use crate::agent::{Agent, AgentOptions, MemoryJournal};
use crate::error::{Error, Reason};
use crate::files::memory_fs::{Fault, MemoryFs};
use crate::files::pins::{PinOptions, Pins};
use crate::identifiers::{DateKind, Identifiers};
use crate::manual_clock::ManualClock;
use crate::object::ObjectKey;
use crate::scope::{OwnedFolder, Scope, ScopePolicy, SubscriberId};
use crate::source::{AccessSource, Cursor, ObjectReader};
use std::sync::Arc;

fn key(text: &str) -> ObjectKey {
    ObjectKey::new(text.as_bytes()).unwrap()
}

#[test]
fn all_files_are_told_once_and_read_back() {
    let stage = Stage::new();
    for (path, bytes) in [("a", ""), ("b/c", "x"), ("b/d/e", "yy"), ("z", "zzz")] {
        stage.fs.write(path, bytes.as_bytes());
    }
    stage.settle();
    let told = stage.scan();
    assert_eq!(told.words, ["+a", "+z", "+b/c", "+b/d/e"]);
    for (path, bytes) in [("a", ""), ("b/c", "x"), ("b/d/e", "yy"), ("z", "zzz")] {
        let meta = &told.objects[&key(path)];
        assert_eq!(meta.raw_len, Some(bytes.len() as u64));
        assert_eq!((meta.scope, meta.partial.as_ref()), (Scope::Public, None));
        assert!(meta.identifiers.date(DateKind::Modified).is_some());
        assert_eq!(read(&stage.source, path, &meta.generation).unwrap(), bytes.as_bytes());
    }
    let counts = stage.source.counters().counts();
    assert_eq!((counts.seen, counts.indexed, counts.gone, counts.bytes_read), (4, 4, 0, 6));
    assert!(counts.skipped.is_empty());
}

#[test]
fn listing_since_its_own_cursor_tells_the_difference_only() {
    let stage = Stage::new();
    for path in ["same", "gone", "changed", "f/below"] {
        stage.fs.write(path, b"1");
    }
    stage.settle();
    let first = stage.scan();
    assert!(stage.scan_since(first.cursor.as_ref()).words.is_empty());
    let second = stage.scan_since(first.cursor.as_ref());
    assert_eq!(second.words, ["epoch", "+changed", "+gone", "+same", "+f/below"], "an old cursor");
    stage.fs.remove("gone");
    stage.fs.remove("f");
    stage.fs.write("changed", b"2");
    stage.fs.write("new", b"3");
    stage.settle();
    let mut third = stage.scan_since(second.cursor.as_ref());
    third.words.sort();
    assert_eq!(third.words, ["+changed", "+new", "-f/below", "-gone"]);
    let foreign = Cursor::new(*b"foreign");
    assert_eq!(stage.scan_since(Some(&foreign)).words, ["epoch", "+changed", "+new", "+same"]);
    assert_eq!(stage.scan().words, ["+changed", "+new", "+same"]);
    let counts = stage.source.counters().counts();
    assert_eq!((counts.gone, counts.epochs), (2, 2));
}

#[test]
fn listing_that_was_dropped_halfway_is_told_again() {
    let stage = Stage::new();
    for path in ["a", "b", "c"] {
        stage.fs.write(path, b"1");
    }
    stage.settle();
    let first = stage.scan();
    let mut dropped = stage.source.scan(None).unwrap();
    assert!(dropped.next().unwrap().is_ok());
    assert!(matches!(stage.source.scan(None), Err(Error::Busy)), "one at a time");
    drop(dropped);
    let again = stage.scan_since(first.cursor.as_ref());
    assert_eq!(again.words, ["epoch", "+a", "+b", "+c"]);
}

#[test]
fn hostile_neighbours_cost_themselves_only() {
    let stage = Stage::new();
    for path in ["a", "denied", "f/ok", "locked/x", "unreadable/x", "z"] {
        stage.fs.write(path, b"1");
    }
    stage.fs.make_other("pipe");
    stage.fs.make_folder("empty");
    stage.fs.fail("denied", Some(Fault::Denied));
    stage.fs.fail("locked", Some(Fault::Denied));
    stage.settle();
    let told = stage.scan();
    assert_eq!(told.keys(), ["a", "f/ok", "unreadable/x", "z"]);
    let mut left_out: Vec<_> =
        told.words.iter().filter(|word| !word.starts_with('+')).map(String::as_str).collect();
    left_out.sort_unstable();
    assert_eq!(left_out, ["denied denied", "denied locked", "unsupported pipe"]);
    let counts = stage.source.counters().counts();
    let expected = [(Reason::Denied, 2), (Reason::Unsupported, 1)];
    assert_eq!(counts.skipped, expected);
    // What was left out and is as it was is not told again, and what is readable now is.
    stage.fs.fail("denied", None);
    stage.fs.fail("unreadable", Some(Fault::Unreadable));
    let mut again = stage.scan_since(told.cursor.as_ref()).words;
    again.sort();
    assert_eq!(again, ["+denied", "denied locked", "io unreadable"]);
}

#[test]
fn folder_that_cannot_be_read_for_a_while_loses_no_object() {
    let stage = Stage::new();
    stage.fs.write("f/g/a", b"1");
    stage.fs.write("b", b"1");
    stage.settle();
    let told = stage.scan();
    let mut cursor = told.cursor.clone();
    for (fault, word) in [(Fault::Denied, "denied f"), (Fault::Unreadable, "io f")] {
        stage.fs.fail("f", Some(fault));
        let during = stage.scan_since(cursor.as_ref());
        assert_eq!(during.words, [word]);
        cursor = during.cursor;
    }
    stage.fs.fail("f", None);
    assert!(stage.scan_since(cursor.as_ref()).words.is_empty());
    // Where all is told anew meanwhile, it is neither told nor gone, and is told once it can be.
    for fault in [Fault::Denied, Fault::Unreadable] {
        stage.fs.fail("f", Some(fault));
        let during = stage.scan();
        assert_eq!((during.keys(), during.unseen), (vec!["b".to_owned()], vec!["f".to_owned()]));
        assert!(!during.words.iter().any(|word| word.starts_with('-')), "{:?}", during.words);
        let still = stage.scan_since(during.cursor.as_ref());
        stage.fs.fail("f", None);
        let after = stage.scan_since(still.cursor.as_ref());
        assert_eq!(after.words, ["+f/g/a"]);
        assert!(stage.scan_since(after.cursor.as_ref()).words.is_empty());
    }
    // What went while it could not be seen is gone once it can be.
    stage.fs.write("f/g/c", b"1");
    stage.settle();
    assert_eq!(stage.scan().keys(), ["b", "f/g/a", "f/g/c"]);
    stage.fs.fail("f", Some(Fault::Denied));
    let during = stage.scan();
    stage.fs.remove("f/g/c");
    stage.fs.fail("f", None);
    let mut after = stage.scan_since(during.cursor.as_ref());
    after.words.sort();
    assert_eq!(after.words, ["+f/g/a", "-f/g/c"]);
    let after = stage.scan();
    assert_eq!(after.keys(), told.keys());
    assert!(read(&stage.source, "f/g/a", &after.generation("f/g/a")).is_ok());
}

#[test]
fn name_that_cannot_be_asked_for_keeps_what_is_known() {
    let stage = Stage::new();
    stage.fs.set_tells_kinds(false);
    for path in ["a", "b", "f/g/c"] {
        stage.fs.write(path, b"1");
    }
    stage.settle();
    let told = stage.scan();
    assert_eq!(told.keys(), ["a", "b", "f/g/c"]);
    for path in ["a", "f"] {
        stage.fs.fail(path, Some(Fault::Unaskable));
    }
    stage.fs.remove("b");
    let mut during = stage.scan_since(told.cursor.as_ref());
    during.words.sort();
    assert_eq!(during.words, ["-b", "io a", "io f"]);
    for path in ["a", "f"] {
        stage.fs.fail(path, None);
    }
    assert!(stage.scan_since(during.cursor.as_ref()).words.is_empty());
    assert_eq!(stage.scan().keys(), ["a", "f/g/c"]);
}

#[test]
fn listing_that_tells_all_goes_on_where_it_cannot_see_and_says_so() {
    for (path, fault, unseen) in [
        ("f", Fault::Unreadable, "+f/c"),
        ("f", Fault::Denied, "+f/c"),
        ("f", Fault::Unaskable, "+f/c"),
        ("f/c", Fault::Unaskable, "+f/c"),
        ("f/c", Fault::Denied, "+f/c"),
        ("a", Fault::Unaskable, "+a"),
    ] {
        let stage = Stage::new();
        stage.fs.set_tells_kinds(false);
        for path in ["a", "f/c", "z"] {
            stage.fs.write(path, b"1");
        }
        stage.settle();
        stage.scan();
        stage.fs.fail(path, Some(fault));
        let during = stage.scan();
        let what = format!("{path} {fault:?}: {:?}", during.words);
        assert_eq!(
            (during.error, during.unseen.as_slice()),
            (None, &[path.to_owned()][..]),
            "{what}"
        );
        let told = during.words.iter().filter(|word| word.starts_with(['+', '-'])).count();
        assert_eq!(told, 2, "{what}");
        let still = stage.scan_since(during.cursor.as_ref());
        assert!(!still.words.iter().any(|word| word.starts_with(['+', '-'])), "{:?}", still.words);
        stage.fs.fail(path, None);
        assert_eq!(stage.scan_since(still.cursor.as_ref()).words, [unseen], "{what}");
        assert_eq!(stage.scan().keys(), ["a", "f/c", "z"]);
    }
}

/// What an agent knows of a source, with a book that outlives it.
fn agent_of(fs: &MemoryFs, journal: &MemoryJournal) -> Agent {
    let clock = Arc::new(ManualClock::new());
    clock.advance(Duration::from_hours(1));
    let source = FileSource::new(Arc::new(fs.clone()), tree(), clock.clone(), options(), None);
    Agent::open(Box::new(source), Box::new(journal.clone()), AgentOptions::default(), clock)
        .unwrap()
}

#[test]
fn agent_forgets_nothing_that_cannot_be_seen_even_after_a_restart() {
    for fault in [Fault::Denied, Fault::Unreadable] {
        let fs = MemoryFs::new(Arc::new(ManualClock::new()));
        let journal = MemoryJournal::new();
        for path in ["a", "f/c", "z"] {
            fs.write(path, path.as_bytes());
        }
        agent_of(&fs, &journal).scan().unwrap();
        fs.fail("f", Some(fault));
        fs.remove("z");
        // It has no table of files yet: the book knows what was there.
        let agent = agent_of(&fs, &journal);
        agent.scan().unwrap();
        assert_eq!(agent.objects(), 2, "z is gone and f/c is not");
        fs.fail("f", None);
        agent.scan().unwrap();
        assert_eq!(agent.objects(), 2);
    }
}

#[test]
fn same_inode_number_of_another_device_is_no_link() {
    let stage = Stage::new();
    for (path, dev) in [("a", 7), ("f/b", 8)] {
        stage.fs.write(path, b"1");
        stage.fs.set_inode(path, dev, 1000);
    }
    stage.settle();
    assert_eq!(stage.scan().keys(), ["a", "f/b"]);
}

#[test]
fn asking_by_url_finds_what_a_listing_would_and_nothing_else() {
    let options_of_tree = crate::TreeOptions {
        base_url: Some("http://m".to_owned()),
        exclude: vec!["secret".to_owned()],
        ..crate::TreeOptions::default()
    };
    let format = Arc::new(crate::TreeFormat::new(&options_of_tree).unwrap());
    let stage = Stage::with(format, options(), |_| None);
    let deep = ["d"; 17].join("/");
    for path in ["pub/a/x", "secret/x", "secret/deeper/x", &format!("{deep}/x")] {
        stage.fs.write(path, b"1");
    }
    stage.settle();
    stage.fs.write_without_closing("pub/growing", b"1");
    let count = |path: &str| {
        let urls = vec![format!("http://m/{path}").into_bytes()];
        stage.source.probe(&Identifiers { urls, ..Identifiers::default() }).unwrap().len()
    };
    for path in ["secret/x", "secret/deeper/x", "pub/growing", &format!("{deep}/x")] {
        assert_eq!(count(path), 0, "{path}");
    }
    assert_eq!(count("pub/a/x"), 1);
    stage.settle();
    assert_eq!(count("pub/growing"), 1, "quiet by now");
}

#[test]
fn source_that_cannot_be_seen_is_unavailable_and_not_empty() {
    let stage = Stage::new();
    stage.fs.write("a", b"1");
    stage.fs.write("f/b", b"1");
    stage.settle();
    let told = stage.scan();
    stage.fs.mount(None);
    assert!(matches!(stage.source.scan(None), Err(Error::Unavailable(_))));
    assert!(matches!(stage.source.watch(&crate::Stop::new()), Err(Error::Unavailable(_))));
    // The same root, back again.
    stage.fs.mount(Some(1));
    assert!(stage.scan_since(told.cursor.as_ref()).words.is_empty());
    // An empty folder where the mount was, with another identity or the same.
    let empty = Stage::new();
    empty.fs.write("a", b"1");
    empty.settle();
    let before = empty.scan();
    empty.fs.remove("a");
    let during = empty.scan_since(before.cursor.as_ref());
    assert_eq!((during.words.len(), during.error), (0, Some(Reason::Unavailable)));
    empty.fs.write("b", b"1");
    empty.settle();
    let mut after = Told::default();
    after.add(empty.source.scan(before.cursor.as_ref()).unwrap());
    after.words.sort();
    assert_eq!(after.words, ["+b", "-a"]);
}

#[test]
fn other_mount_begins_an_epoch() {
    let stage = Stage::new();
    stage.fs.write("a", b"1");
    stage.settle();
    let told = stage.scan();
    stage.fs.mount(Some(2));
    assert_eq!(stage.scan_since(told.cursor.as_ref()).words, ["epoch", "+a"]);
}

#[test]
fn file_that_grows_is_busy_until_it_stops() {
    let stage = Stage::new();
    stage.fs.write("old", b"1");
    stage.settle();
    let fs = stage.fs.clone();
    stage.fs.write_without_closing("growing", b"1");
    // `cp -p` gives it an old mtime before it is complete.
    stage.fs.set_mtime("growing", 1);
    for second in 1..=4_u64 {
        let fs = fs.clone();
        let bytes = vec![1; usize::try_from(second).unwrap() + 1];
        let time = stage.clock.elapsed() + Duration::from_secs(second);
        stage.clock.at(time, move || {
            fs.write_without_closing("growing", &bytes);
            fs.set_mtime("growing", 1);
        });
    }
    let told = stage.scan();
    assert_eq!(told.words, ["+old", "busy growing"]);
    let told = stage.scan_since(told.cursor.as_ref());
    assert_eq!(told.words, ["busy growing"]);
    let told = stage.scan_since(told.cursor.as_ref());
    assert_eq!(told.words, ["+growing"]);
}

#[test]
fn object_that_changed_or_went_is_not_opened_as_what_it_was() {
    let stage = Stage::new();
    for path in ["changed", "gone", "replaced", "same"] {
        stage.fs.write(path, b"before");
    }
    stage.settle();
    let told = stage.scan();
    stage.clock.advance(Duration::from_secs(1));
    stage.fs.write("changed", b"after!");
    stage.fs.remove("gone");
    stage.fs.write("new", b"after!");
    stage.fs.rename("new", "replaced");
    let open = |path: &str| read(&stage.source, path, &told.generation(path));
    assert!(matches!(open("changed"), Err(Error::Changed)));
    assert!(matches!(open("replaced"), Err(Error::Changed)));
    assert!(matches!(open("gone"), Err(Error::Gone)));
    assert_eq!(open("same").unwrap(), b"before");
    let generation = told.generation("same");
    assert!(matches!(read(&stage.source, "none", &generation), Err(Error::Gone)));
}

#[test]
fn file_modified_while_it_is_read_is_changed_and_one_evicted_is_not() {
    let stage = Stage::new();
    for path in ["grown", "cut", "rewritten", "evicted", "linked"] {
        stage.fs.write(path, b"before");
    }
    stage.settle();
    let told = stage.scan();
    let open = |path: &str| stage.source.open(&key(path), &told.generation(path)).unwrap();
    let readers = ["grown", "cut", "rewritten", "evicted", "linked"].map(open);
    stage.clock.advance(Duration::from_secs(1));
    stage.fs.write("grown", b"before and after");
    stage.fs.write("cut", b"be");
    stage.fs.write("rewritten", b"after!");
    stage.fs.set_mtime("rewritten", readers[2].meta().identifiers.dates[0].seconds * 1_000_000_000);
    stage.fs.remove("evicted");
    stage.fs.link("linked", "further");
    let body = |reader: &dyn ObjectReader| {
        let mut bytes = [0; 6];
        reader.body().read_exact_at(0, &mut bytes).map(|()| bytes)
    };
    let same = readers.each_ref().map(|reader| reader.still_same().unwrap());
    assert_eq!(same, [false, false, false, true, true]);
    assert!(matches!(body(&*readers[1]), Err(Error::Changed)), "a body never ends quietly");
    assert_eq!(&body(&*readers[3]).unwrap(), b"before");
}

#[test]
fn links_to_one_file_are_one_object() {
    let stage = Stage::new();
    stage.fs.write("b", b"1");
    stage.fs.link("b", "a");
    stage.fs.link("b", "f/c");
    stage.settle();
    let told = stage.scan();
    assert_eq!(told.keys(), ["a"]);
    stage.fs.remove("a");
    stage.settle();
    let told = stage.scan_since(told.cursor.as_ref());
    assert_eq!(told.words.len(), 2, "{:?}", told.words);
    assert!(told.words.contains(&"-a".to_owned()));
    assert_eq!(told.keys().len(), 1);
}

#[test]
fn unmapped_folders_are_not_indexed_at_all() {
    let owned = OwnedFolder { folder: b"u1".to_vec(), owner: SubscriberId::new(1) };
    let options =
        crate::FileSourceOptions { scope: ScopePolicy::OwnedFolders(vec![owned]), ..options() };
    let stage = Stage::with(tree(), options, |_| None);
    stage.fs.write("u1/mine", b"1");
    stage.fs.write("u2/other", b"1");
    stage.fs.write("loose", b"1");
    stage.settle();
    let opened = stage.fs.files_opened();
    let told = stage.scan();
    assert_eq!(told.words, ["+u1/mine"]);
    assert_eq!(told.objects[&key("u1/mine")].scope, Scope::Owner(SubscriberId::new(1)));
    assert_eq!(stage.fs.files_opened(), opened + 1);
}

#[test]
fn table_that_is_full_leaves_out_and_counts() {
    let options = crate::FileSourceOptions { table_bytes_max: 5_000, ..options() };
    let stage = Stage::with(tree(), options, |_| None);
    for number in 0..60 {
        stage.fs.write(&format!("{number:02}"), b"1");
    }
    stage.settle();
    let told = stage.scan();
    let told_count = told.objects.len();
    assert!((5..60).contains(&told_count), "{told_count}");
    assert!(stage.source.table_bytes() <= 5_000);
    let counts = stage.source.counters().counts();
    assert_eq!(
        counts.skipped.iter().map(|(reason, _)| *reason).collect::<Vec<_>>(),
        [Reason::Limit]
    );
}

#[test]
fn folders_beyond_the_table_are_left_out_and_counted() {
    let options = crate::FileSourceOptions { table_bytes_max: 10_000, ..options() };
    let stage = Stage::with(tree(), options, |_| None);
    for number in 0..100 {
        stage.fs.make_folder(&format!("{number:02}"));
    }
    stage.settle();
    let told = stage.scan();
    assert!((1..100).contains(&told.words.len()), "{:?}", told.words);
    assert!(stage.source.table_bytes() <= 10_000);
    assert!(told.words.iter().all(|word| word.starts_with("limit ")), "{:?}", told.words);
}

fn with_pins(options_of: impl FnOnce() -> PinOptions) -> Stage {
    Stage::with(tree(), options(), |ground| {
        let spool = Arc::new(ground.fs.clone());
        Some(Pins::new(ground.clock.clone(), options_of(), Some(spool)).unwrap())
    })
}

#[test]
fn pinned_object_is_readable_after_eviction_until_its_time_is_over() {
    let stage = with_pins(PinOptions::default);
    stage.fs.write("a", b"before");
    stage.settle();
    let told = stage.scan();
    let reader = stage.source.open(&key("a"), &told.generation("a")).unwrap();
    let pin = reader.pin(Duration::from_mins(1)).unwrap();
    drop(reader);
    stage.fs.remove("a");
    let read = |pin: &crate::Pin| {
        let mut bytes = vec![0; 6];
        pin.body().read_exact_at(0, &mut bytes).map(|()| bytes)
    };
    assert_eq!(read(&pin).unwrap(), b"before");
    stage.clock.advance(Duration::from_secs(59));
    assert_eq!(read(&pin).unwrap(), b"before");
    stage.clock.advance(Duration::from_secs(1));
    assert!(matches!(read(&pin), Err(Error::Gone)));
}

#[test]
fn pins_hold_evicted_bytes_up_to_their_budget() {
    let stage = with_pins(|| PinOptions { bytes_max: 10, ..PinOptions::default() });
    for path in ["a", "b", "c"] {
        stage.fs.write(path, b"12345");
    }
    stage.fs.write("large", b"12345678901");
    stage.settle();
    let told = stage.scan();
    let pin = |path: &str| {
        let open: &FileSource = &stage.source;
        let reader = open.open(&key(path), &told.generation(path)).unwrap();
        reader.pin(Duration::from_mins(1))
    };
    assert!(pin("large").is_none());
    let (a, b) = (pin("a").unwrap(), pin("b").unwrap());
    // Files that still have a name of their server cost nothing.
    let c = pin("c").unwrap();
    drop(c);
    stage.fs.remove("a");
    stage.fs.remove("b");
    assert!(pin("c").is_none());
    drop(a);
    assert!(pin("c").is_some());
    drop(b);
}

#[test]
fn objects_are_found_by_url_and_by_nothing_that_does_not_find() {
    let options_of_tree = crate::TreeOptions {
        base_url: Some("http://Mirror.example:8080/pub/".to_owned()),
        ..crate::TreeOptions::default()
    };
    let format = Arc::new(crate::TreeFormat::new(&options_of_tree).unwrap());
    let stage = Stage::with(format, options(), |_| None);
    stage.fs.write("a b/c%", b"1");
    stage.settle();
    let by_url = |url: &str| {
        let wanted = Identifiers { urls: vec![url.as_bytes().to_vec()], ..Identifiers::default() };
        stage.source.probe(&wanted).unwrap()
    };
    let url = "http://Mirror.example:8080/pub/a%20b/c%25";
    assert_eq!(by_url(url).len(), 1, "without a listing");
    let told = stage.scan();
    let found = by_url(url);
    assert_eq!(found, told.objects.values().cloned().collect::<Vec<_>>());
    assert_eq!(found[0].identifiers.source_addresses, ["mirror.example"]);
    assert!(by_url("http://Mirror.example:8080/pub/../a").is_empty());
    assert!(by_url("http://other.example/pub/a%20b/c%25").is_empty());
    let dates = Identifiers { dates: found[0].identifiers.dates.clone(), ..Identifiers::default() };
    assert!(stage.source.probe(&dates).unwrap().is_empty());
}
