//! What a recipe is made of.

use crate::error::Error;

/// The version of recipes that this crate writes and runs. A step that would give other bytes than
/// before needs another one.
pub(crate) const VERSION: u8 = 1;

/// Steps of any recipe, slices included; [`Limits::recipe_steps`](crate::Limits::recipe_steps) is
/// the cap on those that decode.
pub(crate) const STEPS_MAX: usize = 8;

/// Bytes of any recipe's encoding.
pub(crate) const ENCODED_BYTES_MAX: usize = 64 << 10;

/// Slices of a [`Step::Concat`].
const SLICES_MAX: usize = 3000;

/// Numbers of a part's path in a mail; the cap on a mail is lower.
const PATH_MAX: usize = 32;

/// Bytes of a URL or a validator.
const TEXT_BYTES_MAX: usize = 8 << 10;

/// Consecutive bytes: where they begin and how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Extent {
    /// Of the first byte.
    pub offset: u64,
    /// Bytes.
    pub len: u64,
}

impl Extent {
    /// The offset after the last byte; `None` if it is no offset.
    #[must_use]
    pub const fn end(self) -> Option<u64> {
        self.offset.checked_add(self.len)
    }
}

/// How the bytes of a MIME part are written in the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PartEncoding {
    /// As they are: `7bit`, `8bit`, `binary`, or nothing said.
    Plain,
    /// `base64`.
    Base64,
    /// `quoted-printable`.
    QuotedPrintable,
}

/// What proves that a fetched representation is the one that was looked at before.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Validator {
    /// A strong entity tag, with its quotes.
    StrongTag(String),
    /// The date of the last change, in seconds since 1970, and the length in bytes.
    ModifiedAndLength {
        /// `Last-Modified`, in seconds since 1970.
        modified: u64,
        /// Bytes of the representation.
        len: u64,
    },
}

/// One step of a recipe: what is done to the bytes that the step before gave.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Step {
    /// A slice (0).
    Identity(Extent),
    /// Decompresses gzip, all members; or zlib, or bare deflate, which the content coding `deflate`
    /// stands for (1).
    Gunzip,
    /// Decompresses zstd, all frames, windows up to 128 MiB (2).
    Unzstd,
    /// Decompresses brotli, windows up to 16 MiB (3).
    Unbrotli,
    /// The decoded content of a part of a mail (4).
    Mime {
        /// Where the part is: numbers from 1 on, outermost first, as in IMAP.
        path: Vec<u32>,
        /// How it is written there.
        encoding: PartEncoding,
    },
    /// A CR before each LF that has none before it (5).
    LfToCrlf,
    /// An LF for each pair of CR and LF (6).
    CrlfToLf,
    /// A member of a zip archive by its place in the central directory, from 0 (7).
    ZipMember(u64),
    /// A regular file of a tar archive by its place among the regular files, from 0 (8).
    TarMember(u64),
    /// A file of an `ar` archive by its place among the files, from 0 (9).
    ArMember(u64),
    /// Slices, one after the other (10).
    Concat(Vec<Extent>),
    /// What a URL gives, whatever the object holds (11). Off unless the caller allows it.
    Refetch {
        /// `http` or `https`.
        url: String,
        /// What the answer must show.
        validator: Validator,
    },
    /// A rendering that the source itself makes (12). This crate cannot run it.
    Render {
        /// The format's number at the source.
        format: u64,
        /// The version of the source's converter.
        converter_version: u64,
    },
    /// Decompresses xz, all streams (13). Debian's packages are the reason for it.
    Unxz,
}

/// A list of steps from an object's raw body to bytes as a subscriber has them.
///
/// Each recipe has one encoding, so recipes are equal when their encodings are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Recipe {
    steps: Vec<Step>,
}

impl Recipe {
    /// The version that this crate writes and runs.
    pub const VERSION: u8 = VERSION;

    /// Bytes of the longest encoding.
    pub const ENCODED_BYTES_MAX: usize = ENCODED_BYTES_MAX;

    /// The raw body as it is stored: no steps.
    #[must_use]
    pub const fn identity() -> Self {
        Self { steps: Vec::new() }
    }

    /// A recipe of these steps, run in this order.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] for steps that have no encoding: too many of them, or of their bytes, an
    /// extent without an end, a list without entries, a text of another form.
    pub fn new(steps: Vec<Step>) -> Result<Self, Error> {
        if steps.len() > STEPS_MAX {
            return Err(Error::Corrupt("recipe of too many steps"));
        }
        steps.iter().try_for_each(check)?;
        let recipe = Self { steps };
        if recipe.encode().len() > ENCODED_BYTES_MAX {
            return Err(Error::Corrupt("recipe of too many bytes"));
        }
        Ok(recipe)
    }

    /// The recipe as bytes, at most 64 KiB.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let count = u8::try_from(self.steps().len()).unwrap_or(u8::MAX);
        let mut out = vec![VERSION, count];
        for step in self.steps() {
            encode_step(step, &mut out);
        }
        out
    }

    /// The steps in the order in which they run.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// True for the raw body as it is stored.
    #[must_use]
    pub const fn is_identity(&self) -> bool {
        self.steps.is_empty()
    }

    /// The recipe with one more step.
    ///
    /// # Errors
    ///
    /// Those of [`Recipe::new`].
    pub fn then(&self, step: Step) -> Result<Self, Error> {
        let mut steps = self.steps.clone();
        steps.push(step);
        Self::new(steps)
    }

    /// Steps that count for [`Limits::recipe_steps`](crate::Limits::recipe_steps): all but slices.
    #[must_use]
    pub fn decoding_steps(&self) -> usize {
        self.steps.iter().filter(|step| !matches!(step, Step::Identity(_))).count()
    }
}

const fn id(step: &Step) -> u8 {
    match step {
        Step::Identity(_) => 0,
        Step::Gunzip => 1,
        Step::Unzstd => 2,
        Step::Unbrotli => 3,
        Step::Mime { .. } => 4,
        Step::LfToCrlf => 5,
        Step::CrlfToLf => 6,
        Step::ZipMember(_) => 7,
        Step::TarMember(_) => 8,
        Step::ArMember(_) => 9,
        Step::Concat(_) => 10,
        Step::Refetch { .. } => 11,
        Step::Render { .. } => 12,
        Step::Unxz => 13,
    }
}

pub(crate) fn encode_step(step: &Step, out: &mut Vec<u8>) {
    out.push(id(step));
    match step {
        Step::Gunzip
        | Step::Unzstd
        | Step::Unbrotli
        | Step::LfToCrlf
        | Step::CrlfToLf
        | Step::Unxz => {}
        Step::Identity(extent) => encode_extent(*extent, out),
        Step::Mime { path, encoding } => {
            encode_number(path.len() as u64, out);
            for &number in path {
                encode_number(u64::from(number), out);
            }
            out.push(match encoding {
                PartEncoding::Plain => 0,
                PartEncoding::Base64 => 1,
                PartEncoding::QuotedPrintable => 2,
            });
        }
        Step::ZipMember(place) | Step::TarMember(place) | Step::ArMember(place) => {
            encode_number(*place, out);
        }
        Step::Concat(slices) => {
            encode_number(slices.len() as u64, out);
            for &slice in slices {
                encode_extent(slice, out);
            }
        }
        Step::Refetch { url, validator } => {
            encode_text(url, out);
            match validator {
                Validator::StrongTag(tag) => {
                    out.push(0);
                    encode_text(tag, out);
                }
                Validator::ModifiedAndLength { modified, len } => {
                    out.push(1);
                    encode_number(*modified, out);
                    encode_number(*len, out);
                }
            }
        }
        Step::Render { format, converter_version } => {
            encode_number(*format, out);
            encode_number(*converter_version, out);
        }
    }
}

fn encode_number(mut number: u64, out: &mut Vec<u8>) {
    loop {
        let [low, ..] = (number & 0x7f).to_le_bytes();
        number >>= 7;
        if number == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

fn encode_extent(extent: Extent, out: &mut Vec<u8>) {
    encode_number(extent.offset, out);
    encode_number(extent.len, out);
}

fn encode_text(text: &str, out: &mut Vec<u8>) {
    encode_number(text.len() as u64, out);
    out.extend_from_slice(text.as_bytes());
}

fn check(step: &Step) -> Result<(), Error> {
    let is_sound = match step {
        Step::Identity(extent) => extent.end().is_some(),
        Step::Mime { path, .. } => {
            !path.is_empty() && path.len() <= PATH_MAX && path.iter().all(|&number| number > 0)
        }
        Step::Concat(slices) => {
            let len = slices.iter().try_fold(0_u64, |sum, slice| sum.checked_add(slice.len));
            let have_ends = slices.iter().all(|slice| slice.end().is_some());
            !slices.is_empty() && slices.len() <= SLICES_MAX && have_ends && len.is_some()
        }
        Step::Refetch { url, validator } => is_text(url) && is_validator(validator),
        _ => true,
    };
    if is_sound { Ok(()) } else { Err(Error::Corrupt("recipe step out of bounds")) }
}

fn is_text(text: &str) -> bool {
    let is_printable = text.bytes().all(|byte| byte.is_ascii_graphic());
    !text.is_empty() && text.len() <= TEXT_BYTES_MAX && is_printable
}

/// RFC 9110, section 8.8.3: a strong tag is quoted, without a quote inside.
fn is_validator(validator: &Validator) -> bool {
    match validator {
        Validator::StrongTag(tag) => {
            let inner = tag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            is_text(tag) && inner.is_some_and(|inner| !inner.contains('"'))
        }
        Validator::ModifiedAndLength { .. } => true,
    }
}
