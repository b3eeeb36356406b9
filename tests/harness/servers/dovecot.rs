//! Dovecot with one user for each way of storing mail.

use std::io;
use std::path::PathBuf;
use std::process::Command;

use super::imap_client::ImapClient;
use super::process::{Plan, Program, Server, skipped};
use super::site::{ServerUser, Site};

const PROGRAM: Program = Program { name: "dovecot", package: "dovecot-imapd dovecot-pop3d" };

const ADMIN: Program = Program { name: "doveadm", package: "dovecot-core" };

/// The password of every user.
pub const PASSWORD: &str = "pw";

/// Dovecot 2.3 with users `u1` (Maildir), `mz` (Maildir, gzip), `sd` (sdbox, gzip), `md` (mdbox)
/// and `mb` (mbox).
#[derive(Debug)]
pub struct Dovecot {
    /// The process and its directory.
    pub server: Server,
}

impl Dovecot {
    /// Starts Dovecot, unless it is one whose configuration has another syntax.
    #[must_use]
    pub fn start() -> Option<Self> {
        let binary = PROGRAM.find()?;
        let version = Command::new(binary).arg("--version").output().ok()?.stdout;
        let version = String::from_utf8_lossy(&version).trim().to_owned();
        if !version.starts_with("2.3.") {
            skipped(&format!("dovecot {version}, its configuration here is that of 2.3"));
            return None;
        }
        let Some((user, group)) = ServerUser::of_this_run().names() else {
            skipped("dovecot runs as a user with a name, and this one has none");
            return None;
        };
        let names = [("USER", user), ("GROUP", group), ("PASSWORD", PASSWORD.to_owned())];
        let prepare = |site: &Site| {
            for directory in ["run", "state", "log", "mail"] {
                site.make_directory(directory);
            }
            site.write("users", include_str!("dovecot-users"), &[]);
            let configuration = site.write("dovecot.conf", include_str!("dovecot.conf"), &names);
            vec!["-c".into(), configuration.into_os_string(), "-F".into()]
        };
        Some(Self { server: Server::start(&Plan::new(PROGRAM, 2, &prepare))? })
    }

    /// The port of IMAP, without TLS.
    #[must_use]
    pub fn imap_port(&self) -> u16 {
        self.server.port(0)
    }

    /// The port of POP3, without TLS.
    #[must_use]
    pub fn pop3_port(&self) -> u16 {
        self.server.port(1)
    }

    /// A session of that user.
    ///
    /// # Errors
    /// When the server does not let the user in.
    pub fn imap(&self, user: &str) -> io::Result<ImapClient> {
        ImapClient::log_in(self.imap_port(), user, PASSWORD)
    }

    /// Takes mails out of the files of an mdbox that were expunged from it.
    ///
    /// # Errors
    /// When that fails.
    pub fn purge(&self, user: &str) -> io::Result<()> {
        self.server.run_program(ADMIN, &["-c", "dovecot.conf", "purge", "-u", user])
    }

    /// The user's home; the store in it is made by the first delivery. It is `Maildir`, `sdbox`,
    /// `mdbox`, or the file `inbox` with folders below `mbox`.
    #[must_use]
    pub fn home(&self, user: &str) -> PathBuf {
        self.server.directory().join("mail").join(user)
    }
}
