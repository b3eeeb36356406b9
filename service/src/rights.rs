//! Who may do what to which objects: one table, default deny.

use std::collections::BTreeSet;

use gleaner_store::ObjectName;

/// What a token was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Right {
    /// Reading everything of one's own tenant.
    Read,
    /// Backups: new objects, and nothing taken away but one's own signs of life. Who steals such a
    /// token can neither remove nor change what is there.
    Append,
    /// Forgetting and pruning.
    Maintain,
    /// Making a repository, and its keys.
    Administer,
}

impl Right {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Read, Self::Append, Self::Maintain, Self::Administer];

    /// Its name in a token's record.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Append => "append",
            Self::Maintain => "maintain",
            Self::Administer => "administer",
        }
    }
}

/// Rights of a session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rights(BTreeSet<Right>);

impl FromIterator<Right> for Rights {
    fn from_iter<I: IntoIterator<Item = Right>>(rights: I) -> Self {
        Self(rights.into_iter().collect())
    }
}

impl Rights {
    /// Those whose names a token's record has; other names give none.
    #[must_use]
    pub fn of_names(names: &[String]) -> Self {
        let has = |right: &Right| names.iter().any(|name| name == right.as_str());
        Right::ALL.into_iter().filter(has).collect()
    }

    fn any(&self, of: &[Right]) -> bool {
        of.iter().any(|right| self.0.contains(right))
    }

    pub(crate) fn may_read(&self) -> bool {
        // Every other right needs to see what is there.
        !self.0.is_empty()
    }

    pub(crate) fn may_create(&self, name: &ObjectName) -> bool {
        self.any(match top(name) {
            "data" | "snapshots" | "leases" | "tmp" => {
                &[Right::Append, Right::Maintain, Right::Administer]
            }
            // Tombstones, epochs and lists of packs that go; a lock of a whole repository; the
            // bytes that a prune gives free where the disk is full.
            "forgotten" | "epoch" | "condemned" | "trash" | "quarantine" | "locks" | "reserve" => {
                &[Right::Maintain, Right::Administer]
            }
            _ => &[Right::Administer],
        })
    }

    pub(crate) fn may_delete(&self, name: &ObjectName) -> bool {
        self.any(match top(name) {
            "data" | "snapshots" | "leases" | "forgotten" | "epoch" | "condemned" | "tmp"
            | "trash" | "quarantine" | "locks" | "reserve" => &[Right::Maintain, Right::Administer],
            _ => &[Right::Administer],
        })
    }

    /// Whether a session that made this object may delete it: a lease says that its maker lives.
    pub(crate) fn may_delete_own(&self, name: &ObjectName) -> bool {
        top(name) == "leases" && self.may_create(name)
    }

    /// Whether it may forget and prune.
    pub(crate) fn may_maintain(&self) -> bool {
        self.any(&[Right::Maintain, Right::Administer])
    }

    pub(crate) fn may_make_layout(&self) -> bool {
        self.any(&[Right::Append, Right::Maintain, Right::Administer])
    }
}

/// The folder at the top of a repository, or the object there.
fn top(name: &ObjectName) -> &str {
    name.as_str().split('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use gleaner_store::LAYOUT_FOLDERS;

    use super::*;

    /// For each place: rights that may create there, and rights that may delete there.
    const TABLE: [(&str, &str, &str); 15] = [
        ("config", "..A", "..A"),
        ("keys/slot", "..A", "..A"),
        ("keys/epoch/1", "..A", "..A"),
        ("data/00/pack", "aMA", ".MA"),
        ("snapshots/s", "aMA", ".MA"),
        ("leases/l", "aMA", ".MA"),
        ("tmp/t", "aMA", ".MA"),
        ("forgotten/s", ".MA", ".MA"),
        ("epoch/1", ".MA", ".MA"),
        ("condemned/1", ".MA", ".MA"),
        ("trash/t", ".MA", ".MA"),
        ("quarantine/q", ".MA", ".MA"),
        ("locks/l", ".MA", ".MA"),
        ("reserve", ".MA", ".MA"),
        ("anything", "..A", "..A"),
    ];

    #[test]
    fn table_of_rights_is_what_it_is() {
        for folder in LAYOUT_FOLDERS {
            let is_in = |(place, ..): &(&str, _, _)| place.starts_with(folder);
            assert!(TABLE.iter().any(is_in), "{folder} is not in the table");
        }
        let changing = [Right::Append, Right::Maintain, Right::Administer];
        for (place, creates, deletes) in TABLE {
            let name = ObjectName::new(place).unwrap();
            for (right, letters) in changing.into_iter().zip(["a", "M", "A"]) {
                let rights = Rights::from_iter([right]);
                assert_eq!(
                    rights.may_create(&name),
                    creates.contains(letters),
                    "{right:?} {place}"
                );
                assert_eq!(
                    rights.may_delete(&name),
                    deletes.contains(letters),
                    "{right:?} {place}"
                );
                assert_eq!(rights.may_delete_own(&name), place == "leases/l", "{right:?} {place}");
                assert!(rights.may_read() && rights.may_make_layout());
            }
            let (reader, nobody) = (Rights::from_iter([Right::Read]), Rights::default());
            assert!(!reader.may_create(&name) && !reader.may_delete(&name), "{place}");
            assert!(!reader.may_delete_own(&name) && !nobody.may_delete_own(&name), "{place}");
            assert!(!nobody.may_create(&name) && !nobody.may_delete(&name), "{place}");
            assert!(reader.may_read() && !reader.may_make_layout());
            assert!(!nobody.may_read() && !nobody.may_make_layout());
        }
    }

    #[test]
    fn rights_have_names_and_other_names_give_none() {
        let all = Right::ALL.map(|right| right.as_str().to_owned());
        assert_eq!(Rights::of_names(&all), Right::ALL.into_iter().collect());
        let others = ["", "READ", "everything", "read "].map(str::to_owned);
        assert_eq!(Rights::of_names(&others), Rights::default());
    }
}
