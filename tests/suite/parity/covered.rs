//! R10: random losses up to the bound and one beyond.

use gleaner_engine::{CheckOptions, FindingCode, HealSource, healed_bytes};
use gleaner_store::{SeededRandom, layout};
use gleaner_tests::seeds::Seeds;

use super::{Place, below, choose, flip_shards, wanting};

/// For each seed.
const CASES: u64 = 200;
/// Cases between two whose repository is checked as well.
const CHECK_EACH: u64 = 10;

/// Damages `shards` shards of a pack in one of the ways in which media lose bytes. What goes
/// as a whole shard stays one; a cut at the end takes shards there.
fn damaged(pack: &[u8], shard_bytes: usize, shards: usize, random: &SeededRandom) -> Vec<u8> {
    let all = pack.len().div_ceil(shard_bytes);
    let mut bytes = pack.to_vec();
    match random.below(4) {
        // A cut, by all that may be lost.
        0 if shards > 0 => {
            bytes.truncate((all - shards) * shard_bytes);
            let surplus = below(random, 2) * below(random, 100_000);
            // What follows is garbage, also beyond the old end.
            bytes.extend((0..surplus).map(|_| random.next_u64().to_le_bytes()[0]));
        }
        // Neighbours, zeroed.
        1 if shards > 0 => {
            let first = below(random, all - shards + 1);
            let end = ((first + shards) * shard_bytes).min(bytes.len());
            bytes[first * shard_bytes..end].fill(0);
        }
        // A bit each.
        _ => flip_shards(&mut bytes, shard_bytes, &choose(random, shards, all), random),
    }
    bytes
}

#[test]
fn losses_that_parity_covers_heal_byte_equal_and_one_more_is_named() {
    let seeds = Seeds::of_quick_run(1);
    let mut count = 0;
    seeds.run(|seed| count += random_losses(seed));
    println!("{} (R10)", seeds.counted(count, "losses of shards"));
}

/// Random losses up to the bound and beyond; returns how many.
fn random_losses(seed: u64) -> u64 {
    let places = [Place::new(1, wanting(3)), Place::new(2, wanting(17))];
    let random = SeededRandom::new(10 + seed);
    let (mut healed, mut beyond, mut checks) = (0, 0, 0);
    for case in 0..CASES {
        let place = &places[below(&random, places.len())];
        let packs = place.packs();
        // The small pack of the tree is one shard with a copy of it.
        let id = if random.below(4) == 0 { packs[below(&random, 2)] } else { place.largest() };
        let (pack, parity) = (place.pack(id), place.sidecar_bytes(id));
        let head = *place.sidecar(id).head();
        let (shard_bytes, data) = (head.shard_bytes as usize, head.data_shards() as usize);
        // Some recovery shards are damaged too, so that fewer may be lost.
        let all = head.recovery_shards as usize;
        let spoiled = if random.below(3) == 0 { below(&random, all + 1) } else { 0 };
        let mut sidecar = parity.clone();
        let first = sidecar.len() / 2 - all * shard_bytes / 2;
        for shard in choose(&random, spoiled, all) {
            sidecar[first + shard * shard_bytes + below(&random, shard_bytes)] ^= 0x40;
        }
        let bound = all - spoiled;
        let is_beyond = random.below(5) < 2 && bound < data;
        let lost = if is_beyond { bound + 1 } else { (1 + below(&random, bound + 1)).min(bound) };
        let bad = damaged(&pack, shard_bytes, lost, &random);
        place.storage.replace_raw(&layout::pack(&id), &bad);
        place.storage.replace_raw(&layout::parity(&id), &sidecar);
        let found = place.sidecar(id);
        let case = format!("seed {seed}, case {case}: {lost} of {bound}");
        assert_eq!(found.damaged_recovery_shards() as usize, spoiled, "{case}");
        let result = healed_bytes(&place.storage, id).unwrap();
        if bad == pack {
            assert!(result.is_none(), "{case}: nothing to heal");
        } else if is_beyond {
            // Garbage in the place of a cut is right by chance never, zeros are if they were there.
            assert_eq!(result, None, "{case}");
            beyond += 1;
        } else {
            assert!(result.as_ref() == Some(&pack), "{case}");
            healed += 1;
        }
        if bad != pack && (healed + beyond) % CHECK_EACH == 0 {
            assert_named(place, is_beyond, &case);
            checks += 1;
        }
        place.storage.replace_raw(&layout::pack(&id), &pack);
        place.storage.replace_raw(&layout::parity(&id), &parity);
    }
    assert!(healed > CASES / 3 && beyond > CASES / 5 && checks > 5, "{healed} {beyond} {checks}");
    for place in &places {
        assert_eq!(place.codes(), Vec::<String>::new());
    }
    CASES
}

/// A check names the damage, and what parity can do.
fn assert_named(place: &Place, is_beyond: bool, case: &str) {
    let (stats, findings) = place.checked(&CheckOptions::read_data());
    assert!(stats.num_errors > 0, "{case}");
    let code = if is_beyond { FindingCode::A603 } else { FindingCode::A601 };
    let named = findings.iter().filter(|finding| finding.code == code).count();
    assert_eq!(named, 1, "{case}: {findings:#?}");
    let of_pack = |code: FindingCode| code.as_str().starts_with('P');
    let mut damage = findings.iter().filter(|finding| of_pack(finding.code)).peekable();
    assert!(damage.peek().is_some(), "{case}");
    for finding in damage {
        let by_parity = finding.healable_from.contains(&HealSource::Parity);
        assert_eq!(by_parity, !is_beyond, "{case}: {finding:?}");
    }
}
