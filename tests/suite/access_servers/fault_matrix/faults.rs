//! The faults: each is done to a subject with two objects, of which the second is a neighbour.

use gleaner_access::{Counts, Error, ObjectMeta, Reason};
use gleaner_tests::servers::wait_until;

use super::subject::{Answer, Habits, Subject, find, find_anew, read, skipped, wait_for};

fn counts(subject: &dyn Subject) -> Counts {
    subject.source().counters().counts()
}

/// The object is told, and served as the server gives it.
fn is_served(subject: &dyn Subject, number: u32) -> ObjectMeta {
    let meta = wait_for(subject, number);
    let bytes = read(subject, &meta).unwrap();
    assert!(!bytes.is_empty() && bytes == subject.given(number), "object {number}");
    meta
}

/// Who asks for the object in a generation that is over gets none.
fn is_over(subject: &dyn Subject, before: &ObjectMeta) {
    let result = read(subject, before);
    let error = result.expect_err("another generation is served");
    assert!(matches!(error, Error::Gone | Error::Changed | Error::Busy), "{error:?}");
}

/// A neighbour, and the object that the fault is done to, at the end of a file that they share.
fn neighbour_and_object(subject: &dyn Subject) -> (ObjectMeta, ObjectMeta) {
    subject.put(2, 1);
    subject.put(1, 1);
    (is_served(subject, 2), is_served(subject, 1))
}

pub(super) fn whole(subject: &dyn Subject) {
    subject.put(1, 1);
    subject.put(2, 1);
    let (first, second) = (is_served(subject, 1), is_served(subject, 2));
    assert_ne!(first.key, second.key);
    let counts = counts(subject);
    assert!(counts.indexed >= 2 && counts.seen > 0 && counts.bytes_read > 0, "{counts:?}");
    assert_eq!((counts.gone, counts.epochs), (0, 0));
}

pub(super) fn evicted(subject: &dyn Subject) {
    let (_, object) = neighbour_and_object(subject);
    let before = counts(subject).gone;
    subject.remove(1);
    wait_until("it is told to be gone", || find(subject, 1).is_none());
    assert!(counts(subject).gone > before);
    is_over(subject, &object);
    is_served(subject, 2);
}

pub(super) fn replaced(subject: &dyn Subject) {
    let (_, object) = neighbour_and_object(subject);
    let before = (counts(subject), subject.given(1));
    subject.replace(1, 2);
    let is_other =
        |now: &ObjectMeta| (&now.key, now.generation) != (&object.key, object.generation);
    wait_until("the other is told", || find(subject, 1).as_ref().is_some_and(is_other));
    assert!(subject.given(1) != before.1);
    let now = counts(subject);
    assert!(now.gone + now.changed > before.0.gone + before.0.changed, "{now:?}");
    is_over(subject, &object);
    is_served(subject, 1);
    is_served(subject, 2);
}

pub(super) fn growing(subject: &dyn Subject) {
    subject.put(2, 1);
    let neighbour = is_served(subject, 2);
    let skipped_before: u64 = counts(subject).skipped.iter().map(|(_, count)| count).sum();
    subject.put_slowly(1, &|| {
        assert_eq!(find(subject, 1), None, "a part of it is told");
        let skipped: u64 = counts(subject).skipped.iter().map(|(_, count)| count).sum();
        let Habits { is_seen_growing, shares_a_file, .. } = subject.habits();
        assert!(skipped > skipped_before || !is_seen_growing, "it is not counted");
        match read(subject, &neighbour) {
            Ok(bytes) => assert!(bytes == subject.given(2)),
            Err(error) => {
                let is_one_of_a_file = matches!(error, Error::Changed | Error::Busy);
                assert!(shares_a_file && is_one_of_a_file, "{error:?}");
            }
        }
    });
    is_served(subject, 1);
    is_served(subject, 2);
}

pub(super) fn revalidated(subject: &dyn Subject) {
    let (_, object) = neighbour_and_object(subject);
    let before = counts(subject);
    subject.revalidate(1);
    // What comes later is told: then that is, too.
    subject.put(3, 1);
    is_served(subject, 3);
    let now = is_served(subject, 1);
    let is_same = (&now.key, now.generation) == (&object.key, object.generation);
    let is_told = subject.habits().tells_revalidation;
    assert_eq!(is_same, !is_told);
    assert_eq!(counts(subject).changed > before.changed, is_told);
    assert_eq!(counts(subject).gone, before.gone);
    is_served(subject, 2);
}

pub(super) fn truncated(subject: &dyn Subject) {
    spoiled(subject, &|number| subject.truncate(number));
}

pub(super) fn broken_header(subject: &dyn Subject) {
    spoiled(subject, &|number| subject.break_header(number));
}

pub(super) fn foreign_version(subject: &dyn Subject) {
    spoiled(subject, &|number| subject.make_foreign(number));
}

/// What is stored of the object is not what the server made of it.
fn spoiled(subject: &dyn Subject, spoil: &dyn Fn(u32) -> Answer) {
    let (neighbour, object) = neighbour_and_object(subject);
    let (whole, neighbours) = (subject.given(1), subject.given(2));
    // What the server itself does not find any more is counted as gone.
    let of = |reason| match reason {
        Reason::Gone => counts(subject).gone,
        reason => skipped(subject, reason),
    };
    let all = Reason::ALL.map(of);
    let Counts { changed, gone, .. } = counts(subject);
    match spoil(1) {
        Answer::Refused(reasons) => {
            let before: u64 = reasons.iter().map(|reason| all[reason.index()]).sum();
            wait_until("it is counted", || {
                let told = find_anew(subject, 1);
                for meta in told.iter().chain([&object]) {
                    assert!(read(subject, meta).is_err(), "wrong bytes are served");
                }
                reasons.iter().map(|&reason| of(reason)).sum::<u64>() > before
            });
            // Nothing of it comes back by itself.
            let told = find_anew(subject, 1);
            assert!(told.is_none_or(|meta| read(subject, &meta).is_err()));
        }
        Answer::Gone => {
            wait_until("it is told to be gone", || find(subject, 1).is_none());
            assert!(counts(subject).gone > gone);
            is_over(subject, &object);
        }
        Answer::AsItIsNow => {
            let is_other = |now: &ObjectMeta| now.generation != object.generation;
            wait_until("it is told anew", || find(subject, 1).as_ref().is_some_and(is_other));
            is_over(subject, &object);
            let now = read(subject, &find(subject, 1).unwrap()).unwrap();
            assert!(now != whole && whole.starts_with(&now));
            assert!(counts(subject).changed > changed);
        }
    }
    match (find(subject, 2), subject.habits().shares_a_file) {
        (Some(now), _) => match read(subject, &now) {
            Ok(bytes) => assert!(bytes == neighbours),
            Err(error) => assert!(subject.habits().shares_a_file, "{error:?}"),
        },
        (None, shares_a_file) => {
            assert!(shares_a_file, "the neighbour is gone");
            assert!(read(subject, &neighbour).is_err());
        }
    }
}

pub(super) fn broken_uidlist(subject: &dyn Subject) {
    loses_its_number(subject, "not a list of numbers");
}

pub(super) fn foreign_uidlist(subject: &dyn Subject) {
    loses_its_number(subject, "4 V1 N9 Gx");
}

fn loses_its_number(subject: &dyn Subject, first_line: &str) {
    subject.put(1, 1);
    assert_eq!(is_served(subject, 1).identifiers.sequence_numbers.len(), 1);
    let given = subject.given(1);
    subject.write_uidlist(first_line);
    subject.source().scan(None).unwrap().for_each(|event| drop(event.unwrap()));
    let mut found = None;
    for event in subject.source().scan(None).unwrap() {
        if let gleaner_access::Event::Upsert(meta) = event.unwrap() {
            found = Some(*meta);
        }
    }
    let meta = found.expect("the mail is told");
    assert!(meta.identifiers.sequence_numbers.is_empty(), "{:?}", meta.identifiers);
    assert!(read(subject, &meta).unwrap() == given);
    let reasons = [Reason::Corrupt, Reason::Unsupported];
    assert_eq!(reasons.map(|reason| skipped(subject, reason)).iter().sum::<u64>(), 1);
}
