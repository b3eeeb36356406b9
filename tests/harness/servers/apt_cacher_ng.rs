//! apt-cacher-ng, the cache of Debian packages.

use std::path::PathBuf;

use super::process::{Plan, Program, Server};
use super::site::Site;

const PROGRAM: Program = Program { name: "apt-cacher-ng", package: "apt-cacher-ng" };

/// apt-cacher-ng; which origin is asked stands in the path of a request. Only names like
/// `x_1.0-1_all.deb` are served.
#[derive(Debug)]
pub struct AptCacherNg {
    /// The process and its directory.
    pub server: Server,
}

impl AptCacherNg {
    /// Starts apt-cacher-ng.
    #[must_use]
    pub fn start() -> Option<Self> {
        let prepare = |site: &Site| {
            for directory in ["log", "cache"] {
                site.make_directory(directory);
            }
            site.write("acng.conf", include_str!("acng.conf"), &[]);
            vec!["-c".into(), site.path().into()]
        };
        Some(Self { server: Server::start(&Plan::new(PROGRAM, 1, &prepare))? })
    }

    /// The port of the cache.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.server.port(0)
    }

    /// The path that gets a path of the origin at that port.
    #[must_use]
    pub fn path_of(origin_port: u16, path: &str) -> String {
        format!("/127.0.0.1:{origin_port}{path}")
    }

    /// The `CacheDir`.
    #[must_use]
    pub fn cache_root(&self) -> PathBuf {
        self.server.directory().join("cache")
    }

    /// What went to clients and what came from origins, with sizes.
    #[must_use]
    pub fn transfer_log(&self) -> PathBuf {
        self.server.directory().join("log/apt-cacher.log")
    }
}
