//! nginx as a caching proxy before the origin.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use rustix::process::Signal;

use super::process::{Plan, Program, Server, wait_until};
use super::site::Site;

const PROGRAM: Program = Program { name: "nginx", package: "nginx-light" };

/// nginx with two caches, one of them short-lived, and a view of the other that never asks the
/// origin. Answers of a caching location say `X-Cache: HIT`, `MISS` and so on.
///
/// Paths go to the origin as they are. Below `/slice/` the cache holds slices of one MiB; below
/// `/t2/` the rest of the path goes to the origin, and what was not asked for during three seconds
/// is evicted. `PUT` below `/dav/` stores a file for users `u1` and `u2` with password `pw`.
#[derive(Debug)]
pub struct Nginx {
    /// The process and its directory.
    pub server: Server,
}

impl Nginx {
    /// Starts nginx before the origin at that port.
    #[must_use]
    pub fn start(origin_port: u16) -> Option<Self> {
        let prepare = |site: &Site| {
            for directory in ["tmp", "docroot", "docroot/dav"] {
                site.make_directory(directory);
            }
            site.write("users", "u1:{PLAIN}pw\nu2:{PLAIN}pw\n", &[]);
            let origin = [("ORIGIN", origin_port.to_string())];
            site.write("nginx.conf", include_str!("nginx.conf"), &origin);
            // Without -e it first opens the log of the system's own nginx.
            let prefix = site.path().join("").into_os_string();
            let arguments = ["-e", "error.log", "-c", "nginx.conf", "-p"];
            arguments.into_iter().map(OsString::from).chain([prefix]).collect()
        };
        let plan = Plan { stop: Signal::QUIT, ..Plan::new(PROGRAM, 3, &prepare) };
        Some(Self { server: Server::start(&plan)? })
    }

    /// The port that fills the caches.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.server.port(0)
    }

    /// The port that answers from the cache of location `/` or with 504.
    #[must_use]
    pub fn cache_only_port(&self) -> u16 {
        self.server.port(1)
    }

    /// The root of the cache of `/` and `/slice/`, in which files are also written.
    #[must_use]
    pub fn cache_root(&self) -> PathBuf {
        self.server.directory().join("cache")
    }

    /// The root of the cache of `/t2/`, into which files are moved.
    #[must_use]
    pub fn short_cache_root(&self) -> PathBuf {
        self.server.directory().join("cache_short")
    }

    /// What was uploaded to `/dav/`.
    #[must_use]
    pub fn upload_root(&self) -> PathBuf {
        self.server.directory().join("docroot/dav")
    }

    /// One JSON object a line: time, client, user, host, key, method, status, bytes, cache, auth.
    #[must_use]
    pub fn access_log(&self) -> PathBuf {
        self.server.directory().join("access.log")
    }

    /// Reads the configuration anew; returns once new workers serve.
    ///
    /// # Panics
    /// When it does not in time.
    pub fn reload(&self) {
        let workers = || {
            let log = self.server.directory().join("error.log");
            fs::read_to_string(log).unwrap_or_default().matches(" start worker process ").count()
        };
        let before = workers();
        self.server.signal(Signal::HUP);
        wait_until("nginx has new workers", || workers() > before);
    }

    /// Opens the access log anew, which somebody has moved away; returns once it is there.
    ///
    /// # Panics
    /// When it is not in time.
    pub fn reopen_logs(&self) {
        self.server.signal(Signal::USR1);
        wait_until("nginx has a new access log", || self.access_log().exists());
    }
}
