//! Strict CBOR (RFC 8949) on top of `minicbor`: maps with small integer keys in ascending order.
//!
//! A structure is a definite-length map. Keys below [`OPTIONAL_FROM`] are mandatory to
//! understand: an unknown one means "newer than this program". Keys from there on are optional
//! and skipped. Keys ascend strictly, lengths are definite and every number is as short as it
//! can be (core deterministic encoding, RFC 8949 section 4.2.1), so that each value has one
//! encoding and two readers cannot disagree about one.

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};

use crate::defect::Defect;

/// First field number that a reader may skip without understanding it.
pub(crate) const OPTIONAL_FROM: u64 = 64;
/// Deepest nesting of an optional field that is skipped.
const DEPTH_MAX: u32 = 16;

/// Encoder into memory; writing to a `Vec` cannot fail.
pub(crate) type Out<'a> = Encoder<&'a mut Vec<u8>>;
/// Result of encoding into memory.
pub(crate) type Put = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

/// Runs `body` over a fresh encoder and returns the bytes.
pub(crate) fn encode(body: impl FnOnce(&mut Out<'_>) -> Put) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_into(&mut bytes, body);
    bytes
}

/// Runs `body` over an encoder that appends to `bytes`.
pub(crate) fn encode_into(bytes: &mut Vec<u8>, body: impl FnOnce(&mut Out<'_>) -> Put) {
    body(&mut Encoder::new(bytes)).expect("writing to a Vec cannot fail");
}

/// Decoder of one structure; every error names the structure.
pub(crate) struct In<'b> {
    decoder: Decoder<'b>,
    what: &'static str,
}

impl<'b> In<'b> {
    pub(crate) fn new(bytes: &'b [u8], what: &'static str) -> Self {
        Self { decoder: Decoder::new(bytes), what }
    }

    /// The defect "not decodable" of this structure.
    pub(crate) fn bad(&self) -> Defect {
        Defect::Encoding { what: self.what }
    }

    fn check<T, E>(&self, result: Result<T, E>) -> Result<T, Defect> {
        result.map_err(|_| self.bad())
    }

    /// A value of a closed list that this program does not know: somebody newer wrote it.
    pub(crate) fn unknown(&self, value: u64) -> Defect {
        Defect::UnknownField { what: self.what, field: value }
    }

    /// Reads one value and refuses all but its shortest form; `shape` gives the number in the
    /// value's first bytes and how many bytes follow those.
    fn shortest<T, E>(
        &mut self,
        read: impl FnOnce(&mut Decoder<'b>) -> Result<T, E>,
        shape: impl FnOnce(&T) -> (u64, usize),
    ) -> Result<T, Defect> {
        let start = self.decoder.position();
        let value = read(&mut self.decoder);
        let value = self.check(value)?;
        let (number, follows) = shape(&value);
        let found = self.decoder.position() - start;
        if found == head_bytes(number) + follows { Ok(value) } else { Err(self.bad()) }
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Defect> {
        self.shortest(Decoder::u64, |&value| (value, 0))
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Defect> {
        self.shortest(Decoder::u32, |&value| (value.into(), 0))
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Defect> {
        self.shortest(Decoder::u8, |&value| (value.into(), 0))
    }

    pub(crate) fn i64(&mut self) -> Result<i64, Defect> {
        // CBOR stores -1 - n for a negative number, which is its bitwise complement.
        self.shortest(Decoder::i64, |&value| ((value ^ (value >> 63)).cast_unsigned(), 0))
    }

    pub(crate) fn bool(&mut self) -> Result<bool, Defect> {
        self.shortest(Decoder::bool, |_| (0, 0))
    }

    pub(crate) fn bytes(&mut self) -> Result<&'b [u8], Defect> {
        self.shortest(Decoder::bytes, |value| (value.len() as u64, value.len()))
    }

    pub(crate) fn byte_array<const N: usize>(&mut self) -> Result<[u8; N], Defect> {
        let value = self.bytes()?;
        value.try_into().map_err(|_| self.bad())
    }

    pub(crate) fn text(&mut self) -> Result<String, Defect> {
        let text = self.shortest(Decoder::str, |value| (value.len() as u64, value.len()))?;
        Ok(text.to_owned())
    }

    /// Length of a definite-length array.
    pub(crate) fn array(&mut self) -> Result<u64, Defect> {
        let count = self.shortest(Decoder::array, |count| (count.unwrap_or(0), 0))?;
        count.ok_or_else(|| self.bad())
    }

    /// Reads an array of at most `max` items, never allocating by the declared length.
    pub(crate) fn list<T>(
        &mut self,
        max: u64,
        mut item: impl FnMut(&mut Self) -> Result<T, Defect>,
    ) -> Result<Vec<T>, Defect> {
        let count = self.array()?;
        if count > max {
            return Err(Defect::Limit { what: self.what, value: count, max });
        }
        let mut list = Vec::new();
        for _ in 0..count {
            list.push(item(self)?);
        }
        Ok(list)
    }

    /// Reads a map, calling `field` for each key it must understand.
    ///
    /// `field` returns false for a key it does not know.
    pub(crate) fn fields(
        &mut self,
        mut field: impl FnMut(&mut Self, u64) -> Result<bool, Defect>,
    ) -> Result<(), Defect> {
        let count = self.shortest(Decoder::map, |count| (count.unwrap_or(0), 0))?;
        let count = count.ok_or_else(|| self.bad())?;
        let mut last = None;
        for _ in 0..count {
            let key = self.u64()?;
            if last.is_some_and(|last| key <= last) {
                return Err(self.bad());
            }
            last = Some(key);
            if !field(self, key)? {
                if key < OPTIONAL_FROM {
                    return Err(self.unknown(key));
                }
                self.skip(DEPTH_MAX)?;
            }
        }
        Ok(())
    }

    /// Skips one value of any type that nests at most `depth` deep.
    fn skip(&mut self, depth: u32) -> Result<(), Defect> {
        let datatype = self.decoder.datatype();
        let inner = match self.check(datatype)? {
            Type::U8 | Type::U16 | Type::U32 | Type::U64 => return self.u64().map(drop),
            Type::I8 | Type::I16 | Type::I32 | Type::I64 => return self.i64().map(drop),
            Type::Bytes => return self.bytes().map(drop),
            Type::String => return self.text().map(drop),
            Type::Bool => return self.bool().map(drop),
            Type::Null => {
                let null = self.decoder.null();
                return self.check(null);
            }
            Type::Array => self.array()?,
            Type::Map => {
                let pairs = self.shortest(Decoder::map, |count| (count.unwrap_or(0), 0))?;
                pairs.and_then(|pairs| pairs.checked_mul(2)).ok_or_else(|| self.bad())?
            }
            // Floats, tags, indefinite lengths: not in this format, now or later.
            _ => return Err(self.bad()),
        };
        let depth = depth.checked_sub(1).ok_or_else(|| self.bad())?;
        (0..inner).try_for_each(|_| self.skip(depth))
    }

    /// Ends the structure: bytes after it are a defect.
    pub(crate) fn finish(self) -> Result<(), Defect> {
        let rest = self.decoder.input().len() - self.decoder.position();
        if rest == 0 {
            Ok(())
        } else {
            Err(Defect::Trailing { what: self.what, bytes: rest as u64 })
        }
    }
}

/// Bytes of the shortest head (RFC 8949 section 3) that holds `number`.
const fn head_bytes(number: u64) -> usize {
    match number {
        0..=23 => 1,
        24..=0xff => 2,
        0x100..=0xffff => 3,
        0x1_0000..=0xffff_ffff => 5,
        _ => 9,
    }
}

#[cfg(test)]
pub(crate) mod lacking;
#[cfg(test)]
mod tests;
