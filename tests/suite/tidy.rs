//! Goal: the rules that Cargo and clippy cannot hold are held by a test, so that a reader may trust
//! the layers, the names and the licences without looking.
//! Method: each check is a function over a source tree or over `cargo metadata` that returns the
//! places that break its rule; one test runs it on this repository, others plant a violation and
//! expect it to be found.
//! If it fails: nobody loses data today; layers knot, and a licence may forbid shipping.

mod tokens;
mod source_tree;
mod packages;
mod modules;
mod paths;
mod imports;
mod edges;
mod names;
mod text;
mod unsafe_code;
mod dependencies;
mod decisions;
mod named_tests;
