//! Goal: a blob is offered only if it is what its name says. Method: blobs in both layouts, in
//! memory, through the engine. If it fails, a layer is found under the digest of another.

use sha2::{Digest, Sha256};

use super::OciFormat;
use crate::error::{Error, Reason};
use crate::files::file_format::{FileFormat, Role};
use crate::identifiers::{ChecksumAlgorithm, Identifiers};
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
    stage.clock.advance(std::time::Duration::from_secs(1));
    stage.fs.write(&path, b"layes");
    let meta = told.only();
    let opened = stage.source.open(&meta.key, &meta.generation);
    assert!(matches!(opened, Err(Error::Corrupt(_))));
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
