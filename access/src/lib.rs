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
mod rooted_fs;
#[cfg(any(test, feature = "test-util"))]
mod manual_clock;
#[cfg(any(test, feature = "test-util"))]
mod memory_fs;
mod file_format;
mod pins;
mod file_reader;
mod file_source;
mod tree_format;
mod mail;

pub use access_fs::{
    AccessFs, ChangeKind, EntryKind, FileStat, FolderEntry, FsEvent, FsFile, FsFolder, FsRoot,
    FsWatcher, RootIdentity, SpoolFolder, join_path, split_path,
};
pub use body::{Body, Slice};
pub use clock::{Clock, SystemClock};
pub use error::{Error, LimitKind, Reason};
pub use file_format::{
    Completeness, FileBody, FileFormat, FileNumber, FileRules, Found, INSPECTED_FILES_MAX,
    Inspection, OpenFile, PartOf, Role, Segment,
};
pub use file_reader::{FileReader, FileReaderParts, READER_FILES_OPEN_MAX, is_same_content};
pub use file_source::{FileSource, FileSourceOptions};

pub use identifiers::{
    Checksum, ChecksumAlgorithm, DateKind, DateStamp, Identifiers, SequenceNumber,
};
pub use limits::Limits;
pub use mail::{Part, TransferEncoding, parts};
#[cfg(any(test, feature = "test-util"))]
pub use manual_clock::ManualClock;
#[cfg(any(test, feature = "test-util"))]
pub use memory_fs::{Fault, MemoryFs};
pub use object::{
    ContentCoding, Generation, GenerationTuple, KEY_BYTES_MAX, ObjectKey, ObjectMeta, Partial, Run,
    SourceId,
};
pub use pins::{HeldFile, PinOptions, PinnedFiles, Pins};
pub use rooted_fs::{RootedFs, RootedSpool};
pub use scope::{OwnedFolder, Scope, ScopePolicy, SubscriberId, TenantId};
pub use source::{
    AccessSource, Capabilities, Counters, Counts, Cursor, Event, Events, ObjectReader, Pin,
    Skipped, Stop,
};
pub use tree_format::{TreeFormat, TreeOptions};
