//! Fetches anew what a recipe names, for [`Step::Refetch`](super::step::Step::Refetch).
//!
//! A URL in a recipe comes from an object, so it is hostile: the agent must not become a way into
//! the provider's network. Nothing is fetched unless the caller makes a [`Refetcher`], which asks
//! only hosts of its list, only at public addresses (checked after the name was resolved, for the
//! connection that is made), over plain HTTP, without redirects, cookies, credentials or a proxy.

use std::fmt;
use std::io::{self, Read};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, ToSocketAddrs};
use std::time::Duration;

use ureq::config::Config;
use ureq::http::{HeaderMap, Response, Uri};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body as AnswerBody};

use super::stage::Fetch;
use super::step::Validator;
use crate::error::{Error, LimitKind};
use crate::limits::Limits;
use crate::web::http_date::parse_http_date;

#[cfg(test)]
mod tests;

/// What a [`Refetcher`] may do. There is no default: a list of hosts is a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefetchOptions {
    /// Hosts that may be asked: `example.org` at port 80, or `example.org:8080`. Lower case.
    pub hosts: Vec<String>,
    /// Addresses that may be asked although they are not public.
    pub private_addresses: Vec<IpAddr>,
    /// How long to wait for a connection, for the head of the answer, and for each piece of it.
    pub timeout: Duration,
}

/// Fetches over HTTP, within [`RefetchOptions`].
pub struct Refetcher {
    agent: Agent,
    hosts: Vec<String>,
    object_bytes: u64,
}

impl Refetcher {
    /// Prepares to fetch; nothing is sent yet. Of `limits` the size of objects and of header blocks
    /// count.
    #[must_use]
    pub fn new(options: &RefetchOptions, limits: &Limits) -> Self {
        let timeout = Some(options.timeout);
        let config = Config::builder()
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .max_response_header_size(limits.header_block_bytes)
            .max_idle_connections(0)
            .timeout_connect(timeout)
            .timeout_send_request(timeout)
            .timeout_recv_response(timeout)
            .timeout_per_read(timeout)
            .user_agent("gleaner")
            .accept("*/*")
            .accept_encoding("identity")
            .build();
        let resolver = PublicAddresses { allowed: options.private_addresses.clone() };
        let agent = Agent::with_parts(config, DefaultConnector::default(), resolver);
        Self { agent, hosts: options.hosts.clone(), object_bytes: limits.object_bytes }
    }

    /// Refuses what is not on the list, before anything is looked up.
    fn check(&self, url: &str) -> Result<Uri, Error> {
        let uri: Uri = url.parse().map_err(|_| Error::Corrupt("URL of the recipe"))?;
        if uri.scheme_str() != Some("http") {
            return Err(Error::Unsupported("URL of another scheme than http"));
        }
        let authority = uri.authority().ok_or(Error::Corrupt("URL of the recipe"))?;
        let host = authority.host().to_ascii_lowercase();
        let named = match authority.port_u16() {
            None | Some(80) => host,
            Some(port) => format!("{host}:{port}"),
        };
        let has_user = authority.as_str().contains('@');
        if has_user || !self.hosts.contains(&named) {
            return Err(Error::Denied);
        }
        Ok(uri)
    }
}

impl fmt::Debug for Refetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refetcher").field("hosts", &self.hosts).finish_non_exhaustive()
    }
}

impl Fetch for Refetcher {
    fn fetch(&self, url: &str, validator: &Validator) -> Result<Box<dyn Read + Send>, Error> {
        let uri = self.check(url)?;
        let answer = self.agent.get(uri).call().map_err(error_of)?;
        check_answer(&answer, validator)?;
        let len = number(answer.headers(), "content-length");
        if len.is_some_and(|len| len > self.object_bytes) {
            return Err(Error::Limit(LimitKind::ObjectBytes));
        }
        // One more than is allowed, so that too much is seen.
        let cap = self.object_bytes.saturating_add(1);
        let reader = answer.into_body().into_with_config().limit(cap).reader();
        Ok(Box::new(Answer { reader, left: self.object_bytes }))
    }
}

/// The bytes of an answer, with errors of this crate.
struct Answer<R> {
    reader: R,
    left: u64,
}

impl<R: Read> Read for Answer<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            // The server broke off: it may do better another time.
            io::ErrorKind::UnexpectedEof => io::Error::other(Error::Changed),
            _ => io::Error::other(Error::Io(error)),
        })?;
        let left = self.left.checked_sub(read as u64);
        self.left = left.ok_or_else(|| io::Error::other(Error::Limit(LimitKind::ObjectBytes)))?;
        Ok(read)
    }
}

/// Only the very representation will do: the whole, uncoded, with the validator.
fn check_answer(answer: &Response<AnswerBody>, validator: &Validator) -> Result<(), Error> {
    match answer.status().as_u16() {
        200 => {}
        404 | 410 => return Err(Error::Gone),
        401 | 403 | 407 | 451 => return Err(Error::Denied),
        408 | 429 | 500..=599 => return Err(Error::Busy),
        _ => return Err(Error::Changed),
    }
    let headers = answer.headers();
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if text("content-encoding").is_some_and(|coding| !coding.eq_ignore_ascii_case("identity")) {
        return Err(Error::Changed);
    }
    let is_same = match validator {
        Validator::StrongTag(tag) => text("etag") == Some(tag.as_str()),
        Validator::ModifiedAndLength { modified, len } => {
            let date = headers.get("last-modified").map(ureq::http::HeaderValue::as_bytes);
            let date = date.and_then(parse_http_date).and_then(|date| u64::try_from(date).ok());
            date == Some(*modified) && number(headers, "content-length") == Some(*len)
        }
    };
    is_same.then_some(()).ok_or(Error::Changed)
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

fn error_of(error: ureq::Error) -> Error {
    match error {
        ureq::Error::Io(error) => error.into(),
        other => Error::Io(other.into_io()),
    }
}

/// Resolves names on the calling thread, and forgets addresses that are not public.
#[derive(Debug)]
struct PublicAddresses {
    allowed: Vec<IpAddr>,
}

impl Resolver for PublicAddresses {
    fn resolve(
        &self,
        uri: &Uri,
        _config: &Config,
        _timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().ok_or(ureq::Error::HostNotFound)?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let port = uri.port_u16().unwrap_or(80);
        let mut found = self.empty();
        let mut is_refused = false;
        for address in (host, port).to_socket_addrs()? {
            let is_allowed = is_public(address.ip()) || self.allowed.contains(&address.ip());
            if is_allowed && found.len() < ADDRESSES_MAX {
                found.push(address);
            }
            is_refused |= !is_allowed;
        }
        match (found.is_empty(), is_refused) {
            (false, _) => Ok(found),
            (true, true) => Err(ureq::Error::Io(io::Error::other(Error::Denied))),
            (true, false) => Err(ureq::Error::HostNotFound),
        }
    }
}

/// Of one name; `ureq` has room for 16.
const ADDRESSES_MAX: usize = 8;

/// True for addresses of the internet: not of this machine, a private network, a link, a group, a
/// documentation, nor one that stands for an IPv4 address (RFC 6890 and the IANA registries).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = match a {
        0 | 10 | 127 | 224..=255 => true,
        100 => (64..128).contains(&b),
        169 => b == 254,
        172 => (16..32).contains(&b),
        192 => b == 168 || (b == 0 && (c == 0 || c == 2)) || (b == 88 && c == 99),
        198 => b == 18 || b == 19 || (b == 51 && c == 100),
        203 => b == 0 && c == 113,
        _ => false,
    };
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let is_global_unicast = a & 0xe000 == 0x2000;
    // Protocol assignments with Teredo, documentation, 6to4, documentation again.
    let is_special = match a {
        0x2001 => b < 0x200 || b == 0xdb8,
        0x2002 => true,
        0x3fff => b < 0x1000,
        _ => false,
    };
    is_global_unicast && !is_special
}
