//! What every source promises, as tests that take the source to be tested.
//!
//! Goal: the contract of [`AccessSource`](crate::AccessSource) holds whatever server filled the
//! source. Method: each function is one claim and gets a fresh, empty source from a factory;
//! [`all`] runs them all. If a claim fails, a subscriber waits for bytes that nobody can read, or
//! reads bytes of another object.

#![expect(clippy::missing_panics_doc, reason = "a claim that does not hold panics")]

mod subject;
mod list_claims;
mod change_claims;

pub use change_claims::{
    changed_object_is_not_read_as_what_it_was, cursor_notices_what_another_reader_was_told,
    feed_and_listing_come_to_the_same_set, growing_object_is_listed_when_it_is_whole,
    listing_since_a_cursor_tells_the_difference, pinned_object_outlives_its_eviction,
    truncated_object_never_gives_wrong_bytes,
};
pub use list_claims::{
    bodies_of_any_size_are_listed, empty_source_has_no_objects, hostile_neighbours_change_nothing,
    listed_objects_are_read_byte_for_byte, listing_again_gives_the_same,
    objects_are_found_by_their_identifiers, unknown_keys_are_gone,
};
pub use subject::{SourceSubject, Told, body, read_object, read_reader, told_by_scan};

/// A claim and its name.
type Claim = (&'static str, fn(&dyn SourceSubject));

const CLAIMS: [Claim; 14] = [
    ("empty_source_has_no_objects", empty_source_has_no_objects),
    ("listed_objects_are_read_byte_for_byte", listed_objects_are_read_byte_for_byte),
    ("bodies_of_any_size_are_listed", bodies_of_any_size_are_listed),
    ("listing_again_gives_the_same", listing_again_gives_the_same),
    ("hostile_neighbours_change_nothing", hostile_neighbours_change_nothing),
    ("unknown_keys_are_gone", unknown_keys_are_gone),
    ("objects_are_found_by_their_identifiers", objects_are_found_by_their_identifiers),
    ("listing_since_a_cursor_tells_the_difference", listing_since_a_cursor_tells_the_difference),
    ("cursor_notices_what_another_reader_was_told", cursor_notices_what_another_reader_was_told),
    ("feed_and_listing_come_to_the_same_set", feed_and_listing_come_to_the_same_set),
    ("changed_object_is_not_read_as_what_it_was", changed_object_is_not_read_as_what_it_was),
    ("growing_object_is_listed_when_it_is_whole", growing_object_is_listed_when_it_is_whole),
    ("truncated_object_never_gives_wrong_bytes", truncated_object_never_gives_wrong_bytes),
    ("pinned_object_outlives_its_eviction", pinned_object_outlives_its_eviction),
];

/// Runs every claim, each on a fresh source, one after the other.
pub fn all<S: SourceSubject>(create: impl Fn() -> S) {
    for (_, claim) in CLAIMS {
        claim(&create());
    }
}

/// Runs every claim, each on a fresh source and a thread of its own: most of them wait.
pub fn all_at_once<S: SourceSubject>(create: impl Fn() -> S + Sync) {
    std::thread::scope(|threads| {
        let running = CLAIMS.map(|(name, claim)| {
            let create = &create;
            (name, threads.spawn(move || claim(&create())))
        });
        let failed =
            running.into_iter().filter_map(|(name, claim)| claim.join().err().map(|_| name));
        let failed: Vec<_> = failed.collect();
        assert!(failed.is_empty(), "{failed:?} do not hold");
    });
}
