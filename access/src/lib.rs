//! Reads what access servers hold: which objects, by which identifiers they are found, by which
//! recipes a subscriber's bytes come out of them, and what changed.
//!
//! An access server is a machine of the provider that holds copies of what its subscribers saw: a
//! web cache, a mail store, an FTP tree, a mirror. This crate looks at its files, or asks it over
//! HTTP, and believes nothing: every byte is hostile, an object may change or go while it is read,
//! and an error is about one object. It writes nothing inside a source.
//!
//! The crate knows neither index nor packs, and its core is synchronous: threads come from the
//! caller, time from a [`Clock`], files from an `AccessFs`.

#![deny(unsafe_code)]

mod clock;
mod limits;
mod error;
mod body;
mod identifiers;
mod scope;
mod object;
mod source;
mod access_fs;
mod file_format;
mod mail;
mod recipe;

pub use access_fs::{
    AccessFs, ChangeKind, EntryKind, FileStat, FolderEntry, FsEvent, FsFile, FsFolder, FsRoot,
    FsWatcher, RootIdentity, join_path, split_path,
};
pub use body::{Body, Slice};
pub use clock::{Clock, SystemClock};
pub use error::{Error, LimitKind, Reason};
pub use file_format::{
    Completeness, FileBody, FileFormat, FileNumber, FileRules, Found, INSPECTED_FILES_MAX,
    Inspection, OpenFile, PartOf, Role, Segment,
};
pub use identifiers::{
    Checksum, ChecksumAlgorithm, DateKind, DateStamp, Identifiers, SequenceNumber,
};
pub use limits::Limits;
pub use mail::{Part, TransferEncoding, parts};
pub use object::{
    ContentCoding, Generation, GenerationTuple, KEY_BYTES_MAX, ObjectKey, ObjectMeta, Partial, Run,
    SourceId,
};
pub use recipe::{
    Decoded, Extent, Fetch, Hints, Offer, PartEncoding, RangeReader, Recipe, Step, Validator,
    Visit, offers, walk,
};
pub use scope::{OwnedFolder, Scope, ScopePolicy, SubscriberId, TenantId};
pub use source::{
    AccessSource, Capabilities, Counters, Counts, Cursor, Event, Events, ObjectReader, Pin,
    Skipped, Stop,
};
