//! What the subscriber does with what it got.

use gleaner_benches::Seeded;

/// What becomes of one object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Treatment {
    AsIs,
    Unpacked,
    Edited,
    Resaved,
}

impl Treatment {
    pub(crate) const ALL: [Self; 4] = [Self::AsIs, Self::Unpacked, Self::Edited, Self::Resaved];

    /// Percent of the bytes of a source.
    const fn share(self) -> u64 {
        match self {
            Self::AsIs => 60,
            Self::Unpacked => 20,
            Self::Edited | Self::Resaved => 10,
        }
    }

    /// As it stands in the report.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::AsIs => "as is",
            Self::Unpacked => "unpacked",
            Self::Edited => "edited",
            Self::Resaved => "re-saved",
        }
    }

    /// As it stands in paths.
    pub(crate) const fn folder(self) -> &'static str {
        match self {
            Self::AsIs => "as-is",
            Self::Unpacked => "unpacked",
            Self::Edited => "edited",
            Self::Resaved => "re-saved",
        }
    }
}

/// What is dealt a treatment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weighed {
    pub(crate) bytes: u64,
    pub(crate) can_be_unpacked: bool,
}

/// Deals treatments so that each has its share of the bytes, as near as the sizes allow; what can
/// be unpacked at all bounds that share. The large ones are dealt first, at odds of what is left.
pub(crate) fn deal(objects: &[Weighed], seeded: &mut Seeded) -> Vec<Treatment> {
    let total: u64 = objects.iter().map(|object| object.bytes).sum();
    let mut left = Treatment::ALL.map(|treatment| (treatment, total * treatment.share() / 100));
    let mut order: Vec<usize> = (0..objects.len()).collect();
    let object = |place: usize| objects.get(place).copied().expect("a place in the list");
    order.sort_by_key(|&place| (std::cmp::Reverse(object(place).bytes), place));
    let mut dealt = vec![Treatment::AsIs; objects.len()];
    let mut set = |place: usize, treatment| {
        if let Some(it) = dealt.get_mut(place) {
            *it = treatment;
        }
    };
    let packed = order.iter().filter(|&&place| object(place).can_be_unpacked);
    let mut packed_left: u64 = packed.map(|&place| object(place).bytes).sum();
    let mut rest = Vec::new();
    for place in order {
        let Weighed { bytes, can_be_unpacked } = object(place);
        if !can_be_unpacked {
            rest.push(place);
            continue;
        }
        let [_, (_, to_unpack), ..] = &mut left;
        let is_drawn = below(seeded, packed_left) < *to_unpack;
        packed_left -= bytes;
        if is_drawn && bytes <= *to_unpack {
            *to_unpack -= bytes;
            set(place, Treatment::Unpacked);
        } else {
            rest.push(place);
        }
    }
    let [_, (_, to_unpack), ..] = &mut left;
    *to_unpack = 0;
    rest.sort_by_key(|&place| (std::cmp::Reverse(object(place).bytes), place));
    for place in rest {
        set(place, draw(&mut left, object(place).bytes, seeded));
    }
    dealt
}

/// One of the treatments that have room for so many bytes; where none has, that with most room.
fn draw(left: &mut [(Treatment, u64); 4], bytes: u64, seeded: &mut Seeded) -> Treatment {
    let fits = |room: u64| if room >= bytes { room } else { 0 };
    let sum: u64 = left.iter().map(|&(_, room)| fits(room)).sum();
    let mut drawn = below(seeded, sum);
    let fitting = left.iter_mut().find(|(_, room)| {
        let odds = fits(*room);
        let is_it = odds > 0 && drawn < odds;
        drawn = drawn.saturating_sub(odds);
        is_it
    });
    let Some((treatment, room)) = fitting else {
        let most = left.iter_mut().max_by_key(|(treatment, room)| (*room, treatment.share()));
        let (treatment, room) = most.expect("four treatments");
        *room = room.saturating_sub(bytes);
        return *treatment;
    };
    *room -= bytes;
    *treatment
}

/// A number below `limit`, or 0 where that is 0.
fn below(seeded: &mut Seeded, limit: u64) -> u64 {
    let limit = usize::try_from(limit.max(1)).expect("sizes in memory");
    seeded.below(limit) as u64
}

#[cfg(test)]
mod tests {
    use super::{Seeded, Treatment, Weighed, deal};

    fn shares(objects: &[Weighed]) -> [u64; 4] {
        let dealt = deal(objects, &mut Seeded::new(1));
        let total: u64 = objects.iter().map(|object| object.bytes).sum();
        Treatment::ALL.map(|treatment| {
            let of_it = objects.iter().zip(&dealt).filter(|&(_, it)| *it == treatment);
            of_it.map(|(object, _)| object.bytes).sum::<u64>() * 100 / total
        })
    }

    #[test]
    fn shares_are_sixty_twenty_ten_and_ten_of_the_bytes() {
        let weighed = |number: u64| Weighed {
            bytes: 1000 + number * number,
            can_be_unpacked: !number.is_multiple_of(3),
        };
        let found = shares(&(0..400).map(weighed).collect::<Vec<_>>());
        for (found, wanted) in found.into_iter().zip([60, 20, 10, 10]) {
            assert!(found.abs_diff(wanted) <= 2, "{found} for {wanted}");
        }
    }

    #[test]
    fn only_what_can_be_unpacked_is() {
        let weighed =
            |number: u64| Weighed { bytes: 1000, can_be_unpacked: number.is_multiple_of(20) };
        let objects: Vec<Weighed> = (0..400).map(weighed).collect();
        let dealt = deal(&objects, &mut Seeded::new(1));
        let unpacked = objects.iter().zip(&dealt).filter(|&(_, it)| *it == Treatment::Unpacked);
        assert!(unpacked.clone().all(|(object, _)| object.can_be_unpacked));
        assert_eq!(unpacked.count(), 20);
    }
}
