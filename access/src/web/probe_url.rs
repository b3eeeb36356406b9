//! Which URLs a cache may be asked for.

use std::net::IpAddr;

use crate::error::Error;

/// A longer URL is not asked for; servers refuse them from about here on.
const URL_BYTES_MAX: usize = 8 << 10;

/// A URL taken apart as far as a request needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProbeUrl {
    text: String,
    authority: (usize, usize),
}

impl ProbeUrl {
    /// Checks a URL. Addresses and loopback are for caches that were configured for them: asking
    /// must not become a way to look into the provider's own network.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] for other schemes, characters that no request line may have, user
    /// names, and hosts that are not allowed.
    pub(crate) fn parse(url: &[u8], allows_addresses: bool) -> Result<Self, Error> {
        let wrong = || Error::Unsupported("no URL that a cache may be asked for");
        let is_plain = |byte: &u8| byte.is_ascii_graphic() && *byte != b'#';
        if url.len() > URL_BYTES_MAX || !url.iter().all(is_plain) {
            return Err(wrong());
        }
        let text = std::str::from_utf8(url).map_err(|_| wrong())?.to_owned();
        let begin = ["http://", "https://"].into_iter().find_map(|scheme| {
            let start = text.get(..scheme.len())?;
            start.eq_ignore_ascii_case(scheme).then_some(scheme.len())
        });
        let begin = begin.ok_or_else(wrong)?;
        let rest = text.get(begin..).unwrap_or_default();
        let end = rest.find(['/', '?']).unwrap_or(rest.len()).saturating_add(begin);
        let found = Self { text, authority: (begin, end) };
        let host = host_of(found.authority()).ok_or_else(wrong)?;
        if !allows_addresses && is_address(host) {
            return Err(Error::Unsupported("a URL of an address"));
        }
        Ok(found)
    }

    /// The URL, as a proxy is asked for it.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Host and port, as they stand in the URL.
    pub(crate) fn authority(&self) -> &str {
        self.text.get(self.authority.0..self.authority.1).unwrap_or_default()
    }

    /// Path and query, as the server itself is asked for it.
    pub(crate) fn path(&self) -> String {
        let rest = self.text.get(self.authority.1..).unwrap_or_default();
        if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") }
    }
}

/// The host of `host`, `host:port` or `[address]:port`; `None` for anything else.
fn host_of(authority: &str) -> Option<&str> {
    if authority.contains('@') {
        return None;
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            address.parse::<IpAddr>().ok()?;
            (address, port)
        }
        None => authority.split_at_checked(authority.find(':').unwrap_or(authority.len()))?,
    };
    let has_port = match port.strip_prefix(':') {
        Some(digits) => digits.parse::<u16>().is_ok() && !digits.starts_with('+'),
        None => port.is_empty(),
    };
    // Whatever else a name may have, some resolver reads it as something else.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let is_name = authority.starts_with('[') || host.bytes().all(is_plain);
    (has_port && is_name && !host.is_empty()).then_some(host)
}

/// True for an address in any spelling that a resolver takes for one (`0x7f.1`, `2130706433`), and
/// for names of loopback.
fn is_address(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit())
        || last.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("0x"));
    // As distributions name it in their hosts file: localhost6, localdomain6, ip6-loopback.
    let last_lower = last.to_ascii_lowercase();
    let is_local = ["localhost", "localdomain", "ip6-", "ip4-", "loopback", "broadcasthost"]
        .iter()
        .any(|name| last_lower.starts_with(name));
    is_number || is_local || host.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    //! Goal: no cache is made to look where a stranger wants it to. Method: spellings of addresses,
    //! of user names and of line ends. If it fails, a probe reaches into the provider's network.

    use super::ProbeUrl;

    #[test]
    fn url_is_taken_apart() {
        let url = ProbeUrl::parse(b"HTTP://A.example:8080?x=y", false).unwrap();
        assert_eq!((url.authority(), url.path().as_str()), ("A.example:8080", "/?x=y"));
        let url = ProbeUrl::parse(b"https://a.example/b?c", false).unwrap();
        assert_eq!((url.authority(), url.path().as_str()), ("a.example", "/b?c"));
        assert_eq!(url.as_str(), "https://a.example/b?c");
        assert_eq!(ProbeUrl::parse(b"http://a.example", false).unwrap().path(), "/");
    }

    #[test]
    fn addresses_and_loopback_are_for_those_who_configured_them() {
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.0.0.1",
            "0x7f000001",
            "10.0.0.0xA",
            "[::1]",
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "localhost.localdomain",
            "localhost6",
            "localhost6.localdomain6",
            "ip6-localhost",
            "IP6-loopback",
            "ip6-allnodes",
            "loopback",
            "169.254.169.254",
            "1.",
        ] {
            let url = format!("http://{host}/a");
            assert!(ProbeUrl::parse(url.as_bytes(), false).is_err(), "{host}");
            assert!(ProbeUrl::parse(url.as_bytes(), true).is_ok(), "{host}");
        }
    }

    #[test]
    fn what_could_smuggle_a_request_or_a_password_is_refused() {
        let long = format!("http://a/{}", "x".repeat(9000));
        for url in [
            "",
            "http://",
            "http:///x",
            "ftp://a/b",
            "file:///etc/passwd",
            "//a/b",
            "a/b",
            "http://u@a/b",
            "http://u:p@a/b",
            "http://a/b c",
            "http://a/b\r\nX: y",
            "http://a/\u{e9}",
            "http://a/b#c",
            "http://a:/b",
            "http://a:x/b",
            "http://a:+80/b",
            "http://a:99999/b",
            "http://a:1:2/b",
            "http://[a]/b",
            "http://[::1/b",
            "http://a%00b/",
            "http://%6cocalhost/",
            "http://a\\b/",
            "http://a;b/",
            "http://a,b/",
            "http://a$b/",
            "http://a&b/",
            "http://:80/",
            &long,
        ] {
            assert!(ProbeUrl::parse(url.as_bytes(), true).is_err(), "{url}");
        }
        assert!(ProbeUrl::parse(b"http://a/\xff", true).is_err());
        assert!(ProbeUrl::parse(b"http://a/\0", true).is_err());
    }
}
