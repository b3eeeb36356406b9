//! The row of an object: what a server needs to know of it before it may answer for it.

use super::feed::ROW_BYTES_MAX;
use crate::error::Error;
use crate::object::Generation;
use crate::recipe::Recipe;
use crate::scope::{Scope, SubscriberId, TenantId};
use crate::scopes::log_key::LogKey;
use crate::scopes::scope_ledger::ScopedObject;

#[cfg(test)]
mod tests;

const VERSION: u8 = 1;

/// Representations of one row: chunks name them by one byte.
pub(super) const REPRESENTATIONS_MAX: usize = 255;

/// One representation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowRepresentation {
    /// How its bytes come out of the object.
    pub recipe: Recipe,
    /// BLAKE3 of them.
    pub whole: [u8; 32],
    /// Bytes.
    pub len: u64,
}

/// What the index keeps of an object without looking into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectRow {
    /// The object's state.
    pub generation: Generation,
    /// Who may learn of it, and by which logs.
    pub scoped: ScopedObject,
    /// Its representations; chunks name them by their places here.
    pub representations: Vec<RowRepresentation>,
}

impl ObjectRow {
    /// The row's bytes: version u8, generation, scope u8 and number u64, flags u8 (1: log key,
    /// 2: bytes), log key, bytes u64, count u8, then for each representation its hash, length u64,
    /// and its recipe behind a length u16. Numbers are little-endian.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] if it is longer than [`ROW_BYTES_MAX`], or has too many representations.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        const TOO_LONG: Error = Error::Corrupt("a row that is too long");
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(self.generation.as_bytes());
        encode_scoped(self.scoped, &mut bytes);
        bytes.push(u8::try_from(self.representations.len()).map_err(|_| TOO_LONG)?);
        for representation in &self.representations {
            bytes.extend_from_slice(&representation.whole);
            bytes.extend(representation.len.to_le_bytes());
            let recipe = representation.recipe.encode();
            bytes.extend(u16::try_from(recipe.len()).map_err(|_| TOO_LONG)?.to_le_bytes());
            bytes.extend(recipe);
        }
        if bytes.len() > ROW_BYTES_MAX { Err(TOO_LONG) } else { Ok(bytes) }
    }

    /// Reads a row.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] for another version; [`Error::Corrupt`] for bytes that no row has.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        const FAULT: Error = Error::Corrupt("a row that is none");
        let mut rest = bytes;
        if take::<1>(&mut rest)? != [VERSION] {
            return Err(Error::Unsupported("a row of another version"));
        }
        let generation = Generation::from_bytes(take(&mut rest)?);
        let scoped = decode_scoped(&mut rest)?;
        let [count] = take(&mut rest)?;
        let mut representations = Vec::new();
        for _ in 0..count {
            let whole = take(&mut rest)?;
            let len = u64::from_le_bytes(take(&mut rest)?);
            let recipe_bytes = usize::from(u16::from_le_bytes(take(&mut rest)?));
            let (recipe, after) = rest.split_at_checked(recipe_bytes).ok_or(FAULT)?;
            rest = after;
            representations.push(RowRepresentation { recipe: Recipe::decode(recipe)?, whole, len });
        }
        let row = Self { generation, scoped, representations };
        if rest.is_empty() { Ok(row) } else { Err(FAULT) }
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Error> {
    let (first, after) = rest.split_first_chunk().ok_or(Error::Corrupt("a row that is none"))?;
    *rest = after;
    Ok(*first)
}

pub(super) fn encode_scoped(scoped: ScopedObject, bytes: &mut Vec<u8>) {
    let (scope, number) = match scoped.scope {
        Scope::Public => (0, 0),
        Scope::Log => (1, 0),
        Scope::Owner(owner) => (2, owner.get()),
        Scope::Tenant(tenant) => (3, tenant.get()),
    };
    bytes.push(scope);
    bytes.extend(number.to_le_bytes());
    bytes.push(u8::from(scoped.log_key.is_some()) | u8::from(scoped.bytes.is_some()) << 1);
    bytes.extend_from_slice(scoped.log_key.unwrap_or(LogKey::NONE).as_bytes());
    bytes.extend(scoped.bytes.unwrap_or(0).to_le_bytes());
}

pub(super) fn decode_scoped(rest: &mut &[u8]) -> Result<ScopedObject, Error> {
    const FAULT: Error = Error::Corrupt("a scope that is none");
    let [scope] = take(rest)?;
    let number = u64::from_le_bytes(take(rest)?);
    let scope = match (scope, number) {
        (0, 0) => Scope::Public,
        (1, 0) => Scope::Log,
        (2, _) => Scope::Owner(SubscriberId::new(number)),
        (3, _) => Scope::Tenant(TenantId::new(number)),
        _ => return Err(FAULT),
    };
    let [flags] = take(rest)?;
    let log_key = LogKey::from_bytes(take(rest)?);
    let bytes = u64::from_le_bytes(take(rest)?);
    let has = |flag| flags & flag != 0;
    let scoped =
        ScopedObject { scope, log_key: has(1).then_some(log_key), bytes: has(2).then_some(bytes) };
    if flags > 3 { Err(FAULT) } else { Ok(scoped) }
}
