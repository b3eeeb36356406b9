//! Kind `apache-disk`: the files of Apache's `mod_cache_disk`.
//!
//! An object is a `.header` file and the `.data` file beside it. Both are renamed into place, one
//! after the other; only a header that names the inode and device of the data is about it. A
//! revalidation writes the header anew, the data stays, and so does the generation.

use crate::error::{Error, LimitKind};
use crate::files::access_fs::join_path;
use crate::files::file_format::{
    Completeness, FileFormat, FileNumber, FileRules, Found, Inspection, PartOf, Role, Segment,
};
use crate::identifiers::{DateKind, Identifiers};
use crate::object::{GenerationTuple, ObjectKey};
use crate::web::apache_header::{ApacheHeader, ApacheObject, NAME_DIGITS, file_name, variant_key};
use crate::web::url_host::add_url;

#[cfg(test)]
mod tests;

/// The kind's name.
const KIND: &str = "apache-disk";

const HEADER: &[u8] = b".header";
const DATA: &[u8] = b".data";

/// Behind the name of a vary index: the folder of its variants.
const VARIANTS: &[u8] = b".header.vary";

/// Folders that are entered at most: both names of a variant, each divided.
const FOLDERS_MAX: usize = 16;

/// Reads the files of an Apache disk cache.
#[derive(Debug, Clone, Copy, Default)]
pub struct ApacheFormat {
    /// `CacheDirLevels` and `CacheDirLength`, to ask for a URL without a listing.
    pub levels: Option<ApacheLevels>,
}

/// How Apache divides the name of a file into folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApacheLevels {
    /// `CacheDirLevels`.
    pub levels: usize,
    /// `CacheDirLength`, digits of each.
    pub digits: usize,
}

impl FileFormat for ApacheFormat {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn rules(&self) -> FileRules {
        FileRules {
            changed_in_place: false,
            complete: Completeness::AsInspected,
            links_once: false,
            folder_depth: FOLDERS_MAX,
        }
    }

    fn enters(&self, folder: &[u8]) -> bool {
        folder.split(|&byte| byte == b'/').all(|part| {
            let digits = part.strip_suffix(VARIANTS).unwrap_or(part);
            !digits.is_empty()
                && digits.len() < NAME_DIGITS
                && digits.iter().all(|&byte| is_digit(byte))
        })
    }

    fn role(&self, _folder: &[u8], name: &[u8]) -> Role {
        let is_stem = |stem: &[u8]| {
            !stem.is_empty() && stem.len() <= NAME_DIGITS && stem.iter().all(|&byte| is_digit(byte))
        };
        match (name.strip_suffix(HEADER), name.strip_suffix(DATA)) {
            (Some(stem), _) if is_stem(stem) => Role::Object,
            (_, Some(stem)) if is_stem(stem) => Role::CompanionOf([stem, HEADER].concat()),
            _ => Role::Ignored,
        }
    }

    fn inspect(&self, file: &mut Inspection<'_>) -> Result<Vec<Found>, Error> {
        let object = match read_header(file)? {
            ApacheHeader::Object(object) => object,
            ApacheHeader::VaryIndex { .. } => return Ok(Vec::new()),
        };
        check_name(file, &object)?;
        if !object.has_body || object.response.not_offered().is_some() {
            return Ok(Vec::new());
        }
        let data = open_data(file, &object)?;
        found(file, &object, data).map(|found| vec![found])
    }

    fn paths_for(&self, identifiers: &Identifiers) -> Vec<Vec<u8>> {
        let Some(levels) = self.levels else { return Vec::new() };
        let path = |url: &Vec<u8>| {
            let question: &[u8] = if url.contains(&b'?') { b"" } else { b"?" };
            levels.path_of(&file_name(&[url, question].concat()))
        };
        identifiers.urls.iter().filter_map(path).collect()
    }
}

impl ApacheLevels {
    /// Where the header of that name lies.
    fn path_of(self, name: &str) -> Option<Vec<u8>> {
        let mut rest = name;
        let mut path = Vec::new();
        for _ in 0..self.levels {
            let (level, after) = rest.split_at_checked(self.digits)?;
            path.extend_from_slice(level.as_bytes());
            path.push(b'/');
            rest = after;
        }
        Some([path.as_slice(), rest.as_bytes(), HEADER].concat())
    }
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'@')
}

fn read_header(file: &Inspection<'_>) -> Result<ApacheHeader, Error> {
    let limits = file.limits();
    // Its own fields and name, then two blocks.
    let blocks = limits.header_block_bytes.saturating_mul(2);
    let bytes_max = limits.header_bytes.saturating_add(limits.key_bytes).saturating_add(blocks);
    if file.stat().bytes > bytes_max as u64 {
        return Err(Error::Limit(LimitKind::Header));
    }
    ApacheHeader::parse(&file.head(bytes_max)?, limits)
}

/// A header that is no variant lies under the hash of its own name.
fn check_name(file: &Inspection<'_>, object: &ApacheObject) -> Result<(), Error> {
    if is_variant(file) {
        return Ok(());
    }
    let path = join_path(file.folder(), file.name());
    let stem = path.strip_suffix(HEADER).unwrap_or(&path);
    let name: Vec<u8> = stem.iter().copied().filter(|&byte| byte != b'/').collect();
    if name != file_name(&object.name).as_bytes() {
        return Err(Error::Corrupt("a file under the name of another"));
    }
    Ok(())
}

fn is_variant(file: &Inspection<'_>) -> bool {
    file.folder().split(|&byte| byte == b'/').any(|part| part.ends_with(VARIANTS))
}

/// Opens the data, if it is that which the header was written for.
fn open_data(file: &mut Inspection<'_>, object: &ApacheObject) -> Result<FileNumber, Error> {
    let stem = file.name().strip_suffix(HEADER).unwrap_or_default();
    let path = join_path(file.folder(), &[stem, DATA].concat());
    let number = file.open_beside(&path).map_err(|error| match error {
        // The header came first; the data may follow.
        Error::Gone => Error::Busy,
        other => other,
    })?;
    let stat = &file.file(number)?.stat;
    if (stat.ino, stat.dev) != (object.data_inode, object.data_device) {
        return Err(Error::Busy);
    }
    object.response.check_body_bytes(stat.bytes)?;
    Ok(number)
}

fn found(file: &Inspection<'_>, object: &ApacheObject, data: FileNumber) -> Result<Found, Error> {
    let stat = file.file(data)?.stat;
    // Inode numbers are used again; what a revalidation may not change tells such files apart.
    let fields = &object.response.fields;
    let generation = GenerationTuple::new(KIND)
        .number(stat.dev)
        .number(stat.ino)
        .number(stat.bytes)
        .bytes(fields.first("etag").unwrap_or_default())
        .bytes(fields.first("last-modified").unwrap_or_default())
        .finish();
    let body = Segment { file: data, offset: 0, len: stat.bytes };
    let mut found = Found::new(key(object)?, generation, vec![body]);
    found.identifiers = object.response.identifiers();
    found.identifiers.add_date(DateKind::Stored, object.date_us.div_euclid(1_000_000));
    add_url(&mut found.identifiers, object.url());
    found.media_type = object.response.media_type();
    found.encodings = object.response.content_codings();
    found.is_private = object.is_never_public();
    let range = object.response.content_range()?;
    found.part = range.map(|range| PartOf { start: range.start, total: range.total });
    Ok(found)
}

/// Name, and for an answer that varies what its request said, as Apache puts it together.
fn key(object: &ApacheObject) -> Result<ObjectKey, Error> {
    let varies = object.response.fields.list("vary");
    if varies.is_empty() {
        return ObjectKey::of_parts(&[&object.name]);
    }
    let mut fields: Vec<String> =
        varies.into_iter().map(|name| String::from_utf8_lossy(name).to_ascii_lowercase()).collect();
    fields.sort();
    let variant = variant_key(&fields, &object.request, b"");
    ObjectKey::of_parts(&[&object.name, &variant])
}
