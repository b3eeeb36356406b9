//! Kind `acng`: the files of apt-cacher-ng, `<host>/<path>`, each with a `.head` beside it.
//!
//! A download grows under its final path: it is whole once it is as long as the head says. A failed
//! fetch leaves a head without a length, or without a file.

use crate::error::{Error, LimitKind};
use crate::files::access_fs::join_path;
use crate::files::file_format::{Completeness, FileFormat, FileRules, Found, Inspection, Role};
use crate::object::{GenerationTuple, ObjectKey};
use crate::web::acng_head::AcngHead;
use crate::web::url_host::add_url;

#[cfg(test)]
mod tests;

/// The kind's name.
const KIND: &str = "acng";

const HEAD: &[u8] = b".head";

/// Reads the files of apt-cacher-ng.
#[derive(Debug, Clone, Copy, Default)]
pub struct AcngFormat;

impl FileFormat for AcngFormat {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn rules(&self) -> FileRules {
        FileRules {
            changed_in_place: true,
            complete: Completeness::AsInspected,
            links_once: false,
            folder_depth: 16,
        }
    }

    /// Folders of its own begin with an underscore: `_xstore`, `_import`.
    fn enters(&self, folder: &[u8]) -> bool {
        folder.first() != Some(&b'_')
    }

    fn role(&self, folder: &[u8], name: &[u8]) -> Role {
        match name.strip_suffix(HEAD) {
            _ if folder.is_empty() => Role::Ignored,
            Some(stem) if !stem.is_empty() => Role::CompanionOf(stem.to_vec()),
            _ => Role::Object,
        }
    }

    /// Keys are paths.
    fn keys_below(&self, path: &[u8]) -> Vec<u8> {
        path.to_vec()
    }

    fn inspect(&self, file: &mut Inspection<'_>) -> Result<Vec<Found>, Error> {
        let head = read_head(file)?;
        if head.response.not_offered().is_some() {
            return Ok(Vec::new());
        }
        let stat = *file.stat();
        if stat.bytes < head.body_bytes {
            return Err(Error::Busy);
        }
        head.response.check_body_bytes(stat.bytes)?;
        let generation = GenerationTuple::new(KIND)
            .number(stat.dev)
            .number(stat.ino)
            .number(stat.bytes)
            .signed(stat.mtime_ns)
            .signed(stat.ctime_ns)
            .finish();
        let key = ObjectKey::of_parts(&[file.path()])?;
        let mut found = Found::whole_file(key, generation, &stat);
        found.identifiers = head.response.identifiers();
        let path = [b"http://", file.path()].concat();
        let url = head.source_url.as_deref().map_or(path.as_slice(), str::as_bytes);
        add_url(&mut found.identifiers, url);
        found.media_type = head.response.media_type();
        found.encodings = head.response.content_codings();
        found.is_private = head.response.is_never_public();
        Ok(vec![found])
    }
}

fn read_head(file: &mut Inspection<'_>) -> Result<AcngHead, Error> {
    let path = join_path(file.folder(), &[file.name(), HEAD].concat());
    let number = file.open_beside(&path).map_err(|error| match error {
        // The file came first; its head may follow.
        Error::Gone => Error::Busy,
        other => other,
    })?;
    let limits = file.limits();
    let head = file.file(number)?;
    let bytes = usize::try_from(head.stat.bytes).unwrap_or(usize::MAX);
    if bytes > limits.header_block_bytes {
        return Err(Error::Limit(LimitKind::Header));
    }
    let mut text = vec![0; bytes];
    crate::body::Body::read_exact_at(&head.body(), 0, &mut text)?;
    AcngHead::parse(&text, limits)
}
