//! Goal: the measurement works, from packages to pulls, over the real servers. Method: a run over
//! packages made here, with little of everything. If it fails, the recorded numbers cannot be had
//! again.

use std::fs;
use std::path::Path;

use gleaner_benches::{Seeded, Workload};

use crate::packages::{Package, parse};
use crate::settings::Settings;
use crate::{check, run};

/// A package of so many files of each kind.
fn make_package(number: usize, folder: &Path) -> (Package, std::path::PathBuf) {
    let mut seeded = Seeded::new(number as u64);
    let mut builder = tar::Builder::new(Vec::new());
    for place in 0..60 {
        let bytes = 600 + seeded.below(100_000);
        let (extension, content) = match place % 6 {
            0 => ("html", Workload::Text.bytes(seeded.word(), bytes)),
            1 => ("css", Workload::Text.bytes(seeded.word(), bytes)),
            2 => ("gz", crate::archives::gzip(&Workload::Text.bytes(place, bytes), 6).unwrap()),
            3 => ("txt", Workload::Text.bytes(seeded.word(), bytes)),
            _ => ("png", Workload::Random.bytes(seeded.word(), bytes)),
        };
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        let name = format!("usr/share/made-{number}/{place}.{extension}");
        builder.append_data(&mut header, name, content.as_slice()).unwrap();
    }
    let data = liblzma::encode_all(builder.into_inner().unwrap().as_slice(), 1).unwrap();
    let mut deb = ar::Builder::new(Vec::new());
    for (name, content) in [("debian-binary", b"2.0\n".as_slice()), ("data.tar.xz", &data)] {
        let header = ar::Header::new(name.as_bytes().to_vec(), content.len() as u64);
        deb.append(&header, content).unwrap();
    }
    let deb = deb.into_inner().unwrap();
    let package = Package {
        name: format!("made-{number}"),
        version: "1.0-1".to_owned(),
        architecture: "all".to_owned(),
        bytes: deb.len() as u64,
        sha256: "0".repeat(64),
    };
    let path = folder.join(package.file_name());
    fs::write(&path, deb).unwrap();
    (package, path)
}

#[test]
fn what_is_kept_is_covered_and_what_is_listed_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let made = (0..8).map(|number| make_package(number, folder.path()));
    let (packages, debs): (Vec<_>, Vec<_>) = made.unzip();
    let mut settings = Settings::full(folder.path().to_owned());
    settings.make_quick();
    let Some(outcome) = run::run(&settings, &packages, &debs).unwrap() else { return };
    check(&outcome.found).unwrap();
    let all = outcome.found.tally.sum(|_, _| true);
    assert_eq!(all.downloads, 8 + 100 + 12);
    assert!(all.own <= all.any && all.any < all.bytes, "{}", outcome.report);
    let kinds = &outcome.found.coverage.kinds;
    for kind in ["identity", "ar member / unxz / tar member", "gunzip", "mime part, Base64"] {
        assert!(kinds.iter().any(|found| found == kind), "{kind}: {kinds:?}");
    }
}

#[test]
fn list_of_packages_is_read_whole_and_in_its_order() {
    let list = include_str!("packages.txt");
    let packages = parse(list).unwrap();
    assert_eq!(packages.len(), list.lines().count());
    assert!(packages.is_sorted_by(|a, b| a.name < b.name));
    let bytes: u64 = packages.iter().map(|package| package.bytes).sum();
    assert!((490_000_000..510_000_000).contains(&bytes), "{bytes}");
    assert!(packages.iter().all(|package| package.sha256.len() == 64));
    let epoch = packages.iter().find(|package| package.version.contains(':')).unwrap();
    assert!(epoch.file_name().contains("%3a") && !epoch.pool_name().contains(':'));
    assert!(parse("name 1.0 all bytes 00").is_err());
    assert!(parse("name 1.0 all 5 00 more").is_err());
}
