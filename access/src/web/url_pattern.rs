//! How a URL is read out of a cache key, whose form is whatever the operator configured; and
//! whether it says all that the key says.

use regex::{Regex, RegexBuilder};

use crate::error::Error;

/// Bytes that a compiled pattern may take: an operator's pattern is short.
const PATTERN_BYTES_MAX: usize = 1 << 20;

/// nginx's default key is a whole URL; so is that of most configurations.
const DEFAULT: &str = "^(?P<url>[a-z]+://.*)$";

/// A regular expression with the group `url`, or with `scheme`, `host` and `path`.
///
/// It finds objects by their URLs. Several keys may have one URL, if they say more than that (a
/// cookie, a method): then it is no name of any of them, and none of their objects is public.
#[derive(Debug, Clone)]
pub struct UrlPattern {
    pattern: Regex,
    has_url: bool,
}

impl PartialEq for UrlPattern {
    fn eq(&self, other: &Self) -> bool {
        self.pattern.as_str() == other.pattern.as_str()
    }
}

impl Eq for UrlPattern {}

impl Default for UrlPattern {
    fn default() -> Self {
        Self::new(DEFAULT).expect("the default is a pattern with the group `url`")
    }
}

impl UrlPattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] if it is no regular expression, or has not those groups.
    pub fn new(pattern: &str) -> Result<Self, Error> {
        let wrong = |problem: String| Error::Configuration { option: "key_pattern", problem };
        let pattern = RegexBuilder::new(pattern)
            .size_limit(PATTERN_BYTES_MAX)
            .build()
            .map_err(|error| wrong(error.to_string()))?;
        let has = |group: &str| pattern.capture_names().flatten().any(|name| name == group);
        let has_url = has("url");
        if !has_url && !["scheme", "host", "path"].into_iter().all(has) {
            return Err(wrong("has no group `url`, nor `scheme`, `host` and `path`".to_owned()));
        }
        Ok(Self { pattern, has_url })
    }

    /// The URL in a key; `None` if the key does not match or is no UTF-8: it stays opaque.
    #[must_use]
    pub fn url(&self, key: &[u8]) -> Option<String> {
        let captures = self.pattern.captures(std::str::from_utf8(key).ok()?)?;
        let group = |name: &str| captures.name(name).map(|found| found.as_str());
        if self.has_url {
            return group("url").map(str::to_owned);
        }
        Some(format!("{}://{}{}", group("scheme")?, group("host")?, group("path")?))
    }
}

/// Whether a key says its URL and nothing else, at most without the `://`: then no key of another
/// object has this URL.
pub(crate) fn says_no_more(key: &[u8], url: &[u8]) -> bool {
    let at = memchr::memmem::find(url, b"://");
    let parts = at.and_then(|at| Some((url.get(..at)?, url.get(at.checked_add(3)?..)?)));
    key == url
        || parts.is_some_and(|(scheme, rest)| key.strip_prefix(scheme).is_some_and(|it| it == rest))
}

#[cfg(test)]
mod tests {
    use super::{UrlPattern, says_no_more};
    use crate::error::{Error, Reason};

    #[test]
    fn default_takes_whole_urls_and_leaves_other_keys_opaque() {
        let pattern = UrlPattern::default();
        let url = "http://127.0.0.1:18000/a?b=c";
        assert_eq!(pattern.url(url.as_bytes()).as_deref(), Some(url));
        for key in [&b"http127.0.0.1:18000/a"[..], b"", b"/a", b"http://\xff", b"http://a\nb"] {
            assert_eq!(pattern.url(key), None);
        }
    }

    #[test]
    fn url_is_put_together_from_its_parts() {
        let pattern = "^(?P<scheme>https?)(?P<host>[^/]+)(?P<path>/.*)$";
        let pattern = UrlPattern::new(pattern).unwrap();
        let url = pattern.url(b"http127.0.0.1:18000/slice/big.bin");
        assert_eq!(url.as_deref(), Some("http://127.0.0.1:18000/slice/big.bin"));
        assert_eq!(pattern.url(b"http"), None);
    }

    #[test]
    fn key_that_says_more_than_its_url_is_told_from_one_that_does_not() {
        let says_no_more = |key: &str, url: &str| says_no_more(key.as_bytes(), url.as_bytes());
        for key in ["http://h:1/a?b", "httph:1/a?b"] {
            assert!(says_no_more(key, "http://h:1/a?b"), "{key}");
        }
        for key in ["u1|http://h/a", "http://h/a|u1", "GEThttp://h/a", "h/a", "http:/h/a", ""] {
            assert!(!says_no_more(key, "http://h/a"), "{key}");
        }
        assert!(says_no_more("opaque", "opaque") && !says_no_more("opaque", "paque"));
    }

    #[test]
    fn pattern_without_its_groups_is_a_mistake_of_the_operator() {
        for wrong in ["", "(", "^(?P<scheme>a)(?P<host>b)$", "(?P<url>.){1000}{1000}"] {
            let error: Error = UrlPattern::new(wrong).unwrap_err();
            assert_eq!(error.reason(), Reason::Configuration, "{wrong}");
        }
    }
}
