//! What every set of sightings promises, as tests that take the set to be tested.
//!
//! Goal: the contract of [`SightingIndex`](crate::SightingIndex) holds whatever is below it.
//! Method: each function is one claim and gets a fresh, empty set from a factory; [`all`] runs them
//! all. If a claim fails, a subscriber sends what an access server holds, or waits for bytes that
//! nobody holds.

#![expect(clippy::missing_panics_doc, reason = "a claim that does not hold panics")]
#![expect(clippy::indexing_slicing, reason = "the functions are test code")]

mod subject;
mod lookup_claims;
mod feed_claims;
mod life_claims;
#[cfg(test)]
pub(crate) mod model;
#[cfg(test)]
pub(crate) mod state_machine;

use crate::sighting_index::SightingLimits;

pub use feed_claims::{
    delta_with_a_gap_asks_for_a_snapshot, fields_without_room_are_refused,
    lower_epoch_is_refused_and_changes_nothing, messages_sent_twice_change_nothing,
    new_epoch_asks_for_a_snapshot, overlapping_delta_is_taken_from_where_the_feed_stands,
    snapshot_in_parts_needs_each_part, snapshot_replaces_what_was_announced_before,
    unknown_source_has_to_introduce_itself,
};
pub use life_claims::{
    cap_is_held_and_the_oldest_are_forgotten, eviction_kills_an_object_with_its_chunks,
    false_sighting_is_dropped_and_a_lying_source_rests, flush_kills_all_of_one_source,
    object_added_again_does_not_revive_its_old_chunks, object_rows_are_limited_and_never_revived,
    removed_source_comes_back_empty, ring_position_kills_what_is_below,
    silent_source_is_absent_and_hello_revives_it,
};
pub use lookup_claims::{
    answers_follow_the_question, batch_of_any_length_is_answered, cheapest_source_comes_first,
    each_field_comes_back_as_given, lookups_beside_feeds_are_never_wrong,
    reopened_set_answers_the_same,
};
pub use subject::{
    LEASE, SightingSubject, add, chunk, delta, evict, hello, object, place, seen, snapshot, source,
};

/// Runs every claim, each on a fresh set.
pub fn all<S: SightingSubject>(create: impl Fn(SightingLimits) -> S) {
    let fresh = || create(SightingLimits::DEFAULT);
    answers_follow_the_question(&fresh());
    batch_of_any_length_is_answered(&fresh());
    cheapest_source_comes_first(&fresh());
    each_field_comes_back_as_given(&fresh());
    lookups_beside_feeds_are_never_wrong(&fresh());
    reopened_set_answers_the_same(fresh());

    unknown_source_has_to_introduce_itself(&fresh());
    new_epoch_asks_for_a_snapshot(&fresh());
    delta_with_a_gap_asks_for_a_snapshot(&fresh());
    overlapping_delta_is_taken_from_where_the_feed_stands(&fresh());
    lower_epoch_is_refused_and_changes_nothing(&fresh());
    messages_sent_twice_change_nothing(&fresh());
    snapshot_replaces_what_was_announced_before(&fresh());
    snapshot_in_parts_needs_each_part(&fresh());
    fields_without_room_are_refused(&fresh());

    flush_kills_all_of_one_source(&fresh());
    eviction_kills_an_object_with_its_chunks(&fresh());
    object_added_again_does_not_revive_its_old_chunks(&fresh());
    object_rows_are_limited_and_never_revived(&fresh());
    ring_position_kills_what_is_below(&fresh());
    silent_source_is_absent_and_hello_revives_it(&fresh());
    false_sighting_is_dropped_and_a_lying_source_rests(&fresh());
    removed_source_comes_back_empty(&fresh());
    for sightings_per_source_max in [0, 2, 3, 10, 101] {
        let index = create(SightingLimits { sightings_per_source_max });
        cap_is_held_and_the_oldest_are_forgotten(&index, sightings_per_source_max);
    }
}
