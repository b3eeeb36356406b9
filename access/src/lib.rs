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
mod mail;

pub use body::{Body, Slice};
pub use clock::{Clock, SystemClock};
pub use error::{Error, LimitKind, Reason};
pub use limits::Limits;
pub use mail::{
    DboxMail, DboxMails, MailFacts, MailSizes, MaildirName, MboxMail, Part, SNIFFED_BYTES,
    StoredForm, TransferEncoding, Uidlist, dbox_mails, header_block, mbox_mails, parts,
};
