//! How a mail store wrote a mail: as text, or as a compressed stream.

use crate::error::Error;

#[cfg(test)]
mod tests;

/// Bytes at the start of a stored mail that [`StoredForm::sniff`] looks at.
pub const SNIFFED_BYTES: usize = 64;

/// How a stored mail's bytes are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StoredForm {
    /// Text.
    Plain,
    /// A gzip stream.
    Gzip,
    /// A Zstandard stream.
    Zstd,
    /// An xz stream.
    Xz,
}

impl StoredForm {
    /// Tells the form by the first [`SNIFFED_BYTES`] of a stored mail, or all if there are fewer.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] for bzip2 and for whatever else is not text: other compressions,
    /// encrypted mail.
    pub fn sniff(start: &[u8]) -> Result<Self, Error> {
        let start = start.get(..SNIFFED_BYTES).unwrap_or(start);
        let forms: [(&[u8], Self); 3] = [
            (&[0x1f, 0x8b], Self::Gzip),
            (&[0x28, 0xb5, 0x2f, 0xfd], Self::Zstd),
            (&[0xfd, b'7', b'z', b'X', b'Z', 0x00], Self::Xz),
        ];
        if let Some((_, form)) = forms.iter().find(|(magic, _)| start.starts_with(magic)) {
            return Ok(*form);
        }
        // The level and the start of the first block, or of an empty stream: "BZh" alone may be
        // the name of a header field.
        let bzip2 = start.strip_prefix(b"BZh").and_then(|rest| rest.split_first());
        if bzip2.is_some_and(|(level, block)| {
            level.is_ascii_digit()
                && (block.starts_with(b"1AY&SY") || block.starts_with(b"\x17\x72\x45\x38\x50\x90"))
        }) {
            return Err(Error::Unsupported("mail compressed with bzip2"));
        }
        let is_text = |byte: &u8| matches!(byte, b'\t' | b'\r' | b'\n' | 0x20..=0x7e | 0x80..);
        if start.iter().all(is_text) {
            return Ok(Self::Plain);
        }
        Err(Error::Unsupported("mail that is neither text nor a known compression"))
    }
}
