//! nginx's `proxy_cache`.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gleaner_access::{
    AccessSource, Error, Event, FileSource, NginxFormat, PinOptions, Pins, RootedSpool, Run,
    SystemClock, UrlPattern,
};
use gleaner_tests::loopback_http::get;
use gleaner_tests::origin::Origin;
use gleaner_tests::servers::{Nginx, wait_until};

use super::{SEED, body_of, files, fill_at, holds_both_forms, scan, watching, whole};

/// Keys are URLs, but for those of slices, which are without `://`.
fn source_of(nginx: &Nginx) -> FileSource {
    let pattern = "^(?P<scheme>https?)(?:://)?(?P<host>[^/]+)(?P<path>/.*)$";
    let key_pattern = UrlPattern::new(pattern).unwrap();
    files(&nginx.cache_root(), NginxFormat { key_pattern }, None)
}

#[test]
fn nginx_objects_are_all_there_and_have_the_bytes_of_the_origin() {
    let origin = Origin::start(SEED);
    let Some(nginx) = Nginx::start(origin.port()) else { return };
    let paths = ["/id/a", "/chunked/a", "/close/a", "/empty/a", "/id/b?bytes=1"];
    for path in paths.into_iter().chain(["/gz/a", "/nothing/a"]) {
        fill_at(&origin, nginx.port(), path);
    }
    let gzip = get(nginx.port(), "/gz/a", &[("Accept-Encoding", "gzip")]).unwrap();
    assert!(gzip.body == origin.gzip_body("/gz/a"));
    let source = source_of(&nginx);
    wait_until("both forms are in place", || scan(&source, None).objects.len() == 7);
    let listed = scan(&source, None);
    assert!(listed.skipped.is_empty(), "{:?}", listed.skipped);
    for path in paths {
        let meta = listed.only(&origin.url(path));
        assert!(body_of(&source, meta) == origin.body(path), "{path}");
        assert_eq!(meta.identifiers.source_addresses, ["127.0.0.1"]);
        let tag = Origin::etag(&origin.body(path));
        assert_eq!(meta.identifiers.checksums[0].value, tag.as_bytes());
    }
    holds_both_forms(&source, &listed, &origin, "/gz/a");
}

#[test]
fn nginx_slices_are_one_object_with_a_hole() {
    let origin = Origin::start(SEED);
    let Some(nginx) = Nginx::start(origin.port()) else { return };
    for range in ["bytes=0-99", "bytes=2200000-2200099"] {
        assert_eq!(get(nginx.port(), "/slice/a", &[("Range", range)]).unwrap().status, 206);
    }
    let source = source_of(&nginx);
    let runs = || {
        let listed = scan(&source, None);
        let meta = listed.of(&origin.url("/slice/a")).first().map(|&meta| meta.clone());
        meta.map(|meta| (meta.partial.clone().unwrap(), meta))
    };
    wait_until("both slices are in place", || runs().is_some_and(|(it, _)| it.runs.len() == 2));
    let (partial, meta) = runs().unwrap();
    let body = origin.body("/slice/a");
    let (first, last) = (1 << 20, 2 << 20);
    let total = body.len() as u64;
    let expected = [
        Run { body_offset: 0, start: 0, len: first },
        Run { body_offset: first, start: last, len: total - last },
    ];
    assert_eq!((partial.runs.as_slice(), partial.total), (&expected[..], Some(total)));
    assert!(body_of(&source, &meta) == [&body[..1 << 20], &body[2 << 20..]].concat());
}

#[test]
fn nginx_loses_no_object_in_a_fresh_folder() {
    let origin = Origin::start(SEED);
    let Some(nginx) = Nginx::start(origin.port()) else { return };
    fill_at(&origin, nginx.port(), "/id/before");
    let source = source_of(&nginx);
    let paths: Vec<_> = (0..40).map(|number| format!("/id/{number}?bytes=100")).collect();
    watching(&source, |feed| {
        for path in &paths {
            assert_eq!(get(nginx.port(), path, &[]).unwrap().status, 200);
        }
        let mut missing: BTreeSet<_> = paths.iter().map(|path| origin.url(path)).collect();
        while !missing.is_empty() {
            let (_, event) =
                feed.until(&format!("{missing:?}"), |event| matches!(event, Event::Upsert(_)));
            let Event::Upsert(meta) = event else { unreachable!("it was looked for") };
            missing.remove(std::str::from_utf8(&meta.identifiers.urls[0]).unwrap());
        }
        assert!(feed.gone().is_empty());
    });
    assert_eq!(scan(&source, None).objects.len(), 41);
}

#[test]
fn nginx_revalidation_is_no_event_and_replacement_is_one() {
    let origin = Origin::start(SEED);
    let Some(nginx) = Nginx::start(origin.port()) else { return };
    let short = [("Cache-Control", "max-age=2")];
    origin.put_with("/files/x", b"first".repeat(1000), &short);
    let ask = |path: &str| get(nginx.port(), path, &[]).unwrap();
    fill_at(&origin, nginx.port(), "/revalidate/a");
    fill_at(&origin, nginx.port(), "/files/x");
    let source = source_of(&nginx);
    let before = scan(&source, None);
    watching(&source, |feed| {
        wait_until("it is revalidated", || {
            ask("/revalidate/a").header("X-Cache") == Some("REVALIDATED")
        });
        // What is told after the revalidation shows that nothing was told of it.
        ask("/id/later");
        feed.until_upsert(&origin.url("/id/later"));
        assert_eq!(feed.upserts(&origin.url("/revalidate/a")), 0);
        origin.put_with("/files/x", b"other".repeat(1000), &short);
        wait_until("it is replaced", || ask("/files/x").body.starts_with(b"other"));
        let replaced = feed.until_upsert(&origin.url("/files/x"));
        assert!(body_of(&source, &replaced) == b"other".repeat(1000));
        let old = before.only(&origin.url("/files/x"));
        assert_eq!(old.key, replaced.key);
        assert!(matches!(source.open(&old.key, &old.generation), Err(Error::Changed)));
        assert!(feed.gone().is_empty());
    });
    let after = scan(&source, None);
    let url = origin.url("/revalidate/a");
    assert_eq!(after.only(&url).generation, before.only(&url).generation);
    assert!(body_of(&source, after.only(&url)) == origin.body("/revalidate/a"));
}

#[test]
fn nginx_eviction_is_told_within_two_seconds_and_a_pinned_object_outlives_it() {
    let origin = Origin::start(SEED);
    let Some(nginx) = Nginx::start(origin.port()) else { return };
    let spool = nginx.server.directory().join("spool");
    let spool = Arc::new(RootedSpool::create(&spool).unwrap());
    let options = PinOptions { open_files_max: 1, ..PinOptions::default() };
    let pins = Pins::new(Arc::new(SystemClock::new()), options, Some(spool)).unwrap();
    let source = files(&nginx.short_cache_root(), NginxFormat::default(), Some(pins));
    let url = origin.url("/id/a");
    watching(&source, |feed| {
        assert_eq!(get(nginx.port(), "/t2/id/a", &[]).unwrap().status, 200);
        let meta = feed.until_upsert(&url);
        let reader = source.open(&meta.key, &meta.generation).unwrap();
        let by_handle = reader.pin(Duration::from_mins(1)).unwrap();
        let by_link = reader.pin(Duration::from_mins(1)).unwrap();
        drop(reader);
        let root = nginx.short_cache_root();
        let is_there = || !super::files_below(&root).is_empty();
        wait_until("it is evicted", || !is_there());
        let evicted = Instant::now();
        let (told, _) = feed.until("gone", |event| *event == Event::Gone(meta.key.clone()));
        assert!(told.saturating_duration_since(evicted) <= Duration::from_secs(2));
        assert_eq!(source.counters().counts().gone, 1);
        assert!(matches!(source.open(&meta.key, &meta.generation), Err(Error::Gone)));
        for pin in [by_handle, by_link] {
            assert!(whole(&**pin.body()) == origin.body("/id/a"));
        }
    });
}
