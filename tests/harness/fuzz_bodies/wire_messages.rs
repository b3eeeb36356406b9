//! What the other end of a connection may send.

use gleaner_service::wire::packed::{pack_ranges, unpack_changes, unpack_ranges, unpack_snapshot};
use gleaner_service::wire::{Received, head_of, pack_stretches, unpack_stretches};

/// A frame.
///
/// # Panics
/// When a message is not the same once it was sent on.
pub fn wire_message(input: &[u8]) {
    let Ok(received) = Received::decode(input.to_vec()) else { return };
    let mut frame = head_of(received.request, &received.message);
    frame.extend_from_slice(received.tail());
    let again = Received::decode(frame).expect("what was read can be written");
    assert_eq!(again.request, received.request);
    assert_eq!(again.message, received.message);
    assert_eq!(again.tail(), received.tail());
}

/// The tails of an agent's messages, of a pull, and of an offer.
///
/// # Panics
/// When ranges or stretches are not the same once they were sent on, or a tail holds more than it
/// has bytes for.
pub fn wire_tail(input: &[u8]) {
    if let Ok(ranges) = unpack_ranges(input, 64) {
        assert!(ranges.len() <= 64);
        assert_eq!(pack_ranges(&ranges), input);
    }
    let chunks = |objects: &[usize]| objects.iter().sum::<usize>();
    if let Ok(objects) = unpack_snapshot(input) {
        let held: Vec<usize> = objects.iter().map(|(_, object)| object.chunks.len()).collect();
        assert!(objects.len() * 22 + chunks(&held) * 43 <= input.len());
    }
    if let Ok(changes) = unpack_changes(input) {
        assert!(changes.len() * 9 <= input.len());
    }
    if let Ok(stretches) = unpack_stretches(input) {
        assert_eq!(pack_stretches(&stretches), input);
    }
}
