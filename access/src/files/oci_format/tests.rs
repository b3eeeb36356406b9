//! Goal: a blob is offered only if it is what its name says. Method: blobs in both layouts, in
//! memory, through the engine. If it fails, a layer is found under the digest of another.

use std::io::Read;
use std::ops::ControlFlow;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::OciFormat;
use crate::error::{Error, Reason};
use crate::files::file_format::{FileFormat, Role};
use crate::identifiers::{ChecksumAlgorithm, Identifiers};
use crate::limits::Limits;
use crate::manual_clock::ManualClock;
use crate::object::ObjectKey;
use crate::recipe::{Hints, Recipe, Step, walk};
use crate::source::AccessSource;
use crate::web::cache_stage::{Stage, body_of};

fn hex(body: &[u8]) -> String {
    let digest: [u8; 32] = Sha256::digest(body).into();
    blake3::Hash::from_bytes(digest).to_hex().to_string()
}

fn registry_path(hex: &str) -> String {
    format!("docker/registry/v2/blobs/sha256/{}/{hex}/data", &hex[..2])
}

#[test]
fn blob_is_listed_in_both_layouts_and_found_by_its_digest_alone() {
    let digest: [u8; 32] = Sha256::digest(b"layer").into();
    for path in [format!("blobs/sha256/{}", hex(b"layer")), registry_path(&hex(b"layer"))] {
        let stage = Stage::new(OciFormat::default());
        stage.fs.write(&path, b"layer");
        stage.clock.advance(Duration::from_mins(1));
        let mut by_digest = Identifiers::default();
        by_digest.add_checksum(ChecksumAlgorithm::Sha256, digest);
        assert_eq!(stage.source.probe(&by_digest).unwrap().len(), 1);
        let told = stage.scan();
        assert_eq!(told.only().identifiers, by_digest);
        assert_eq!(body_of(&stage.source, told.only()), b"layer");
    }
}

#[test]
fn blob_that_is_not_what_its_name_says_is_refused() {
    let stage = Stage::new(OciFormat::default());
    let path = registry_path(&hex(b"layer"));
    stage.fs.write(&path, b"layes");
    assert_eq!(stage.scan().skipped[path.as_bytes()], Reason::Corrupt);
    let stage = Stage::new(OciFormat::default());
    stage.fs.write(&path, b"layer");
    let told = stage.scan();
    stage.clock.advance(Duration::from_secs(1));
    stage.fs.write(&path, b"layes");
    let meta = told.only();
    let opened = stage.source.open(&meta.key, &meta.generation);
    assert!(matches!(opened, Err(Error::Corrupt(_))));
}

#[test]
fn blob_that_was_seen_while_it_grew_is_listed_once_it_is_whole() {
    let stage = Stage::new(OciFormat::default());
    let path = format!("blobs/sha256/{}", hex(b"layer"));
    stage.fs.write_without_closing(&path, b"la");
    stage.clock.advance(Duration::from_mins(1));
    let told = stage.scan();
    assert_eq!((told.upserts.len(), told.skipped[path.as_bytes()]), (0, Reason::Corrupt));
    stage.fs.write_without_closing(&path, b"laye");
    let told = stage.since(&told.cursor.unwrap());
    assert_eq!(told.upserts.len(), 0);
    stage.fs.write(&path, b"layer");
    stage.clock.advance(Duration::from_mins(1));
    let told = stage.since(&told.cursor.unwrap());
    assert_eq!(body_of(&stage.source, told.only()), b"layer");
    // What only touches it is no change.
    stage.clock.advance(Duration::from_mins(1));
    stage.fs.set_mtime(&path, 0);
    stage.clock.advance(Duration::from_mins(1));
    assert!(stage.since(&told.cursor.unwrap()).has_no_change());
}

/// A layer as tools of containers make it: tar in gzip.
fn layer(files: &[(&str, &[u8])]) -> Vec<u8> {
    let encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let mut archive = tar::Builder::new(encoder);
    for &(path, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, path, bytes).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

#[test]
fn member_of_a_gzip_layer_is_offered_byte_for_byte() {
    let (long, short) = (vec![b'l'; 100_000], b"short".as_slice());
    let blob = layer(&[("usr/bin/long", &long), ("etc/short", short), ("etc/empty", b"")]);
    let stage = Stage::new(OciFormat::default());
    stage.fs.write(&registry_path(&hex(&blob)), &blob);
    let told = stage.scan();
    let meta = told.only();
    let reader = stage.source.open(&meta.key, &meta.generation).unwrap();
    let (body, limits, clock) = (reader.body(), Limits::default(), ManualClock::new());
    let mut members = Vec::new();
    walk(&*body, Hints::of(meta), (&limits, &clock), &mut |offer, bytes| {
        let mut decoded = Vec::new();
        bytes.unwrap().read_to_end(&mut decoded).unwrap();
        members.push((offer.recipe.clone(), offer.name.clone(), decoded));
        ControlFlow::Continue(())
    })
    .unwrap();
    let member = |ordinal| Recipe::new(vec![Step::Gunzip, Step::TarMember(ordinal)]).unwrap();
    let name = |name: &str| Some(name.as_bytes().to_vec());
    let expected = [
        (Recipe::identity(), None, blob),
        (member(0), name("usr/bin/long"), long),
        (member(1), name("etc/short"), short.to_vec()),
        (member(2), name("etc/empty"), Vec::new()),
    ];
    assert!(members == expected);
    for (recipe, _, bytes) in expected {
        let mut opened = Vec::new();
        recipe.open(&*body, &limits, &clock).unwrap().read_to_end(&mut opened).unwrap();
        assert!(opened == bytes, "{recipe}");
    }
}

#[test]
fn only_blobs_are_looked_at() {
    let format = OciFormat::default();
    let digest = hex(b"layer");
    let short = &digest[..2];
    for folder in [
        "blobs",
        "blobs/sha256",
        "docker",
        "docker/registry/v2/blobs/sha256",
        &format!("docker/registry/v2/blobs/sha256/{short}"),
        &format!("docker/registry/v2/blobs/sha256/{short}/{digest}"),
    ] {
        assert!(format.enters(folder.as_bytes()), "{folder}");
    }
    for folder in [
        "",
        "blobs/sha512",
        "docker/registry/v2/repositories",
        "blobs/sha256/x",
        "uploads",
        "docker/registry/v2/blobs/sha256/zz",
        &format!("docker/registry/v2/blobs/sha256/zz/{digest}"),
        &format!("docker/registry/v2/blobs/sha256/{short}/{digest}/x"),
    ] {
        assert!(!format.enters(folder.as_bytes()), "{folder}");
    }
    let role = |folder: &str, name: &str| format.role(folder.as_bytes(), name.as_bytes());
    assert_eq!(role("blobs/sha256", &digest), Role::Object);
    assert_eq!(role("blobs/sha256", &digest.to_ascii_uppercase()), Role::Ignored);
    assert_eq!(role("blobs/sha256", &digest[1..]), Role::Ignored);
    assert_eq!(
        role(&format!("docker/registry/v2/blobs/sha256/{short}/{digest}"), "link"),
        Role::Ignored
    );
    assert_eq!(role("", "index.json"), Role::Ignored);
}

#[test]
fn what_cannot_be_read_spares_what_may_lie_in_it_and_nothing_else() {
    for first in [0_u8, 0xab] {
        let mut digest = [7; 32];
        digest[0] = first;
        let key = ObjectKey::of_parts(&[&digest]).unwrap();
        let hex = blake3::Hash::from_bytes(digest).to_hex().to_string();
        let is_spared = |path: &str| {
            key.as_bytes().starts_with(&OciFormat::default().keys_below(path.as_bytes()))
        };
        let registry = registry_path(&hex);
        let above = registry.strip_suffix("/data").unwrap();
        let short = above.strip_suffix(&format!("/{hex}")).unwrap();
        let blob = format!("blobs/sha256/{hex}");
        for holds_it in ["blobs", "docker", "blobs/sha256", &registry, above, short, &blob] {
            assert!(is_spared(holds_it), "{holds_it}");
        }
        let other = short.replace(&format!("sha256/{first:02x}"), "sha256/0b");
        assert!(!is_spared(&other) && !is_spared(&blob.replace("07", "08")), "{other}");
    }
}
