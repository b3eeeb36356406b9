//! Numbers and addresses of log lines, strictly: digits and nothing else.

use std::net::IpAddr;

use crate::error::Error;

/// Decimal digits, at least one.
pub(super) fn decimal(text: &[u8]) -> Option<u64> {
    let is_decimal = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    if is_decimal { str::from_utf8(text).ok()?.parse().ok() } else { None }
}

/// Up to three digits: servers write 0 or 000 where there was no answer.
pub(super) fn status(text: &[u8]) -> Result<u16, Error> {
    let found = decimal(text).filter(|_| text.len() <= 3).and_then(|it| u16::try_from(it).ok());
    found.ok_or(Error::Corrupt("a status that is none"))
}

/// Seconds since 1970 with up to nine decimals, as nanoseconds.
pub(super) fn seconds(text: &[u8]) -> Result<i64, Error> {
    const FAULT: Error = Error::Corrupt("a time that is none");
    let point = text.iter().position(|&byte| byte == b'.');
    let (whole, decimals) = match point {
        Some(at) => (text.get(..at), text.get(at.saturating_add(1)..)),
        None => (Some(text), None),
    };
    let whole = whole.and_then(decimal).and_then(|it| i64::try_from(it).ok()).ok_or(FAULT)?;
    let decimals = match decimals {
        None => 0,
        Some(digits) if digits.len() <= 9 => {
            let scale = 10_i64.pow(9_u32.saturating_sub(u32::try_from(digits.len()).unwrap_or(9)));
            let value = decimal(digits).and_then(|it| i64::try_from(it).ok()).ok_or(FAULT)?;
            value.saturating_mul(scale)
        }
        Some(_) => return Err(FAULT),
    };
    let ns = whole.checked_mul(1_000_000_000).and_then(|ns| ns.checked_add(decimals));
    ns.ok_or(FAULT)
}

/// An address alone, an IPv4 one in its own form.
pub(super) fn address(text: &[u8]) -> Result<IpAddr, Error> {
    let address = str::from_utf8(text).ok().and_then(|text| text.parse::<IpAddr>().ok());
    Ok(address.ok_or(Error::Corrupt("a client that is no address"))?.to_canonical())
}
