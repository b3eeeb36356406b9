//! What is sent to a client, or an agent, besides answers to its requests.

use gleaner_net::FrameSender;

use crate::error::{Error, Result};
use crate::wire::{Message, Refusal, Refused, WireError, head_of};

/// Sends a message without a tail.
pub(super) fn send(sender: &FrameSender, request: u32, message: &Message) -> Result<()> {
    Ok(sender.send(&[&head_of(request, message)])?)
}

/// Tells a client why it is not served, or not any more.
pub(super) fn end(sender: &FrameSender, refusal: Refusal) -> Result<()> {
    send(sender, 0, &Message::Refused(Refused { refusal }))?;
    sender.close()?;
    Err(Error::Refused { refusal })
}

/// Tells a client that it was not understood, and ends its session.
pub(super) fn refuse(sender: &FrameSender, error: WireError) -> Result<()> {
    send(sender, 0, &Message::Refused(Refused { refusal: Refusal::Protocol }))?;
    sender.close()?;
    Err(error.into())
}
