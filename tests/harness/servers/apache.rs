//! Apache with `mod_cache_disk` before the origin.

use std::path::PathBuf;

use super::process::{Plan, Program, Server};
use super::site::Site;

const PROGRAM: Program = Program { name: "apache2", package: "apache2" };

/// Apache as a caching proxy before the origin; paths go there as they are. Answers say
/// `X-Cache: HIT from localhost` and so on.
#[derive(Debug)]
pub struct Apache {
    /// The process and its directory.
    pub server: Server,
}

impl Apache {
    /// Starts Apache before the origin at that port.
    #[must_use]
    pub fn start(origin_port: u16) -> Option<Self> {
        let prepare = |site: &Site| {
            for directory in ["log", "cache"] {
                site.make_directory(directory);
            }
            let origin = [("ORIGIN", origin_port.to_string())];
            let configuration = site.write("apache.conf", include_str!("apache.conf"), &origin);
            vec!["-f".into(), configuration.into_os_string(), "-DFOREGROUND".into()]
        };
        Some(Self { server: Server::start(&Plan::new(PROGRAM, 1, &prepare))? })
    }

    /// The port that fills the cache.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.server.port(0)
    }

    /// The `CacheRoot`, with two levels of one letter.
    #[must_use]
    pub fn cache_root(&self) -> PathBuf {
        self.server.directory().join("cache")
    }

    /// One object a line: time, client, user, host, request, status, bytes, cache, auth.
    #[must_use]
    pub fn access_log(&self) -> PathBuf {
        self.server.directory().join("log/access.log")
    }
}
