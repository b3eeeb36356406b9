//! How long a mail is as it is stored and with CR LF for each line end, which is how its server
//! gives it out.

use std::io::{self, Read};

use memchr::memchr_iter;

use crate::error::Error;

#[cfg(test)]
mod tests;

/// Lengths of a mail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MailSizes {
    /// Bytes as they are.
    pub plain: u64,
    /// Bytes once each LF without a CR before it has one (`RFC822.SIZE`).
    pub crlf: u64,
}

impl MailSizes {
    /// Counts the bytes of a mail, to the end or until there are more than `bytes_max`.
    ///
    /// # Errors
    ///
    /// What reading gives.
    pub fn count(mut mail: impl Read, bytes_max: u64) -> Result<Self, Error> {
        let mut sizes = Self::default();
        let mut buffer = vec![0; 64 << 10];
        let mut last = 0;
        while sizes.plain <= bytes_max {
            let read = match mail.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            let bytes = buffer.get(..read).unwrap_or_default();
            let Some(&end) = bytes.last() else { break };
            let before = |feed: usize| match feed.checked_sub(1) {
                Some(before) => bytes.get(before).copied(),
                None => Some(last),
            };
            let bare = memchr_iter(b'\n', bytes).filter(|&feed| before(feed) != Some(b'\r'));
            let grown = (read as u64).saturating_add(bare.count() as u64);
            sizes.plain = sizes.plain.saturating_add(read as u64);
            sizes.crlf = sizes.crlf.saturating_add(grown);
            last = end;
        }
        Ok(sizes)
    }
}
