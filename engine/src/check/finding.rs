//! Findings with stable codes.

use gleaner_chunker::{ChunkId, PackId};
use gleaner_store::{ObjectName, SnapshotId};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is wrong.
    Info,
    /// Harmless: of a class that FORMAT.md section 10 names, or outside the repository, like the
    /// index. It is reported, and no failure of a check by itself.
    Warning,
    /// Something is lost, or cannot be trusted: a snapshot, a way to open the repository.
    Error,
}

impl Severity {
    /// Stable word for scripts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

macro_rules! codes {
    ($($code:ident $severity:ident $what:literal $cure:literal)*) => {
        /// Stable code of a finding: it never changes its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum FindingCode {
            $(#[doc = $what] $code,)*
        }

        impl FindingCode {
            /// All codes.
            pub const ALL: &'static [Self] = &[$(Self::$code,)*];

            /// The code as printed.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$code => stringify!($code),)* }
            }

            /// What was found, one line.
            #[must_use]
            pub const fn what(self) -> &'static str {
                match self { $(Self::$code => $what,)* }
            }

            /// What to do about it.
            #[must_use]
            pub const fn cure(self) -> &'static str {
                match self { $(Self::$code => $cure,)* }
            }

            /// How bad it is where the object is needed; see [`Finding::severity`].
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$code => Severity::$severity,)* }
            }
        }
    };
}

codes! {
    K101 Error "config or its copy unreadable or unknown" "copy the sound one over the other"
    K102 Error "key slot damaged" "add a slot with `key add`, then remove the damaged one"
    K103 Error "no usable key slot" "keep this process's access: `key add` from an open session"
    K104 Error "key epoch damaged or taken back" "remove what is damaged, then `key rotate`"
    P201 Error "pack header bad" "save what is left: `repair packs --apply`"
    P202 Error "pack trailer or length bad" "save what is left: `repair packs --apply`"
    P203 Error "pack directory bad" "save what is left: `repair packs --apply`"
    P204 Error "block does not open" "save what is left: `repair packs --apply`"
    P205 Error "block opens, but a chunk id differs"
        "test this machine's memory; save what is left: `repair packs --apply`"
    P206 Error "whole-pack hash differs" "save what is left: `repair packs --apply`"
    P207 Error "pack name and header id differ" "save what is in it: `repair packs --apply`"
    P208 Error "pack missing but referenced"
        "take its chunks from another repository: `repair packs --from-repo OTHER --apply`, or \
         back up again"
    P209 Warning "pack unknown to the index" "build the index anew: `repair index --apply`"
    P210 Error "read error" "check the medium, then check again"
    I301 Warning "index row points nowhere" "build the index anew: `repair index --apply`"
    I302 Warning "directory entry not indexed" "build the index anew: `repair index --apply`"
    I303 Warning "index unreadable" "build the index anew: `repair index --apply`"
    I304 Warning "index ahead of storage: a pack that it knew is gone"
        "nothing, if the pack was removed on purpose; else put it back"
    S401 Error "manifest damaged"
        "put it aside: `repair snapshots --apply`; copy the snapshot from another repository"
    S402 Error "snapshot needs a missing chunk" "back up again while the source still has the files"
    S403 Error "snapshot needs a damaged chunk"
        "save what is left: `repair packs --apply`, with `--from-repo` if there is a copy"
    S405 Error "repository older than last seen here"
        "find out who put an old copy back or removed snapshots; then remove the memory of it"
    T501 Error "tree undecodable" "forget the snapshot and back up again"
    T502 Error "illegal name in a tree" "do not trust who wrote this snapshot"
    T503 Error "unsorted or duplicate names in a tree" "do not trust who wrote this snapshot"
    A601 Warning "shards of a pack damaged, and repairable" "heal the pack from its parity sidecar"
    A602 Warning "parity sidecar missing or damaged" "write it anew: `parity add`"
    A603 Error "pack damaged beyond its parity"
        "put the pack back from another copy of the repository, or back up again"
    L701 Info "lease of a session" "if its process is dead: `unlock --lease ID`"
    L702 Error "lease, tombstone, condemned list or epoch malformed" "stop all sessions"
    L703 Error "condemned pack is the only copy of what a snapshot needs"
        "do not prune; back up again while the source still has the files"
    X801 Warning "foreign file" "move it elsewhere"
    X802 Info "left-over temporary file" "remove it when no session is running"
    X803 Info "quarantine not empty"
        "nothing: prune clears it; `repair all --undo RUN` puts it back"
}

/// What a finding can be healed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum HealSource {
    /// The parity sidecar of the pack.
    Parity,
    /// Other objects of the same repository.
    Repository,
    /// Another repository.
    OtherRepository,
}

impl HealSource {
    /// Stable word for scripts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Parity => "parity",
            Self::Repository => "repository",
            Self::OtherRepository => "other_repository",
        }
    }
}

/// One thing that a check found.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What it is.
    pub code: FindingCode,
    /// How bad it is: a warning where the code says error, if nothing needs the object.
    pub severity: Severity,
    /// The object concerned.
    pub object: Option<ObjectName>,
    /// The pack concerned.
    pub pack: Option<PackId>,
    /// Offset in the object, in bytes.
    pub offset: Option<u64>,
    /// Length of the stretch concerned, in bytes.
    pub length: Option<u64>,
    /// The chunk concerned.
    pub chunk: Option<ChunkId>,
    /// Snapshots concerned.
    pub snapshots: Vec<SnapshotId>,
    /// Paths concerned: at most [`super::FINDING_PATHS_MAX`].
    pub paths: Vec<Vec<u8>>,
    /// Number of paths concerned.
    pub paths_total: u64,
    /// Where what is damaged can be had, the nearest first; empty if that is not known.
    pub healable_from: Vec<HealSource>,
    /// One line for people.
    pub message: String,
}

impl Finding {
    pub(super) fn new(code: FindingCode, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            object: None,
            pack: None,
            offset: None,
            length: None,
            chunk: None,
            snapshots: Vec::new(),
            paths: Vec::new(),
            paths_total: 0,
            healable_from: Vec::new(),
            message: message.into(),
        }
    }

    pub(super) fn of(code: FindingCode, object: &ObjectName, message: impl Into<String>) -> Self {
        Self { object: Some(object.clone()), ..Self::new(code, message) }
    }

    /// The same of what other objects of the repository can heal.
    pub(super) fn healable(self) -> Self {
        self.healable_by(HealSource::Repository)
    }

    /// The same of what can be had from there too.
    pub(super) fn healable_by(mut self, source: HealSource) -> Self {
        self.healable_from.push(source);
        self
    }

    /// The same of an object that nothing needs (FORMAT.md section 10).
    pub(super) fn harmless(self) -> Self {
        Self { severity: self.severity.min(Severity::Warning), ..self }
    }
}
