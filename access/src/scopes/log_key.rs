//! By which name the lines of a log and the objects of a source know each other.

use crate::web::nginx_format::NginxFormat;
use crate::web::url_pattern::{UrlPattern, says_no_more};

pub(crate) use crate::web::empty_query::without_empty_query;

/// Which bytes of a log's key name the object in its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogKeyRule {
    /// All of them: Squid and Apache log what the cache calls the object, and so does an nginx
    /// whose cache keys are URLs, or that logs the URL.
    Whole,
    /// The URL that the source's key pattern reads in them where they say nothing else, or all of
    /// them: an nginx that logs its cache keys, without `$slice_range`. Only
    /// [`Self::of_nginx`] gives it.
    #[non_exhaustive]
    Url(UrlPattern),
    /// The path below a prefix, as it stands: vsftpd. Lines without the prefix name nothing.
    Below(Vec<u8>),
    /// The path below a prefix without its query, its `%XX` undone: uploads by PUT. Lines without
    /// the prefix name nothing.
    BelowQuoted(Vec<u8>),
}

/// What rows are found by: 128 bits of a hash, so that a row has one size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LogKey([u8; 16]);

impl LogKey {
    /// Of no name: where something has to be looked up and there is nothing to look for.
    pub(crate) const NONE: Self = Self([0; 16]);

    /// The key of a name.
    #[must_use]
    pub fn of(name: &[u8]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("gleaner access 2026 log key");
        let mut key = [0; 16];
        hasher.update(name).finalize_xof().fill(&mut key);
        Self(key)
    }

    /// Wraps the bytes of a key.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl LogKeyRule {
    /// How the keys in a log that has a cache's keys name its objects. A log that has URLs names
    /// those alone whose keys are URLs, by [`Self::Whole`].
    #[must_use]
    pub fn of_nginx(format: &NginxFormat) -> Self {
        Self::Url(format.key_pattern().clone())
    }

    /// The name of the object that a line names; `None` if it can be none of the source's.
    #[must_use]
    pub fn name(&self, logged: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Whole => Some(logged.to_vec()),
            Self::Url(pattern) => {
                let url = pattern.url(logged).map(String::into_bytes);
                let url = url.filter(|url| says_no_more(logged, url));
                Some(url.unwrap_or_else(|| logged.to_vec()))
            }
            Self::Below(prefix) => {
                below(logged, prefix).filter(|path| is_plain(path)).map(<[u8]>::to_vec)
            }
            Self::BelowQuoted(prefix) => {
                let path = below(logged, prefix)?;
                let end = path.iter().position(|byte| matches!(byte, b'?' | b'#'));
                let path = unquoted(path.get(..end.unwrap_or(path.len()))?)?;
                is_plain(&path).then_some(path)
            }
        }
    }
}

/// What follows a prefix, which ends where a name begins.
fn below<'a>(logged: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let rest = logged.strip_prefix(prefix)?;
    if prefix.is_empty() || prefix.last() == Some(&b'/') {
        Some(rest)
    } else {
        rest.strip_prefix(b"/")
    }
}

/// Whether a path can only be one file's: names alone.
fn is_plain(path: &[u8]) -> bool {
    let is_name = |name: &[u8]| !matches!(name, b"" | b"." | b"..") && !name.contains(&0);
    path.split(|&byte| byte == b'/').all(is_name)
}

fn unquoted(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first != b'%' {
            bytes.push(first);
            continue;
        }
        let ([high, low], after) = after.split_first_chunk()?;
        let digit = |digit: u8| char::from(digit).to_digit(16);
        bytes.push(u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()?);
        rest = after;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    //! Goal: a line names the object that was transferred, or none. Method: paths that two files
    //! could claim. If it fails, a subscriber learns of a file that was never sent to it.

    use super::{LogKey, LogKeyRule};
    use crate::web::url_pattern::UrlPattern;

    fn name(rule: &LogKeyRule, logged: &str) -> Option<String> {
        rule.name(logged.as_bytes()).map(|name| String::from_utf8(name).unwrap())
    }

    #[test]
    fn path_below_a_folder_names_a_file_and_nothing_beside_it() {
        for prefix in ["/srv/ftp", "/srv/ftp/"] {
            let rule = LogKeyRule::Below(prefix.into());
            assert_eq!(name(&rule, "/srv/ftp/a/b%41"), Some("a/b%41".to_owned()));
            for other in ["/srv/ftp", "/srv/ftp/", "/srv/ftpx/a", "/srv/ftp/../a", "/a", ""] {
                assert_eq!(name(&rule, other), None, "{other}");
            }
            assert_eq!(name(&rule, "/srv/ftp/a/../b"), None);
            assert_eq!(name(&rule, "/srv/ftp/a//b"), None);
        }
    }

    #[test]
    fn quoted_path_is_decoded_before_it_is_judged() {
        let rule = LogKeyRule::BelowQuoted(b"http:///dav".into());
        assert_eq!(name(&rule, "http:///dav/a%20b?x=/"), Some("a b".to_owned()));
        for path in ["/%2e%2e/a", "/a/%2E", "/a%2", "/a%zz", "/a%00", "/", "/a%2f%2fb", "x/a"] {
            assert_eq!(name(&rule, &format!("http:///dav{path}")), None, "{path}");
        }
    }

    #[test]
    fn url_in_a_cache_key_is_the_name_and_other_keys_are_their_own() {
        let pattern = "^(?P<scheme>https?)(?P<host>[^/]+)(?P<path>/.*)$";
        let rule = LogKeyRule::Url(UrlPattern::new(pattern).unwrap());
        assert_eq!(name(&rule, "httph:1/a?b"), Some("http://h:1/a?b".to_owned()));
        assert_eq!(name(&rule, "opaque"), Some("opaque".to_owned()));
    }

    #[test]
    fn url_of_a_key_that_says_more_is_not_the_name() {
        let rule = LogKeyRule::Url(UrlPattern::new("(?P<url>[a-z]+://.*)").unwrap());
        for key in ["u1|http://h/a", "u2|http://h/a", "|http://h/a"] {
            assert_eq!(name(&rule, key), Some(key.to_owned()));
        }
        assert_eq!(name(&rule, "http://h/a"), Some("http://h/a".to_owned()));
    }

    #[test]
    fn whole_key_is_the_name() {
        assert_eq!(name(&LogKeyRule::Whole, "http://h/a?b"), Some("http://h/a?b".to_owned()));
        assert_ne!(LogKey::of(b"a"), LogKey::of(b"b"));
        assert_eq!(LogKey::of(b"a"), LogKey::of(b"a"));
    }
}
