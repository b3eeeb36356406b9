//! Real access servers, each a process of its own in a directory of its own on ports of its own.
//!
//! `Nginx::start` and its like give none where the server is not installed, after a line that says
//! so, and panic where it is installed and does not start. A server runs without privileges, on
//! loopback only, and ends when its guard is dropped, also by a panic: by the id of the process and
//! group that the guard started, never by a name. Should the test process itself be killed, the
//! kernel tells the server.
//!
//! Configurations lie beside this file; their placeholders are explained in `site.rs`.

mod process;
mod site;
mod spawner;

mod apache;
mod apt_cacher_ng;
mod dovecot;
mod nginx;
mod squid;
mod vsftpd;

mod ftp_client;
mod imap_client;

pub(crate) use process::skipped;
pub use process::{Server, wait_until};

pub use apache::Apache;
pub use apt_cacher_ng::AptCacherNg;
pub use dovecot::{Dovecot, PASSWORD};
pub use nginx::Nginx;
pub use squid::Squid;
pub use vsftpd::Vsftpd;

pub use ftp_client::{FtpClient, TransferType, Upload};
pub use imap_client::{Appending, ImapClient, ImapLine, Selected};
