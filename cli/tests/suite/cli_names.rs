//! Goal: names are bytes. Method: all 253 one-byte names through backup, list, find and restore.
//! Lost if this fails: files with names that are not UTF-8 cannot be found again.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use serde_json::Value;

use crate::sandbox::Sandbox;

/// Undoes the twin of a name, or takes the text itself.
fn bytes_of(line: &Value, key: &str) -> Vec<u8> {
    match line.get(format!("{key}_b64")) {
        Some(twin) => decode(twin.as_str().unwrap()),
        None => line[key].as_str().unwrap().as_bytes().to_vec(),
    }
}

/// Base64 with padding, the plain way.
fn decode(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for digit in text.bytes().filter(|&byte| byte != b'=') {
        let value = DIGITS.iter().position(|&known| known == digit).unwrap();
        bits = (bits << 6 | u32::try_from(value).unwrap()) & 0xff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).unwrap());
        }
    }
    bytes
}

#[test]
fn all_one_byte_names_survive() {
    let sandbox = Sandbox::with_repository();
    let names: BTreeSet<Vec<u8>> =
        (1..=255_u8).filter(|byte| !b"./".contains(byte)).map(|byte| vec![byte]).collect();
    assert_eq!(names.len(), 253);
    let folder = sandbox.path("bytes");
    std::fs::create_dir(&folder).unwrap();
    for name in &names {
        std::fs::write(folder.join(OsStr::from_bytes(name)), name).unwrap();
    }
    let place = folder.to_str().unwrap();
    sandbox.run(["backup", "--json", place]).expect(0);

    let address = format!("latest:{place}");
    let listed = sandbox.run(["ls", "--json", &address]).expect(0).lines();
    let nodes = listed.iter().filter(|line| line["message_type"] == "node");
    let found: BTreeSet<Vec<u8>> = nodes.map(|node| bytes_of(node, "name")).collect();
    assert_eq!(found, names);

    let matches = sandbox.run(["find", "--json", "bytes/?"]).expect(0).document();
    let found: BTreeSet<Vec<u8>> = matches[0]["matches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            bytes_of(line, "path").split(|&byte| byte == b'/').next_back().unwrap().to_vec()
        })
        .filter(|name| name.len() == 1)
        .collect();
    assert_eq!(found, names);

    sandbox.run(["restore", &address, "-t", "out"]).expect(0);
    for name in &names {
        let restored = sandbox.path("out").join(OsStr::from_bytes(name));
        assert_eq!(&std::fs::read(restored).unwrap(), name);
    }
    // For people each is one line, without control characters.
    let shown = sandbox.run(["ls", &address]).expect(0);
    assert!(shown.text().lines().all(|line| !line.chars().any(char::is_control)));
    assert!(shown.text().contains("\\xff") && shown.text().contains("\\x0a"));
}
