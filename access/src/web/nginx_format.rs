//! Kind `nginx`: the files of a `proxy_cache`, and of `fastcgi_cache`, `scgi_cache` and
//! `uwsgi_cache`.
//!
//! - A file under its final name is complete: nginx writes under another and renames.
//! - A revalidation rewrites the first 336 bytes in place; the body stays. So only device, inode,
//!   size and start of the body make a generation.
//! - Slices of one response are parts of one object, whose key is theirs without the range.
//! - A log knows an object by its URL, of which slices have one in common, if its key says nothing
//!   else: see [`log_name`].

use crate::error::Error;
use crate::files::file_format::{
    Completeness, FileFormat, FileNumber, FileRules, Found, Inspection, PartOf, Role, Segment,
};
use crate::identifiers::{DateKind, Identifiers};
use crate::object::{GenerationTuple, ObjectKey, ObjectMeta};
use crate::web::http_message::ContentRange;
use crate::web::nginx_header::{NginxHeader, hex_name, is_final_name, nginx_bytes_needed};
use crate::web::slice_key::SliceKey;
use crate::web::url_host::add_url;
use crate::web::url_pattern::{UrlPattern, says_no_more};

use md5::{Digest, Md5};

#[cfg(test)]
mod tests;

/// The kind's name.
const KIND: &str = "nginx";

/// What is read of a file at first: most headers are shorter.
const FIRST_READ_BYTES: usize = 4096;

/// Levels of folders that nginx can be told to make.
const LEVELS_MAX: usize = 3;

/// Reads the files of an nginx cache.
#[derive(Debug, Clone, Default)]
pub struct NginxFormat {
    /// How a URL is read out of a key; by default a key is a URL.
    pub key_pattern: UrlPattern,
}

impl FileFormat for NginxFormat {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn rules(&self) -> FileRules {
        FileRules {
            changed_in_place: false,
            complete: Completeness::AsInspected,
            links_once: false,
            folder_depth: LEVELS_MAX,
        }
    }

    fn enters(&self, folder: &[u8]) -> bool {
        let mut parts = folder.split(|&byte| byte == b'/');
        let is_level = |part: &[u8]| {
            let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
            matches!(part.len(), 1 | 2) && part.iter().all(is_digit)
        };
        parts.by_ref().take(LEVELS_MAX).all(is_level) && parts.next().is_none()
    }

    fn role(&self, folder: &[u8], name: &[u8]) -> Role {
        if is_final_name(name) && is_in_its_folder(folder, name) {
            Role::Object
        } else {
            Role::Ignored
        }
    }

    fn inspect(&self, file: &mut Inspection<'_>) -> Result<Vec<Found>, Error> {
        let header = read_header(file)?;
        if header.response.not_offered().is_some() {
            return Ok(Vec::new());
        }
        header.response.check_body_bytes(header.body_bytes)?;
        let stat = file.stat();
        // An inode number is used again: what the upstream sent tells such files apart. It is
        // written once, for a revalidation rewrites what stands before the key alone.
        let mut tuple = GenerationTuple::new(KIND)
            .number(stat.dev)
            .number(stat.ino)
            .number(stat.bytes)
            .number(header.body_start)
            .number(u64::from(header.response.status));
        for (name, value) in header.response.fields.as_bytes() {
            tuple = tuple.bytes(name).bytes(value);
        }
        let generation = tuple.finish();
        let (key, part) = key_and_part(&header)?;
        let body = Segment {
            file: FileNumber::INSPECTED,
            offset: header.body_start,
            len: header.body_bytes,
        };
        let mut found = Found::new(key, generation, vec![body]);
        found.identifiers = self.identifiers(&header);
        found.media_type = header.response.media_type();
        found.encodings = header.response.content_codings();
        // A whole answer under what may be the key of a slice: the log may know it by either name,
        // so it cannot be told whether it was asked for with credentials.
        let has_two_names = part.is_none() && SliceKey::of(&header.key).is_some();
        // Nor can that be told of an object whose key says more than the URL in it: a log may name
        // it by either. What more it says is likely whose it is.
        let whole = whole_key(&header.key);
        let says_more = found.identifiers.urls.iter().any(|url| !says_no_more(whole, url));
        found.is_private = header.response.is_never_public() || has_two_names || says_more;
        found.part = part;
        Ok(vec![found])
    }

    fn paths_for(&self, identifiers: &Identifiers) -> Vec<Vec<u8>> {
        let keys = identifiers.urls.iter().filter(|url| {
            self.key_pattern.url(url).is_some_and(|found| found.as_bytes() == url.as_slice())
        });
        keys.flat_map(|key| paths_of_name(&hex_name(Md5::digest(key).into()))).collect()
    }
}

impl NginxFormat {
    /// What finds the URL in a cache key.
    pub(crate) const fn key_pattern(&self) -> &UrlPattern {
        &self.key_pattern
    }

    fn identifiers(&self, header: &NginxHeader) -> Identifiers {
        let mut found = header.response.identifiers();
        found.add_date(DateKind::Stored, header.date_s);
        if let Some(url) = self.key_pattern.url(whole_key(&header.key)) {
            add_url(&mut found, url.as_bytes());
        }
        found
    }
}

/// The key that a response has without slices, which is the name of all of them.
fn whole_key(key: &[u8]) -> &[u8] {
    SliceKey::of(key).map_or(key, |slice| slice.whole)
}

/// The name by which the log knows an object: its URL, or the text of its key where that says
/// anything else, for keys of several objects may have that URL. Slices are known by the name of
/// the whole. `None` for a whole answer under what may be the key of a slice: the log may know it
/// by either name, and another object by the other.
pub(crate) fn log_name<'a>(meta: &'a ObjectMeta, key_text: &'a [u8]) -> Option<&'a [u8]> {
    if meta.partial.is_none() && SliceKey::of(key_text).is_some() {
        return None;
    }
    let whole = whole_key(key_text);
    let url = meta.identifiers.urls.first().filter(|url| says_no_more(whole, url));
    Some(url.map_or(whole, Vec::as_slice))
}

/// The object's key, and which part of it this is.
///
/// Answers that vary are told apart by their variant; slices belong together if key, entity
/// tag and total agree. A slice whose tag is missing or weak stays on its own.
fn key_and_part(header: &NginxHeader) -> Result<(ObjectKey, Option<PartOf>), Error> {
    let whole = || ObjectKey::of_parts(&[&header.key, &header.variant]);
    let Some(range) = header.response.content_range()? else { return Ok((whole()?, None)) };
    let part = PartOf { start: range.start, total: range.total };
    let key = match slice_group(header, range) {
        Some((slice, tag, total)) => {
            let total = total.to_le_bytes();
            ObjectKey::of_parts(&[slice.whole, &header.variant, tag, &total])?
        }
        None => whole()?,
    };
    Ok((key, Some(part)))
}

/// What the slices of one response have in common; `None` if this is not one of them.
fn slice_group(header: &NginxHeader, range: ContentRange) -> Option<(SliceKey<'_>, &[u8], u64)> {
    let slice = SliceKey::of(&header.key)?;
    let tag = header.response.strong_etag()?;
    let total = range.total?;
    let is_slice = slice.start == range.start && range.end <= slice.end;
    is_slice.then_some((slice, tag, total))
}

fn read_header(file: &Inspection<'_>) -> Result<NginxHeader, Error> {
    let mut head = file.head(FIRST_READ_BYTES)?;
    let needed = nginx_bytes_needed(&head)?;
    if needed > head.len() && needed <= file.limits().header_bytes {
        head = file.head(needed)?;
    }
    NginxHeader::parse(&head, file.stat().bytes, file.name(), file.limits())
}

/// The folders are the end of the name, from the last digits on: `9/d0` for `...d09`.
fn is_in_its_folder(folder: &[u8], name: &[u8]) -> bool {
    let mut rest = name;
    let levels = folder.split(|&byte| byte == b'/').filter(|part| !part.is_empty());
    levels.into_iter().all(|level| match rest.strip_suffix(level) {
        Some(shorter) => {
            rest = shorter;
            true
        }
        None => false,
    })
}

/// Where a file of that name lies, for all `levels` there are: the reader is not told which.
fn paths_of_name(name: &[u8; 32]) -> Vec<Vec<u8>> {
    let mut paths = vec![name.to_vec()];
    // Folder so far, and the digits not used for it.
    let mut ways: Vec<(Vec<u8>, &[u8])> = vec![(Vec::new(), name)];
    for _ in 0..LEVELS_MAX {
        let mut longer = Vec::new();
        for (folder, rest) in ways {
            for digits in [1, 2] {
                let cut = rest.len().checked_sub(digits).and_then(|at| rest.split_at_checked(at));
                let Some((rest, level)) = cut else { continue };
                longer.push(([folder.as_slice(), level, b"/"].concat(), rest));
            }
        }
        paths.extend(longer.iter().map(|(folder, _)| [folder.as_slice(), name].concat()));
        ways = longer;
    }
    paths
}
