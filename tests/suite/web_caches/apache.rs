//! Apache's `mod_cache_disk`.

use std::fs;

use gleaner_access::AccessSource;
use gleaner_access::{ApacheFormat, ApacheLevels, Error, FileSource, Identifiers, Reason};
use gleaner_tests::loopback_http::get;
use gleaner_tests::origin::Origin;
use gleaner_tests::servers::{Apache, wait_until};

use super::{Listed, SEED, body_of, files, files_below, fill, fill_at, holds_both_forms, scan};

fn source_of(apache: &Apache) -> FileSource {
    let levels = Some(ApacheLevels { levels: 2, digits: 1 });
    files(&apache.cache_root(), ApacheFormat { levels }, None)
}

fn listed(source: &FileSource, objects: usize) -> Listed {
    wait_until(&format!("{objects} objects"), || scan(source, None).objects.len() == objects);
    scan(source, None)
}

/// Paths go to the origin; the cache knows them under its own address.
fn url(apache: &Apache, path: &str) -> String {
    format!("http://127.0.0.1:{}{path}", apache.port())
}

#[test]
fn apache_objects_are_all_there_and_have_the_bytes_of_the_origin() {
    let origin = Origin::start(SEED);
    let Some(apache) = Apache::start(origin.port()) else { return };
    let paths = ["/id/a", "/chunked/a", "/id/b?bytes=511"];
    for path in paths.into_iter().chain(["/nothing/a"]) {
        if path == "/nothing/a" {
            assert_eq!(get(apache.port(), path, &[]).unwrap().status, 404);
        } else {
            fill_at(&origin, apache.port(), path);
        }
    }
    let source = source_of(&apache);
    let listed = listed(&source, 3);
    for path in paths {
        let meta = listed.only(&url(&apache, path));
        assert!(body_of(&source, meta) == origin.body(path), "{path}");
    }
    let urls = vec![url(&apache, "/id/a").into_bytes(), url(&apache, "/id/never").into_bytes()];
    let by_url = Identifiers { urls, ..Identifiers::default() };
    assert_eq!(source_of(&apache).probe(&by_url).unwrap().len(), 1);
}

#[test]
fn apache_variants_are_objects_of_their_own() {
    let origin = Origin::start(SEED);
    let Some(apache) = Apache::start(origin.port()) else { return };
    for language in ["de", "en"] {
        let asked = [("Accept-Language", language)];
        assert_eq!(get(apache.port(), "/vary/a", &asked).unwrap().status, 200);
    }
    let plain = || get(apache.port(), "/gz/a", &[]).unwrap();
    fill(&origin, "/gz/a", &plain);
    assert_eq!(get(apache.port(), "/gz/a", &[("Accept-Encoding", "gzip")]).unwrap().status, 200);
    let source = source_of(&apache);
    let listed = listed(&source, 4);
    let found = listed.of(&url(&apache, "/vary/a"));
    let mut bodies: Vec<_> = found.into_iter().map(|meta| body_of(&source, meta)).collect();
    bodies.sort();
    let mut expected = ["de", "en"].map(|it| origin.body_in_language("/vary/a", it));
    expected.sort();
    assert!(bodies == expected);
    let forms = Listed {
        objects: listed
            .of(&url(&apache, "/gz/a"))
            .into_iter()
            .map(|meta| {
                let mut meta = meta.clone();
                meta.identifiers.urls = vec![origin.url("/gz/a").into_bytes()];
                (meta.key.clone(), meta)
            })
            .collect(),
        ..Listed::default()
    };
    holds_both_forms(&source, &forms, &origin, "/gz/a");
}

#[test]
fn apache_data_replaced_under_an_old_header_is_refused() {
    let origin = Origin::start(SEED);
    let Some(apache) = Apache::start(origin.port()) else { return };
    fill_at(&origin, apache.port(), "/id/a");
    fill_at(&origin, apache.port(), "/id/b");
    let source = source_of(&apache);
    let before = listed(&source, 2);
    let body = origin.body("/id/a");
    let files = files_below(&apache.cache_root());
    let data = files.iter().find(|file| fs::read(file).is_ok_and(|bytes| bytes == body)).unwrap();
    let beside = data.with_extension("new");
    fs::write(&beside, &body).unwrap();
    fs::rename(&beside, data).unwrap();
    let meta = before.only(&url(&apache, "/id/a"));
    let opened = source.open(&meta.key, &meta.generation);
    assert!(matches!(opened, Err(Error::Busy | Error::Gone | Error::Changed)));
    let after = scan(&source, None);
    assert!(after.of(&url(&apache, "/id/a")).is_empty());
    assert!(after.skipped.values().any(|&reason| reason == Reason::Busy), "{:?}", after.skipped);
    assert!(body_of(&source, after.only(&url(&apache, "/id/b"))) == origin.body("/id/b"));
}

#[test]
fn apache_revalidation_changes_no_generation() {
    let origin = Origin::start(SEED);
    let Some(apache) = Apache::start(origin.port()) else { return };
    fill_at(&origin, apache.port(), "/revalidate/a");
    let source = source_of(&apache);
    let before = listed(&source, 1);
    let revalidated = || {
        assert_eq!(get(apache.port(), "/revalidate/a", &[]).unwrap().status, 200);
        let seen = origin.seen();
        seen.iter().any(|seen| seen.header("If-None-Match").is_some())
    };
    wait_until("it is revalidated", revalidated);
    let after = scan(&source, before.cursor.as_ref());
    assert_eq!((after.upserts, after.gone.len()), (0, 0));
    let meta = before.only(&url(&apache, "/revalidate/a"));
    assert!(body_of(&source, meta) == origin.body("/revalidate/a"));
}
