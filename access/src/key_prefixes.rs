//! What keys begin with of objects that cannot be seen.

use std::collections::BTreeSet;

use crate::object::ObjectKey;

/// Bytes that are remembered; beyond, all keys are taken for hidden.
const BYTES_MAX: usize = 8 << 20;

/// Bytes that a prefix costs beside its own, about.
const PREFIX_BYTES: usize = 64;

/// Beginnings of keys. Whether one of them is that of a key is asked in the time of one look-up,
/// however many there are. What is beyond 8 MiB makes it the beginning of all keys.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeyPrefixes {
    /// None begins with another.
    prefixes: BTreeSet<ObjectKey>,
    bytes: usize,
}

impl KeyPrefixes {
    pub(crate) fn clear(&mut self) {
        self.prefixes.clear();
        self.bytes = 0;
    }

    pub(crate) fn add(&mut self, prefix: &ObjectKey) {
        if self.covers(prefix) {
            return;
        }
        let begins_so = |key: &ObjectKey| key.as_bytes().starts_with(prefix.as_bytes());
        while let Some(longer) =
            self.prefixes.range::<ObjectKey, _>(prefix..).next().filter(|it| begins_so(it))
        {
            let longer = longer.clone();
            self.bytes = self.bytes.saturating_sub(cost(&longer));
            self.prefixes.remove(&longer);
        }
        self.bytes = self.bytes.saturating_add(cost(prefix));
        self.prefixes.insert(prefix.clone());
        if self.bytes > BYTES_MAX {
            let all = ObjectKey::empty();
            self.bytes = cost(&all);
            self.prefixes = BTreeSet::from([all]);
        }
    }

    /// Whether a key begins with one of them. That can only be the last one that is not greater.
    pub(crate) fn covers(&self, key: &ObjectKey) -> bool {
        let last = self.prefixes.range::<ObjectKey, _>(..=key).next_back();
        last.is_some_and(|prefix| key.as_bytes().starts_with(prefix.as_bytes()))
    }

    /// Whether all keys that begin with one of these begin with one of the others too.
    pub(crate) fn are_within(&self, others: &Self) -> bool {
        self.prefixes.iter().all(|prefix| others.covers(prefix))
    }
}

fn cost(prefix: &ObjectKey) -> usize {
    prefix.as_bytes().len().saturating_add(PREFIX_BYTES)
}

#[cfg(test)]
mod tests {
    //! Goal: a key is hidden if, and only if, a prefix of it is. Method: against a list that is
    //! gone through. If it fails, an object that cannot be seen is forgotten.

    use proptest::prelude::*;

    use super::{BYTES_MAX, KeyPrefixes};
    use crate::object::{KEY_BYTES_MAX, ObjectKey};

    fn key(bytes: &[u8]) -> ObjectKey {
        ObjectKey::new(bytes).unwrap()
    }

    #[test]
    fn what_is_not_remembered_hides_all() {
        let mut prefixes = KeyPrefixes::default();
        for number in 0..u8::try_from(BYTES_MAX / KEY_BYTES_MAX).unwrap() {
            assert!(!prefixes.covers(&key(b"")));
            prefixes.add(&key(&vec![number; KEY_BYTES_MAX]));
        }
        assert!(prefixes.covers(&key(b"")) && prefixes.covers(&key(b"any")));
        prefixes.clear();
        assert!(!prefixes.covers(&key(b"any")));
    }

    proptest! {
        #[test]
        fn key_is_covered_if_and_only_if_it_begins_with_one(
            added in prop::collection::vec(prop::collection::vec(0_u8..3, 0..5), 0..12),
            asked in prop::collection::vec(prop::collection::vec(0_u8..3, 0..6), 0..12),
        ) {
            let mut prefixes = KeyPrefixes::default();
            for prefix in &added {
                prefixes.add(&key(prefix));
            }
            let is_below = |asked: &Vec<u8>| added.iter().any(|prefix| asked.starts_with(prefix));
            for asked in &asked {
                prop_assert_eq!(prefixes.covers(&key(asked)), is_below(asked));
            }
            let mut others = KeyPrefixes::default();
            for asked in &asked {
                others.add(&key(asked));
            }
            prop_assert_eq!(others.are_within(&prefixes), asked.iter().all(is_below));
            prop_assert!(prefixes.are_within(&prefixes));
        }
    }
}
