//! What a mail says about itself: header fields, the facts by which it is found, where its parts
//! lie, how long it is with other line ends; and how mail stores lay mails out in files.
//!
//! All of this is a function of bytes: no file is opened here.

mod lines;
mod fields;
mod line_ends;
mod stored_form;
mod facts;
mod mime;
mod maildir_name;
mod uidlist;
mod dbox;
mod mbox;

pub use dbox::{DboxMail, DboxMails, dbox_mails};
pub use facts::{MailFacts, header_block};
pub use line_ends::MailSizes;
pub use maildir_name::MaildirName;
pub use mbox::{MboxLeftOut, MboxMail, mbox_mails};
pub use mime::{Part, TransferEncoding, parts};
pub use stored_form::{SNIFFED_BYTES, StoredForm};
pub use uidlist::Uidlist;
