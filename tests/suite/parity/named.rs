//! What a check says of sidecars.

use gleaner_engine::{CheckOptions, FindingCode, HealSource, Severity, healed_bytes};
use gleaner_store::{PARITY_HEAD_BYTES, layout};
use gleaner_tests::engine_doubles::{encrypted, unencrypted};

use super::{Place, wanting};

#[test]
fn every_new_pack_has_its_sidecar_and_nothing_is_found() {
    let options = gleaner_engine::InitOptions { parity_percent: Some(5), ..encrypted() };
    for options in [wanting(3), options] {
        let place = Place::new(3, options);
        assert_eq!(place.packs().len(), 2);
        assert_eq!(place.packs(), place.sidecars());
        assert_eq!(place.codes(), Vec::<String>::new());
    }
    let place = Place::new(4, unencrypted());
    assert!(place.sidecars().is_empty());
    assert_eq!(place.codes(), Vec::<String>::new());
}

#[test]
fn missing_sidecars_are_said_once_and_no_failure() {
    let place = Place::new(5, wanting(3));
    for pack in place.packs() {
        place.storage.remove_raw(&layout::parity(&pack));
    }
    let (stats, findings) = place.checked(&CheckOptions::structure());
    assert_eq!((stats.num_errors, stats.num_warnings), (0, 0));
    let [finding] = &findings[..] else { panic!("{findings:#?}") };
    assert_eq!((finding.code, finding.severity), (FindingCode::A602, Severity::Info));
    assert!(finding.message.starts_with("2 of 2 packs"), "{}", finding.message);
}

#[test]
fn damaged_sidecars_are_warned_of_when_packs_are_read() {
    let place = Place::new(6, wanting(3));
    let pack = place.largest();
    let sound = place.sidecar_bytes(pack);
    let middle = sound.len() / 2;
    for (at, what) in [(20, "head"), (PARITY_HEAD_BYTES + 3, "checksums"), (middle, "recovery")] {
        let mut bytes = sound.clone();
        bytes[at] ^= 1;
        place.storage.replace_raw(&layout::parity(&pack), &bytes);
        assert_eq!(place.codes(), ["A602 warning"], "{what}");
        let (stats, _) = place.checked(&CheckOptions::read_data());
        assert_eq!((stats.num_errors, stats.packs_verified), (0, 2), "the packs are sound: {what}");
        let (_, findings) = place.checked(&CheckOptions::structure());
        assert!(findings.is_empty(), "only reading finds it");
    }
    // Both ends: nothing of it is of use.
    for length in [0, 1, PARITY_HEAD_BYTES - 1, PARITY_HEAD_BYTES] {
        place.storage.replace_raw(&layout::parity(&pack), &sound[..length]);
        assert_eq!(place.codes(), ["A602 warning"], "{length} bytes");
    }
}

#[test]
fn sidecar_of_another_pack_heals_nothing_and_is_named() {
    let place = Place::new(7, wanting(3));
    let packs = place.packs();
    let (first, second) = (place.sidecar_bytes(packs[0]), place.sidecar_bytes(packs[1]));
    place.storage.replace_raw(&layout::parity(&packs[0]), &second);
    place.storage.replace_raw(&layout::parity(&packs[1]), &first);
    assert_eq!(place.codes(), ["A602 warning", "A602 warning"]);
    let pack = place.largest();
    let mut bytes = place.pack(pack);
    bytes[5000] ^= 1;
    place.storage.replace_raw(&layout::pack(&pack), &bytes);
    assert_eq!(healed_bytes(&place.storage, pack).unwrap(), None);
    let codes = place.codes();
    assert!(!codes.contains(&"A601 warning".to_owned()), "{codes:?}");
    assert_eq!(codes.iter().filter(|code| *code == "A602 warning").count(), 2, "{codes:?}");
}

#[test]
fn parity_over_other_bytes_is_not_believed() {
    let place = Place::new(8, wanting(3));
    let pack = place.largest();
    let mut other = place.pack(pack);
    other[9000] ^= 1;
    // As somebody would write it who does not look at the pack first.
    let forged = gleaner_store::encode_parity(pack, &[&other], 3);
    place.storage.replace_raw(&layout::parity(&pack), &forged);
    assert_eq!(place.codes(), ["A602 warning"]);
    let mut bytes = place.pack(pack);
    bytes[100_000] ^= 1;
    place.storage.replace_raw(&layout::pack(&pack), &bytes);
    // What comes out has the hash in the sidecar, and not the one in the pack.
    assert_eq!(healed_bytes(&place.storage, pack).unwrap(), None);
    assert!(place.codes().contains(&"A603 error".to_owned()), "{:?}", place.codes());
}

#[test]
fn parts_that_make_a_pack_unreadable_heal_too() {
    let place = Place::new(9, wanting(3));
    let pack = place.largest();
    let sound = place.pack(pack);
    let end = sound.len();
    for (at, code) in [(3, "P201"), (20, "P201"), (end - 50, "P202"), (end - 200, "P203")] {
        let mut bytes = sound.clone();
        bytes[at] ^= 1;
        place.storage.replace_raw(&layout::pack(&pack), &bytes);
        let (_, findings) = place.checked(&CheckOptions::structure());
        let found = |code: &str| findings.iter().find(|finding| finding.code.as_str() == code);
        let damage = found(code).unwrap_or_else(|| panic!("{code}: {findings:#?}"));
        assert_eq!(damage.healable_from, [HealSource::Parity], "{code}");
        assert!(found("A601").is_some_and(|finding| finding.pack == Some(pack)), "{code}");
        assert!(healed_bytes(&place.storage, pack).unwrap() == Some(sound.clone()), "{code}");
    }
    place.storage.replace_raw(&layout::pack(&pack), &sound);
    assert_eq!(place.codes(), Vec::<String>::new());
}

#[test]
fn pack_that_was_damaged_before_its_parity_was_made_is_not_said_to_heal() {
    let place = Place::new(10, wanting(100));
    let pack = place.largest();
    let mut bytes = place.pack(pack);
    bytes[4000] ^= 1;
    place.storage.replace_raw(&layout::pack(&pack), &bytes);
    let forged = gleaner_store::encode_parity(pack, &[&bytes], 100);
    place.storage.replace_raw(&layout::parity(&pack), &forged);
    assert_eq!(healed_bytes(&place.storage, pack).unwrap(), None);
    let (_, findings) = place.checked(&CheckOptions::read_data());
    assert!(findings.iter().any(|finding| finding.code == FindingCode::P204));
    assert!(findings.iter().all(|f| !f.healable_from.contains(&HealSource::Parity)));
}

#[test]
fn missing_pack_heals_if_parity_is_as_large() {
    for (percent, heals) in [(100, true), (50, false)] {
        let place = Place::new(11, wanting(percent));
        let pack = place.largest();
        let sound = place.pack(pack);
        place.storage.remove_raw(&layout::pack(&pack));
        let healed = healed_bytes(&place.storage, pack).unwrap();
        assert!(healed == heals.then_some(sound), "{percent}");
    }
}
