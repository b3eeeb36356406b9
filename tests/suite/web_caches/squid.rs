//! Squid's ufs store.

use std::fs;
use std::sync::Arc;

use gleaner_access::{
    AccessSource, Event, Reason, RootedFs, ScopePolicy, SourceId, SquidOptions, SquidSource,
    SystemClock,
};
use gleaner_tests::loopback_http::get;
use gleaner_tests::origin::Origin;
use gleaner_tests::servers::{Squid, wait_until};

use super::{Listed, SEED, body_of, files_below, fill, holds_both_forms, scan, watching};

pub(super) fn source_of(squid: &Squid) -> SquidSource {
    let mut options = SquidOptions::new(SourceId::new(2), ScopePolicy::Public);
    options.first_folders = 4;
    options.second_folders = 8;
    let fs = Arc::new(RootedFs::new(squid.cache_root()));
    SquidSource::new(fs, Arc::new(SystemClock::new()), options, None).unwrap()
}

fn fill_by(origin: &Origin, squid: &Squid, path: &str) {
    fill(origin, path, &|| get(squid.port(), &origin.url(path), &[]).unwrap());
}

/// The log is written after the answer: waits until so many objects are listed.
fn listed(source: &SquidSource, objects: usize) -> Listed {
    wait_until(&format!("{objects} objects"), || scan(source, None).objects.len() == objects);
    scan(source, None)
}

#[test]
fn squid_objects_are_all_there_and_have_the_bytes_of_the_origin() {
    let origin = Origin::start(SEED);
    let Some(squid) = Squid::start() else { return };
    let paths = ["/id/a", "/chunked/a", "/empty/a", "/id/b?bytes=511", "/cookie/a"];
    for path in paths.into_iter().chain(["/gz/a"]) {
        fill_by(&origin, &squid, path);
    }
    let gzip = [("Accept-Encoding", "gzip")];
    let ask = || get(squid.port(), &origin.url("/gz/a"), &gzip).unwrap();
    assert!(ask().body == origin.gzip_body("/gz/a"));
    let source = source_of(&squid);
    let listed = listed(&source, 7);
    assert!(listed.skipped.is_empty(), "{:?}", listed.skipped);
    for path in paths {
        assert!(body_of(&source, listed.only(&origin.url(path))) == origin.body(path), "{path}");
    }
    holds_both_forms(&source, &listed, &origin, "/gz/a");
    let found = |identifiers| source.probe(&identifiers).unwrap().len();
    let meta = listed.only(&origin.url("/id/a"));
    let mut by_record = gleaner_access::Identifiers::default();
    by_record.sequence_numbers.clone_from(&meta.identifiers.sequence_numbers);
    assert_eq!(found(by_record), 1);
    let mut by_url = gleaner_access::Identifiers::default();
    by_url.urls.push(origin.url("/gz/a").into_bytes());
    assert_eq!(found(by_url), 2);
}

#[test]
fn squid_object_is_absent_until_its_record() {
    let origin = Origin::start(SEED);
    let Some(squid) = Squid::start() else { return };
    fill_by(&origin, &squid, "/id/before");
    let source = source_of(&squid);
    let url = origin.url("/held/a?bytes=400000");
    listed(&source, 1);
    watching(&source, |feed| {
        std::thread::scope(|scope| {
            let answer = scope.spawn(|| get(squid.port(), &url, &[]).unwrap());
            let grows = || {
                let sizes = files_below(&squid.cache_root());
                sizes.iter().any(|file| fs::metadata(file).is_ok_and(|it| it.len() > 100_000))
            };
            wait_until("half of it is on disk", grows);
            // The feed has the turn of its source: another one looks.
            assert!(scan(&source_of(&squid), None).of(&url).is_empty());
            origin.release();
            assert!(answer.join().unwrap().is_whole);
        });
        let meta = feed.until_upsert(&url);
        assert!(body_of(&source, &meta) == origin.body("/held/a?bytes=400000"));
    });
}

#[test]
fn squid_forced_refresh_is_another_generation_and_never_leaves_it_gone() {
    let origin = Origin::start(SEED);
    let Some(squid) = Squid::start() else { return };
    origin.put("/files/x", b"first".repeat(1000));
    fill_by(&origin, &squid, "/files/x");
    let source = source_of(&squid);
    let url = origin.url("/files/x");
    let before = listed(&source, 1).only(&url).clone();
    origin.put("/files/x", b"other".repeat(1000));
    watching(&source, |feed| {
        let forced = [("Cache-Control", "no-cache")];
        assert!(get(squid.port(), &url, &forced).unwrap().body.starts_with(b"other"));
        let after = feed.until_upsert(&url);
        assert_eq!(after.key, before.key);
        assert_ne!(after.generation, before.generation);
        assert!(body_of(&source, &after) == b"other".repeat(1000));
        let last = feed.seen().into_iter().rfind(|event| !matches!(event, Event::Cursor(_)));
        assert!(matches!(last, Some(Event::Upsert(_))), "{last:?}");
    });
    assert_eq!(listed(&source, 1).upserts, 1);
}

#[test]
fn squid_rotation_and_restart_change_nothing() {
    let origin = Origin::start(SEED);
    let Some(mut squid) = Squid::start() else { return };
    for path in ["/id/a", "/id/b", "/gz/a", "/chunked/a"] {
        fill_by(&origin, &squid, path);
    }
    let source = source_of(&squid);
    let before = listed(&source, 4);
    let mut cursor = before.cursor.clone().unwrap();
    for way in ["rotate", "restart"] {
        if way == "rotate" {
            squid.rotate();
        } else {
            squid.restart();
        }
        let after = scan(&source, Some(&cursor));
        assert_eq!((after.upserts, after.gone.len()), (0, 0), "{way}");
        assert_eq!(scan(&source, None).generations(), before.generations(), "{way}");
        cursor = scan(&source, None).cursor.unwrap();
    }
    let meta = before.only(&origin.url("/id/a"));
    assert!(body_of(&source, meta) == origin.body("/id/a"));
    // Another process starts with the log that Squid has written anew.
    assert_eq!(scan(&source_of(&squid), None).generations(), before.generations());
    fill_by(&origin, &squid, "/id/later");
    wait_until("the new object is told", || scan(&source, None).objects.len() == 5);
}

#[test]
fn squid_file_of_another_object_is_refused() {
    let origin = Origin::start(SEED);
    let Some(mut squid) = Squid::start() else { return };
    fill_by(&origin, &squid, "/id/a");
    fill_by(&origin, &squid, "/id/b");
    let source = source_of(&squid);
    let before = listed(&source, 2);
    squid.server.stop();
    let body_a = origin.body("/id/a");
    let files = files_below(&squid.cache_root());
    let holds = |body: &[u8]| {
        files.iter().find(|file| fs::read(file).is_ok_and(|bytes| bytes.ends_with(body)))
    };
    let (a, b) = (holds(&body_a).unwrap(), holds(&origin.body("/id/b")).unwrap());
    assert_eq!(fs::metadata(a).unwrap().len(), fs::metadata(b).unwrap().len());
    // As if the number of one had been used again for the other.
    fs::copy(b, a).unwrap();
    let meta = before.only(&origin.url("/id/a"));
    assert!(source.open(&meta.key, &meta.generation).is_err());
    let after = scan(&source, None);
    assert_eq!(after.gone, std::slice::from_ref(&meta.key));
    assert_eq!(after.skipped.values().copied().collect::<Vec<_>>(), [Reason::Changed]);
    assert!(body_of(&source, after.only(&origin.url("/id/b"))) == origin.body("/id/b"));
}
