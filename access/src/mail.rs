//! What a mail says about itself: header fields, the facts by which it is found, where its parts
//! lie, and how long it is with other line ends.

mod lines;
mod fields;
mod mime;

pub use mime::{Part, TransferEncoding, parts};
