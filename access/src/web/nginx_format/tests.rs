//! Goal: of an nginx cache every complete object is listed under its key, with its body alone.
//! Method: files made here, in memory, through the engine: layouts, life of a file, slices, and
//! what is no file of nginx's. If it fails, objects are missed, or torn ones offered.

use super::{NginxFormat, paths_of_name};
use crate::agent::{Agent, AgentOptions, FeedMessage, MemoryJournal, ObjectRow};
use crate::error::{Error, Reason};
use crate::files::file_format::{FileFormat, Role};
use crate::files::memory_fs::Fault;
use crate::identifiers::{DateKind, Identifiers};
use crate::object::{ObjectKey, Run};
use crate::scope::Scope;
use crate::scopes::log_key::{LogKey, LogKeyRule};
use crate::source::AccessSource;
use crate::web::cache_stage::{Stage, body_of};
use crate::web::nginx_header::tests::Sample;
use crate::web::url_pattern::UrlPattern;

fn ok(key: &str, body: &[u8]) -> Sample {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    Sample::new(key, &head, body)
}

/// Where nginx puts a file of that name with `levels=1:2`.
fn path_of(name: &[u8]) -> String {
    let name = std::str::from_utf8(name).unwrap();
    format!("{}/{}/{name}", &name[31..], &name[29..31])
}

fn write(stage: &Stage, sample: &Sample) -> String {
    let path = path_of(&sample.main_name());
    stage.fs.write(&path, &sample.bytes());
    path
}

fn stage() -> Stage {
    Stage::new(NginxFormat::default())
}

#[test]
fn object_has_the_body_alone_and_is_found_by_its_url() {
    let stage = stage();
    write(&stage, &ok("http://A.example:8/b?c", b"hello"));
    let told = stage.scan();
    let meta = told.only();
    assert_eq!(body_of(&stage.source, meta), b"hello");
    assert_eq!((meta.raw_len, meta.scope), (Some(5), Scope::Public));
    assert_eq!(meta.identifiers.urls, [b"http://A.example:8/b?c"]);
    assert_eq!(meta.identifiers.source_addresses, ["a.example"]);
    assert_eq!(meta.identifiers.date(DateKind::Stored).unwrap().seconds, 1_795_316_927);
    let by_url = Identifiers { urls: meta.identifiers.urls.clone(), ..Identifiers::default() };
    assert_eq!(stage.source.probe(&by_url).unwrap(), std::slice::from_ref(meta));
}

#[test]
fn url_leads_to_its_file_without_a_listing() {
    let stage = stage();
    write(&stage, &ok("http://a/b", b"hello"));
    let urls = vec![b"http://a/b".to_vec(), b"http://a/c".to_vec()];
    let found = stage.source.probe(&Identifiers { urls, ..Identifiers::default() }).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(paths_of_name(&[b'0'; 32]).len(), 15);
}

#[test]
fn files_are_looked_for_where_nginx_puts_them_and_nowhere_else() {
    let format = NginxFormat::default();
    for folder in ["0", "ff", "0/ff", "0/1/2", "00/11/22"] {
        assert!(format.enters(folder.as_bytes()), "{folder}");
    }
    for folder in ["", "000", "g", "A", "0/", "0/1/2/3", "0/tmp", ".gleaner-spool"] {
        assert!(!format.enters(folder.as_bytes()), "{folder}");
    }
    let name = b"330348950ae9c2bd86442aa8f54d0d09";
    for folder in ["", "9", "09", "9/d0", "09/0d", "9/0/d"] {
        assert_eq!(format.role(folder.as_bytes(), name), Role::Object, "{folder}");
    }
    for folder in ["8", "d0/9", "9/d1"] {
        assert_eq!(format.role(folder.as_bytes(), name), Role::Ignored, "{folder}");
    }
    assert_eq!(format.role(b"9/d0", &[name, &b".0000000017"[..]].concat()), Role::Ignored);
}

#[test]
fn what_may_not_be_offered_is_no_error() {
    let stage = stage();
    write(&stage, &Sample::new("http://a/1", "HTTP/1.1 404 No\r\nContent-Length: 1\r\n\r\n", b"x"));
    let head = "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\n\r\n";
    write(&stage, &Sample::new("http://a/2", head, b"x"));
    let told = stage.scan();
    assert!(told.upserts.is_empty() && told.skipped.is_empty(), "{told:?}");
}

#[test]
fn answer_for_one_reader_is_never_public() {
    let stage = stage();
    let head = "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\n\r\n";
    write(&stage, &Sample::new("http://a/1", head, b"x"));
    assert_eq!(stage.scan().only().scope, Scope::Log);
}

#[test]
fn body_of_a_wrong_length_is_corrupt_and_its_neighbours_are_served() {
    let stage = stage();
    write(&stage, &ok("http://a/good", b"hello"));
    let mut cut = ok("http://a/cut", b"hello");
    cut.body.pop();
    let path = write(&stage, &cut);
    let told = stage.scan();
    assert_eq!(told.only().identifiers.urls, [b"http://a/good"]);
    assert_eq!(told.skipped[path.as_bytes()], Reason::Corrupt);
}

#[test]
fn what_is_no_file_of_nginxs_is_left_out_and_its_neighbours_are_served() {
    let stage = stage();
    write(&stage, &ok("http://a/good", b"hello"));
    let names = ["1", "2", "3", "4", "5"].map(|digit| path_of(digit.repeat(32).as_bytes()));
    stage.fs.write(&names[0], b"");
    stage.fs.write(&names[1], &[0xff; 4000]);
    stage.fs.make_other(&names[2]);
    stage.fs.make_folder(&names[3]);
    stage.fs.write(&names[4], &ok("http://a/x", b"x").bytes());
    stage.fs.fail(&names[4], Some(Fault::Denied));
    let told = stage.scan();
    assert_eq!(told.upserts.len(), 1);
    assert_eq!(told.skipped.get(names[0].as_bytes()), Some(&Reason::Corrupt));
    assert_eq!(told.skipped.get(names[1].as_bytes()), Some(&Reason::Unsupported));
    assert_eq!(told.skipped.get(names[4].as_bytes()), Some(&Reason::Denied));
    // It may be any: what is not told is not gone.
    assert_eq!(told.unseen, [ObjectKey::new(*b"").unwrap()]);
}

#[test]
fn both_variants_are_objects() {
    let stage = stage();
    let mut plain = ok("http://a/b", b"hello");
    plain.vary = b"Accept-Encoding".to_vec();
    plain.variant = [1; 16];
    write(&stage, &plain);
    let gzip = Sample { variant: [2; 16], body: b"HELLO".to_vec(), ..plain.clone() };
    stage.fs.write(&path_of(&gzip.variant_name()), &gzip.bytes());
    let told = stage.scan();
    assert_eq!(told.upserts.len(), 2);
    let mut bodies: Vec<_> = told.upserts.iter().map(|meta| body_of(&stage.source, meta)).collect();
    bodies.sort();
    assert_eq!(bodies, [b"HELLO", b"hello"]);
    assert_ne!(told.upserts[0].key, told.upserts[1].key);
}

#[test]
fn revalidation_in_place_is_no_change_and_replacement_is_one() {
    let stage = stage();
    let sample = ok("http://a/b", b"hello");
    let path = write(&stage, &sample);
    let told = stage.scan();
    let before = told.only().clone();
    let mut revalidated = sample.bytes();
    revalidated[8..16].copy_from_slice(&1_900_000_000_i64.to_le_bytes());
    revalidated[40..48].copy_from_slice(&1_899_000_000_i64.to_le_bytes());
    stage.clock.advance(std::time::Duration::from_mins(1));
    stage.fs.write(&path, &revalidated);
    let after = stage.since(told.cursor.as_ref().unwrap());
    assert!(after.has_no_change(), "{after:?}");
    assert_eq!(body_of(&stage.source, &before), b"hello");
    let temporary = format!("{path}.0000000007");
    stage.fs.write(&temporary, &ok("http://a/b", b"HELLO").bytes());
    stage.fs.rename(&temporary, &path);
    let reader = stage.source.open(&before.key, &before.generation);
    assert!(matches!(reader, Err(Error::Changed)));
    let changed = stage.since(after.cursor.as_ref().unwrap());
    assert_eq!(changed.only().key, before.key);
    assert_eq!(body_of(&stage.source, changed.only()), b"HELLO");
    stage.fs.remove(&path);
    let gone = stage.since(changed.cursor.as_ref().unwrap());
    assert_eq!(gone.gone, [before.key]);
}

#[test]
fn inode_number_that_is_used_again_is_another_generation() {
    let generation = |tag: &str| {
        let stage = stage();
        let head = format!("HTTP/1.1 200 OK\r\nETag: \"{tag}\"\r\n\r\n");
        let path = write(&stage, &Sample::new("http://a/b", &head, b"hello"));
        stage.fs.set_inode(&path, 7, 1000);
        stage.scan().only().generation
    };
    assert_ne!(generation("a"), generation("b"));
    assert_eq!(generation("a"), generation("a"));
}

#[test]
fn long_header_is_read_too() {
    let stage = stage();
    let line = format!("X: {}\r\n", "y".repeat(6000));
    write(&stage, &Sample::new("http://a/b", &format!("HTTP/1.1 200 OK\r\n{line}\r\n"), b"hello"));
    assert_eq!(body_of(&stage.source, stage.scan().only()), b"hello");
}

fn slice(start: u64, bytes: &[u8], tag: &str) -> Sample {
    let last = start + bytes.len() as u64 - 1;
    let head = format!(
        "HTTP/1.1 206 P\r\nETag: {tag}\r\nContent-Range: bytes {start}-{last}/25\r\n\
         Content-Length: {}\r\n\r\n",
        bytes.len()
    );
    Sample::new(&format!("httpa/bbytes={start}-{}", start + 9), &head, bytes)
}

#[test]
fn slices_of_one_answer_are_one_object_with_a_hole() {
    let key_pattern = UrlPattern::new("^(?P<scheme>http)(?P<host>[^/]+)(?P<path>/.*)$").unwrap();
    let stage = Stage::new(NginxFormat { key_pattern });
    let whole = b"abcdefghijklmnopqrstuvwxy";
    write(&stage, &slice(0, &whole[..10], "\"t\""));
    write(&stage, &slice(20, &whole[20..], "\"t\""));
    let told = stage.scan();
    let meta = told.only();
    assert_eq!(meta.identifiers.urls, [b"http://a/b"]);
    let partial = meta.partial.as_ref().unwrap();
    let runs =
        [Run { body_offset: 0, start: 0, len: 10 }, Run { body_offset: 10, start: 20, len: 5 }];
    assert_eq!((partial.runs.as_slice(), partial.total), (&runs[..], Some(25)));
    assert_eq!(body_of(&stage.source, meta), b"abcdefghijuvwxy");
    // The missing slice comes: the object is whole.
    write(&stage, &slice(10, &whole[10..20], "\"t\""));
    let told = stage.since(told.cursor.as_ref().unwrap());
    assert_eq!(body_of(&stage.source, told.only()), whole);
}

#[test]
fn slices_of_other_answers_are_kept_apart() {
    let stage = stage();
    for (start, tag) in [(0, "\"t\""), (10, "\"u\""), (20, "W/\"t\"")] {
        write(&stage, &slice(start, b"abcde", tag));
    }
    let told = stage.scan();
    assert_eq!(told.upserts.len(), 3);
    assert!(told.upserts.iter().all(|meta| meta.raw_len == Some(5)));
}

#[test]
fn whole_answer_under_the_key_of_a_slice_is_whole() {
    let stage = stage();
    write(&stage, &ok("http://a/bbytes=0-9", b"hello"));
    let told = stage.scan();
    assert_eq!(told.only().partial, None);
    assert_eq!(told.only().identifiers.urls, [b"http://a/b"]);
    // Its log may name it with or without the range: credentials could go unnoticed.
    assert_eq!(told.only().scope, Scope::Log);
}

/// What an agent tells of the names by which logs know the objects.
fn log_keys(stage: Stage) -> Vec<Option<LogKey>> {
    let (source, journal) = (Box::new(stage.source), Box::new(MemoryJournal::new()));
    let agent = Agent::open(source, journal, AgentOptions::default(), stage.clock).unwrap();
    agent.scan().unwrap();
    let plan = agent.snapshot(1000);
    let parts = (0..plan.parts()).map(|part| agent.snapshot_part(&plan, part).unwrap().unwrap());
    let rows = parts.flat_map(|part| match part {
        FeedMessage::Snapshot(part) => part.objects,
        other => panic!("{other:?}"),
    });
    rows.map(|(_, row)| ObjectRow::decode(&row.bytes).unwrap().scoped.log_key).collect()
}

#[test]
fn logs_know_slices_by_the_name_of_the_whole() {
    let pattern = || UrlPattern::new("^(?P<scheme>http)(?P<host>[^/:]+)(?P<path>/.*)$").unwrap();
    let whole = b"abcdefghijklmnopqrstuvwxy";
    for (key_pattern, name) in [(UrlPattern::default(), "httpa/b"), (pattern(), "http://a/b")] {
        // Joined, and each for itself; a URL as such; and an opaque key.
        let stage = Stage::new(NginxFormat { key_pattern: key_pattern.clone() });
        write(&stage, &slice(0, &whole[..10], "\"t\""));
        write(&stage, &slice(10, &whole[10..20], "\"t\""));
        write(&stage, &slice(20, &whole[20..], "W/\"t\""));
        assert_eq!(log_keys(stage), [Some(LogKey::of(name.as_bytes())); 2]);
        for key in ["http://a/c", "opaque"] {
            let stage = Stage::new(NginxFormat { key_pattern: key_pattern.clone() });
            write(&stage, &ok(key, whole));
            assert_eq!(log_keys(stage), [Some(LogKey::of(key.as_bytes()))]);
        }
        // Whoever was served `http://a/b` was not served what is stored under this one.
        for key in ["http://a/bbytes=0-9", "opaque/dbytes=0-9"] {
            let stage = Stage::new(NginxFormat { key_pattern: key_pattern.clone() });
            write(&stage, &ok(key, whole));
            assert_eq!(log_keys(stage), [None]);
        }
    }
}

#[test]
fn keys_that_say_more_than_their_url_have_no_log_name_in_common() {
    // Nobody wrote `^` and `$`, so the URL is found in the middle of a key.
    let format = || NginxFormat { key_pattern: UrlPattern::new("(?P<url>[a-z]+://.*)").unwrap() };
    let keys = ["u1|http://a/b", "u2|http://a/b", "http://a/b"];
    let stage = Stage::new(format());
    for key in keys {
        write(&stage, &ok(key, b"hello"));
    }
    for meta in stage.scan().upserts {
        assert_eq!(meta.identifiers.urls, [b"http://a/b"], "it is found by its URL");
        // A log of URLs could not say that it was asked for with credentials.
        let is_url = meta.key.as_bytes().starts_with(b"http");
        assert_eq!(meta.scope, if is_url { Scope::Public } else { Scope::Log });
    }
    let logged = keys.map(|key| LogKeyRule::of_nginx(&format()).name(key.as_bytes()).unwrap());
    let mut expected = logged.map(|name| Some(LogKey::of(&name)));
    expected.sort();
    let mut found = log_keys(stage);
    found.sort();
    assert_eq!(found, expected);
    assert!(found[0] != found[1] && found[1] != found[2]);
}

#[test]
fn key_is_key_text_and_variant() {
    let stage = stage();
    write(&stage, &ok("opaque key", b"hello"));
    let told = stage.scan();
    let meta = told.only();
    assert_eq!(meta.key, ObjectKey::of_parts(&[b"opaque key", &[0; 16]]).unwrap());
    assert!(meta.identifiers.urls.is_empty() && meta.identifiers.source_addresses.is_empty());
}
