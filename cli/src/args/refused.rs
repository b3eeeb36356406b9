//! Verbs that are known and not there: reserved for ever, or not in this version.

/// Words of other tools and later verbs, and what to tell who types them.
const REFUSED: &[(&str, &str)] = &[
    ("rewrite", "reserved: snapshots are not rewritten; back up again with --exclude"),
    ("self-update", "reserved: update with your package manager"),
    ("generate", "reserved: use `gleaner completions` or `gleaner man`"),
    ("mount", "not in this version: use `ls`, `dump` and `restore`"),
    ("pending", "not in this version"),
    ("hosted", "not in this version"),
    ("onsite", "not in this version"),
    ("escrow", "not in this version"),
];

/// Flags of later versions, and why they are not taken: one that was accepted and ignored would
/// lie.
const REFUSED_FLAGS: &[(&str, &str)] = &[
    ("--memory-limit", "buffers have fixed bounds, whatever the data and the number of threads"),
    ("--limit-upload", "use --limit-write"),
    ("--limit-download", "use --limit-read"),
    ("--retry-lock", "no verb waits for a lease of another"),
    ("--option", "the local backend has no options"),
    ("-o", "the local backend has no options"),
    ("--sync", "every pack is synced before its chunks count as stored"),
    ("--provenance", "snapshots hold no provenance of single files"),
    ("--keep-last", RETENTION),
    ("--keep-hourly", RETENTION),
    ("--keep-daily", RETENTION),
    ("--keep-weekly", RETENTION),
    ("--keep-monthly", RETENTION),
    ("--keep-yearly", RETENTION),
    ("--keep-tag", RETENTION),
    ("--keep-within", RETENTION),
];

/// In borg and PBS "prune" means retention.
const RETENTION: &str = "retention is `forget`";

/// What to tell who typed `flag`, if it is known.
pub(crate) fn flag_hint(flag: &str) -> Option<&'static str> {
    REFUSED_FLAGS.iter().find(|(word, _)| *word == flag).map(|(_, hint)| *hint)
}

/// What to tell who typed `verb`, if it is known.
pub(crate) fn hint(verb: &str) -> Option<&'static str> {
    REFUSED.iter().find(|(word, _)| *word == verb).map(|(_, hint)| *hint)
}
