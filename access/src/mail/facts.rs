//! By which facts a mail is found: its Message-ID, its date, who sent it, from where it came.

use std::net::IpAddr;

use jiff::fmt::rfc2822::DateTimeParser;

use crate::body::Body;
use crate::error::{Error, LimitKind};
use crate::limits::Limits;
use crate::mail::fields::{Field, Fields};
use crate::mail::lines::Lines;

#[cfg(test)]
mod tests;

/// Longest Message-ID that is one; RFC 5322 allows lines of 998 bytes.
const MESSAGE_ID_BYTES_MAX: usize = 998;

/// What a mail's header says by which the mail can be found. Whoever wrote the mail wrote it: each
/// fact only finds candidates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailFacts {
    /// The Message-ID, without its angle brackets.
    pub message_id: Option<String>,
    /// `Date:` in seconds since 1970.
    pub date_s: Option<i64>,
    /// Address of the first author in `From:`.
    pub sender: Option<String>,
    /// Who handed the mail to the provider's own server: the address in the topmost `Received:`
    /// that a server of a configured name wrote. Those below it may be forged.
    pub source: Option<IpAddr>,
}

impl MailFacts {
    /// Reads a header block; `own_servers` are the names that one's own servers write after `by`.
    #[must_use]
    pub fn read(header: &[u8], own_servers: &[String]) -> Self {
        let mut facts = Self::default();
        let mut found_received = false;
        for field in Fields::new(header) {
            if field.is("Message-ID") {
                facts.message_id = facts.message_id.or_else(|| message_id(&field));
            } else if field.is("Date") {
                facts.date_s = facts.date_s.or_else(|| date_s(&field.text()));
            } else if field.is("From") {
                facts.sender = facts.sender.or_else(|| sender(&field.text()));
            } else if !found_received
                && field.is("Received")
                && let Some(received) = Received::read(&field.text())
                && own_servers.iter().any(|own| own.eq_ignore_ascii_case(&received.by))
            {
                found_received = true;
                facts.source = received.from;
            }
        }
        facts
    }
}

/// Reads the header block of the mail that `body` is, the blank line included, if there is one.
///
/// # Errors
///
/// [`Error::Limit`] for a block above the cap or a line above 64 KiB; what reading gives.
pub fn header_block<B: Body + ?Sized>(body: &B, limits: &Limits) -> Result<Vec<u8>, Error> {
    let mut lines = Lines::new(body, 0);
    let mut end = 0;
    while let Some(piece) = lines.next()? {
        end = piece.end();
        if !piece.begins_line || end > limits.header_block_bytes as u64 {
            return Err(Error::Limit(LimitKind::Header));
        }
        if piece.text.is_empty() && piece.break_len > 0 {
            break;
        }
    }
    let len = usize::try_from(end).map_err(|_| Error::Limit(LimitKind::Header))?;
    let mut block = vec![0; len];
    body.read_exact_at(0, &mut block)?;
    Ok(block)
}

fn message_id(field: &Field<'_>) -> Option<String> {
    let text = field.text();
    let (_, rest) = text.split_once('<')?;
    let (id, _) = rest.split_once('>')?;
    let is_id = (1..=MESSAGE_ID_BYTES_MAX).contains(&id.len())
        && !id.chars().any(|letter| letter.is_whitespace() || letter.is_control() || letter == '<');
    is_id.then(|| id.to_owned())
}

/// Not with mailparse's `dateparse`: it counts years one by one, up to four thousand million.
fn date_s(text: &str) -> Option<i64> {
    const PARSER: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);
    PARSER.parse_timestamp(text).ok().map(jiff::Timestamp::as_second)
}

fn sender(text: &str) -> Option<String> {
    let addresses = mailparse::addrparse(text).ok()?;
    let first = addresses.iter().find_map(|address| match address {
        mailparse::MailAddr::Single(single) => Some(&single.addr),
        mailparse::MailAddr::Group(group) => group.addrs.first().map(|single| &single.addr),
    })?;
    Some(first.clone()).filter(|address| !address.is_empty())
}

/// What a trace field says.
struct Received {
    by: String,
    from: Option<IpAddr>,
}

impl Received {
    /// `from <name> (<what was seen>) by <host> ...; <date>`. What the server saw is in the comment
    /// behind the name, which is only a claim, or in the name's place if nothing was claimed.
    fn read(text: &str) -> Option<Self> {
        let mut depth = 0_u32;
        let mut claimed = None;
        let mut seen = None;
        let mut last_word = "";
        let mut words = text.split_ascii_whitespace();
        while let Some(word) = words.next() {
            if depth == 0 && word.eq_ignore_ascii_case("by") {
                let by = words.next()?.trim_end_matches([';', '.']).to_owned();
                return Some(Self { by, from: seen.or(claimed) });
            }
            let opened = word.matches('(').count();
            let closed = word.matches(')').count();
            let is_comment = depth > 0 || opened > 0;
            let inner = word.trim_matches(['(', ')', ',', ';']);
            if is_comment && seen.is_none() && !is_greeting(last_word) {
                seen = address(inner);
            } else if !is_comment && claimed.is_none() {
                claimed = address(inner).filter(|_| inner.starts_with('['));
            }
            let opened = u32::try_from(opened).unwrap_or(u32::MAX);
            let closed = u32::try_from(closed).unwrap_or(u32::MAX);
            depth = depth.saturating_add(opened).saturating_sub(closed);
            last_word = inner;
        }
        None
    }
}

fn is_greeting(word: &str) -> bool {
    word.eq_ignore_ascii_case("HELO") || word.eq_ignore_ascii_case("EHLO")
}

/// An address, bare or as `[address]`, `[IPv6:address]`, `[address]:port`.
fn address(word: &str) -> Option<IpAddr> {
    let literal = match word.strip_prefix('[') {
        Some(rest) => rest.split(']').next()?,
        None => word,
    };
    let tag = literal.get(..5).filter(|tag| tag.eq_ignore_ascii_case("IPv6:"));
    literal.get(tag.map_or(0, str::len)..)?.parse().ok()
}
