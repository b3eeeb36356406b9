//! The cache key of a slice, as nginx's slice module makes it: the key of the whole with
//! `bytes=START-LAST` behind it, where the last byte is the one asked for. Which bytes came stands
//! in `Content-Range`.

use crate::web::http_message::parse_decimal;

/// The key of a slice, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SliceKey<'a> {
    /// The key that all slices of the response have in common.
    pub(crate) whole: &'a [u8],
    /// First byte asked for.
    pub(crate) start: u64,
    /// Byte after the last one asked for.
    pub(crate) end: u64,
}

impl<'a> SliceKey<'a> {
    /// Takes a key apart; `None` if it is not that of a slice.
    pub(crate) fn of(key: &'a [u8]) -> Option<Self> {
        let unit = b"bytes=";
        let at = memchr::memmem::rfind(key, unit)?;
        let span = key.get(at.checked_add(unit.len())?..)?;
        let dash = memchr::memchr(b'-', span)?;
        let start = parse_decimal(span.get(..dash)?)?;
        let end = parse_decimal(span.get(dash.checked_add(1)?..)?)?.checked_add(1)?;
        (start < end).then_some(Self { whole: key.get(..at)?, start, end })
    }
}

#[cfg(test)]
mod tests {
    use super::SliceKey;

    #[test]
    fn key_of_a_slice_is_the_key_of_the_whole_and_a_range() {
        let key = b"http://a/b?bytes=1bytes=2097152-3145727";
        let slice = SliceKey { whole: b"http://a/b?bytes=1", start: 2_097_152, end: 3_145_728 };
        assert_eq!(SliceKey::of(key), Some(slice));
        let max = format!("bytes={}-{}", u64::MAX, u64::MAX);
        for wrong in
            ["", "bytes=", "bytes=1", "bytes=2-1", "bytes=0-", "bytes=-1", "bytes=+1-2", &max]
        {
            assert_eq!(SliceKey::of(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
