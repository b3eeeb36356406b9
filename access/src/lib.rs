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

#![forbid(unsafe_code)]

mod clock;
mod limits;
mod error;
mod body;
mod identifiers;
mod scope;
mod object;
mod source;
mod key_prefixes;
mod refused_files;
#[cfg(any(test, feature = "test-util"))]
mod manual_clock;
mod mail;
mod recipe;
mod files;
mod web;
mod mail_stores;
mod scopes;
mod little_endian;
mod hex;
mod agent;
#[cfg(test)]
mod seeded;

#[cfg(any(test, feature = "test-util"))]
pub mod conformance;

pub use agent::{
    Agent, AgentCounts, AgentOptions, ByteRate, Change, ChunkList, ChunkLister, Delta, FeedMessage,
    FileJournal, Following, Hello, IdentifierIndex, JournalStorage, LeaseId, ListedChunk,
    MemoryJournal, NewPart, ObjectBook, ObjectChunks, ObjectNumber, ObjectRow, PUBLISHED_BYTES_MIN,
    PULL_RANGES_MAX, PullRange, PullRequest, ROW_BYTES_MAX, RangeAnswer, RowRepresentation,
    SEQ_MAX, SeenChunk, SeenObject, SnapshotPart, SnapshotPlan, is_offered,
};
pub use body::{Body, Slice};
pub use clock::{Clock, SystemClock};
pub use error::{Error, LimitKind, Reason, SweepDoubt, SweepRefusal};
pub use files::access_fs::{
    AccessFs, ChangeKind, EntryKind, FileStat, FolderEntry, FsEvent, FsFile, FsFolder, FsRoot,
    FsWatcher, RootIdentity, SpoolFolder, join_path, split_path,
};
pub use files::file_format::{
    Completeness, FileBody, FileFormat, FileNumber, FileRules, Found, INSPECTED_FILES_MAX,
    Inspection, OpenFile, PartOf, Role, Segment,
};
pub use files::file_reader::{FileReader, FileReaderParts, READER_FILES_OPEN_MAX, is_same_content};
pub use files::file_source::{FileSource, FileSourceOptions};
#[cfg(any(test, feature = "test-util"))]
pub use files::memory_fs::{Fault, MemoryFs};
pub use files::oci_format::OciFormat;
pub use files::pins::{HeldFile, PinOptions, PinnedFiles, Pins};
pub use files::rooted_fs::{RootedFs, RootedSpool};
pub use files::tree_format::{TreeFormat, TreeOptions};
pub use identifiers::{
    Checksum, ChecksumAlgorithm, DateKind, DateStamp, Identifiers, SequenceNumber,
};
pub use limits::Limits;
pub use mail::{
    DboxMail, DboxMails, MailFacts, MailSizes, MaildirName, MboxLeftOut, MboxMail, Part,
    SNIFFED_BYTES, StoredForm, TransferEncoding, Uidlist, dbox_mails, header_block, mbox_mails,
    parts,
};
pub use mail_stores::dbox_format::DboxFormat;
#[cfg(feature = "imap")]
pub use mail_stores::imap_source::{
    ImapConnector, ImapOptions, ImapSource, ImapStream, LoopbackConnector,
};
pub use mail_stores::maildir_format::MaildirFormat;
pub use mail_stores::mbox_format::MboxFormat;
pub use mail_stores::stored_mail::MailOptions;
#[cfg(any(test, feature = "test-util"))]
pub use manual_clock::ManualClock;
pub use object::{
    ContentCoding, Generation, GenerationTuple, KEY_BYTES_MAX, ObjectKey, ObjectMeta, Partial, Run,
    SourceId,
};
pub use recipe::{
    Decoded, Extent, Fetch, Hints, Offer, PartEncoding, RangeReader, Recipe, RefetchOptions,
    Refetcher, Step, Validator, Visit, offers, walk,
};
pub use scope::{OwnedFolder, Scope, ScopePolicy, SubscriberId, TenantId};
pub use scopes::access_log::{
    Amount, Deed, History, LINE_BYTES_MAX, LogFormat, LogLine, LogPosition, LogTail, TailCounters,
};
pub use scopes::client_table::{Client, ClientRow, ClientTable};
pub use scopes::log_key::{LogKey, LogKeyRule};
pub use scopes::scope_ledger::{
    Asker, ScopeLedger, ScopeOptions, ScopedObject, ServedRow, Verdict,
};
pub use source::{
    AccessSource, Capabilities, Counters, Counts, Cursor, Event, Events, ObjectReader, Pin,
    RootInode, Skipped, Stop, StopOnDrop,
};
pub use web::acng_format::AcngFormat;
pub use web::acng_head::AcngHead;
pub use web::apache_format::{ApacheFormat, ApacheLevels};
pub use web::apache_header::{ApacheHeader, ApacheObject};
pub use web::canary::{Canary, CanaryPort};
pub use web::http_exchange::HttpTimeouts;
pub use web::http_fields::HeaderFields;
pub use web::http_message::{ContentRange, NotOffered, StoredResponse};
pub use web::http_source::{HttpAnswer, HttpAsking, HttpOptions, HttpSource};
pub use web::nginx_format::NginxFormat;
pub use web::nginx_header::{NginxHeader, nginx_bytes_needed};
pub use web::public_bar::bars_public;
pub use web::squid_object::SquidObject;
pub use web::squid_source::{SquidOptions, SquidSource};
pub use web::swap_state::{SwapOp, SwapRecord, SwapRecords, check_swap_state_header};
pub use web::url_pattern::UrlPattern;
