//! apt-cacher-ng.

use std::fs;

use gleaner_access::{AccessSource, AcngFormat, Error, Reason};
use gleaner_tests::loopback_http::get;
use gleaner_tests::origin::Origin;
use gleaner_tests::servers::{AptCacherNg, wait_until};

use super::{SEED, body_of, files, fill, scan};

#[test]
fn apt_cacher_ng_gives_packages_and_no_failed_or_cut_ones() {
    let origin = Origin::start(SEED);
    let Some(cache) = AptCacherNg::start() else { return };
    let path = "/pool/x_1.0-1_all.deb";
    origin.put(path, origin.body("/id/package"));
    let ask =
        |path: &str| get(cache.port(), &AptCacherNg::path_of(origin.port(), path), &[]).unwrap();
    fill(&origin, path, &|| ask(path));
    assert_ne!(ask("/pool/none_1.0-1_all.deb").status, 200);
    let source = files(&cache.cache_root(), AcngFormat, None);
    wait_until("it is listed", || !scan(&source, None).objects.is_empty());
    let listed = scan(&source, None);
    assert_eq!(listed.objects.len(), 1);
    let meta = listed.only(&origin.url(path)).clone();
    assert!(body_of(&source, &meta) == origin.body(path));
    // A download that was cut looks like this.
    let stored = cache.cache_root().join("127.0.0.1/pool/x_1.0-1_all.deb");
    let cut = fs::OpenOptions::new().write(true).open(stored).unwrap();
    cut.set_len(meta.raw_len.unwrap() - 1).unwrap();
    let opened = source.open(&meta.key, &meta.generation);
    assert!(matches!(opened, Err(Error::Busy | Error::Changed)));
    let after = scan(&source, None);
    assert!(after.objects.is_empty());
    assert_eq!(after.skipped.values().copied().collect::<Vec<_>>(), [Reason::Busy]);
}
