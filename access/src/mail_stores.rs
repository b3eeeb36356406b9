//! Mail stores: the formats on disk, and an account over IMAP. `mail` reads the messages.

pub(crate) mod stored_mail;
pub(crate) mod maildir_format;
pub(crate) mod dbox_format;
pub(crate) mod mbox_format;
#[cfg(feature = "imap")]
pub(crate) mod imap_source;
