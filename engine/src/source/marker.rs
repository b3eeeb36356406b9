//! Files whose presence excludes the folder that holds them (`--exclude-caches`,
//! `--exclude-if-present`).

use super::folder::Folder;

/// First bytes of a valid `CACHEDIR.TAG` (<https://bford.info/cachedir/>).
const CACHEDIR_SIGNATURE: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55";

/// A file name, and what the file has to begin with to count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// Name of the file, one component.
    pub name: Vec<u8>,
    /// What it begins with; empty if its presence is enough.
    pub header: Vec<u8>,
}

impl Marker {
    /// The marker of cache folders.
    #[must_use]
    pub fn cachedir_tag() -> Self {
        Self { name: b"CACHEDIR.TAG".to_vec(), header: CACHEDIR_SIGNATURE.to_vec() }
    }

    /// Reads `NAME` or `NAME:HEADER`; `None` if `NAME` is not a legal single component.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let mut parts = text.splitn(2, |&byte| byte == b':');
        let name = parts.next().unwrap_or_default().to_vec();
        let header = parts.next().unwrap_or_default().to_vec();
        gleaner_store::is_legal_name(&name).then_some(Self { name, header })
    }
}

/// The first of `markers` that stands in `folder`. A marker that cannot be read does not count,
/// for excluding data because of an error would lose it.
#[must_use]
pub fn marker_in<'m>(folder: &Folder, markers: &'m [Marker]) -> Option<&'m Marker> {
    markers.iter().find(|marker| {
        let content = folder.read_small(&marker.name, marker.header.len());
        content.is_ok_and(|content| content.is_some_and(|content| content == marker.header))
    })
}
