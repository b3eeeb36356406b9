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
    changed_object_is_not_read_as_what_it_was, feed_and_listing_come_to_the_same_set,
    growing_object_is_listed_when_it_is_whole, listing_since_a_cursor_tells_the_difference,
    pinned_object_outlives_its_eviction, truncated_object_never_gives_wrong_bytes,
};
pub use list_claims::{
    bodies_of_any_size_are_listed, empty_source_has_no_objects, hostile_neighbours_change_nothing,
    listed_objects_are_read_byte_for_byte, listing_again_gives_the_same,
    objects_are_found_by_their_identifiers, unknown_keys_are_gone,
};
pub use subject::{SourceSubject, Told, body, read_object, read_reader, told_by_scan};

/// Runs every claim, each on a fresh source.
pub fn all<S: SourceSubject>(create: impl Fn() -> S) {
    empty_source_has_no_objects(&create());
    listed_objects_are_read_byte_for_byte(&create());
    bodies_of_any_size_are_listed(&create());
    listing_again_gives_the_same(&create());
    hostile_neighbours_change_nothing(&create());
    unknown_keys_are_gone(&create());
    objects_are_found_by_their_identifiers(&create());

    listing_since_a_cursor_tells_the_difference(&create());
    feed_and_listing_come_to_the_same_set(&create());
    changed_object_is_not_read_as_what_it_was(&create());
    growing_object_is_listed_when_it_is_whole(&create());
    truncated_object_never_gives_wrong_bytes(&create());
    pinned_object_outlives_its_eviction(&create());
}
