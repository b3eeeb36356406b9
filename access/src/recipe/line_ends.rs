//! Other line ends: mail is kept with LF in many stores and leaves them with CR LF.

use memchr::memchr;

use super::transform::Transform;
use crate::error::Error;

#[cfg(test)]
mod tests;

/// Puts a CR before each LF that has none before it. Nothing else changes: a CR without an LF
/// stays one.
#[derive(Debug, Default)]
pub(crate) struct LfToCrlf {
    ends_in_cr: bool,
}

impl Transform for LfToCrlf {
    fn piece(&mut self, mut piece: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        while let Some((line, rest)) =
            memchr(b'\n', piece).and_then(|feed| piece.split_at_checked(feed))
        {
            out.extend_from_slice(line);
            let has_cr = line.last().map_or(self.ends_in_cr, |&last| last == b'\r');
            out.extend_from_slice(if has_cr { b"\n" } else { b"\r\n" });
            self.ends_in_cr = false;
            piece = rest.get(1..).unwrap_or_default();
        }
        out.extend_from_slice(piece);
        self.ends_in_cr = piece.last().map_or(self.ends_in_cr, |&last| last == b'\r');
        Ok(())
    }

    fn end(&mut self, _out: &mut Vec<u8>) -> Result<(), Error> {
        Ok(())
    }
}

/// Makes an LF of each pair of CR and LF. Nothing else changes: of two CR before an LF the first
/// stays.
#[derive(Debug, Default)]
pub(crate) struct CrlfToLf {
    /// A CR that may be half of a pair.
    holds_cr: bool,
}

impl Transform for CrlfToLf {
    fn piece(&mut self, mut piece: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        if self.holds_cr && !piece.is_empty() {
            self.holds_cr = false;
            if piece.first() != Some(&b'\n') {
                out.push(b'\r');
            }
        }
        while let Some((before, from_cr)) =
            memchr(b'\r', piece).and_then(|cr| piece.split_at_checked(cr))
        {
            out.extend_from_slice(before);
            piece = from_cr.get(1..).unwrap_or_default();
            match piece.first() {
                None => self.holds_cr = true,
                Some(b'\n') => {}
                Some(_) => out.push(b'\r'),
            }
        }
        out.extend_from_slice(piece);
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        if self.holds_cr {
            out.push(b'\r');
        }
        Ok(())
    }
}
