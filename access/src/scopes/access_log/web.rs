//! Access logs of web servers: one JSON object a line, all values strings.
//!
//! The key of a line is the name under which the cache holds the object: for nginx the URL, or the
//! text of the cache key's expression but for `$slice_range`, for Squid the address, for Apache the
//! address without the `?` at its end. Whoever configures the server writes these formats as
//! ACCESS.md, section 11, gives them; other formats are refused.

use super::log_line::{LogLine, deed_of_http};
use super::number;
use super::quoting::{apache_to_json, unquote_percent};
use super::text_object::TextObject;
use crate::error::Error;
use crate::scopes::log_key::without_empty_query;

/// A field that a server left empty, or marked as such.
fn present(text: &[u8]) -> Option<&[u8]> {
    (!text.is_empty() && text != b"-").then_some(text)
}

/// `1`, or what stands for no.
fn flag(text: &[u8]) -> Result<bool, Error> {
    match text {
        b"1" => Ok(true),
        b"0" | b"-" | b"" => Ok(false),
        _ => Err(Error::Corrupt("a flag that is neither 0 nor 1")),
    }
}

/// The fields that all three formats have, with values that need no unquoting.
fn line_of(fields: &TextObject, method: &[u8], key: Vec<u8>) -> Result<LogLine, Error> {
    let status = number::status(fields.get("status")?)?;
    let bytes = match present(fields.get("bytes")?) {
        None => None,
        Some(digits) => {
            Some(number::decimal(digits).ok_or(Error::Corrupt("a length that is none"))?)
        }
    };
    let carries_credentials =
        flag(fields.get("auth")?)? | fields.find("cookie").map_or(Ok(false), flag)?;
    Ok(LogLine {
        time_ns: number::seconds(fields.get("time")?)?,
        client: number::address(fields.get("client")?)?,
        // A name with an answer that asks for credentials was not accepted.
        user: present(fields.get("user")?)
            .filter(|_| !matches!(status, 401 | 407))
            .map(<[u8]>::to_vec),
        host: present(fields.get("host")?).unwrap_or_default().to_vec(),
        key,
        method: method.to_vec(),
        status: Some(status),
        bytes,
        cache: present(fields.get("cache")?).unwrap_or_default().to_vec(),
        carries_credentials,
        deed: deed_of_http(method, status),
    })
}

/// A line of nginx, `escape=json`.
pub(super) fn nginx(line: &[u8]) -> Result<LogLine, Error> {
    let fields = TextObject::parse(line)?;
    line_of(&fields, fields.get("method")?, fields.get("key")?.to_vec())
}

/// A line of Squid; user, host, key and method are quoted as in an address.
pub(super) fn squid(line: &[u8]) -> Result<LogLine, Error> {
    let fields = TextObject::parse(line)?;
    let method = unquote_percent(fields.get("method")?)?;
    let mut parsed = line_of(&fields, &method, unquote_percent(fields.get("key")?)?)?;
    parsed.user = parsed.user.map(|user| unquote_percent(&user)).transpose()?;
    parsed.host = unquote_percent(&parsed.host)?;
    Ok(parsed)
}

/// A line of Apache, whose request stands whole in `request`. `scheme` is how its clients come.
pub(super) fn apache(line: &[u8], scheme: &str) -> Result<LogLine, Error> {
    let fields = TextObject::parse(&apache_to_json(line))?;
    let request = fields.get("request")?;
    let host = present(fields.get("host")?).unwrap_or_default();
    let (method, target) = split_request(request).unwrap_or_default();
    line_of(&fields, method, apache_key(scheme, host, target))
}

/// Method and target of a request line.
fn split_request(request: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut words = request.split(|&byte| byte == b' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    let is_request = words.next().is_none() && version.starts_with(b"HTTP/") && !target.is_empty();
    is_request.then_some((method, target))
}

/// The name under which `mod_cache` keeps it: the host in lower case, always with a port.
///
/// A target that is an address of its own is a request to a proxy, of which this is none.
fn apache_key(scheme: &str, host: &[u8], target: &[u8]) -> Vec<u8> {
    if host.is_empty() || !target.starts_with(b"/") {
        return target.to_vec();
    }
    let has_port = host.iter().rposition(|&byte| byte == b':').is_some_and(|at| {
        let port = host.get(at.saturating_add(1)..).unwrap_or_default();
        number::decimal(port).is_some()
    });
    let port = match (has_port, scheme) {
        (true, _) => "",
        (false, "https") => ":443",
        (false, _) => ":80",
    };
    let mut key = scheme.as_bytes().to_vec();
    key.extend_from_slice(b"://");
    key.extend(host.to_ascii_lowercase());
    key.extend_from_slice(port.as_bytes());
    key.extend_from_slice(without_empty_query(target));
    key
}
