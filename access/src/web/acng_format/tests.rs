//! Goal: a package is offered once it is whole. Method: files made here, in memory, through the
//! engine. If it fails, half a package is offered as a whole.

use super::AcngFormat;
use crate::error::Reason;
use crate::files::file_format::{FileFormat, Role};
use crate::object::ObjectKey;
use crate::web::cache_stage::{Stage, body_of};

const PATH: &str = "deb.example/pool/x_1.0-1_all.deb";

fn head(lines: &str) -> String {
    format!("HTTP/1.1 200 OK\r\n{lines}\r\n")
}

fn write(stage: &Stage, head: &str, body: &[u8]) {
    stage.fs.write(PATH, body);
    stage.fs.write(&format!("{PATH}.head"), head.as_bytes());
}

#[test]
fn package_is_listed_under_its_source() {
    let stage = Stage::new(AcngFormat);
    let lines = "Content-Length: 5\r\nX-Original-Source: http://deb.example:8/x\r\n";
    write(&stage, &head(lines), b"hello");
    let told = stage.scan();
    assert_eq!(told.only().identifiers.urls, [b"http://deb.example:8/x"]);
    assert_eq!(body_of(&stage.source, told.only()), b"hello");
    let stage = Stage::new(AcngFormat);
    write(&stage, &head("Content-Length: 5\r\n"), b"hello");
    assert_eq!(stage.scan().only().identifiers.urls, [format!("http://{PATH}").as_bytes()]);
}

#[test]
fn download_is_busy_until_it_is_as_long_as_its_head_says() {
    let stage = Stage::new(AcngFormat);
    stage.fs.write(PATH, b"hel");
    let told = stage.scan();
    assert_eq!(told.skipped[PATH.as_bytes()], Reason::Busy);
    write(&stage, &head("Content-Length: 5\r\n"), b"hel");
    let told = stage.since(told.cursor.as_ref().unwrap());
    assert_eq!(told.skipped[PATH.as_bytes()], Reason::Busy);
    stage.clock.advance(std::time::Duration::from_secs(1));
    stage.fs.write(PATH, b"hello");
    let told = stage.since(told.cursor.as_ref().unwrap());
    assert_eq!(body_of(&stage.source, told.only()), b"hello");
    stage.clock.advance(std::time::Duration::from_secs(1));
    stage.fs.write(PATH, b"hello!");
    let told = stage.since(told.cursor.as_ref().unwrap());
    assert_eq!((told.gone.len(), told.skipped[PATH.as_bytes()]), (1, Reason::Corrupt));
}

#[test]
fn failed_fetch_is_no_object() {
    let stage = Stage::new(AcngFormat);
    stage.fs.write(&format!("{PATH}.head"), head("").as_bytes());
    assert!(stage.scan().has_no_change());
    write(&stage, &head(""), b"");
    assert_eq!(stage.scan().skipped[PATH.as_bytes()], Reason::Corrupt);
    let stage = Stage::new(AcngFormat);
    write(&stage, "HTTP/1.1 404 No\r\nContent-Length: 5\r\n\r\n", b"hello");
    let told = stage.scan();
    assert!(told.has_no_change() && told.skipped.is_empty());
}

#[test]
fn only_files_below_a_host_are_looked_at() {
    assert_eq!(AcngFormat.role(b"", b"x"), Role::Ignored);
    assert_eq!(AcngFormat.role(b"a", b"x"), Role::Object);
    assert_eq!(AcngFormat.role(b"a", b"x.head"), Role::CompanionOf(b"x".to_vec()));
    assert_eq!(AcngFormat.role(b"a", b".head"), Role::Object);
    assert!(AcngFormat.enters(b"a/_b") && !AcngFormat.enters(b"_xstore"));
}

#[test]
fn what_cannot_be_read_spares_what_may_lie_in_it_and_nothing_else() {
    let key = ObjectKey::of_parts(&[b"host/pool/a.deb"]).unwrap();
    let is_spared =
        |path: &str| key.as_bytes().starts_with(&AcngFormat.keys_below(path.as_bytes()));
    assert!(["", "host", "host/pool", "host/pool/a.deb"].into_iter().all(is_spared));
    assert!(!["lost+found", "other", "host/dists"].into_iter().any(is_spared));
}
