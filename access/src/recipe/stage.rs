//! Runs the steps of a recipe, each on what the one before gave.
//!
//! As long as steps only say where bytes lie, the result is a body that can be read anywhere. From
//! the first step that decodes on, it is a stream.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::Arc;

use super::ar_members::ArMembers;
use super::budget::{Budget, Metered};
use super::decompress::{Inflate, decompress};
use super::input::Input;
use super::line_ends::{CrlfToLf, LfToCrlf};
use super::segments::Segments;
use super::step::{Extent, PartEncoding, Step, Validator};
use super::tar_members::TarMembers;
use super::transfer_encoding::{Base64, QuotedPrintable};
use super::transform::transformed;
use super::zip_directory::{ZipDirectory, ZipEntry, ZipMethod};
use crate::body::{Body, Slice};
use crate::error::{Error, LimitKind};
use crate::mail::parts;

/// Fetches a representation anew, for recipes with a step [`Step::Refetch`].
pub trait Fetch: Send + Sync {
    /// A reader of what `url` gives now, if the validator proves that it is what it was.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] for a URL that is not allowed, [`Error::Changed`] if it gives something
    /// else by now.
    fn fetch(&self, url: &str, validator: &Validator) -> Result<Box<dyn Read + Send>, Error>;
}

/// What the steps so far gave.
pub(crate) enum Stage<'a> {
    /// Bytes at known places; of the object itself, or held in memory.
    Placed { body: Box<dyn Body + 'a>, is_raw: bool },
    /// Bytes one after the other.
    Stream(Box<dyn Read + Send + 'a>),
}

const NO_MEMBER: Error = Error::Corrupt("no such member");

impl<'a> Stage<'a> {
    pub(crate) fn raw(body: Box<dyn Body + 'a>) -> Self {
        Self::Placed { body, is_raw: true }
    }

    /// The bytes one after the other, buffered.
    pub(crate) fn into_input(self, budget: &Arc<Budget<'a>>) -> Input<'a> {
        match self {
            Self::Placed { body, is_raw } => Input::of_body(body, is_raw, budget),
            Self::Stream(step) => Input::of_step(step, budget),
        }
    }

    /// Bytes at known places: what is not, is held in memory, up to the cap.
    pub(crate) fn into_placed(self, budget: &Arc<Budget<'a>>) -> Result<Self, Error> {
        match self {
            Self::Placed { .. } => Ok(self),
            Self::Stream(step) => {
                let held = hold(step, budget.limits().memory_bytes)?;
                Ok(Self::Placed { body: Box::new(held), is_raw: false })
            }
        }
    }

    /// Runs one step.
    pub(crate) fn step(
        self,
        step: &Step,
        budget: &Arc<Budget<'a>>,
        fetch: Option<&dyn Fetch>,
    ) -> Result<Self, Error> {
        match step {
            Step::Identity(extent) => self.concat(&[*extent], budget),
            Step::Concat(slices) => self.concat(slices, budget),
            Step::Gunzip | Step::Unzstd | Step::Unbrotli | Step::Unxz => {
                decompress(step, self.into_input(budget)).map(Self::Stream)
            }
            Step::LfToCrlf => Ok(Self::Stream(transformed::<LfToCrlf>(self.into_input(budget)))),
            Step::CrlfToLf => Ok(Self::Stream(transformed::<CrlfToLf>(self.into_input(budget)))),
            Step::Mime { path, encoding } => self.mail_part(path, *encoding, budget),
            Step::ZipMember(index) => self.zip_member(*index, budget),
            Step::TarMember(ordinal) => self.tar_member(*ordinal, budget),
            Step::ArMember(ordinal) => self.ar_member(*ordinal, budget),
            Step::Refetch { url, validator } => {
                let fetch = fetch.ok_or(Error::Incapable("fetch what a recipe names"))?;
                let reader = fetch.fetch(url, validator)?;
                Ok(Self::Stream(Box::new(Fetched { reader, budget: Arc::clone(budget) })))
            }
            Step::Render { .. } => Err(Error::Incapable("render")),
        }
    }

    /// A part of bytes at known places.
    pub(crate) fn slice(self, offset: u64, len: u64) -> Result<Self, Error> {
        match self {
            Self::Placed { body, is_raw } => {
                let slice = Slice::new(body, offset, len);
                let slice = slice.ok_or(Error::Corrupt("slice beyond the body"))?;
                Ok(Self::Placed { body: Box::new(slice), is_raw })
            }
            Self::Stream(step) => {
                let ahead = [Extent { offset, len }].into();
                Ok(Self::Stream(Box::new(Slices { step, ahead, position: 0, left: None })))
            }
        }
    }

    fn concat(self, slices: &[Extent], budget: &Arc<Budget<'a>>) -> Result<Self, Error> {
        let len = slices.iter().fold(0_u64, |sum, slice| sum.saturating_add(slice.len));
        if len > budget.limits().object_bytes {
            return Err(Error::Limit(LimitKind::DecodedBytes));
        }
        match self {
            Self::Placed { body, is_raw } => {
                Ok(Self::Placed { body: Box::new(Segments::new(body, slices)?), is_raw })
            }
            Self::Stream(step) => {
                let ascend = |pair: &[Extent]| match pair {
                    [first, second] => first.end().is_some_and(|end| end <= second.offset),
                    _ => true,
                };
                if !slices.windows(2).all(ascend) {
                    return Err(Error::Unsupported("slices of a stream in another order"));
                }
                let ahead = slices.iter().copied().collect();
                Ok(Self::Stream(Box::new(Slices { step, ahead, position: 0, left: None })))
            }
        }
    }

    fn mail_part(
        self,
        path: &[u32],
        encoding: PartEncoding,
        budget: &Arc<Budget<'a>>,
    ) -> Result<Self, Error> {
        let placed = self.into_placed(budget)?;
        let Self::Placed { body, .. } = &placed else { return Err(NO_MEMBER) };
        let parts = parts(body, budget.limits())?;
        let part = parts.into_iter().find(|part| part.path == path).ok_or(NO_MEMBER)?;
        placed.slice(part.offset, part.len).map(|part| part.part_decoded(encoding, budget))
    }

    /// The decoded form of a part of a mail.
    pub(crate) fn part_decoded(self, encoding: PartEncoding, budget: &Arc<Budget<'a>>) -> Self {
        match encoding {
            PartEncoding::Plain => self,
            PartEncoding::Base64 => Self::Stream(transformed::<Base64>(self.into_input(budget))),
            PartEncoding::QuotedPrintable => {
                Self::Stream(transformed::<QuotedPrintable>(self.into_input(budget)))
            }
        }
    }

    fn zip_member(self, index: u64, budget: &Arc<Budget<'a>>) -> Result<Self, Error> {
        let placed = self.into_placed(budget)?;
        let Self::Placed { body, .. } = &placed else { return Err(NO_MEMBER) };
        let directory = ZipDirectory::read(body, budget)?;
        let index = usize::try_from(index).map_err(|_| NO_MEMBER)?;
        let entry = directory.entries.get(index).ok_or(NO_MEMBER)?;
        let offset = directory.place(body, entry)?;
        placed.slice(offset, entry.stored_len)?.zip_decoded(entry, budget)
    }

    /// The bytes of a member of a zip archive, of which this stage has the stored ones.
    pub(crate) fn zip_decoded(
        self,
        entry: &ZipEntry,
        budget: &Arc<Budget<'a>>,
    ) -> Result<Self, Error> {
        match entry.method {
            ZipMethod::Stored if entry.stored_len == entry.len => Ok(self),
            ZipMethod::Stored => Err(Error::Corrupt("zip member of two lengths")),
            ZipMethod::Other => Err(Error::Unsupported("compression of the zip member")),
            ZipMethod::Deflated => {
                let input = self.into_input(budget);
                let inflated = Inflate::new(input, flate2::Decompress::new(false));
                let checked = Checked {
                    decoder: Metered::new(inflated, budget, "deflated zip member"),
                    hasher: crc32fast::Hasher::new(),
                    left: entry.len,
                    crc32: entry.crc32,
                };
                Ok(Self::Stream(Box::new(checked)))
            }
        }
    }

    fn tar_member(self, ordinal: u64, budget: &Arc<Budget<'a>>) -> Result<Self, Error> {
        let (reader, placed) = self.split(budget);
        let mut members = TarMembers::new(reader);
        let member = loop {
            let member = members.next()?.ok_or(NO_MEMBER)?;
            if member.ordinal == ordinal {
                break member;
            }
        };
        if member.is_sparse {
            return Err(Error::Unsupported("sparse tar member"));
        }
        match placed {
            Some(placed) => placed.slice(member.offset, member.len),
            None => Ok(Self::Stream(Box::new(members))),
        }
    }

    fn ar_member(self, ordinal: u64, budget: &Arc<Budget<'a>>) -> Result<Self, Error> {
        let (reader, placed) = self.split(budget);
        let mut members = ArMembers::new(reader);
        let member = loop {
            let member = members.next()?.ok_or(NO_MEMBER)?;
            if member.ordinal == ordinal {
                break member;
            }
        };
        match placed {
            Some(placed) => placed.slice(member.offset, member.len),
            None => Ok(Self::Stream(Box::new(members))),
        }
    }

    /// A reader that goes over the bytes, and the bytes themselves if they have known places.
    fn split(self, budget: &Arc<Budget<'a>>) -> (Input<'a>, Option<Self>) {
        match self {
            Self::Placed { body, is_raw } => {
                let body: Arc<dyn Body + 'a> = Arc::from(body);
                let walked = Box::new(Arc::clone(&body));
                let kept = Self::Placed { body: Box::new(body), is_raw };
                // Looking for a member takes nothing of the raw body: decoding it will.
                (Input::of_body(walked, false, budget), Some(kept))
            }
            Self::Stream(step) => (Input::of_step(step, budget), None),
        }
    }
}

/// All that a step gives, up to `bytes_max`.
fn hold(step: Box<dyn Read + Send + '_>, bytes_max: u64) -> Result<Vec<u8>, Error> {
    let mut held = Vec::new();
    step.take(bytes_max.saturating_add(1)).read_to_end(&mut held)?;
    if held.len() as u64 > bytes_max {
        return Err(Error::Limit(LimitKind::Memory));
    }
    Ok(held)
}

/// What was fetched takes the place of the raw body.
struct Fetched<'a> {
    reader: Box<dyn Read + Send>,
    budget: Arc<Budget<'a>>,
}

impl Read for Fetched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Wrapped even if it is an error of the system, so that no decoder takes it for its own.
        let read = self.reader.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            _ => io::Error::other(Error::from(error)),
        })?;
        self.budget.took_raw(read as u64);
        self.budget.check_time().map_err(io::Error::other)?;
        Ok(read)
    }
}

/// Ascending slices of a stream.
struct Slices<'a> {
    step: Box<dyn Read + Send + 'a>,
    ahead: VecDeque<Extent>,
    position: u64,
    /// Of the slice that is being read.
    left: Option<u64>,
}

impl Slices<'_> {
    fn pass_over(&mut self, bytes: u64) -> io::Result<()> {
        let passed = io::copy(&mut self.step.by_ref().take(bytes), &mut io::sink())?;
        self.position = self.position.saturating_add(passed);
        if passed < bytes {
            return Err(io::Error::other(Error::Corrupt("slice beyond the bytes")));
        }
        Ok(())
    }
}

impl Read for Slices<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let left = match self.left {
                Some(left) if left > 0 => left,
                _ => {
                    let Some(slice) = self.ahead.pop_front() else { return Ok(0) };
                    self.pass_over(slice.offset.saturating_sub(self.position))?;
                    self.left = Some(slice.len);
                    continue;
                }
            };
            let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
            let part = buffer.get_mut(..wanted).unwrap_or_default();
            if part.is_empty() {
                return Ok(0);
            }
            let read = self.step.read(part)?;
            if read == 0 {
                return Err(io::Error::other(Error::Corrupt("slice beyond the bytes")));
            }
            self.position = self.position.saturating_add(read as u64);
            self.left = Some(left.saturating_sub(read as u64));
            return Ok(read);
        }
    }
}

/// A deflated member of a zip archive: as long as its entry says, with its checksum.
struct Checked<R> {
    decoder: R,
    hasher: crc32fast::Hasher,
    left: u64,
    crc32: u32,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let read = self.decoder.read(buffer)?;
        let corrupt = |problem| Err(io::Error::other(Error::Corrupt(problem)));
        if read == 0 {
            if self.left > 0 {
                return corrupt("zip member shorter than stated");
            }
            if self.hasher.clone().finalize() != self.crc32 {
                return corrupt("zip member's checksum");
            }
            return Ok(0);
        }
        let Some(left) = self.left.checked_sub(read as u64) else {
            return corrupt("zip member longer than stated");
        };
        self.left = left;
        self.hasher.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}
