//! Goal: as [`super`], for every byte of a repository of 256 KiB (RELIABILITY section 8, R9): each
//! with one bit changed, as 0x00 and as 0xFF, and each object cut short at every length. Method:
//! all these cases in one order, of which a seed is a slice; what comes after them is damage in
//! several places at once.

use std::ops::Range;
use std::sync::Arc;

use gleaner_engine::InitOptions;
use gleaner_store::{ObjectName, SeededRandom, layout};
use gleaner_tests::engine_doubles as doubles;
use gleaner_tests::seeds::Seeds;

use super::{Subject, findings_of, total_bytes};

/// Cases of one seed.
const SLICE: u64 = 100;
const BYTES_MIN: usize = 256 << 10;

/// What happens to an object.
#[derive(Clone, Copy, Debug)]
enum Damage {
    Bit,
    Zero,
    Ones,
    Cut,
}

const KINDS: [Damage; 4] = [Damage::Bit, Damage::Zero, Damage::Ones, Damage::Cut];

/// `None` if nothing changes.
fn damaged(bytes: &[u8], damage: Damage, offset: usize) -> Option<Vec<u8>> {
    let mut altered = bytes.to_vec();
    match damage {
        Damage::Bit => altered[offset] ^= 1 << (offset % 8),
        Damage::Zero => altered[offset] = 0,
        Damage::Ones => altered[offset] = 0xff,
        Damage::Cut => altered.truncate(offset),
    }
    (altered != bytes).then_some(altered)
}

struct Sweep {
    subject: Subject,
    objects: Vec<(ObjectName, Arc<[u8]>)>,
    /// Cases of one damage each.
    singles: u64,
}

impl Sweep {
    fn new(options: InitOptions<'static>) -> Self {
        let subject = Subject::with_files(options, 80_000);
        let total = total_bytes(&subject);
        assert!(total >= BYTES_MIN, "{total} bytes");
        let mut objects = subject.objects();
        // Names are random: what a case is about is the same in every run.
        objects.sort_by(|(a, short), (b, long)| {
            (a.folder(), short.len()).cmp(&(b.folder(), long.len()))
        });
        assert!(findings_of(&subject.repository).is_empty());
        Self { subject, objects, singles: (total * KINDS.len()) as u64 }
    }

    /// Returns how many cases changed anything.
    fn run(&self, cases: Range<u64>) -> u64 {
        cases.map(|case| u64::from(self.case(case))).sum()
    }

    fn case(&self, case: u64) -> bool {
        if case >= self.singles {
            return self.several(case);
        }
        let (name, bytes, damage, offset) = self.single(case);
        let Some(altered) = damaged(bytes, damage, offset) else { return false };
        self.subject.storage.replace_raw(name, &altered);
        self.subject.assert_detected(name, &format!("case {case}, {damage:?} at {offset}"));
        self.subject.storage.replace_raw(name, bytes);
        true
    }

    fn single(&self, case: u64) -> (&ObjectName, &[u8], Damage, usize) {
        let case = usize::try_from(case).unwrap();
        let (mut offset, kind) = (case / KINDS.len(), KINDS[case % KINDS.len()]);
        for (name, bytes) in &self.objects {
            if offset < bytes.len() {
                return (name, bytes, kind, offset);
            }
            offset -= bytes.len();
        }
        unreachable!("there are {} cases", self.singles)
    }

    /// Two to five objects, or places of one.
    fn several(&self, case: u64) -> bool {
        let random = SeededRandom::new(case);
        let mut hurt: Vec<(&ObjectName, &[u8])> = Vec::new();
        for _ in 0..2 + random.below(4) {
            let (name, bytes, damage, offset) = self.single(random.below(self.singles));
            let now = self.subject.storage.raw(name).unwrap();
            let Some(altered) = damaged(&now, damage, offset.min(now.len().saturating_sub(1)))
            else {
                continue;
            };
            self.subject.storage.replace_raw(name, &altered);
            if !hurt.iter().any(|(other, _)| *other == name) {
                hurt.push((name, bytes));
            }
        }
        // One may take back what another did.
        hurt.retain(|(name, bytes)| *self.subject.storage.raw(name).unwrap() != **bytes);
        let is_hurt = |name: &ObjectName| hurt.iter().any(|(other, _)| *other == name);
        for (name, _) in &hurt {
            // A sidecar of no use is part of what is said of the pack that it should heal.
            let healed = layout::parse_parity(name).map(|pack| layout::pack(&pack));
            let name = healed.as_ref().filter(|pack| is_hurt(pack)).unwrap_or(name);
            self.subject.assert_detected(name, &format!("case {case}"));
        }
        for (name, bytes) in &self.objects {
            self.subject.storage.replace_raw(name, bytes);
        }
        !hurt.is_empty()
    }
}

#[test]
fn any_damage_of_any_byte_is_named_and_never_read_as_right() {
    let seeds = Seeds::of_quick_run(4);
    let sweeps = [
        Sweep::new(doubles::encrypted()),
        Sweep::new(InitOptions { parity_percent: Some(3), ..doubles::unencrypted() }),
    ];
    let mut count = 0;
    seeds.run(|seed| {
        // A quick run takes a look at the beginning of both and at several damages at once.
        let sweep = &sweeps[(seed % 2) as usize];
        let slice =
            if seeds.is_quick() && seed >= 2 { sweep.singles / SLICE + 1 } else { seed / 2 };
        count += sweep.run(slice * SLICE..(slice + 1) * SLICE);
    });
    let singles = sweeps.map(|sweep| sweep.singles);
    println!("{}", seeds.counted(count, "damages"));
    println!("every byte once: seeds 0..{}", 2 * singles.iter().max().unwrap().div_ceil(SLICE));
    assert!(count > 0, "nothing was damaged");
}
