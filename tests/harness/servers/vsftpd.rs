//! vsftpd for anonymous downloads and uploads.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::ftp_client::FtpClient;
use super::process::{Plan, Program, Server};
use super::site::Site;

const PROGRAM: Program = Program { name: "vsftpd", package: "vsftpd" };

/// vsftpd with a root that only the test writes, and `incoming` in it that clients write. A session
/// begins in that root; paths are relative to it, for `/` is that of the machine.
#[derive(Debug)]
pub struct Vsftpd {
    /// The process and its directory.
    pub server: Server,
    password: String,
}

impl Vsftpd {
    /// Starts vsftpd with nothing to download.
    #[must_use]
    pub fn start() -> Option<Self> {
        let password = new_password();
        let prepare = |site: &Site| {
            for directory in ["empty", "root", "root/incoming"] {
                site.make_directory(directory);
            }
            let root = site.path().join("root");
            // It serves no anonymous client from a root that this client could write.
            set_mode(&root, 0o555);
            site.write("password", &password, &[]);
            let configuration = site.write("vsftpd.conf", include_str!("vsftpd.conf"), &[]);
            vec![configuration.into_os_string()]
        };
        // One port to listen on, eight for transfers, which the kernel keeps for a while each.
        let plan = Plan { listening: 1, ..Plan::new(PROGRAM, 9, &prepare) };
        let server = Server::start(&plan)?;
        Some(Self { server, password })
    }

    /// The port of the control connection.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.server.port(0)
    }

    /// An anonymous session in the root.
    ///
    /// # Errors
    /// When the server does not let it in.
    pub fn client(&self) -> io::Result<FtpClient> {
        FtpClient::log_in(self.port(), &self.password)
    }

    /// Where a session begins.
    #[must_use]
    pub fn root(&self) -> PathBuf {
        self.server.directory().join("root")
    }

    /// Puts a file into the root, which keeps its mode.
    ///
    /// # Panics
    /// When that fails.
    pub fn put(&self, name: &str, body: &[u8]) {
        set_mode(&self.root(), 0o755);
        let path = self.root().join(name);
        fs::write(&path, body).expect("the root can be written");
        set_mode(&path, 0o644);
        set_mode(&self.root(), 0o555);
    }

    /// One line for each connection, login and transfer, in local time, with paths of the machine.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.server.directory().join("vsftpd.log")
    }
}

impl Drop for Vsftpd {
    fn drop(&mut self) {
        // Whoever is not root cannot empty a directory of mode 555.
        set_mode(&self.root(), 0o755);
    }
}

fn new_password() -> String {
    let mut random = [0; 16];
    let got = rustix::rand::getrandom(&mut random, rustix::rand::GetRandomFlags::empty());
    assert_eq!(got, Ok(random.len()), "the kernel has random bytes");
    blake3::hash(&random).to_hex().to_string()
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the path is ours");
}
