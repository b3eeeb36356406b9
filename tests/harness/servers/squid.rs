//! Squid as a forward proxy with a ufs cache.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use super::process::{Plan, Program, Server, run, wait_until};
use super::site::Site;

const PROGRAM: Program = Program { name: "squid", package: "squid" };
/// Said in cache.log once the objects of an earlier run are known.
const REBUILT: &str = "Finished rebuilding storage";

/// Squid with one `cache_dir ufs` of L1 = 4, L2 = 8 and no cache in memory. Answers say
/// `X-Cache: HIT from tests` or `MISS from tests`.
#[derive(Debug)]
pub struct Squid {
    /// The process and its directory.
    pub server: Server,
}

impl Squid {
    /// Starts Squid; whatever origin is asked for stands in the address of a request.
    ///
    /// # Panics
    /// When the cache cannot be made, or is not read in time.
    #[must_use]
    pub fn start() -> Option<Self> {
        let binary = PROGRAM.find()?;
        let prepare = |site: &Site| {
            for directory in ["log", "cache"] {
                site.make_directory(directory);
            }
            site.write("squid.conf", include_str!("squid.conf"), &[]);
            // Makes the directories of the cache and ends.
            run(site, &binary, &["-f", "squid.conf", "-N", "-z"]).expect("squid -z makes a cache");
            ["-f", "squid.conf", "-N"].map(Into::into).to_vec()
        };
        let squid = Self { server: Server::start(&Plan::new(PROGRAM, 1, &prepare))? };
        wait_until("squid has read its cache", || squid.times_rebuilt() > 0);
        Some(squid)
    }

    fn times_rebuilt(&self) -> usize {
        let log = fs::read(self.server.directory().join("log/cache.log")).unwrap_or_default();
        String::from_utf8_lossy(&log).matches(REBUILT).count()
    }

    /// Stops Squid cleanly and starts it on the same cache; returns once that is read.
    ///
    /// # Panics
    /// When it does not start in time.
    pub fn restart(&mut self) {
        let before = self.times_rebuilt();
        self.server.stop();
        self.server.start_again();
        wait_until("squid has read its cache again", || self.times_rebuilt() > before);
    }

    /// `squid -k rotate`: new logs, and a new swap.state without what is gone. Returns once that
    /// is in place.
    ///
    /// # Panics
    /// When it is not in time.
    pub fn rotate(&self) {
        let inode = || fs::metadata(self.swap_state()).map(|metadata| metadata.ino()).ok();
        let before = inode();
        self.server
            .run(&["-k", "rotate", "-f", "squid.conf"])
            .expect("squid tells its running self to rotate");
        wait_until("squid has a new swap.state", || inode().is_some_and(|now| Some(now) != before));
    }

    /// The port of the proxy.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.server.port(0)
    }

    /// The `cache_dir`.
    #[must_use]
    pub fn cache_root(&self) -> PathBuf {
        self.server.directory().join("cache")
    }

    /// The log of what is added to the cache and deleted from it.
    #[must_use]
    pub fn swap_state(&self) -> PathBuf {
        self.cache_root().join("swap.state")
    }

    /// One object a line: time, client, user, host, key, method, status, bytes, cache, auth, and
    /// server. Its first line tells of the connection by which the start was seen.
    #[must_use]
    pub fn access_log(&self) -> PathBuf {
        self.server.directory().join("log/access.log")
    }
}
