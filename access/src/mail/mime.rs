//! Where the parts of a mail lie, found in one pass and in memory that does not grow with it.
//!
//! What a part is, is fixed for ever, as recipes name parts by their path: a delimiter is a line of
//! `--`, the boundary, `--` if it is the last one, and white space, nothing else, of at most 4096
//! bytes without its break; inner boundaries win over outer ones; a part ends before the line break
//! that precedes its delimiter, or with its mail. Only LF and CR LF break lines. Of the value of a
//! header field, the first 4096 bytes count.

use std::ops::Range;

use mailparse::{parse_content_disposition, parse_content_type};

use crate::body::Body;
use crate::error::{Error, LimitKind};
use crate::limits::Limits;
use crate::mail::fields::Fields;
use crate::mail::lines::{Lines, Piece};

#[cfg(test)]
mod tests;

/// Longest boundary that is looked for. RFC 2046 allows 70 bytes.
const BOUNDARY_BYTES_MAX: usize = 1000;

/// Longest line that is taken for a delimiter; more than a boundary and what may stand around it.
/// Longer ones come in pieces, of which the first may look like one.
const DELIMITER_BYTES_MAX: usize = 4096;

/// Bytes of a field that are looked at: mailparse needs time and memory for the square of it.
const FIELD_BYTES_MAX: usize = 4096;

/// Longest media type; RFC 6838 allows 127 bytes on each side of the slash.
const MEDIA_TYPE_BYTES_MAX: usize = 255;

/// Bytes that are kept of a file name.
const FILE_NAME_BYTES_MAX: usize = 1024;

/// How the bytes of a part are to be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransferEncoding {
    /// Not at all: 7bit, 8bit, binary, or none named.
    Identity,
    /// Base64.
    Base64,
    /// Quoted-printable.
    QuotedPrintable,
    /// Something else: only the stored bytes can be had.
    Unknown,
}

/// A part of a mail that is not itself a multipart: text, an attachment, a mail within the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its number, counted from 1, in each of the parts that hold it, as IMAP numbers sections.
    /// The body of a mail of one part is `[1]`; what a `message/rfc822` part holds is below it.
    pub path: Vec<u32>,
    /// Its header block, the blank line included.
    pub header: Range<u64>,
    /// Where its stored bytes begin.
    pub offset: u64,
    /// How many there are.
    pub len: u64,
    /// How they are encoded.
    pub encoding: TransferEncoding,
    /// Media type in lower case; `text/plain` where none is named.
    pub media_type: String,
    /// The file name that the sender gave it. A name for people: it may hold anything.
    pub file_name: Option<String>,
}

/// Finds the parts of the mail that `body` is, in the order in which they begin.
///
/// # Errors
///
/// [`Error::Limit`] for a header block, a number of parts or a nesting above the caps, and for a
/// header line above 64 KiB whatever they say; what reading the body gives.
pub fn parts<B: Body + ?Sized>(body: &B, limits: &Limits) -> Result<Vec<Part>, Error> {
    let mut walk = Walk::new(limits);
    let mut lines = Lines::new(body, 0);
    let mut break_start = 0;
    while let Some(piece) = lines.next()? {
        walk.piece(&piece, break_start)?;
        break_start = piece.text_end();
    }
    walk.end_all(body.len())?;
    Ok(walk.parts)
}

/// What is open around the place where the walk is.
enum Frame {
    Multipart {
        path: Vec<u32>,
        boundary: Vec<u8>,
        is_digest: bool,
        children: u32,
    },
    /// A mail within the mail: the part at this index.
    Mail {
        part: usize,
    },
}

/// A part, multipart or mail whose header is being read.
struct Entity {
    path: Vec<u32>,
    is_mail: bool,
    is_in_digest: bool,
    header_start: u64,
}

struct Walk<'a> {
    limits: &'a Limits,
    parts: Vec<Part>,
    frames: Vec<Frame>,
    /// Index of the part whose bytes the walk is in.
    open_part: Option<usize>,
    /// The entity whose header the walk is in.
    entity: Option<Entity>,
    header: Vec<u8>,
    entities: usize,
}

impl<'a> Walk<'a> {
    fn new(limits: &'a Limits) -> Self {
        let mail = Entity { path: Vec::new(), is_mail: true, is_in_digest: false, header_start: 0 };
        Self {
            limits,
            parts: Vec::new(),
            frames: Vec::new(),
            open_part: None,
            entity: Some(mail),
            header: Vec::new(),
            entities: 0,
        }
    }

    /// Goes over a line; `break_start` is where the break before it begins.
    fn piece(&mut self, piece: &Piece<'_>, break_start: u64) -> Result<(), Error> {
        if piece.begins_line
            && piece.text.len() <= DELIMITER_BYTES_MAX
            && let Some((level, is_last)) = self.delimiter(piece.text)
        {
            return self.cross(piece, break_start, level, is_last);
        }
        if self.entity.is_none() {
            return Ok(());
        }
        if piece.begins_line && piece.text.is_empty() && piece.break_len > 0 {
            return self.end_header(piece.end(), true);
        }
        let grown = self.header.len().saturating_add(piece.text.len()).saturating_add(1);
        if !piece.begins_line || grown > self.limits.header_block_bytes {
            return Err(Error::Limit(LimitKind::Header));
        }
        self.header.extend_from_slice(piece.text);
        self.header.push(b'\n');
        Ok(())
    }

    /// The innermost multipart that the line delimits, and if it ends it.
    fn delimiter(&self, line: &[u8]) -> Option<(usize, bool)> {
        let line = line.strip_prefix(b"--")?.trim_ascii_end();
        self.frames.iter().enumerate().rev().find_map(|(level, frame)| {
            let Frame::Multipart { boundary, .. } = frame else { return None };
            match line.strip_prefix(boundary.as_slice())? {
                b"" => Some((level, false)),
                b"--" => Some((level, true)),
                _ => None,
            }
        })
    }

    /// Ends what lies within the multipart at `level`; begins its next part, or ends it too.
    fn cross(
        &mut self,
        piece: &Piece<'_>,
        break_start: u64,
        level: usize,
        is_last: bool,
    ) -> Result<(), Error> {
        if self.entity.is_some() {
            self.end_header(piece.start, false)?;
        }
        self.end_part(break_start);
        while self.frames.len() > level.saturating_add(1) {
            self.end_frame(break_start);
        }
        if is_last {
            self.frames.pop();
            return Ok(());
        }
        let Some(Frame::Multipart { path, is_digest, children, .. }) = self.frames.last_mut()
        else {
            return Ok(());
        };
        *children = children.saturating_add(1);
        let path = path.iter().copied().chain([*children]).collect();
        let is_in_digest = *is_digest;
        self.begin(Entity { path, is_mail: false, is_in_digest, header_start: piece.end() })
    }

    fn begin(&mut self, entity: Entity) -> Result<(), Error> {
        self.entities = self.entities.saturating_add(1);
        if self.entities > self.limits.mime_parts {
            return Err(Error::Limit(LimitKind::MimeParts));
        }
        self.entity = Some(entity);
        Ok(())
    }

    /// The header of the entity ends, its bytes begin at `offset`. Those are looked into, unless
    /// there are none because a delimiter or the end follows.
    fn end_header(&mut self, offset: u64, has_bytes: bool) -> Result<(), Error> {
        let Some(entity) = self.entity.take() else { return Ok(()) };
        let block = std::mem::take(&mut self.header);
        let content = Content::read(&block, entity.is_in_digest);
        if let Some(boundary) = content.boundary.filter(|_| has_bytes) {
            let is_digest = content.media_type == "multipart/digest";
            let path = entity.path;
            return self.open(Frame::Multipart { path, boundary, is_digest, children: 0 });
        }
        let mut path = entity.path;
        if entity.is_mail {
            path.push(1);
        }
        let holds_mail = content.media_type == "message/rfc822"
            && content.encoding == TransferEncoding::Identity
            && has_bytes;
        let part = self.parts.len();
        self.parts.push(Part {
            path: path.clone(),
            header: entity.header_start..offset,
            offset,
            len: 0,
            encoding: content.encoding,
            media_type: content.media_type,
            file_name: content.file_name,
        });
        if !holds_mail {
            self.open_part = Some(part);
            return Ok(());
        }
        self.open(Frame::Mail { part })?;
        self.begin(Entity { path, is_mail: true, is_in_digest: false, header_start: offset })
    }

    fn open(&mut self, frame: Frame) -> Result<(), Error> {
        if self.frames.len() >= self.limits.mime_depth {
            return Err(Error::Limit(LimitKind::MimeParts));
        }
        self.frames.push(frame);
        Ok(())
    }

    fn end_part(&mut self, end: u64) {
        if let Some(part) = self.open_part.take() {
            self.set_end(part, end);
        }
    }

    fn end_frame(&mut self, end: u64) {
        if let Some(Frame::Mail { part }) = self.frames.pop() {
            self.set_end(part, end);
        }
    }

    fn set_end(&mut self, part: usize, end: u64) {
        if let Some(part) = self.parts.get_mut(part) {
            // The break before a delimiter may be the blank line that ended the header.
            part.len = end.saturating_sub(part.offset);
        }
    }

    fn end_all(&mut self, end: u64) -> Result<(), Error> {
        if self.entity.is_some() {
            self.end_header(end, false)?;
        }
        self.end_part(end);
        while !self.frames.is_empty() {
            self.end_frame(end);
        }
        Ok(())
    }
}

/// What the header of a part says about its bytes. Of a field that is there twice, the first
/// counts.
struct Content {
    media_type: String,
    /// Only of a multipart.
    boundary: Option<Vec<u8>>,
    encoding: TransferEncoding,
    file_name: Option<String>,
}

impl Content {
    fn read(block: &[u8], is_in_digest: bool) -> Self {
        let fields: Vec<_> = Fields::new(block).collect();
        let field = |name: &str| {
            let field = fields.iter().find(|field| field.is(name))?;
            Some(field.shortened(FIELD_BYTES_MAX))
        };
        let type_field = field("Content-Type");
        let default = if is_in_digest { "message/rfc822" } else { "text/plain" };
        let parsed = type_field.as_ref().map(|field| parse_content_type(&field.text()));
        let media_type = parsed.as_ref().map(|parsed| parsed.mimetype.clone());
        let is_type = |text: &String| text.contains('/') && text.len() <= MEDIA_TYPE_BYTES_MAX;
        let media_type = media_type.filter(is_type);
        let media_type = media_type.unwrap_or_else(|| default.to_owned());
        let boundary = parsed.and_then(|mut parsed| parsed.params.remove("boundary"));
        let boundary = boundary.map(|boundary| boundary.trim_ascii_end().as_bytes().to_vec());
        let is_possible = |boundary: &Vec<u8>| (1..=BOUNDARY_BYTES_MAX).contains(&boundary.len());
        let boundary = boundary.filter(is_possible);
        let boundary = boundary.filter(|_| media_type.starts_with("multipart/"));
        let encoding =
            field("Content-Transfer-Encoding").map_or_else(String::new, |field| field.text());
        let file_name = field("Content-Disposition")
            .and_then(|field| {
                parse_content_disposition(&field.decoded_text()).params.remove("filename")
            })
            .or_else(|| parse_content_type(&type_field?.decoded_text()).params.remove("name"));
        let file_name = file_name.map(|mut name| {
            name.truncate(name.floor_char_boundary(FILE_NAME_BYTES_MAX));
            name
        });
        Self { media_type, boundary, encoding: transfer_encoding(&encoding), file_name }
    }
}

fn transfer_encoding(value: &str) -> TransferEncoding {
    match value.to_ascii_lowercase().as_str() {
        "" | "7bit" | "8bit" | "binary" => TransferEncoding::Identity,
        "base64" => TransferEncoding::Base64,
        "quoted-printable" => TransferEncoding::QuotedPrintable,
        _ => TransferEncoding::Unknown,
    }
}
