//! The origin behind the caches under test: an HTTP server whose every body can be computed anew
//! from a seed, and which tells what it was asked.
//!
//! The first part of a path says how it is served, the rest is a name of the test's choice:
//!
//! | path | served |
//! |---|---|
//! | `/id/NAME` | 50,000 bytes with `Content-Length`, `ETag`, `Last-Modified`, an hour fresh |
//! | `/gz/NAME` | text with `Vary: Accept-Encoding`, with gzip where that is accepted |
//! | `/chunked/NAME` | chunks, 30,001 bytes |
//! | `/close/NAME` | no length: the end of the connection is the end of the body |
//! | `/empty/NAME` | no byte |
//! | `/vary/NAME` | `Vary: Accept-Language` |
//! | `/slice/NAME` | 2,500,000 bytes |
//! | `/revalidate/NAME` | fresh for two seconds |
//! | `/private/NAME` | `Cache-Control: private` |
//! | `/cookie/NAME` | with `Set-Cookie` |
//! | `/no-store/NAME` | `Cache-Control: no-store` |
//! | `/cut/NAME` | half of the body that its `Content-Length` promises |
//! | `/held/NAME` | half of the body, the rest once the test calls [`Origin::release`] |
//!
//! `?bytes=N` asks for another length. Bodies with a length answer to `Range`, `If-Range`,
//! `If-None-Match` and `If-Modified-Since`. [`Origin::put`] adds any path, `/files/a` or
//! `/pool/x_1.0-1_all.deb`; every path else is a 404.

mod answer;
mod bodies;
mod connection;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crate::free_ports::{self, Port};
use crate::loopback_http::{Headers, header};

pub use answer::{LAST_MODIFIED, http_date};

/// One request, as it came in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    /// `GET` or whatever was asked.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// As they came.
    pub headers: Headers,
}

impl Seen {
    /// The first header of that name, in whatever case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

/// A body that a test put at a path.
#[derive(Clone, Debug)]
struct Put {
    body: Vec<u8>,
    /// Replace those of the same name that are sent otherwise.
    headers: Headers,
    /// How often this path was put before: the date of its last change counts along.
    version: u32,
}

/// What the connections share with the test.
#[derive(Debug)]
struct Shared {
    seed: u64,
    seen: Mutex<Vec<Seen>>,
    put: Mutex<BTreeMap<String, Put>>,
    /// Whether the rest of held bodies may go out.
    is_released: Mutex<bool>,
    released: Condvar,
    is_stopping: AtomicBool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A running origin on a free port of loopback; dropping it frees the port.
#[derive(Debug)]
pub struct Origin {
    port: Port,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

impl Origin {
    /// Starts an origin whose bodies follow from the seed.
    ///
    /// # Panics
    /// When loopback has no port left.
    #[must_use]
    pub fn start(seed: u64) -> Self {
        let (listener, port) = listen();
        let shared = Arc::new(Shared {
            seed,
            seen: Mutex::default(),
            put: Mutex::default(),
            is_released: Mutex::default(),
            released: Condvar::new(),
            is_stopping: AtomicBool::new(false),
        });
        let accepting = Arc::clone(&shared);
        let acceptor = std::thread::spawn(move || connection::accept(&listener, &accepting));
        Self { port, shared, acceptor: Some(acceptor) }
    }

    /// The port it listens on, at 127.0.0.1.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port.number()
    }

    /// The whole address of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port())
    }

    /// The body of a path without any coding, empty where there is none.
    #[must_use]
    pub fn body(&self, target: &str) -> Vec<u8> {
        match lock(&self.shared.put).get(path_of(target)) {
            Some(put) => put.body.clone(),
            None => bodies::plain(self.shared.seed, target),
        }
    }

    /// The gzip form of a path below `/gz/`.
    #[must_use]
    pub fn gzip_body(&self, target: &str) -> Vec<u8> {
        bodies::gzip(&self.body(target))
    }

    /// The body of a path below `/vary/` for that value of `Accept-Language`, which may be empty.
    #[must_use]
    pub fn body_in_language(&self, target: &str, language: &str) -> Vec<u8> {
        bodies::in_language(self.shared.seed, target, language)
    }

    /// The entity tag that goes out with a body, quotes included.
    #[must_use]
    pub fn etag(body: &[u8]) -> String {
        answer::etag(body)
    }

    /// Serves these bytes at a path from now on, under a new `ETag` and `Last-Modified` where there
    /// were others.
    pub fn put(&self, path: &str, body: impl Into<Vec<u8>>) {
        self.put_with(path, body, &[]);
    }

    /// [`Origin::put`] with headers that replace those of the same name or come besides them.
    pub fn put_with(&self, path: &str, body: impl Into<Vec<u8>>, headers: &[(&str, &str)]) {
        let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        let headers = headers.iter().map(owned).collect();
        let mut put = lock(&self.shared.put);
        let version = put.get(path).map_or(0, |before| before.version + 1);
        put.insert(path.to_owned(), Put { body: body.into(), headers, version });
    }

    /// Serves nothing at a path any more that [`Origin::put`] put there, and lets go of its body:
    /// for who serves more than fits into memory, one after the other.
    pub fn take_away(&self, path: &str) {
        lock(&self.shared.put).remove(path);
    }

    /// Lets the rest of all held bodies go, those asked for later included.
    pub fn release(&self) {
        *lock(&self.shared.is_released) = true;
        self.shared.released.notify_all();
    }

    /// Every request so far, oldest first.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.shared.seen).clone()
    }

    /// How many requests for that path and query there were.
    #[must_use]
    pub fn count(&self, target: &str) -> usize {
        lock(&self.shared.seen).iter().filter(|seen| seen.target == target).count()
    }
}

/// Not port 0: what listens there is beyond the ports that apt-cacher-ng can reach.
fn listen() -> (TcpListener, Port) {
    loop {
        // Only a foreign program can have taken it since it was found free.
        let port = free_ports::take(1).pop().expect("as many ports as asked for");
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port.number())) {
            return (listener, port);
        }
    }
}

fn path_of(target: &str) -> &str {
    target.split('?').next().unwrap_or_default()
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.shared.is_stopping.store(true, Ordering::SeqCst);
        self.release();
        // Wakes the acceptor; where that fails it has ended already.
        drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port())));
        if let Some(acceptor) = self.acceptor.take() {
            // A panic in there has failed the requests that it served.
            drop(acceptor.join());
        }
    }
}

#[cfg(test)]
mod tests;
