//! What the name of a file in a Maildir says.

#[cfg(test)]
mod tests;

/// A file name in `new` or `cur`: `seconds.unique.host[,S=bytes][,W=bytes][:2,FLAGS]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaildirName<'a> {
    /// What stays when flags change: all before the colon.
    pub base: &'a [u8],
    /// When the mail was delivered, in seconds since 1970.
    pub seconds: Option<i64>,
    /// Bytes of the mail before compression.
    pub plain_bytes: Option<u64>,
    /// Bytes of the mail with CR LF for each line end.
    pub crlf_bytes: Option<u64>,
    /// Letters of the flags, as they stand there.
    pub flags: &'a [u8],
}

impl<'a> MaildirName<'a> {
    /// Reads a name; `None` if it is not that of a mail: empty, beginning with a dot, or one of the
    /// server's own files. A field that makes no sense is as one that is not there: any deliverer
    /// may write names of its own.
    #[must_use]
    pub fn parse(name: &'a [u8]) -> Option<Self> {
        if matches!(name.first(), None | Some(b'.' | b':')) || is_of_server(name) {
            return None;
        }
        let colon = name.iter().position(|&byte| byte == b':').unwrap_or(name.len());
        let (base, info) = name.split_at_checked(colon)?;
        let seconds = base.split(|&byte| byte == b'.').next().and_then(number);
        let field = |tag: &[u8]| {
            let mut fields = base.split(|&byte| byte == b',').skip(1);
            fields.find_map(|field| field.strip_prefix(tag)).and_then(number)
        };
        Some(Self {
            base,
            seconds: seconds.and_then(|seconds| i64::try_from(seconds).ok()),
            plain_bytes: field(b"S="),
            crlf_bytes: field(b"W="),
            flags: info.strip_prefix(b":2,").unwrap_or_default(),
        })
    }
}

/// True for files that a mail server keeps beside the mails.
fn is_of_server(name: &[u8]) -> bool {
    name.starts_with(b"dovecot") || matches!(name, b"maildirfolder" | b"subscriptions")
}

fn number(digits: &[u8]) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    is_number.then(|| std::str::from_utf8(digits).ok()?.parse().ok())?
}
