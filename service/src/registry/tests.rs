//! Goal: what was changed for a tenant counts at once and is not undone by others who change it at
//! the same time; whoever was removed does not come back.
//!
//! If this fails, a revoked token lets somebody in.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use gleaner_store::{MemoryStorage, StorageError};

use super::*;

fn registry() -> Registry {
    Registry::new(Arc::new(MemoryStorage::new()))
}

fn name(text: &str) -> TenantName {
    text.parse().unwrap()
}

#[test]
fn names_of_tenants_are_names_of_folders_and_nothing_else() {
    let longest = "a".repeat(64);
    for right in ["a", "0", "a.b", "office-7_x", longest.as_str()] {
        assert_eq!(name(right).as_str(), right);
    }
    let too_long = "a".repeat(65);
    let wrong =
        ["", ".", "..", "-a", "_a", ".a", "a/b", "A", "a b", "\u{e4}", "a\0", too_long.as_str()];
    for wrong in wrong {
        assert!(wrong.parse::<TenantName>().is_err(), "{wrong}");
    }
}

#[test]
fn tenant_is_added_once_and_again_only_after_it_was_removed() {
    let registry = registry();
    assert!(registry.tenants().unwrap().is_empty());
    let a = name("a");
    assert!(matches!(registry.change(&a, |_| Ok(())), Err(Error::NoSuchTenant)));
    let first = TenantRecord { made_ns: 1, quota_bytes: Some(7), ..TenantRecord::default() };
    registry.add(&a, &first).unwrap();
    assert!(matches!(registry.add(&a, &first), Err(Error::TenantExists)));
    assert_eq!(registry.tenant(&a).unwrap().unwrap(), first);
    let remove = |record: &mut TenantRecord| {
        record.is_removed = true;
        Ok(())
    };
    registry.change(&a, remove).unwrap();
    assert_eq!(registry.tenant(&a).unwrap(), None);
    assert!(matches!(registry.change(&a, remove), Err(Error::NoSuchTenant)));
    registry.add(&a, &TenantRecord { made_ns: 2, ..TenantRecord::default() }).unwrap();
    let names: Vec<_> = registry.tenants().unwrap().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, [a]);
}

#[test]
fn changes_of_several_at_a_time_all_count_and_old_versions_go() {
    let storage = Arc::new(MemoryStorage::new());
    let registry = Registry::new(storage.clone());
    registry.add(&name("a"), &TenantRecord::default()).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4_u8 {
            let registry = registry.clone();
            scope.spawn(move || {
                for round in 0..10_u8 {
                    let token = TokenRecord {
                        hash: ByteArray::from([thread * 16 + round; 32]),
                        label: String::new(),
                        rights: Vec::new(),
                        made_ns: 0,
                        expires_ns: None,
                    };
                    let change = |record: &mut TenantRecord| {
                        record.tokens.push(token.clone());
                        Ok(())
                    };
                    while let Err(error) = registry.change(&name("a"), change) {
                        let is_beaten =
                            matches!(error, Error::Storage(StorageError::Contended { .. }));
                        assert!(is_beaten, "{error}");
                    }
                }
            });
        }
    });
    let record = registry.tenant(&name("a")).unwrap().unwrap();
    let all: BTreeSet<_> = record.tokens.iter().map(|token| token.hash[0]).collect();
    assert_eq!((record.tokens.len(), all.len()), (40, 40));
    assert!(storage.names().len() < 30, "{}", storage.names().len());
}

#[test]
fn record_that_cannot_be_read_is_an_error_and_no_empty_tenant() {
    let storage = Arc::new(MemoryStorage::new());
    let registry = Registry::new(storage.clone());
    registry.add(&name("a"), &TenantRecord::default()).unwrap();
    let object = storage.names().pop().unwrap();
    storage.replace_raw(&object, b"\xa1");
    assert!(matches!(registry.tenant(&name("a")), Err(Error::BadRecord { .. })));
    assert!(matches!(registry.tenants(), Err(Error::BadRecord { .. })));
    let change = |record: &mut TenantRecord| {
        record.tokens.clear();
        Ok(())
    };
    assert!(matches!(registry.change(&name("a"), change), Err(Error::BadRecord { .. })));
}

#[test]
fn record_of_a_tenant_has_these_bytes() {
    let record = TenantRecord {
        made_ns: 1,
        quota_bytes: Some(2),
        tokens: vec![TokenRecord {
            hash: ByteArray::from([0x33; 32]),
            label: "l".to_owned(),
            rights: vec!["read".to_owned()],
            made_ns: 3,
            expires_ns: None,
        }],
        certificates: vec![CertificateRecord {
            fingerprint: ByteArray::from([0x44; 32]),
            rights: Vec::new(),
        }],
        is_removed: false,
    };
    let bytes = minicbor::to_vec(&record).unwrap();
    let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    });
    let (token, certificate) = ("33".repeat(32), "44".repeat(32));
    let expected = format!(
        "a5000101020281a4005820{token}01616c0281647265616403030381a2005820{certificate}018004f4"
    );
    assert_eq!(hex, expected);
    assert_eq!(minicbor::decode::<TenantRecord>(&bytes).unwrap(), record);
    assert_eq!(record.tokens[0].id(), "3333333333333333");
}
