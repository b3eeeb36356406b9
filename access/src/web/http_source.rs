//! Kind `http`: any cache that answers `only-if-cached` as RFC 9111 section 5.2.1.7 says.
//!
//! Nothing is listed: the cache is asked for a URL. 200 and 206 mean that it has it, 504 that it
//! has not, and everything else, silence too, means nothing. At set-up it is asked for a URL of a
//! canary: a cache that fetches that one would fetch everything, and is not asked again.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::body::Body;
use crate::clock::Clock;
use crate::error::{Error, LimitKind};
use crate::identifiers::Identifiers;
use crate::limits::Limits;
use crate::object::{Generation, GenerationTuple, ObjectKey, ObjectMeta, SourceId};
use crate::scope::ScopePolicy;
use crate::source::{
    AccessSource, Capabilities, Counters, Cursor, Events, ObjectReader, Pin, Stop,
};
use crate::web::canary::Canary;
use crate::web::http_exchange::{Exchange, ExchangeRules, HttpTimeouts, exchange};
use crate::web::http_message::StoredResponse;
use crate::web::probe_url::ProbeUrl;
use crate::web::url_host::add_url;

/// The kind's name.
const KIND: &str = "http";

/// What is asked for, one after the other: a cache may hold either form.
const ACCEPTED_CODINGS: [&str; 2] = ["identity", "gzip, br, zstd"];

/// Bytes that are asked for at once by range, and the longest body that is read as a whole.
const WINDOW_BYTES: u64 = 1 << 20;
const WHOLE_BYTES_MAX: u64 = 8 << 20;

/// How long the canary is waited for: a cache that fetches waits for it much longer.
const CANARY_SILENCE: Duration = Duration::from_secs(2);

/// How a cache wants to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpAsking {
    /// By the whole URL: a forward proxy.
    WholeUrl,
    /// By path and query, the host in `Host`: a reverse proxy, or nginx's cache-only block.
    Path,
}

/// A cache to ask.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// The source's number.
    pub id: SourceId,
    /// The cache: nothing else is ever contacted.
    pub server: SocketAddr,
    /// How it wants to be asked.
    pub asking: HttpAsking,
    /// Who may learn of objects.
    pub scope: ScopePolicy,
    /// True if URLs with addresses or loopback names for hosts may be asked for.
    pub allows_addresses: bool,
    /// How long to wait.
    pub timeouts: HttpTimeouts,
    /// What one answer may cost.
    pub limits: Limits,
}

/// What a cache says about a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HttpAnswer {
    /// It has it, or says so: what it sends is only found, not proved.
    Present(Box<ObjectMeta>),
    /// It has not.
    Absent,
    /// Nobody can tell.
    Unknown,
}

/// A cache that is asked over HTTP.
#[derive(Debug)]
pub struct HttpSource {
    shared: Arc<Shared>,
    honours_only_if_cached: bool,
}

#[derive(Debug)]
struct Shared {
    clock: Arc<dyn Clock>,
    options: HttpOptions,
    counters: Counters,
}

impl HttpSource {
    /// Makes the source and sends the canary. Where that comes back, or the cache answers other
    /// than 504, the source refuses to ask: see [`Capabilities::honours_only_if_cached`].
    ///
    /// # Errors
    ///
    /// What asking the canary whether it was asked gives.
    pub fn set_up(
        clock: Arc<dyn Clock>,
        options: HttpOptions,
        canary: &dyn Canary,
    ) -> Result<Self, Error> {
        let shared = Arc::new(Shared { clock, options, counters: Counters::new() });
        let url = canary.url();
        let timeouts = HttpTimeouts { silence: CANARY_SILENCE, ..shared.options.timeouts.clone() };
        // The canary is ours: its host may be an address.
        let status = ProbeUrl::parse(url.as_bytes(), true).and_then(|url| {
            let asked = shared.ask(&url, ACCEPTED_CODINGS[0], "", &timeouts)?;
            Ok(asked.response.status)
        });
        let honours_only_if_cached = matches!(status, Ok(504)) && !canary.was_asked()?;
        Ok(Self { shared, honours_only_if_cached })
    }

    /// Asks for a URL, first without any content coding, then with those that can be undone.
    ///
    /// # Errors
    ///
    /// [`Error::Incapable`] if the cache does not honour `only-if-cached`, [`Error::Unsupported`]
    /// if it may not be asked for such a URL.
    pub fn ask(&self, url: &[u8]) -> Result<HttpAnswer, Error> {
        if !self.honours_only_if_cached {
            return Err(Error::Incapable("ask: the cache fetches what it does not have"));
        }
        let shared = &self.shared;
        let url = ProbeUrl::parse(url, shared.options.allows_addresses)?;
        let mut answer = HttpAnswer::Absent;
        for accepted in ACCEPTED_CODINGS {
            shared.counters.saw();
            let timeouts = &shared.options.timeouts;
            match shared.ask(&url, accepted, "", timeouts).map(|asked| asked.response) {
                Ok(response) if matches!(response.status, 200 | 206) => {
                    match shared.meta(&url, accepted, &response) {
                        Ok(Some(meta)) => return Ok(HttpAnswer::Present(Box::new(meta))),
                        // It has something that cannot be offered, or not told from another.
                        Ok(None) => answer = HttpAnswer::Unknown,
                        Err(error) => {
                            shared.counters.skipped(error.reason());
                            answer = HttpAnswer::Unknown;
                        }
                    }
                }
                Ok(response) if response.status == 504 => {}
                Ok(_) => answer = HttpAnswer::Unknown,
                Err(error) => {
                    shared.counters.skipped(error.reason());
                    answer = HttpAnswer::Unknown;
                }
            }
        }
        Ok(answer)
    }
}

impl HttpSource {
    fn wanted(&self, key: &ObjectKey, generation: &Generation) -> Result<Wanted, Error> {
        if !self.honours_only_if_cached {
            return Err(Error::Incapable("ask: the cache fetches what it does not have"));
        }
        let parts = key.parts().ok_or(Error::Gone)?;
        let [url, accepted] = parts.as_slice() else { return Err(Error::Gone) };
        let url = ProbeUrl::parse(url, self.shared.options.allows_addresses)?;
        let accepted = ACCEPTED_CODINGS.into_iter().find(|known| known.as_bytes() == accepted);
        let (accepted, generation) = (accepted.ok_or(Error::Gone)?, *generation);
        Ok(Wanted { shared: Arc::clone(&self.shared), url, accepted, generation })
    }
}

impl Shared {
    /// Sends one request; `more` are further header lines.
    fn ask<'a>(
        &'a self,
        url: &ProbeUrl,
        accepted: &str,
        more: &str,
        timeouts: &'a HttpTimeouts,
    ) -> Result<Exchange<'a>, Error> {
        let target = match self.options.asking {
            HttpAsking::WholeUrl => url.as_str().to_owned(),
            HttpAsking::Path => url.path(),
        };
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: {}\r\nUser-Agent: gleaner\r\nAccept: */*\r\n\
             Accept-Encoding: {accepted}\r\nCache-Control: only-if-cached, max-stale\r\n\
             {more}Connection: close\r\n\r\n",
            url.authority(),
        );
        let (clock, limits) = (&*self.clock, &self.options.limits);
        exchange(self.options.server, &request, ExchangeRules { timeouts, limits, clock })
    }

    /// What an answer says of the object; `None` if nobody may learn of it, or if nothing in it
    /// would tell another version.
    fn meta(
        &self,
        url: &ProbeUrl,
        accepted: &str,
        response: &StoredResponse,
    ) -> Result<Option<ObjectMeta>, Error> {
        let is_private = response.is_never_public();
        let scope = self.options.scope.scope_of(url.as_str().as_bytes(), is_private);
        let (Some(scope), None) = (scope, response.not_offered()) else { return Ok(None) };
        let Some(generation) = generation(url, accepted, response)? else { return Ok(None) };
        let mut identifiers = response.identifiers();
        add_url(&mut identifiers, url.as_str().as_bytes());
        Ok(Some(ObjectMeta {
            key: ObjectKey::of_parts(&[url.as_str().as_bytes(), accepted.as_bytes()])?,
            generation,
            identifiers,
            scope,
            raw_len: response.content_length()?,
            media_type: response.media_type(),
            encodings: response.content_codings(),
            partial: None,
        }))
    }
}

/// URL, the request values that the answer depends on, and a strong entity tag or else date and
/// length; `None` where the answer has neither, or is no whole.
fn generation(
    url: &ProbeUrl,
    accepted: &str,
    response: &StoredResponse,
) -> Result<Option<Generation>, Error> {
    if response.status == 206 {
        return Ok(None);
    }
    let depends = response.fields.list_names("vary", "accept-encoding");
    let tuple = GenerationTuple::new(KIND).bytes(url.as_str().as_bytes()).bytes(if depends {
        accepted.as_bytes()
    } else {
        b""
    });
    let tuple =
        match (response.strong_etag(), response.last_modified_s(), response.content_length()?) {
            (Some(tag), _, _) => tuple.bytes(b"tag").bytes(tag),
            (None, Some(date), Some(length)) => tuple.bytes(b"date").signed(date).number(length),
            _ => return Ok(None),
        };
    Ok(Some(tuple.finish()))
}

impl AccessSource for HttpSource {
    fn id(&self) -> SourceId {
        self.shared.options.id
    }

    fn kind(&self) -> &'static str {
        KIND
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            seek: true,
            probe_by_url: self.honours_only_if_cached,
            honours_only_if_cached: Some(self.honours_only_if_cached),
            ..Capabilities::default()
        }
    }

    fn counters(&self) -> &Counters {
        &self.shared.counters
    }

    fn scan(&self, _since: Option<&Cursor>) -> Result<Events<'_>, Error> {
        Err(Error::Incapable("list what it holds"))
    }

    fn watch(&self, _stop: &Stop) -> Result<Events<'_>, Error> {
        Err(Error::Incapable("tell what changes"))
    }

    fn probe(&self, identifiers: &Identifiers) -> Result<Vec<ObjectMeta>, Error> {
        if identifiers.is_empty() {
            return Ok(Vec::new());
        }
        if identifiers.urls.is_empty() {
            return Err(Error::Incapable("find by other things than URLs"));
        }
        let mut found = Vec::new();
        for url in &identifiers.urls {
            match self.ask(url) {
                Ok(HttpAnswer::Present(meta)) => found.push(*meta),
                Ok(HttpAnswer::Absent | HttpAnswer::Unknown) => {}
                Err(error @ Error::Incapable(_)) => return Err(error),
                Err(error) => self.shared.counters.skipped(error.reason()),
            }
        }
        Ok(found)
    }

    fn open(
        &self,
        key: &ObjectKey,
        generation: &Generation,
    ) -> Result<Box<dyn ObjectReader>, Error> {
        let opened = self.wanted(key, generation).and_then(Wanted::open);
        Ok(Box::new(self.shared.counters.answered(opened)?))
    }
}

/// An object in one generation, to be asked for.
#[derive(Debug, Clone)]
struct Wanted {
    shared: Arc<Shared>,
    url: ProbeUrl,
    accepted: &'static str,
    generation: Generation,
}

impl Wanted {
    /// Asks for it; `more` are further header lines.
    fn ask(&self, more: &str) -> Result<Exchange<'_>, Error> {
        let timeouts = &self.shared.options.timeouts;
        let asked = self.shared.ask(&self.url, self.accepted, more, timeouts)?;
        match asked.response.status {
            200 | 206 => Ok(asked),
            504 => Err(Error::Gone),
            _ => Err(Error::Unavailable("the cache answers neither yes nor no")),
        }
    }

    fn open(self) -> Result<HttpReader, Error> {
        let asked = self.ask("")?;
        let response = asked.response.clone();
        let meta = self.shared.meta(&self.url, self.accepted, &response)?.ok_or(Error::Gone)?;
        if meta.generation != self.generation {
            return Err(Error::Changed);
        }
        let body = match (meta.raw_len, validator(&response)) {
            (Some(length), Some(validator)) if length > WHOLE_BYTES_MAX => {
                let (wanted, window) = (self.clone(), Mutex::default());
                HttpBody::Ranged(Arc::new(RangedBody { wanted, validator, length, window }))
            }
            _ => {
                let body = asked.read_body(WHOLE_BYTES_MAX)?;
                self.shared.counters.read(body.len() as u64);
                HttpBody::Whole(Arc::new(body))
            }
        };
        Ok(HttpReader { meta, body, wanted: self })
    }
}

impl Wanted {
    /// True if the cache has it in that generation now.
    fn is_there(&self) -> Result<bool, Error> {
        let response = match self.ask("") {
            Ok(asked) => asked.response,
            Err(Error::Gone) => return Ok(false),
            Err(error) => return Err(error),
        };
        let meta = self.shared.meta(&self.url, self.accepted, &response)?;
        Ok(meta.is_some_and(|meta| meta.generation == self.generation))
    }
}

/// What `If-Range` takes: a strong entity tag, or else the date.
fn validator(response: &StoredResponse) -> Option<String> {
    let tag = response.strong_etag().and_then(|tag| std::str::from_utf8(tag).ok());
    let date = response.fields.first_text("last-modified");
    let found = tag.or(date)?;
    found.bytes().all(|byte| matches!(byte, b' '..=b'~')).then(|| found.to_owned())
}

/// A long body, read in windows by range.
#[derive(Debug)]
struct RangedBody {
    wanted: Wanted,
    validator: String,
    length: u64,
    /// The bytes that came last, and where they begin.
    window: Mutex<(u64, Vec<u8>)>,
}

impl RangedBody {
    fn fetch(&self, start: u64) -> Result<Vec<u8>, Error> {
        let last = start.saturating_add(WINDOW_BYTES).min(self.length).saturating_sub(1);
        let more = format!("Range: bytes={start}-{last}\r\nIf-Range: {}\r\n", self.validator);
        let asked = self.wanted.ask(&more)?;
        // A whole answer to a range: another version, or a server without ranges.
        let range = asked.response.content_range()?.ok_or(Error::Changed)?;
        let is_asked_for = range.start == start
            && range.end == last.saturating_add(1)
            && range.total.is_none_or(|total| total == self.length);
        if !is_asked_for {
            return Err(Error::Changed);
        }
        let bytes = asked.read_body(WINDOW_BYTES)?;
        if bytes.len() as u64 != range.end.saturating_sub(range.start) {
            return Err(Error::Changed);
        }
        self.wanted.shared.counters.read(bytes.len() as u64);
        Ok(bytes)
    }
}

impl Body for RangedBody {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, Error> {
        if offset >= self.length || buffer.is_empty() {
            return Ok(0);
        }
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        let end = window.0.saturating_add(window.1.len() as u64);
        if !(window.0..end).contains(&offset) {
            *window = (offset, self.wanted.shared.counters.answered(self.fetch(offset))?);
        }
        let within = usize::try_from(offset.saturating_sub(window.0));
        let within = within.map_err(|_| Error::Limit(LimitKind::ObjectBytes))?;
        window.1.as_slice().read_at(within as u64, buffer)
    }
}

/// A body that was read at once, or that is asked for piece by piece.
#[derive(Debug)]
enum HttpBody {
    Whole(Arc<Vec<u8>>),
    Ranged(Arc<RangedBody>),
}

#[derive(Debug)]
struct HttpReader {
    meta: ObjectMeta,
    body: HttpBody,
    wanted: Wanted,
}

impl ObjectReader for HttpReader {
    fn meta(&self) -> &ObjectMeta {
        &self.meta
    }

    fn body(&self) -> Arc<dyn Body> {
        match &self.body {
            HttpBody::Whole(body) => Arc::clone(body) as Arc<dyn Body>,
            HttpBody::Ranged(body) => Arc::clone(body) as Arc<dyn Body>,
        }
    }

    fn still_same(&self) -> Result<bool, Error> {
        self.wanted.shared.counters.rechecked(self.wanted.is_there())
    }

    fn pin(&self, _ttl: Duration) -> Option<Pin> {
        None
    }
}

#[cfg(test)]
mod tests {
    //! Goal: a cache is said not to have an object only if it says so. Method: a server that gives
    //! one answer. If it fails, what is there is taken for gone.

    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::sync::Arc;

    use super::{HttpAnswer, HttpAsking, HttpOptions, HttpSource, Shared};
    use crate::clock::SystemClock;
    use crate::limits::Limits;
    use crate::object::SourceId;
    use crate::scope::ScopePolicy;
    use crate::source::Counters;
    use crate::web::http_exchange::HttpTimeouts;

    fn answer_to(head: &'static str) -> HttpAnswer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let options = HttpOptions {
            id: SourceId::new(1),
            server: listener.local_addr().unwrap(),
            asking: HttpAsking::Path,
            scope: ScopePolicy::Public,
            allows_addresses: false,
            timeouts: HttpTimeouts::default(),
            limits: Limits::default(),
        };
        let clock = Arc::new(SystemClock::new());
        let shared = Arc::new(Shared { clock, options, counters: Counters::new() });
        let source = HttpSource { shared, honours_only_if_cached: true };
        std::thread::scope(|scope| {
            scope.spawn(|| answer_all(&listener, head));
            source.ask(b"http://a.example/b").unwrap()
        })
    }

    fn answer_all(listener: &TcpListener, head: &str) {
        for connection in listener.incoming().take(2) {
            let mut connection = connection.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                connection.read_exact(&mut byte).unwrap();
                request.push(byte[0]);
            }
            connection.write_all(head.as_bytes()).unwrap();
        }
    }

    #[test]
    fn answer_that_cannot_be_told_from_another_is_no_absence() {
        for head in [
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 206 Partial\r\nETag: \"a\"\r\nContent-Range: bytes 0-0/9\r\n\
             Content-Length: 1\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: x\r\n\r\n",
        ] {
            assert_eq!(answer_to(head), HttpAnswer::Unknown, "{head}");
        }
        let absent = "HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(answer_to(absent), HttpAnswer::Absent);
    }
}
