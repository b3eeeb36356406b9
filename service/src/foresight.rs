//! What a client is going to ask, judged by what it did last.
//!
//! A verb of the engine asks one thing after the other, mostly the same things: over a distance it
//! would wait for each. What is said here is asked beforehand; where a verb asks something else,
//! that costs a few bytes and nothing else (`docs/decisions/0013-asking-ahead.md`).

use gleaner_store::{OBJECT_BYTES_MAX, ObjectName};

use crate::change::Change;
use crate::wire::{Get, Latest, List, ListWith, Message};

/// Bytes of a folder's objects that come with its list: all key slots, and some hundred manifests.
const CONTENTS_BYTES_MAX: u64 = 256 << 10;

/// Bytes of the front and of the back of a pack that come together: most directories are in the
/// back, and small packs are in both.
pub(crate) const ENDS_BYTES: (u32, u32) = (4 << 10, 60 << 10);

fn get(name: &str) -> Message {
    Message::Get(Get { name: name.to_owned(), bytes_max: OBJECT_BYTES_MAX })
}

fn list(folder: &str) -> Message {
    Message::List(List { folder: folder.to_owned() })
}

fn list_with(folder: &str) -> Message {
    Message::ListWith(ListWith { folder: folder.to_owned(), bytes_max: CONTENTS_BYTES_MAX })
}

fn latest(name: &str) -> Message {
    Message::Latest(Latest { name: name.to_owned() })
}

/// What whoever opens a repository asks: whether it is encrypted, its config and key slots, what
/// snapshots there are, and which packs are on their way out.
pub(crate) fn of_login() -> Vec<Message> {
    vec![
        get("config"),
        get("config"),
        list_with("keys"),
        list("forgotten"),
        list_with("snapshots"),
        latest("epoch"),
        list("condemned"),
    ]
}

/// What is asked after a change: by a session that has shown that it lives, what is there now; by
/// one that has stored a pack, whether packs were condemned meanwhile; by one that counts on packs
/// of others, whether they are still there.
pub(crate) fn behind(change: &Change<'_>) -> Vec<Message> {
    match change {
        Change::Update(name, None, _) if is_below(name, "leases") => vec![
            latest("epoch"),
            latest("epoch"),
            list("data"),
            list("forgotten"),
            list_with("snapshots"),
            latest("keys/epoch"),
        ],
        Change::Put(name, _) if is_below(name, "data") => vec![latest("epoch")],
        Change::Settle([first, ..]) if is_below(first, "data") => vec![list("data")],
        _ => Vec::new(),
    }
}

/// Whether the answer to a question is that to a `get`.
pub(crate) fn is_get(question: &Message, name: &ObjectName, bytes_max: u64) -> bool {
    match question {
        Message::Get(get) => get.name == name.as_str() && get.bytes_max >= bytes_max,
        _ => false,
    }
}

/// Whether the answer to a question is that to a `latest`.
pub(crate) fn is_latest(question: &Message, name: &ObjectName) -> bool {
    matches!(question, Message::Latest(latest) if latest.name == name.as_str())
}

/// Whether the answer to a question begins with that to a `list`.
pub(crate) fn is_list(question: &Message, folder: &ObjectName) -> bool {
    match question {
        Message::List(list) => list.folder == folder.as_str(),
        Message::ListWith(list) => list.folder == folder.as_str(),
        _ => false,
    }
}

/// Whether all objects of a list are likely to be asked for, in its order.
pub(crate) fn is_read_through(folder: &ObjectName) -> bool {
    matches!(folder.as_str(), "keys" | "snapshots" | "condemned")
}

/// Whether the two ends of a pack are wanted together: its header is read first, then trailer and
/// directory.
pub(crate) fn is_header(name: &ObjectName, offset: u64, bytes: usize) -> bool {
    offset == 0 && (1..=4096).contains(&bytes) && is_below(name, "data")
}

fn is_below(name: &ObjectName, folder: &str) -> bool {
    name.as_str().split('/').next() == Some(folder)
}
