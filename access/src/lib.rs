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
mod stored_mail;
mod maildir_format;
mod dbox_format;
mod mbox_format;
#[cfg(feature = "imap")]
mod imap_source;
mod recipe;
mod access_log;
mod client_table;
mod log_key;
mod public_bar;
mod scope_ledger;
mod little_endian;
mod hex;
mod url_host;
mod http_date;
mod http_fields;
mod http_checksum;
mod http_message;
mod url_pattern;
mod slice_key;
mod nginx_header;
mod nginx_format;
mod squid_object;
mod swap_state;
mod apache_header;
mod apache_format;
mod acng_head;
mod acng_format;
mod oci_format;
mod probe_url;
mod http_exchange;
mod swap_log;
mod squid_file;
mod squid_source;
mod canary;
mod http_source;
mod agent;
#[cfg(test)]
mod seeded;
#[cfg(test)]
mod cache_stage;
#[cfg(test)]
mod cache_conformance;

#[cfg(any(test, feature = "test-util"))]
pub mod conformance;

pub use access_fs::{
    AccessFs, ChangeKind, EntryKind, FileStat, FolderEntry, FsEvent, FsFile, FsFolder, FsRoot,
    FsWatcher, RootIdentity, SpoolFolder, join_path, split_path,
};
pub use access_log::{
    Amount, Deed, LINE_BYTES_MAX, LogFormat, LogLine, LogPosition, LogTail, TailCounters,
};
pub use acng_format::AcngFormat;
pub use acng_head::AcngHead;
pub use agent::{
    Agent, AgentCounts, AgentOptions, ByteRate, Change, ChunkList, ChunkLister, Delta, FeedMessage,
    FileJournal, Following, Hello, IdentifierIndex, JournalStorage, LeaseId, ListedChunk,
    MemoryJournal, NewPart, ObjectBook, ObjectChunks, ObjectNumber, ObjectRow, PUBLISHED_BYTES_MIN,
    PULL_RANGES_MAX, PullRange, PullRequest, ROW_BYTES_MAX, RangeAnswer, RowRepresentation,
    SEQ_MAX, SeenChunk, SeenObject, SnapshotPart, SnapshotPlan, is_offered,
};
pub use apache_format::{ApacheFormat, ApacheLevels};
pub use apache_header::{ApacheHeader, ApacheObject};
pub use body::{Body, Slice};
pub use canary::{Canary, CanaryPort};
pub use client_table::{Client, ClientRow, ClientTable};
pub use clock::{Clock, SystemClock};
pub use dbox_format::DboxFormat;
pub use error::{Error, LimitKind, Reason};
pub use file_format::{
    Completeness, FileBody, FileFormat, FileNumber, FileRules, Found, INSPECTED_FILES_MAX,
    Inspection, OpenFile, PartOf, Role, Segment,
};
pub use file_reader::{FileReader, FileReaderParts, READER_FILES_OPEN_MAX, is_same_content};
pub use file_source::{FileSource, FileSourceOptions};
pub use http_exchange::HttpTimeouts;
pub use http_fields::HeaderFields;
pub use http_message::{ContentRange, NotOffered, StoredResponse};
pub use http_source::{HttpAnswer, HttpAsking, HttpOptions, HttpSource};
pub use identifiers::{
    Checksum, ChecksumAlgorithm, DateKind, DateStamp, Identifiers, SequenceNumber,
};
#[cfg(feature = "imap")]
pub use imap_source::{ImapConnector, ImapOptions, ImapSource, ImapStream, LoopbackConnector};
pub use limits::Limits;
pub use log_key::{LogKey, LogKeyRule};
pub use mail::{
    DboxMail, DboxMails, MailFacts, MailSizes, MaildirName, MboxLeftOut, MboxMail, Part,
    SNIFFED_BYTES, StoredForm, TransferEncoding, Uidlist, dbox_mails, header_block, mbox_mails,
    parts,
};
pub use maildir_format::MaildirFormat;
#[cfg(any(test, feature = "test-util"))]
pub use manual_clock::ManualClock;
pub use mbox_format::MboxFormat;
#[cfg(any(test, feature = "test-util"))]
pub use memory_fs::{Fault, MemoryFs};
pub use nginx_format::NginxFormat;
pub use nginx_header::{NginxHeader, nginx_bytes_needed};
pub use object::{
    ContentCoding, Generation, GenerationTuple, KEY_BYTES_MAX, ObjectKey, ObjectMeta, Partial, Run,
    SourceId,
};
pub use oci_format::OciFormat;
pub use pins::{HeldFile, PinOptions, PinnedFiles, Pins};
pub use public_bar::bars_public;
pub use recipe::{
    Decoded, Extent, Fetch, Hints, Offer, PartEncoding, RangeReader, Recipe, RefetchOptions,
    Refetcher, Step, Validator, Visit, offers, walk,
};
pub use rooted_fs::{RootedFs, RootedSpool};
pub use scope::{OwnedFolder, Scope, ScopePolicy, SubscriberId, TenantId};
pub use scope_ledger::{Asker, ScopeLedger, ScopeOptions, ScopedObject, ServedRow, Verdict};
pub use source::{
    AccessSource, Capabilities, Counters, Counts, Cursor, Event, Events, ObjectReader, Pin,
    Skipped, Stop, StopOnDrop,
};
pub use squid_object::SquidObject;
pub use squid_source::{SquidOptions, SquidSource};
pub use stored_mail::MailOptions;
pub use swap_state::{SwapOp, SwapRecord, SwapRecords, check_swap_state_header};
pub use tree_format::{TreeFormat, TreeOptions};
pub use url_pattern::UrlPattern;
