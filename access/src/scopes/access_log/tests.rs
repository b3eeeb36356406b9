//! Goal: a line proves what its server wrote, and nothing that a client made it look like. Method:
//! lines that the real servers wrote for hostile requests, then lines that are nearly right. If it
//! fails, a subscriber is told of objects that went to another.

mod lines;
mod splitter;
mod tail;
