//! What a disk may hold after the power went.

use std::collections::BTreeSet;
use std::sync::Arc;

use gleaner_store::SeededRandom;

use super::disk::{Moment, Pending};
use super::nodes::{Change, Nodes};

/// Units in which a disk tears a write.
const TEARS: [u64; 2] = [512, 4096];

/// Which of the changes that were not synced arrived.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Choice {
    Synced,
    Everything,
    /// The first ones.
    Prefix,
    AllButOne,
    NoneButOne,
    /// Each with the same probability; writes also torn, or as zeros.
    Subset,
    /// All names, and no bytes or only some.
    TornWrites,
}

const CHOICES: [Choice; 8] = [
    Choice::Synced,
    Choice::Everything,
    Choice::Prefix,
    Choice::AllButOne,
    Choice::NoneButOne,
    Choice::Subset,
    Choice::Subset,
    Choice::TornWrites,
];

pub(crate) fn any_choice(random: &SeededRandom) -> Choice {
    CHOICES[below(random, CHOICES.len())]
}

/// One content that the disk may legally have.
pub(crate) fn image(moment: &Moment, choice: Choice, random: &SeededRandom) -> Nodes {
    let mut nodes = moment.durable.clone();
    let count = moment.pending.len();
    let one = below(random, count.max(1));
    let percent = [5, 50, 95][below(random, 3)];
    let mut lost = BTreeSet::new();
    for (index, pending) in moment.pending.iter().enumerate() {
        let is_done = match choice {
            Choice::Synced => false,
            Choice::Everything | Choice::TornWrites => true,
            Choice::Prefix => index < one,
            Choice::AllButOne => index != one,
            Choice::NoneButOne => index == one,
            Choice::Subset => random.below(100) < percent,
        };
        let is_possible = pending.needs.is_none_or(|needs| !lost.contains(&needs));
        if pending.is_durable {
            nodes.apply(&pending.change);
        } else if is_done && is_possible {
            let may_tear = matches!(choice, Choice::Subset | Choice::TornWrites);
            arrive(&mut nodes, pending, may_tear.then_some(random));
        } else {
            lost.insert(pending.ordinal);
        }
    }
    nodes
}

/// Makes a change; a write, if `tears` is given, perhaps only in part.
fn arrive(nodes: &mut Nodes, pending: &Pending, tears: Option<&SeededRandom>) {
    let (Change::Write { file, offset, bytes }, Some(random)) = (&pending.change, tears) else {
        nodes.apply(&pending.change);
        return;
    };
    let (file, length) = (*file, bytes.len());
    let mut write = |range: std::ops::Range<usize>, bytes: &[u8]| {
        let (offset, bytes) = (offset + range.start, Arc::from(&bytes[range]));
        nodes.apply(&Change::Write { file, offset, bytes });
    };
    match random.below(5) {
        0 => write(0..length, bytes),
        // The length is there, the bytes are not.
        1 => write(0..length, &vec![0; length]),
        // The end or the begin is missing, with the length or without.
        2 => write(0..boundary(*offset, length, random), bytes),
        3 => {
            write(0..length, &vec![0; length]);
            write(0..boundary(*offset, length, random), bytes);
        }
        _ => write(boundary(*offset, length, random)..length, bytes),
    }
}

/// A place in a write at which a sector of the disk begins; its end if there is none.
fn boundary(offset: usize, length: usize, random: &SeededRandom) -> usize {
    let unit = usize::try_from(TEARS[below(random, TEARS.len())]).unwrap();
    let first = (offset / unit + 1) * unit - offset;
    if first >= length {
        return length;
    }
    first + below(random, (length - first).div_ceil(unit)) * unit
}

fn below(random: &SeededRandom, count: usize) -> usize {
    usize::try_from(random.below(count as u64)).unwrap()
}
