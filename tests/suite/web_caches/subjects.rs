//! The caches that the faults are tried on: how each is filled, evicted and found on disk.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use gleaner_access::{
    AccessSource, AcngFormat, ApacheFormat, HttpAsking, HttpOptions, HttpSource, HttpTimeouts,
    Limits, NginxFormat, Reason, ScopePolicy, SourceId, SystemClock,
};
use gleaner_tests::loopback_http::{Request, Response, get, request};
use gleaner_tests::origin::Origin;
use gleaner_tests::servers::{Apache, AptCacherNg, Nginx, Squid};

use super::http::OriginCanary;
use super::{files, files_below, squid};

/// What may happen to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Growing,
    None,
    Evicted,
    Replaced,
    Truncated,
    Revalidated,
    Corrupted,
    Foreign,
}

/// The files of one object.
pub(super) struct Stored {
    /// That which has the cache's own fields.
    pub(super) header: PathBuf,
    /// That which has the body.
    pub(super) body: PathBuf,
}

/// A server of one kind before an origin.
pub(super) trait Subject: Sync {
    fn origin(&self) -> &Origin;

    /// A source that knows nothing yet.
    fn source(&self) -> Box<dyn AccessSource>;

    /// Where the server puts its files.
    fn root(&self) -> PathBuf;

    /// The URL under which a path of the origin is listed.
    fn url(&self, path: &str) -> String {
        self.origin().url(path)
    }

    /// A path for that name which the server keeps, and one that it asks for again when it is old.
    fn path(&self, name: &str) -> String {
        format!("/files/{name}")
    }

    fn short_lived_path(&self, name: &str) -> String {
        self.path(name)
    }

    /// A path of which the origin holds half of the body back.
    fn held_path(&self) -> &'static str {
        "/held/growing?bytes=400000"
    }

    /// Asks for a path of the origin through the server.
    fn ask(&self, path: &str) -> Response;

    /// The files of a path.
    fn stored(&self, path: &str) -> Stored {
        let file = file_with(&self.root(), path);
        Stored { header: file.clone(), body: file }
    }

    /// Has the server give up what it has of a path.
    fn evict(&self, path: &str);

    /// Makes a header contradict itself.
    fn corrupt(&self, header: &mut Vec<u8>);

    /// Makes a header that of another version of the server; false if headers have none.
    fn make_foreign(&self, header: &mut Vec<u8>) -> bool;

    /// What the reader says of what a fault left.
    fn reason(&self, fault: Fault) -> Reason;

    /// Whether a reader that was open before a fault still gives the object: where the server, or
    /// the fault, leaves the body as it was, under whatever header.
    fn keeps_readers(&self, fault: Fault) -> bool {
        fault != Fault::Truncated
    }
}

/// The file that has these bytes in it.
fn file_with(root: &Path, text: &str) -> PathBuf {
    let has = |file: &PathBuf| {
        let bytes = fs::read(file).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    let is_log = |file: &PathBuf| file.file_name().is_some_and(|name| name == "swap.state");
    let mut found = files_below(root).into_iter().filter(|file| !is_log(file));
    found.find(has).unwrap_or_else(|| panic!("no file of {text}"))
}

pub(super) struct NginxSubject<'a> {
    pub(super) origin: &'a Origin,
    pub(super) nginx: Nginx,
}

impl Subject for NginxSubject<'_> {
    fn origin(&self) -> &Origin {
        self.origin
    }

    fn source(&self) -> Box<dyn AccessSource> {
        Box::new(files(&self.nginx.cache_root(), NginxFormat::default(), None))
    }

    fn root(&self) -> PathBuf {
        self.nginx.cache_root()
    }

    fn ask(&self, path: &str) -> Response {
        get(self.nginx.port(), path, &[]).unwrap()
    }

    /// As its modules for purging do. What it evicts of its own is another test.
    fn evict(&self, path: &str) {
        fs::remove_file(self.stored(path).body).unwrap();
    }

    fn corrupt(&self, header: &mut Vec<u8>) {
        // The checksum of the key.
        header[48] ^= 1;
    }

    fn make_foreign(&self, header: &mut Vec<u8>) -> bool {
        header[..8].copy_from_slice(&6_u64.to_le_bytes());
        true
    }

    fn reason(&self, fault: Fault) -> Reason {
        match fault {
            Fault::Foreign => Reason::Unsupported,
            _ => Reason::Corrupt,
        }
    }
}

pub(super) struct SquidSubject<'a> {
    pub(super) origin: &'a Origin,
    pub(super) squid: Squid,
}

impl Subject for SquidSubject<'_> {
    fn origin(&self) -> &Origin {
        self.origin
    }

    fn source(&self) -> Box<dyn AccessSource> {
        Box::new(squid::source_of(&self.squid))
    }

    fn root(&self) -> PathBuf {
        self.squid.cache_root()
    }

    fn ask(&self, path: &str) -> Response {
        get(self.squid.port(), &self.origin.url(path), &[]).unwrap()
    }

    fn evict(&self, path: &str) {
        let target = self.origin.url(path);
        let purge = Request { method: "PURGE", target: &target, headers: &[], body: b"" };
        assert_eq!(request(self.squid.port(), &purge).unwrap().status, 200);
    }

    fn corrupt(&self, header: &mut Vec<u8>) {
        // How long its own fields are.
        header[1..5].fill(0xff);
    }

    fn make_foreign(&self, header: &mut Vec<u8>) -> bool {
        header[0] = 5;
        true
    }

    fn reason(&self, fault: Fault) -> Reason {
        match fault {
            Fault::Truncated => Reason::Changed,
            Fault::Foreign => Reason::Unsupported,
            _ => Reason::Corrupt,
        }
    }

    /// Its header is read once more, since file numbers are used again.
    fn keeps_readers(&self, fault: Fault) -> bool {
        !matches!(fault, Fault::Truncated | Fault::Corrupted | Fault::Foreign)
    }
}

pub(super) struct ApacheSubject<'a> {
    pub(super) origin: &'a Origin,
    pub(super) apache: Apache,
}

impl Subject for ApacheSubject<'_> {
    fn origin(&self) -> &Origin {
        self.origin
    }

    fn source(&self) -> Box<dyn AccessSource> {
        Box::new(files(&self.apache.cache_root(), ApacheFormat::default(), None))
    }

    fn root(&self) -> PathBuf {
        self.apache.cache_root()
    }

    /// The cache knows its objects under its own address.
    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.apache.port())
    }

    fn ask(&self, path: &str) -> Response {
        get(self.apache.port(), path, &[]).unwrap()
    }

    fn stored(&self, path: &str) -> Stored {
        let header = file_with(&self.root(), path);
        Stored { body: header.with_extension("data"), header }
    }

    /// By the tool that comes with it, and as that does it where it is missing.
    fn evict(&self, path: &str) {
        let stored = self.stored(path);
        let mut cleaner = Command::new("htcacheclean");
        cleaner.arg(format!("-p{}", self.root().display())).arg(format!("{}?", self.url(path)));
        if cleaner.output().is_err() {
            fs::remove_file(&stored.header).unwrap();
            fs::remove_file(&stored.body).unwrap();
        }
        assert!(!stored.header.exists() && !stored.body.exists());
    }

    fn corrupt(&self, header: &mut Vec<u8>) {
        // The name, which is not that of the file any more.
        header[120] ^= 1;
    }

    fn make_foreign(&self, header: &mut Vec<u8>) -> bool {
        header[..4].copy_from_slice(&7_u32.to_le_bytes());
        true
    }

    fn reason(&self, fault: Fault) -> Reason {
        match fault {
            Fault::Foreign => Reason::Unsupported,
            _ => Reason::Corrupt,
        }
    }
}

pub(super) struct AcngSubject<'a> {
    pub(super) origin: &'a Origin,
    pub(super) cache: AptCacherNg,
}

impl Subject for AcngSubject<'_> {
    fn origin(&self) -> &Origin {
        self.origin
    }

    fn source(&self) -> Box<dyn AccessSource> {
        Box::new(files(&self.cache.cache_root(), AcngFormat, None))
    }

    fn root(&self) -> PathBuf {
        self.cache.cache_root()
    }

    /// Packages never change; lists of them are asked for again each time.
    fn path(&self, name: &str) -> String {
        format!("/pool/{name}_1.0-1_all.deb")
    }

    fn short_lived_path(&self, name: &str) -> String {
        format!("/dists/{name}/InRelease")
    }

    fn held_path(&self) -> &'static str {
        "/held/growing_1.0-1_all.deb"
    }

    fn ask(&self, path: &str) -> Response {
        let target = AptCacherNg::path_of(self.origin.port(), path);
        get(self.cache.port(), &target, &[]).unwrap()
    }

    fn stored(&self, path: &str) -> Stored {
        let body = self.root().join(format!("127.0.0.1{path}"));
        Stored { header: body.with_file_name(format!("{}.head", name_of(&body))), body }
    }

    /// As its expiration does, which runs once a day.
    fn evict(&self, path: &str) {
        let stored = self.stored(path);
        fs::remove_file(stored.body).unwrap();
        fs::remove_file(stored.header).unwrap();
    }

    fn corrupt(&self, header: &mut Vec<u8>) {
        let text = String::from_utf8(header.clone()).unwrap();
        *header = text.replace("Content-Length: ", "Content-Length: x").into_bytes();
    }

    /// It is a head of HTTP without any version of the cache's own.
    fn make_foreign(&self, _header: &mut Vec<u8>) -> bool {
        false
    }

    fn reason(&self, fault: Fault) -> Reason {
        match fault {
            // Like a download that goes on.
            Fault::Truncated | Fault::Growing => Reason::Busy,
            _ => Reason::Corrupt,
        }
    }

    /// It writes a newer object into the file of the older one.
    fn keeps_readers(&self, fault: Fault) -> bool {
        !matches!(fault, Fault::Truncated | Fault::Replaced)
    }
}

fn name_of(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

/// A cache that is asked over HTTP, here a Squid: what it makes of its files is its own business.
pub(super) struct HttpSubject<'a>(pub(super) SquidSubject<'a>);

impl Subject for HttpSubject<'_> {
    fn origin(&self) -> &Origin {
        self.0.origin
    }

    fn source(&self) -> Box<dyn AccessSource> {
        let silence = Duration::from_secs(3);
        let options = HttpOptions {
            id: SourceId::new(3),
            server: SocketAddr::from((Ipv4Addr::LOCALHOST, self.0.squid.port())),
            asking: HttpAsking::WholeUrl,
            scope: ScopePolicy::Public,
            allows_addresses: true,
            timeouts: HttpTimeouts { silence, ..HttpTimeouts::default() },
            limits: Limits::default(),
        };
        let clock = Arc::new(SystemClock::new());
        Box::new(HttpSource::set_up(clock, options, &OriginCanary(self.0.origin)).unwrap())
    }

    fn root(&self) -> PathBuf {
        self.0.root()
    }

    fn ask(&self, path: &str) -> Response {
        self.0.ask(path)
    }

    fn evict(&self, path: &str) {
        self.0.evict(path);
    }

    fn corrupt(&self, header: &mut Vec<u8>) {
        self.0.corrupt(header);
    }

    fn make_foreign(&self, header: &mut Vec<u8>) -> bool {
        self.0.make_foreign(header)
    }

    fn reason(&self, fault: Fault) -> Reason {
        match fault {
            // The answer ends before its length.
            Fault::Truncated => Reason::Changed,
            // Nothing comes for a while.
            Fault::Growing => Reason::Io,
            // Squid cannot read it and says that it has nothing.
            _ => Reason::Gone,
        }
    }

    /// A short body is read when it is opened; whether it is the cache's is asked again.
    fn keeps_readers(&self, fault: Fault) -> bool {
        matches!(fault, Fault::None | Fault::Growing | Fault::Truncated | Fault::Revalidated)
    }
}
