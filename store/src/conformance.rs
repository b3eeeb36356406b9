//! What every storage backend must do, as functions that panic with the claim that does not hold.
//!
//! Goal: one behaviour for all backends. Method: each case gets an empty storage with its layout
//! from a factory. What a user loses if a case fails: an acknowledged object, or two sessions that
//! both believe to have won.

mod listing;
mod object;
mod race;
mod version;

use std::sync::Arc;

use crate::object_name::ObjectName;
use crate::storage::{Put, Storage};

/// One case: its name and the function, which takes an empty storage with its layout.
pub type Case = (&'static str, fn(&dyn Storage));

/// All cases, cheap ones first.
pub const CASES: [&[Case]; 4] = [object::CASES, listing::CASES, version::CASES, race::CASES];

/// Runs every case on a fresh storage from `make`.
///
/// # Panics
/// With the name of the case when a claim does not hold.
pub fn run(make: &dyn Fn() -> Arc<dyn Storage>) {
    for (name, case) in CASES.into_iter().flatten() {
        let storage = make();
        let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| case(&*storage)));
        if let Err(panic) = failed {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            panic!("conformance case {name}: {}", text.unwrap_or("panic without text"));
        }
    }
}

/// A valid name.
fn name(text: &str) -> ObjectName {
    ObjectName::new(text).expect("the suite uses valid names")
}

/// Creates an object that does not exist yet.
fn create(storage: &dyn Storage, text: &str, bytes: &[u8]) {
    let put = storage.put_if_absent(&name(text), &[bytes]);
    assert!(matches!(put, Ok(Put::Created)), "{text} can be created, got {put:?}");
}

/// The bytes of an object.
fn content(storage: &dyn Storage, text: &str) -> Vec<u8> {
    storage.get(&name(text), u64::MAX).expect("the object can be read")
}

/// The names that a folder lists.
fn names(storage: &dyn Storage, folder: &str) -> Vec<String> {
    let listed = storage.list(&name(folder)).expect("the folder can be listed");
    listed.iter().map(|listed| listed.name.to_string()).collect()
}
