//! Goal: a row says what was put into it, or is refused. Method: round trips, every cut and every
//! flipped byte. If it fails, a server answers by another object's scope.

use super::{ObjectRow, RowRepresentation};
use crate::object::Generation;
use crate::recipe::{Recipe, Step};
use crate::scope::{Scope, SubscriberId, TenantId};
use crate::scopes::log_key::LogKey;
use crate::scopes::scope_ledger::ScopedObject;

fn row(scope: Scope, representations: u64) -> ObjectRow {
    let recipe = Recipe::identity().then(Step::Gunzip).unwrap();
    let representation =
        |number| RowRepresentation { recipe: recipe.clone(), whole: [7; 32], len: number };
    ObjectRow {
        generation: Generation::from_bytes([9; 32]),
        scoped: ScopedObject { scope, log_key: Some(LogKey::of(b"k")), bytes: Some(5) },
        representations: (0..representations).map(representation).collect(),
    }
}

#[test]
fn row_comes_back_as_it_was() {
    for scope in [
        Scope::Public,
        Scope::Log,
        Scope::Owner(SubscriberId::new(u64::MAX)),
        Scope::Tenant(TenantId::new(1)),
    ] {
        let row = row(scope, 3);
        assert_eq!(ObjectRow::decode(&row.encode().unwrap()).unwrap(), row);
    }
    let mut bare = row(Scope::Log, 0);
    bare.scoped = ScopedObject { log_key: None, bytes: None, ..bare.scoped };
    assert_eq!(ObjectRow::decode(&bare.encode().unwrap()).unwrap(), bare);
}

#[test]
fn row_that_does_not_fit_is_refused() {
    assert!(row(Scope::Log, 80).encode().is_ok());
    assert!(row(Scope::Log, 100).encode().is_err());
    assert!(row(Scope::Log, 256).encode().is_err());
}

#[test]
fn cut_or_altered_row_is_never_another_form_of_a_row() {
    let sound = row(Scope::Log, 3).encode().unwrap();
    for cut in 0..sound.len() {
        assert!(ObjectRow::decode(&sound[..cut]).is_err(), "{cut}");
    }
    for at in 0..sound.len() {
        for bit in 0..8 {
            let mut bytes = sound.clone();
            bytes[at] ^= 1 << bit;
            if let Ok(row) = ObjectRow::decode(&bytes) {
                // Bytes that the flags say are not there are not looked at.
                let again = row.encode().unwrap();
                assert_eq!(again.len(), bytes.len());
                assert_eq!(ObjectRow::decode(&again).unwrap(), row);
            }
        }
    }
}
