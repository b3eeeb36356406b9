//! What a stored response must not say if everybody may learn of it.

/// Whether a response, or the request that fetched it, was somebody's own: `private` or `no-store`
/// in Cache-Control, Set-Cookie, or a Vary that names Authorization, Cookie or everything; among
/// the request's fields Authorization, Proxy-Authorization or Cookie.
///
/// Names are compared without regard to case. Where the request's fields are not known, the access
/// log has to tell.
pub fn bars_public<'a>(
    response: impl IntoIterator<Item = (&'a [u8], &'a [u8])>,
    request: impl IntoIterator<Item = (&'a [u8], &'a [u8])>,
) -> bool {
    let is = |name: &[u8], known: &str| name.eq_ignore_ascii_case(known.as_bytes());
    let response_bars = response.into_iter().any(|(name, value)| {
        if is(name, "set-cookie") || is(name, "set-cookie2") {
            return true;
        }
        if is(name, "cache-control") {
            return words(value).any(|word| is(word, "private") || is(word, "no-store"));
        }
        let names_client =
            |word: &[u8]| is(word, "authorization") || is(word, "cookie") || word == b"*";
        is(name, "vary") && words(value).any(names_client)
    });
    let carries = |name: &[u8]| {
        ["authorization", "proxy-authorization", "cookie"].iter().any(|it| is(name, it))
    };
    response_bars || request.into_iter().any(|(name, _)| carries(name))
}

/// The names in a list of directives or fields, without their arguments. A comma within a quoted
/// argument divides too: that finds more words, never fewer.
fn words(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|&byte| byte == b',').map(|part| {
        let end = part.iter().position(|&byte| byte == b'=').unwrap_or(part.len());
        part.get(..end).unwrap_or_default().trim_ascii()
    })
}

#[cfg(test)]
mod tests {
    //! Goal: nothing that was meant for one client is public. Method: each field, in odd spellings,
    //! and harmless neighbours. If it fails, a private page is found by a stranger.

    use super::bars_public;

    fn bars(name: &str, value: &str) -> bool {
        bars_public([(name.as_bytes(), value.as_bytes())], [])
    }

    #[test]
    fn private_responses_are_never_public() {
        for (name, value) in [
            ("Cache-Control", "private"),
            ("cache-control", "max-age=5, PRIVATE"),
            ("Cache-Control", "private=\"x-a, x-b\", max-age=5"),
            ("Cache-Control", "no-store"),
            ("Set-Cookie", "a=b"),
            ("SET-COOKIE", ""),
            ("Vary", "Authorization"),
            ("vary", "accept-encoding ,cookie"),
            ("Vary", "*"),
        ] {
            assert!(bars(name, value), "{name}: {value}");
        }
    }

    #[test]
    fn other_responses_are_not_barred() {
        for (name, value) in [
            ("Cache-Control", "public, max-age=5, no-cache, must-revalidate"),
            ("Cache-Control", "privately"),
            ("Vary", "Accept-Encoding"),
            ("X-Set-Cookie", "a"),
            ("Authorization", "of a response means nothing"),
        ] {
            assert!(!bars(name, value), "{name}: {value}");
        }
    }

    #[test]
    fn request_with_credentials_bars_its_response() {
        for name in ["Authorization", "COOKIE", "Proxy-Authorization"] {
            assert!(bars_public([], [(name.as_bytes(), b"x".as_slice())]), "{name}");
        }
        assert!(!bars_public([], [(b"Accept".as_slice(), b"x".as_slice())]));
    }
}
