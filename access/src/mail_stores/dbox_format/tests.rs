//! Goal: each mail of a dbox file is an object under its GUID, wherever it lies; a mail that is
//! being added hides none.
//!
//! Method: the samples of a real server, then records written here. If this fails, mails are lost
//! from the list while others arrive.

use super::*;
use crate::files::access_fs::AccessFs;
use crate::files::memory_fs::MemoryFs;
use crate::identifiers::DateKind;
use crate::limits::Limits;
use crate::manual_clock::ManualClock;
use crate::object::ContentCoding;

const SDBOX: &[u8] = include_bytes!("../../../tests/samples/mail/u.1");
const MDBOX: &[u8] = include_bytes!("../../../tests/samples/mail/m.1");

fn format() -> DboxFormat {
    DboxFormat::new(MailOptions::default(), Arc::new(ManualClock::new()))
}

fn inspect(path: &str, bytes: &[u8]) -> Result<Vec<Found>, Error> {
    let fs = MemoryFs::new(Arc::new(ManualClock::new()));
    fs.write(path, bytes);
    let root = fs.open_root().unwrap();
    let (folder, name) = split_path(path.as_bytes());
    let limits = Limits::default();
    let mut inspection = Inspection::open(&*root, folder, name, &limits)?;
    format().inspect(&mut inspection)
}

fn file(mails: &[(&[u8], &str)]) -> Vec<u8> {
    let mut file = b"2 M1e C6b025dcf\n".to_vec();
    for (bytes, metadata) in mails {
        file.extend_from_slice(format!("\x01\x02N          {:016x}\n", bytes.len()).as_bytes());
        file.extend_from_slice(bytes);
        file.extend_from_slice(format!("\n\x01\x03\n{metadata}\n").as_bytes());
    }
    file
}

#[test]
fn samples_are_objects_with_their_guids() {
    let sdbox = inspect("mailboxes/INBOX/dbox-Mails/u.1", SDBOX).unwrap();
    let guid = b"\xa8\xb9\x5a\x34\xcf\x5d\x02\x6b\x86\x57\x00\x00\x83\xec\xc3\x75";
    assert_eq!(sdbox.len(), 1);
    assert_eq!(sdbox[0].key, ObjectKey::of_parts(&[b"", guid]).unwrap());
    assert_eq!((sdbox[0].body[0].offset, sdbox[0].body[0].len), (46, 5504));
    assert_eq!(sdbox[0].encodings, [ContentCoding::Gzip]);
    let identifiers = &sdbox[0].identifiers;
    assert_eq!(identifiers.message_ids, [b"0@example.org".to_vec()]);
    assert_eq!(identifiers.date(DateKind::Received).unwrap().seconds, 0x6b02_5dcf);
    assert_eq!(identifiers.checksums[0].algorithm, ChecksumAlgorithm::DovecotGuid);
    assert_eq!(identifiers.checksums[0].value, guid);

    let mdbox = inspect("storage/m.1", MDBOX).unwrap();
    let facts: Vec<_> = mdbox
        .iter()
        .map(|mail| (mail.body[0].offset, mail.body[0].len, &mail.identifiers.message_ids[0][..]))
        .collect();
    assert_eq!(facts, [(46, 7264, &b"0@example.org"[..]), (7402, 7264, b"1@example.org")]);
    assert!(mdbox.iter().all(|mail| mail.encodings.is_empty()));
}

#[test]
fn place_of_a_mail_is_neither_key_nor_generation() {
    let metadata = "R1\nV3\nG00000000000000000000000000000001\n";
    let other = "R1\nV3\nG00000000000000000000000000000002\n";
    let alone = inspect("storage/m.1", &file(&[(b"x\n", metadata)])).unwrap();
    let behind = inspect("storage/m.7", &file(&[(b"y\n", other), (b"x\n", metadata)])).unwrap();
    assert_eq!((&alone[0].key, alone[0].generation), (&behind[1].key, behind[1].generation));
    assert_ne!(alone[0].generation, behind[0].generation);
}

#[test]
fn mail_that_is_being_added_hides_none_before_it() {
    for len in 0..=MDBOX.len() {
        match inspect("storage/m.1", &MDBOX[..len]) {
            Ok(found) => {
                let whole = [7372, 14728].iter().filter(|&&end| len >= end).count();
                assert!(found.len() == whole && (whole > 0 || len == 16), "{len}");
            }
            Err(error) => assert!(len < 7372 && matches!(error, Error::Busy), "{len}: {error}"),
        }
    }
}

#[test]
fn one_mail_that_cannot_be_read_costs_that_mail() {
    let guid = |number: u8| format!("V3\nG{number:032x}\n");
    let (first, second, external) = (guid(1), guid(2), guid(3) + "X1 2 3\n");
    let records: [(&[u8], &str); 3] =
        [(b"x\n", &first), (b"CRYPTED\x03\x07", &second), (b"x\n", &external)];
    let found = inspect("storage/m.1", &file(&records)).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].key.as_bytes().last(), Some(&1));
    for record in &records[1..] {
        let result = inspect("storage/m.1", &file(&[*record]));
        assert!(matches!(result, Err(Error::Unsupported(_) | Error::Corrupt(_))));
    }
    assert!(inspect("storage/m.1", &file(&[])).unwrap().is_empty());
}

#[test]
fn sizes_in_the_metadata_fit_the_mail() {
    let guid = "G00000000000000000000000000000001\n";
    let with = |metadata: &str| {
        inspect("storage/m.1", &file(&[(b"x\ny\n", &format!("{metadata}{guid}"))]))
    };
    for metadata in ["", "V4\n", "V6\n", "V8\n"] {
        assert_eq!(with(metadata).unwrap().len(), 1, "{metadata:?}");
    }
    for metadata in ["V3\n", "V9\n", "V0\n", "Vffffffffffffffff\n", "Z4\n"] {
        assert!(matches!(with(metadata), Err(Error::Corrupt(_))), "{metadata:?}");
    }
    let gzip = &SDBOX[46..5550];
    let without = inspect("storage/m.1", &file(&[(gzip, guid)]));
    assert!(matches!(without, Err(Error::Corrupt(_))), "compressed mail without its plain size");
}

#[test]
fn only_files_of_mails_are_looked_at() {
    let format = format();
    let is_object = |path: &str| {
        let (folder, name) = split_path(path.as_bytes());
        format.role(folder, name) == Role::Object
    };
    for path in ["mailboxes/INBOX/dbox-Mails/u.1", "u/storage/m.12345678901234567890"] {
        assert!(is_object(path), "{path}");
    }
    for path in [
        "mailboxes/INBOX/dbox-Mails/m.1",
        "storage/u.1",
        "storage/m.",
        "storage/m.1x",
        "storage/m.-1",
        "storage/.temp.1.2",
        "storage/dovecot.map.index",
        "mailboxes/INBOX/u.1",
        "m.1",
    ] {
        assert!(!is_object(path), "{path}");
    }
    assert!(format.enters(b"mailboxes/a/dbox-Mails") && format.enters(b"storage"));
    assert!(!format.enters(b"storage/x") && !format.enters(b"a/dbox-Mails/x"));
}

#[test]
fn mails_of_two_owners_are_two_objects_whatever_their_guids() {
    let one = |path: &str, bytes: &[u8]| inspect(path, bytes).unwrap().remove(0).key;
    for (bytes, place) in [(MDBOX, "storage/m.1"), (SDBOX, "mailboxes/INBOX/dbox-Mails/u.1")] {
        let [a, b] = ["a", "b"].map(|owner| one(&format!("mailboxes/{owner}/{place}"), bytes));
        assert_ne!(a, b);
    }
    let moved = one("a/mailboxes/Old/x/dbox-Mails/u.7", SDBOX);
    assert_eq!(one("a/mailboxes/INBOX/dbox-Mails/u.1", SDBOX), moved, "within a store");
}

#[test]
fn mail_that_is_left_out_is_counted() {
    let good = "R1\nV3\nG00000000000000000000000000000001\n";
    let outside = "R1\nV3\nG00000000000000000000000000000002\nX1 2 B aa/bb\n";
    let fs = MemoryFs::new(Arc::new(ManualClock::new()));
    fs.write("storage/m.1", &file(&[(b"x\n", good), (b"y\n", outside)]));
    let root = fs.open_root().unwrap();
    let limits = Limits::default();
    let mut inspection = Inspection::open(&*root, b"storage", b"m.1", &limits).unwrap();
    let found = format().inspect(&mut inspection).unwrap();
    assert_eq!(found.len(), 1);
    assert!(matches!(inspection.take_left_out()[..], [Error::Unsupported(_)]));
}

#[test]
fn what_cannot_be_read_spares_its_store_and_no_other() {
    let is_spared = |mail: &str, unreadable: &str| {
        let found = inspect(mail, if mail.ends_with("m.1") { MDBOX } else { SDBOX }).unwrap();
        found[0].key.as_bytes().starts_with(&format().keys_below(unreadable.as_bytes()))
    };
    let sdbox = "u1/sdbox/mailboxes/a/b/dbox-Mails/u.1";
    for holds_it in [
        "",
        "u1",
        "u1/sdbox",
        "u1/sdbox/mailboxes",
        "u1/sdbox/mailboxes/a",
        "u1/sdbox/mailboxes/a/b/dbox-Mails",
        sdbox,
    ] {
        assert!(is_spared(sdbox, holds_it), "{holds_it}");
    }
    for other in ["lost+found", "u2", "u2/sdbox/mailboxes/a", "u1/mdbox", "u2/storage/m.1"] {
        assert!(!is_spared(sdbox, other), "{other}");
    }
    assert!(is_spared("u1/mdbox/storage/m.1", "u1/mdbox/storage"));
    assert!(is_spared("u1/mdbox/storage/m.1", "u1/mdbox/storage/m.7"));
    assert!(!is_spared("u10/storage/m.1", "u1/storage"));
    // A mailbox of that name counts as a store of its own.
    let within = "u1/mailboxes/mailboxes/x/dbox-Mails/u.1";
    for holds_it in ["u1/mailboxes", "u1/mailboxes/mailboxes", "u1/mailboxes/mailboxes/x"] {
        assert!(is_spared(within, holds_it), "{holds_it}");
    }
}
