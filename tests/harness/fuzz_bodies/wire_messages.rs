//! What the other end of a connection may send.

use gleaner_service::wire::{Received, head_of};

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
