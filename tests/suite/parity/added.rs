//! Parity for packs that exist: added, seen, taken away.

use gleaner_engine::{
    Error, ParityOptions, ParityState, Run, healed_bytes, parity_add, parity_remove, parity_status,
};
use gleaner_store::{MemoryStorage, layout};
use gleaner_tests::engine_doubles::{encrypted, unencrypted};

use super::{Place, wanting};

fn all() -> ParityOptions {
    ParityOptions::default()
}

fn state_of(place: &Place) -> Vec<(gleaner_store::ObjectName, Vec<u8>)> {
    let storage: &MemoryStorage = &place.storage;
    let names = storage.names();
    names.into_iter().map(|name| (name.clone(), storage.raw(&name).unwrap().to_vec())).collect()
}

#[test]
fn packs_without_sidecars_get_them_and_others_keep_theirs() {
    let place = Place::new(20, encrypted());
    let before = state_of(&place);
    let dry = place.add(&ParityOptions { dry_run: true, ..all() });
    assert_eq!((dry.packs_total, dry.packs_added, dry.bytes_written), (2, 2, 0));
    assert!(state_of(&place) == before, "a dry run writes nothing");
    let added = place.add(&ParityOptions { percent: Some(10), ..all() });
    assert_eq!((added.packs_total, added.packs_added, added.packs_covered), (2, 2, 0));
    let bytes: usize = place.packs().iter().map(|pack| place.sidecar_bytes(*pack).len()).sum();
    assert_eq!(added.bytes_written, bytes as u64);
    let head = *place.sidecar(place.largest()).head();
    assert_eq!(head.recovery_shards, head.data_shards().div_ceil(10));
    let again = place.add(&all());
    assert_eq!((again.packs_covered, again.packs_added, again.bytes_read), (2, 0, 0));
    let status = parity_status(&place.repository, &[], &Run::silent()).unwrap();
    assert_eq!((status.percent, status.packs_total(), status.packs_covered()), (None, 2, 2));
    assert_eq!(status.bytes_parity(), added.bytes_written);
    assert_eq!(place.codes(), Vec::<String>::new());
    // New packs get none: the repository does not want them.
    place.back_up(21);
    assert_eq!(place.sidecars().len(), 2);
    let removed = parity_remove(&place.repository, &all()).unwrap();
    assert_eq!((removed.sidecars, removed.bytes), (2, added.bytes_written));
    assert!(place.sidecars().is_empty());
    let packs = |state: &[(gleaner_store::ObjectName, Vec<u8>)]| {
        let is_pack = |(name, _): &&(_, _)| layout::parse_pack(name).is_some();
        state.iter().filter(is_pack).count()
    };
    assert_eq!(packs(&state_of(&place)), packs(&before) + 2, "no pack went");
}

#[test]
fn parity_that_was_added_heals() {
    let place = Place::new(22, unencrypted());
    place.add(&all());
    let pack = place.largest();
    let sound = place.pack(pack);
    let mut bytes = sound.clone();
    bytes[50_000..53_000].fill(0xaa);
    place.storage.replace_raw(&layout::pack(&pack), &bytes);
    assert!(healed_bytes(&place.storage, pack).unwrap() == Some(sound));
}

#[test]
fn no_parity_is_made_of_damage() {
    let place = Place::new(23, unencrypted());
    let pack = place.largest();
    let mut bytes = place.pack(pack);
    let end = bytes.len();
    for at in [0, 20, 140, 90_000, end - 1, end - 90] {
        bytes[at] ^= 1;
        place.storage.replace_raw(&layout::pack(&pack), &bytes);
        let added = place.add(&ParityOptions { packs: vec![pack], ..all() });
        assert_eq!((added.packs_damaged, added.packs_added), (vec![pack], 0), "{at}");
        assert!(place.sidecars().is_empty(), "{at}");
        bytes[at] ^= 1;
    }
    for length in [0, 100, 240, bytes.len() - 1] {
        place.storage.replace_raw(&layout::pack(&pack), &bytes[..length]);
        assert_eq!(place.add(&all()).packs_damaged, [pack], "{length}");
    }
    assert_eq!(place.sidecars().len(), 1, "the other pack has it");
}

#[test]
fn damaged_and_swapped_sidecars_are_renewed() {
    let place = Place::new(24, wanting(20));
    let packs = place.packs();
    let sound: Vec<Vec<u8>> = packs.iter().map(|pack| place.sidecar_bytes(*pack)).collect();
    let renews = |bytes: &[u8], what: &str| {
        place.storage.replace_raw(&layout::parity(&packs[0]), bytes);
        let dry = place.add(&ParityOptions { dry_run: true, ..all() });
        assert_eq!((dry.packs_renewed, dry.packs_covered), (1, 1), "{what}");
        let added = place.add(&all());
        assert_eq!((added.packs_renewed, added.packs_covered), (1, 1), "{what}");
        assert!(place.sidecar_bytes(packs[0]) == sound[0], "{what}");
    };
    renews(&sound[1], "swapped");
    renews(&[], "empty");
    for at in [0, 140, sound[0].len() / 2, sound[0].len() - 1] {
        let mut bytes = sound[0].clone();
        bytes[at] ^= 1;
        renews(&bytes, &format!("byte {at}"));
    }
    let status = |bytes: &[u8]| {
        place.storage.replace_raw(&layout::parity(&packs[0]), bytes);
        let status = parity_status(&place.repository, &packs[..1], &Run::silent()).unwrap();
        status.packs[0].state
    };
    assert_eq!(status(&sound[1]), ParityState::Damaged);
    assert_eq!(status(&sound[0][..100]), ParityState::Damaged);
    assert!(matches!(status(&sound[0]), ParityState::Covered { .. }));
}

#[test]
fn unknown_packs_and_percentages_out_of_range_are_refused() {
    let place = Place::new(25, unencrypted());
    let unknown = gleaner_chunker::PackId::from_bytes([9; 32]);
    let options = ParityOptions { packs: vec![unknown], ..all() };
    let run = Run::silent();
    let is_unknown = |error: Error| matches!(error, Error::NoSuchPack { pack } if pack == unknown);
    assert!(is_unknown(parity_add(&place.repository, &options, &run).unwrap_err()));
    assert!(is_unknown(parity_remove(&place.repository, &options).unwrap_err()));
    assert!(is_unknown(parity_status(&place.repository, &[unknown], &run).unwrap_err()));
    for percent in [0, 101, 255] {
        let options = ParityOptions { percent: Some(percent), ..all() };
        let refused = parity_add(&place.repository, &options, &run).unwrap_err();
        assert!(matches!(refused, Error::ParityPercent { .. }), "{refused}");
    }
    let cancelled = Run::silent();
    cancelled.cancel.cancel();
    let refused = parity_add(&place.repository, &all(), &cancelled).unwrap_err();
    assert!(matches!(refused, Error::Cancelled) && place.sidecars().is_empty());
}
