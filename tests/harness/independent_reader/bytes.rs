//! Numbers at fixed places, and CBOR as a tree of values.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use minicbor::Decoder;
use minicbor::data::Type;

/// `N` bytes at an offset.
pub(super) fn array<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N]> {
    let field = at.checked_add(N).and_then(|end| bytes.get(at..end)).context("too short")?;
    Ok(field.try_into()?)
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Result<u16> {
    array(bytes, at).map(u16::from_le_bytes)
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Result<u32> {
    array(bytes, at).map(u32::from_le_bytes)
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> Result<u64> {
    array(bytes, at).map(u64::from_le_bytes)
}

/// `length` bytes at an offset.
pub(super) fn slice(bytes: &[u8], at: usize, length: usize) -> Result<&[u8]> {
    at.checked_add(length).and_then(|end| bytes.get(at..end)).context("too short")
}

/// The CRC-32C at `at` is that of everything before it.
pub(super) fn check_crc(bytes: &[u8], at: usize) -> Result<()> {
    let found = crc32c::crc32c(slice(bytes, 0, at)?);
    ensure!(found == u32_at(bytes, at)?, "checksum");
    Ok(())
}

/// Any CBOR value that the format uses.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Number(i128),
    Bytes(Vec<u8>),
    Text(String),
    Flag(bool),
    Null,
    List(Vec<Self>),
    Map(BTreeMap<u64, Self>),
}

/// Reads exactly one value.
pub(super) fn parse(bytes: &[u8]) -> Result<Value> {
    let mut decoder = Decoder::new(bytes);
    let value = item(&mut decoder, 16)?;
    ensure!(decoder.position() == bytes.len(), "bytes after the end");
    Ok(value)
}

fn item(d: &mut Decoder<'_>, depth: u32) -> Result<Value> {
    ensure!(depth > 0, "nested too deep");
    Ok(match d.datatype()? {
        Type::Bytes => Value::Bytes(d.bytes()?.to_vec()),
        Type::String => Value::Text(d.str()?.to_owned()),
        Type::Bool => Value::Flag(d.bool()?),
        Type::Null => {
            d.null()?;
            Value::Null
        }
        Type::Array => {
            let mut list = Vec::new();
            for _ in 0..d.array()?.context("indefinite length")? {
                list.push(item(d, depth - 1)?);
            }
            Value::List(list)
        }
        Type::Map => {
            let mut map = BTreeMap::new();
            for _ in 0..d.map()?.context("indefinite length")? {
                let key = d.u64()?;
                ensure!(map.keys().next_back().is_none_or(|last| *last < key), "order of keys");
                map.insert(key, item(d, depth - 1)?);
            }
            Value::Map(map)
        }
        _ => Value::Number(d.int()?.into()),
    })
}

impl Value {
    pub(super) fn number(&self) -> Result<u64> {
        match self {
            Self::Number(number) => Ok(u64::try_from(*number)?),
            other => bail!("{other:?} is no number"),
        }
    }

    pub(super) fn signed(&self) -> Result<i64> {
        match self {
            Self::Number(number) => Ok(i64::try_from(*number)?),
            other => bail!("{other:?} is no number"),
        }
    }

    pub(super) fn bytes(&self) -> Result<&[u8]> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            other => bail!("{other:?} are no bytes"),
        }
    }

    pub(super) fn text(&self) -> Result<String> {
        match self {
            Self::Text(text) => Ok(text.clone()),
            other => bail!("{other:?} is no text"),
        }
    }

    pub(super) fn flag(&self) -> Result<bool> {
        match self {
            Self::Flag(flag) => Ok(*flag),
            other => bail!("{other:?} is no flag"),
        }
    }

    pub(super) fn list(&self) -> Result<&[Self]> {
        match self {
            Self::List(list) => Ok(list),
            other => bail!("{other:?} is no list"),
        }
    }

    pub(super) fn optional(&self, key: u64) -> Result<Option<&Self>> {
        match self {
            Self::Map(map) => Ok(map.get(&key)),
            other => bail!("{other:?} is no map"),
        }
    }

    pub(super) fn field(&self, key: u64) -> Result<&Self> {
        self.optional(key)?.with_context(|| format!("field {key} is missing"))
    }

    /// Refuses mandatory fields that are none of `known`.
    pub(super) fn only_known(&self, known: &[u64]) -> Result<()> {
        let Self::Map(map) = self else { bail!("{self:?} is no map") };
        match map.keys().find(|key| **key < 64 && !known.contains(key)) {
            None => Ok(()),
            Some(key) => bail!("newer: field {key}"),
        }
    }
}
