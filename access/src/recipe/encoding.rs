//! Recipes as bytes: version u8, count u8, then per step its id u8 and its parameters.
//!
//! Numbers are LEB128, the shortest form only. A text or a list is a number and so many bytes or
//! entries. Decoding refuses what encoding would not have written, so a recipe has one encoding.

use super::step::{
    ENCODED_BYTES_MAX, Extent, PartEncoding, Recipe, STEPS_MAX, Step, VERSION, Validator,
};
use crate::error::Error;

#[cfg(test)]
mod tests;

const TRUNCATED: Error = Error::Corrupt("recipe ends early");

impl Recipe {
    /// Reads what [`Recipe::encode`] gave.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] for another version or an unknown step, [`Error::Corrupt`] for
    /// anything that `encode` does not give.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() > ENCODED_BYTES_MAX {
            return Err(Error::Corrupt("recipe of too many bytes"));
        }
        let mut rest = Rest(bytes);
        if rest.byte()? != VERSION {
            return Err(Error::Unsupported("version of the recipe"));
        }
        let count = usize::from(rest.byte()?);
        if count > STEPS_MAX {
            return Err(Error::Corrupt("recipe of too many steps"));
        }
        let steps = (0..count).map(|_| decode_step(&mut rest)).collect::<Result<_, _>>()?;
        if !rest.0.is_empty() {
            return Err(Error::Corrupt("bytes after the recipe"));
        }
        Self::new(steps)
    }
}

fn decode_step(rest: &mut Rest<'_>) -> Result<Step, Error> {
    Ok(match rest.byte()? {
        0 => Step::Identity(rest.extent()?),
        1 => Step::Gunzip,
        2 => Step::Unzstd,
        3 => Step::Unbrotli,
        4 => {
            let path = rest.list(|rest| {
                let number = rest.number()?;
                u32::try_from(number).map_err(|_| Error::Corrupt("number of a mail's part"))
            })?;
            let encoding = match rest.byte()? {
                0 => PartEncoding::Plain,
                1 => PartEncoding::Base64,
                2 => PartEncoding::QuotedPrintable,
                _ => return Err(Error::Unsupported("transfer encoding of the recipe")),
            };
            Step::Mime { path, encoding }
        }
        5 => Step::LfToCrlf,
        6 => Step::CrlfToLf,
        7 => Step::ZipMember(rest.number()?),
        8 => Step::TarMember(rest.number()?),
        9 => Step::ArMember(rest.number()?),
        10 => Step::Concat(rest.list(Rest::extent)?),
        11 => {
            let url = rest.text()?;
            let validator = match rest.byte()? {
                0 => Validator::StrongTag(rest.text()?),
                1 => Validator::ModifiedAndLength { modified: rest.number()?, len: rest.number()? },
                _ => return Err(Error::Unsupported("validator of the recipe")),
            };
            Step::Refetch { url, validator }
        }
        12 => Step::Render { format: rest.number()?, converter_version: rest.number()? },
        13 => Step::Unxz,
        _ => return Err(Error::Unsupported("step of the recipe")),
    })
}

/// What is not yet decoded.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn byte(&mut self) -> Result<u8, Error> {
        let (&first, rest) = self.0.split_first().ok_or(TRUNCATED)?;
        self.0 = rest;
        Ok(first)
    }

    fn number(&mut self) -> Result<u64, Error> {
        let mut number = 0_u64;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits.leading_zeros() < shift {
                break;
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                let is_shortest = byte != 0 || shift == 0;
                return is_shortest.then_some(number).ok_or(Error::Corrupt("number too long"));
            }
        }
        Err(Error::Corrupt("number too large"))
    }

    fn extent(&mut self) -> Result<Extent, Error> {
        Ok(Extent { offset: self.number()?, len: self.number()? })
    }

    /// Entries of a byte at least each, so their number is bounded by what is left.
    fn list<T>(&mut self, entry: impl Fn(&mut Self) -> Result<T, Error>) -> Result<Vec<T>, Error> {
        let count = self.number()?;
        if count > self.0.len() as u64 {
            return Err(TRUNCATED);
        }
        (0..count).map(|_| entry(self)).collect()
    }

    fn text(&mut self) -> Result<String, Error> {
        let bytes = usize::try_from(self.number()?).map_err(|_| TRUNCATED)?;
        let (text, rest) = self.0.split_at_checked(bytes).ok_or(TRUNCATED)?;
        self.0 = rest;
        let text = str::from_utf8(text).map_err(|_| Error::Corrupt("text of the recipe"))?;
        Ok(text.to_owned())
    }
}
