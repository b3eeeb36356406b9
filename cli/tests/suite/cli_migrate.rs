//! Goal: `migrate` says truly which version a repository has, and changes nothing where nothing is
//! to be done. Lost if this fails: an old repository, by a migration that was none.

use std::path::{Path, PathBuf};

use crate::sandbox::{Ran, Sandbox};

/// Copies a repository that an earlier version made into the sandbox.
fn copy_old(sandbox: &Sandbox, name: &str) {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let old = package.join("../tests/old_repositories/v1").join(name).join("repository");
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(old.join(&folder)).unwrap() {
            let path = folder.join(entry.unwrap().file_name());
            if old.join(&path).is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(old.join(&path)).unwrap();
                sandbox.write(Path::new("repo").join(path).to_str().unwrap(), &bytes);
            }
        }
    }
}

fn command(sandbox: &Sandbox, args: &[&str]) -> Ran {
    sandbox.run(["migrate", "--json"].iter().chain(args))
}

#[test]
fn old_repositories_have_the_newest_version_and_stay_as_they_are() {
    for (name, sandbox) in [("encrypted", Sandbox::new()), ("plain", Sandbox::without_password())] {
        copy_old(&sandbox, name);
        let before = sandbox.repository_content();
        assert!(before.len() > 20);
        // Without a question: there is nothing to confirm.
        for args in [&[][..], &["--apply"]] {
            let lines = command(&sandbox, args).expect(0).lines();
            let [plan] = &lines[..] else { panic!("{lines:?}") };
            let expected = serde_json::json!({
                "message_type": "plan", "from": 1, "to": 1, "steps": []
            });
            assert_eq!(*plan, expected, "{name}");
            assert!(sandbox.repository_content() == before, "{name} {args:?}");
        }
        let text = sandbox.run(["migrate"]).expect(0).text();
        assert_eq!(text, "format version 1 is the newest: nothing is to be migrated\n");
    }
}

#[test]
fn newer_objects_are_refused_by_name() {
    let sandbox = Sandbox::with_snapshot();
    let whole = sandbox.repository_content();
    let folders = ["config", "keys", "snapshots", "data", "epoch"];
    for folder in folders.map(|folder| sandbox.path("repo").join(folder)) {
        let (path, bytes) = whole.iter().find(|(path, _)| path.starts_with(&folder)).unwrap();
        let mut newer = bytes.clone();
        newer[8..10].copy_from_slice(&2_u16.to_le_bytes());
        let crc = if path.starts_with(sandbox.path("repo/data")) { 132 } else { 92 };
        let checksum = crc32c::crc32c(&newer[..crc]).to_le_bytes();
        newer[crc..crc + 4].copy_from_slice(&checksum);
        replace(path, &newer);
        let before = sandbox.repository_content();
        let ran = command(&sandbox, &["--apply", "--yes"]).expect_error(13, "newer_format");
        // Of versioned objects the folder is named.
        let name = path.strip_prefix(sandbox.path("repo")).unwrap();
        let named = name.to_str().unwrap().split("/000").next().unwrap();
        assert!(ran.stderr.contains(named), "{named}: {}", ran.stderr);
        assert!(sandbox.repository_content() == before);
        replace(path, bytes);
    }
    command(&sandbox, &[]).expect(0);
}

#[test]
fn damage_is_found_before_anything_would_be_migrated() {
    let sandbox = Sandbox::with_snapshot();
    let pack = sandbox.a_pack();
    let mut bytes = std::fs::read(&pack).unwrap();
    bytes[20] ^= 1;
    replace(&pack, &bytes);
    command(&sandbox, &["--apply"]).expect_error(4, "damaged");
}

fn replace(path: &Path, bytes: &[u8]) {
    // The mode of a stored object may forbid writing.
    std::fs::remove_file(path).unwrap();
    std::fs::write(path, bytes).unwrap();
}
