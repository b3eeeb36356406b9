//! Goal: the engine tells each object once and as it is, whatever order events come in, whatever
//! fails, and never takes a source that cannot be seen for an empty one.
//!
//! Method: files in memory and a clock that runs a script whenever the engine sleeps; then real
//! files. What the events build up is compared with what lies there. If one fails, a subscriber is
//! told that bytes are held which are not, or sends bytes that are.

mod stage;
mod lists;
mod feeds;
mod formats;
mod hidden;
mod histories;
mod side_tables;
mod real_files;
