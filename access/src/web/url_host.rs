//! The host in a URL: a source address of what was fetched from there.

use crate::identifiers::Identifiers;

/// No host name is longer (RFC 1035 section 2.3.4).
const HOST_BYTES_MAX: usize = 255;

/// The host of a URL in lower case, without user, port and the brackets of an IPv6 address.
#[must_use]
pub(crate) fn host_of_url(url: &[u8]) -> Option<String> {
    let url = std::str::from_utf8(url).ok()?;
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host_port = authority.rsplit('@').next()?;
    let host = match host_port.strip_prefix('[') {
        Some(address) => address.split_once(']')?.0,
        None => host_port.split(':').next()?,
    };
    let is_sound = !host.is_empty() && host.len() <= HOST_BYTES_MAX;
    is_sound.then(|| host.to_ascii_lowercase())
}

/// Adds a URL, and its host as a source address.
pub(crate) fn add_url(identifiers: &mut Identifiers, url: &[u8]) {
    if let Some(host) = host_of_url(url)
        && !identifiers.source_addresses.contains(&host)
    {
        identifiers.source_addresses.push(host);
    }
    if !identifiers.urls.iter().any(|known| known == url) {
        identifiers.urls.push(url.to_vec());
    }
}

#[cfg(test)]
mod tests {
    use super::{add_url, host_of_url};
    use crate::identifiers::Identifiers;

    #[test]
    fn host_stands_alone_and_in_lower_case() {
        let host = |url: &str| host_of_url(url.as_bytes());
        for url in ["http://A.b", "https://a.B:8/x", "ftp://u:p@a.b?q", "http://x@y@a.b#f"] {
            assert_eq!(host(url).as_deref(), Some("a.b"), "{url}");
        }
        assert_eq!(host("http://[::1]:8/x").as_deref(), Some("::1"));
        for url in ["", "a.b/x", "http://", "http:///x", "http://[::1", "http://:80/"] {
            assert_eq!(host(url), None, "{url}");
        }
        assert_eq!(host_of_url(b"http://\xff/"), None);
    }

    #[test]
    fn url_is_added_once() {
        let mut found = Identifiers::default();
        for _ in 0..2 {
            add_url(&mut found, b"http://a/b");
        }
        assert_eq!(
            (found.urls.len(), found.source_addresses.as_slice()),
            (1, &["a".to_owned()][..])
        );
    }
}
