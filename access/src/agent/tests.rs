//! Goal: what an agent tells is what its source holds, and what it serves are the bytes that it
//! told of, or a word that says why not. Method: a source in memory that is altered between calls
//! and lies on command. If it fails, a subscriber's backup waits for bytes that nobody has.

mod fake_source;
mod histories;
mod listing;
mod pulls;
mod roots;
