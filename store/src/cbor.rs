//! Strict CBOR (RFC 8949) on top of `minicbor`: maps with small integer keys in ascending order.
//!
//! A structure is a definite-length map. Keys below [`OPTIONAL_FROM`] are mandatory to
//! understand: an unknown one means "newer than this program". Keys from there on are optional
//! and skipped. Keys ascend strictly, so that each value has one encoding.

use minicbor::{Decoder, Encoder};

use crate::defect::Defect;

/// First field number that a reader may skip without understanding it.
pub(crate) const OPTIONAL_FROM: u64 = 64;

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

    pub(crate) fn u64(&mut self) -> Result<u64, Defect> {
        let value = self.decoder.u64();
        self.check(value)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Defect> {
        let value = self.decoder.u32();
        self.check(value)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Defect> {
        let value = self.decoder.u8();
        self.check(value)
    }

    pub(crate) fn i64(&mut self) -> Result<i64, Defect> {
        let value = self.decoder.i64();
        self.check(value)
    }

    pub(crate) fn bool(&mut self) -> Result<bool, Defect> {
        let value = self.decoder.bool();
        self.check(value)
    }

    pub(crate) fn bytes(&mut self) -> Result<&'b [u8], Defect> {
        let value = self.decoder.bytes();
        self.check(value)
    }

    pub(crate) fn byte_array<const N: usize>(&mut self) -> Result<[u8; N], Defect> {
        let value = self.bytes()?;
        value.try_into().map_err(|_| self.bad())
    }

    pub(crate) fn text(&mut self) -> Result<String, Defect> {
        let value = self.decoder.str();
        self.check(value).map(str::to_owned)
    }

    /// Length of a definite-length array.
    pub(crate) fn array(&mut self) -> Result<u64, Defect> {
        let value = self.decoder.array();
        self.check(value)?.ok_or_else(|| self.bad())
    }

    /// Reads an array of `items`, never allocating by the declared length.
    pub(crate) fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, Defect>,
    ) -> Result<Vec<T>, Defect> {
        let count = self.array()?;
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
        let value = self.decoder.map();
        let count = self.check(value)?.ok_or_else(|| self.bad())?;
        let mut last = None;
        for _ in 0..count {
            let key = self.u64()?;
            if last.is_some_and(|last| key <= last) {
                return Err(self.bad());
            }
            last = Some(key);
            if !field(self, key)? {
                if key < OPTIONAL_FROM {
                    return Err(Defect::UnknownField { what: self.what, field: key });
                }
                let skipped = self.decoder.skip();
                self.check(skipped)?;
            }
        }
        Ok(())
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
