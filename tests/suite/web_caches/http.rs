//! Caches that are asked over HTTP.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use gleaner_access::{
    AccessSource, Canary, CanaryPort, Error, HttpAnswer, HttpAsking, HttpOptions, HttpSource,
    HttpTimeouts, Identifiers, Limits, ScopePolicy, SourceId, SystemClock,
};
use gleaner_tests::loopback_http::get;
use gleaner_tests::origin::Origin;
use gleaner_tests::servers::{Apache, Nginx, Squid, wait_until};

use super::{SEED, body_of, fill, fill_at};

/// A path of the origin that nobody else asks for.
#[derive(Debug)]
pub(super) struct OriginCanary<'a>(pub(super) &'a Origin);

const CANARY_PATH: &str = "/id/canary-6f1d";

impl Canary for OriginCanary<'_> {
    fn url(&self) -> String {
        self.0.url(CANARY_PATH)
    }

    fn was_asked(&self) -> Result<bool, Error> {
        Ok(self.0.count(CANARY_PATH) > 0)
    }
}

fn options(port: u16, asking: HttpAsking) -> HttpOptions {
    HttpOptions {
        id: SourceId::new(3),
        server: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        asking,
        scope: ScopePolicy::Public,
        allows_addresses: true,
        timeouts: HttpTimeouts::default(),
        limits: Limits::default(),
    }
}

fn set_up(port: u16, asking: HttpAsking, canary: &dyn Canary) -> HttpSource {
    HttpSource::set_up(Arc::new(SystemClock::new()), options(port, asking), canary).unwrap()
}

fn is_present(source: &HttpSource, url: &str) -> bool {
    matches!(source.ask(url.as_bytes()).unwrap(), HttpAnswer::Present(_))
}

#[test]
fn squid_is_asked_for_hits_misses_and_stale_objects_and_never_asks_the_origin() {
    let origin = Origin::start(SEED);
    let Some(squid) = Squid::start() else { return };
    let ask = |path: &str, headers: &[(&str, &str)]| {
        let answer = get(squid.port(), &origin.url(path), headers).unwrap();
        assert_eq!(answer.status, 200);
        answer
    };
    origin.put_with("/files/stale", b"stale".repeat(100), &[("Cache-Control", "max-age=1")]);
    for path in ["/id/a", "/files/stale"] {
        fill(&origin, path, &|| ask(path, &[]));
    }
    ask("/vary/a", &[("Accept-Language", "de")]);
    let source = set_up(squid.port(), HttpAsking::WholeUrl, &OriginCanary(&origin));
    assert_eq!(source.capabilities().honours_only_if_cached, Some(true));
    std::thread::sleep(Duration::from_secs(2));
    let asked = origin.seen().len();
    for path in ["/id/a", "/files/stale"] {
        let by_url = vec![origin.url(path).into_bytes()];
        let by_url = Identifiers { urls: by_url, ..Identifiers::default() };
        let found = source.probe(&by_url).unwrap();
        assert_eq!(found.len(), 1, "{path}");
        assert!(body_of(&source, &found[0]) == origin.body(path), "{path}");
    }
    for path in ["/id/never", "/vary/a"] {
        assert_eq!(source.ask(origin.url(path).as_bytes()).unwrap(), HttpAnswer::Absent, "{path}");
    }
    assert_eq!(origin.seen().len(), asked);
}

#[test]
fn long_body_is_read_by_ranges_of_the_version_that_was_found() {
    let origin = Origin::start(SEED);
    let Some(squid) = Squid::start() else { return };
    let path = "/id/long?bytes=9000000";
    let url = origin.url(path);
    fill(&origin, path, &|| get(squid.port(), &url, &[]).unwrap());
    let source = set_up(squid.port(), HttpAsking::WholeUrl, &OriginCanary(&origin));
    let HttpAnswer::Present(meta) = source.ask(url.as_bytes()).unwrap() else { panic!("a hit") };
    let reader = source.open(&meta.key, &meta.generation).unwrap();
    let body = reader.body();
    let expected = origin.body(path);
    let asked = origin.seen().len();
    for (offset, len) in [(8_999_990, 10), (0, 1), (1_048_570, 12), (4_000_000, 3_000_000)] {
        let mut part = vec![0; len];
        body.read_exact_at(offset as u64, &mut part).unwrap();
        assert!(part == expected[offset..offset + len], "{offset}");
    }
    assert!(reader.still_same().unwrap());
    assert_eq!(origin.seen().len(), asked);
}

#[test]
fn canary_port_shows_that_squid_does_not_fetch_and_nginx_does() {
    let origin = Origin::start(SEED);
    let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let canary = || CanaryPort::listen(anywhere, "127.0.0.1", "6f1d").unwrap();
    if let Some(squid) = Squid::start() {
        let source = set_up(squid.port(), HttpAsking::WholeUrl, &canary());
        assert_eq!(source.capabilities().honours_only_if_cached, Some(true));
    }
    let Some(nginx) = Nginx::start(origin.port()) else { return };
    fill_at(&origin, nginx.port(), "/id/a");
    let source = set_up(nginx.port(), HttpAsking::Path, &OriginCanary(&origin));
    assert_eq!(source.capabilities().honours_only_if_cached, Some(false));
    let url = origin.url("/id/a");
    assert!(matches!(source.ask(url.as_bytes()), Err(Error::Incapable(_))));
    let by_url = Identifiers { urls: vec![url.into_bytes()], ..Identifiers::default() };
    assert!(matches!(source.probe(&by_url), Err(Error::Incapable(_))));
}

#[test]
fn cache_only_block_of_nginx_leaves_the_origin_alone() {
    let origin = Origin::start(SEED);
    let Some(nginx) = Nginx::start(origin.port()) else { return };
    fill_at(&origin, nginx.port(), "/id/a");
    let files = |root: &std::path::Path| super::files_below(root).len();
    let (asked, kept) = (origin.seen().len(), files(&nginx.cache_root()));
    let source = set_up(nginx.cache_only_port(), HttpAsking::Path, &OriginCanary(&origin));
    assert_eq!(source.capabilities().honours_only_if_cached, Some(true));
    let HttpAnswer::Present(meta) = source.ask(origin.url("/id/a").as_bytes()).unwrap() else {
        panic!("a hit")
    };
    assert!(body_of(&source, &meta) == origin.body("/id/a"));
    assert!(!is_present(&source, &origin.url("/id/never")));
    assert_eq!((origin.seen().len(), files(&nginx.cache_root())), (asked, kept));
}

#[test]
fn apache_honours_only_if_cached() {
    let origin = Origin::start(SEED);
    let Some(apache) = Apache::start(origin.port()) else { return };
    fill_at(&origin, apache.port(), "/id/a");
    let source = set_up(apache.port(), HttpAsking::Path, &OriginCanary(&origin));
    assert_eq!(source.capabilities().honours_only_if_cached, Some(true));
    // The cache knows its objects under its own address, which is what `Host` says.
    let url = |path: &str| format!("http://127.0.0.1:{}{path}", apache.port());
    let asked = origin.seen().len();
    assert!(is_present(&source, &url("/id/a")));
    assert!(!is_present(&source, &url("/id/never")));
    assert_eq!(origin.seen().len(), asked);
}

/// A server that answers the first request with 504 and then says nothing.
fn silent_server(listener: &TcpListener) {
    let mut held = Vec::new();
    for (number, connection) in listener.incoming().enumerate() {
        let Ok(mut connection) = connection else { return };
        let mut request = [0; 1000];
        let read = connection.read(&mut request).unwrap_or(0);
        if read == 0 {
            // How the test says that it is over.
            return;
        }
        if number == 0 {
            connection.write_all(b"HTTP/1.1 504 No\r\nContent-Length: 0\r\n\r\n").unwrap();
        }
        held.push(connection);
    }
}

#[derive(Debug)]
struct NobodyAsked;

impl Canary for NobodyAsked {
    fn url(&self) -> String {
        "http://canary.invalid/6f1d".to_owned()
    }

    fn was_asked(&self) -> Result<bool, Error> {
        Ok(false)
    }
}

#[test]
fn silence_means_nothing_and_is_not_waited_for() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let server = listener.local_addr().unwrap();
    std::thread::scope(|scope| {
        let serving = scope.spawn(|| silent_server(&listener));
        let silence = Duration::from_millis(200);
        let timeouts = HttpTimeouts { silence, ..HttpTimeouts::default() };
        let options = HttpOptions { timeouts, ..options(server.port(), HttpAsking::WholeUrl) };
        let clock = Arc::new(SystemClock::new());
        let source = HttpSource::set_up(clock, options, &NobodyAsked).unwrap();
        assert_eq!(source.capabilities().honours_only_if_cached, Some(true));
        let started = std::time::Instant::now();
        assert_eq!(source.ask(b"http://a.example/b").unwrap(), HttpAnswer::Unknown);
        assert!(started.elapsed() < Duration::from_secs(5));
        drop(std::net::TcpStream::connect(server).unwrap());
        wait_until("the server has ended", || serving.is_finished());
    });
    // Nobody listens there any more.
    drop(listener);
    let source = set_up(server.port(), HttpAsking::WholeUrl, &NobodyAsked);
    assert_eq!(source.capabilities().honours_only_if_cached, Some(false));
}

#[test]
fn addresses_are_not_asked_for_unless_configured() {
    let origin = Origin::start(SEED);
    let Some(squid) = Squid::start() else { return };
    let options =
        HttpOptions { allows_addresses: false, ..options(squid.port(), HttpAsking::WholeUrl) };
    let clock = Arc::new(SystemClock::new());
    let source = HttpSource::set_up(clock, options, &OriginCanary(&origin)).unwrap();
    for url in
        [&origin.url("/id/a")[..], "http://localhost/a", "http://[::1]/a", "ftp://a.example/b"]
    {
        assert!(matches!(source.ask(url.as_bytes()), Err(Error::Unsupported(_))), "{url}");
    }
}
