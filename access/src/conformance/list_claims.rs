//! Claims about what is listed.

use std::collections::BTreeSet;

use super::subject::{SourceSubject, body, read_object, told_by_scan};
use crate::error::Error;
use crate::identifiers::Identifiers;
use crate::object::{Generation, ObjectKey};
use crate::source::Cursor;

/// A source without objects is listed without objects.
pub fn empty_source_has_no_objects(subject: &dyn SourceSubject) {
    assert!(told_by_scan(subject, None).objects.is_empty());
}

/// What is listed is what was put, under the right keys, and reads back byte for byte, at once and
/// from any offset.
pub fn listed_objects_are_read_byte_for_byte(subject: &dyn SourceSubject) {
    let names = ["one", "two", "three", "four", "five"];
    for (seed, name) in (1..).zip(names) {
        subject.put(name, &body(seed, 10_000 * name.len()));
    }
    subject.settle();
    let told = told_by_scan(subject, None);
    let expected: BTreeSet<ObjectKey> = names.iter().map(|name| subject.key(name)).collect();
    assert!(told.objects.keys().eq(&expected), "{:?}", told.objects.keys());
    for (seed, name) in (1..).zip(names) {
        let expected = body(seed, 10_000 * name.len());
        let meta = told.objects.get(&subject.key(name)).expect("it is listed");
        let reader = subject.source().open(&meta.key, &meta.generation).expect("it opens");
        assert_eq!(reader.meta(), meta, "{name}");
        assert!(meta.raw_len.is_none_or(|len| len == reader.body().len()), "{name}");
        assert!(read_object(subject, &meta.key, &meta.generation).ok() == Some(expected.clone()));
        for offset in [0, 1, 9_999, 30_000, expected.len().saturating_sub(1), expected.len()] {
            let mut part = vec![0; 777];
            let place = u64::try_from(offset).expect("small");
            let read = reader.body().read_at(place, &mut part).expect("it can be read");
            let from = expected.get(offset..).unwrap_or_default();
            assert!(from.starts_with(part.get(..read).unwrap_or_default()), "{name} at {offset}");
            assert_eq!(read == 0, from.is_empty(), "{name} at {offset}");
        }
        assert_eq!(reader.body().read_at(u64::MAX, &mut [0]).expect("beyond the end"), 0);
    }
    let counts = subject.source().counters().counts();
    assert!(counts.indexed == 5 && counts.seen >= 5 && counts.bytes_read > 0, "{counts:?}");
}

/// Objects of any size are objects: of 0, 1, 511 and 512 bytes and around a block's size.
pub fn bodies_of_any_size_are_listed(subject: &dyn SourceSubject) {
    let sizes = [0, 1, 511, 512, 513, 4095, 4096, 131_071, 131_072, 131_073, 1_000_000];
    for bytes in sizes {
        subject.put(&format!("size{bytes}"), &body(7, bytes));
    }
    subject.settle();
    let told = told_by_scan(subject, None);
    for bytes in sizes {
        let key = subject.key(&format!("size{bytes}"));
        let read = read_object(subject, &key, &told.generation(&key)).expect("it can be read");
        assert!(read == body(7, bytes), "{bytes} bytes");
    }
    assert_eq!(told.objects.len(), sizes.len());
}

/// Listing again without a change gives the same objects in the same generations, and since the
/// cursor of the last listing nothing.
pub fn listing_again_gives_the_same(subject: &dyn SourceSubject) {
    for name in ["a", "b", "c"] {
        subject.put(name, &body(3, 1000));
    }
    subject.settle();
    let first = told_by_scan(subject, None);
    let second = told_by_scan(subject, None);
    assert_eq!(first.objects, second.objects);
    let since = told_by_scan(subject, second.cursor.as_ref());
    assert_eq!((since.upserts, since.gone), (0, 0));
    // A cursor that this source never gave: all is told.
    let foreign = told_by_scan(subject, Some(&Cursor::new(*b"not a cursor")));
    assert_eq!(foreign.objects, first.objects);
}

/// What lies beside the objects and is none changes nothing for them.
pub fn hostile_neighbours_change_nothing(subject: &dyn SourceSubject) {
    for name in ["a", "b"] {
        subject.put(name, &body(4, 5000));
    }
    subject.put_hostile_neighbours();
    subject.settle();
    let told = told_by_scan(subject, None);
    assert_eq!(told.objects.len(), 2, "{:?}", told.objects.keys());
    for name in ["a", "b"] {
        let key = subject.key(name);
        let read = read_object(subject, &key, &told.generation(&key)).expect("it can be read");
        assert!(read == body(4, 5000), "{name}");
    }
}

/// A key that was never listed is gone, and one in a generation that never was is changed.
pub fn unknown_keys_are_gone(subject: &dyn SourceSubject) {
    subject.put("a", &body(5, 1000));
    subject.settle();
    let told = told_by_scan(subject, None);
    let key = subject.key("a");
    let never = Generation::from_bytes([9; 32]);
    let now = told.generation(&key);
    let unknown = ObjectKey::new(*b"no key of this source").expect("short");
    let open = |key, generation| subject.source().open(key, generation).map(|_| ());
    assert!(matches!(open(&unknown, &now), Err(Error::Gone)));
    assert!(matches!(open(&key, &never), Err(Error::Changed)));
}

/// Each identifier that finds, finds its object: alone, and no other.
pub fn objects_are_found_by_their_identifiers(subject: &dyn SourceSubject) {
    for (seed, name) in (1..).zip(["a", "b", "c"]) {
        subject.put(name, &body(seed, 2000));
    }
    subject.settle();
    let told = told_by_scan(subject, None);
    for meta in told.objects.values() {
        let Identifiers { urls, sequence_numbers, checksums, message_ids, .. } = &meta.identifiers;
        let none = Identifiers::default;
        let urls = urls.iter().map(|url| Identifiers { urls: vec![url.clone()], ..none() });
        let numbers = sequence_numbers
            .iter()
            .map(|number| Identifiers { sequence_numbers: vec![number.clone()], ..none() });
        let checksums = checksums
            .iter()
            .map(|checksum| Identifiers { checksums: vec![checksum.clone()], ..none() });
        let ids =
            message_ids.iter().map(|id| Identifiers { message_ids: vec![id.clone()], ..none() });
        for wanted in urls.chain(numbers).chain(checksums).chain(ids) {
            let found = subject.source().probe(&wanted).expect("probing works");
            assert!(found.contains(meta), "{wanted:?} finds {:?}", meta.key);
            assert!(found.iter().all(|found| found.identifiers.meets(&wanted)));
        }
        assert!(subject.source().probe(&none()).expect("probing works").is_empty());
    }
}
