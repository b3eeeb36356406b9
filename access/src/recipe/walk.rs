//! Which representations of a body are offered, and one pass over all of them.
//!
//! Offered are: the body as it is stored; what its content codings hide; the CRLF form of a mail;
//! its parts, and those whose line ends are those of the mail with the other ones, too; the members
//! of a container (zip, tar, ar, compressed tar), told by how the bytes begin. A compressed file
//! that is no archive offers what is in it. A container within a container is offered as a member,
//! but for a compressed tar in an ar archive, the form of Debian's packages: it is offered by its
//! files.
//!
//! What several representations begin with is decoded once for all members of a container. Only a
//! body that has content codings and is a container besides is decoded twice: whole, and for its
//! members; and a compressed mail that is too large to be held, once for each of its two forms.

use std::fmt;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::Arc;

use super::ar_members::{ArMember, ArMembers};
use super::budget::Budget;
use super::decompress::decompress;
use super::input::{BodyReader, Input, PEEK_BYTES_MAX};
use super::line_ends::{CrlfToLf, LfToCrlf};
use super::run::Decoded;
use super::sniff::{Form, HEAD_BYTES, begins_compressed_tar, compression_of, form_of};
use super::stage::Stage;
use super::step::{PartEncoding, Recipe, Step};
use super::tar_members::TarMembers;
use super::transform::transformed;
use super::zip_directory::ZipDirectory;
use crate::body::Body;
use crate::clock::Clock;
use crate::error::{Error, LimitKind};
use crate::limits::Limits;
use crate::mail::{TransferEncoding, parts};
use crate::object::{ContentCoding, ObjectMeta};

#[cfg(test)]
mod tests;

/// What is known of a body besides its bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hints<'h> {
    /// Its content codings, in the order in which they were applied.
    pub content_codings: &'h [ContentCoding],
    /// It is a mail, compressed or not: how is told by how it begins.
    pub is_mail: bool,
}

impl<'h> Hints<'h> {
    /// What the listing of an object says of its body.
    #[must_use]
    pub fn of(meta: &'h ObjectMeta) -> Self {
        let is_mail = meta.media_type.as_deref() == Some("message/rfc822");
        // A store's compression shows in the bytes, and stores err less there than in names.
        let content_codings = if is_mail { &[] } else { meta.encodings.as_slice() };
        Self { content_codings, is_mail }
    }
}

/// A representation that is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// How it is made of the body.
    pub recipe: Recipe,
    /// The name that its container has for it: for people only, it may hold anything.
    pub name: Option<Vec<u8>>,
    /// Its media type, where a mail states one.
    pub media_type: Option<String>,
    /// Its bytes, where they are known before they are decoded; a container may lie.
    pub len: Option<u64>,
}

impl Offer {
    const fn new(recipe: Recipe) -> Self {
        Self { recipe, name: None, media_type: None, len: None }
    }
}

/// Lists what [`walk`] visits, without what is refused before it is read.
///
/// A compressed archive is decompressed for it once.
///
/// # Errors
///
/// Those of [`walk`].
pub fn offers<'a>(
    body: &'a dyn Body,
    hints: Hints<'_>,
    limits: &'a Limits,
    clock: &'a dyn Clock,
) -> Result<Vec<Offer>, Error> {
    let mut offers = Vec::new();
    walk(body, hints, (limits, clock), &mut |offer, bytes| {
        if bytes.is_ok() {
            offers.push(offer.clone());
        }
        ControlFlow::Continue(())
    })?;
    Ok(offers)
}

/// A visit: what is offered, and its bytes or why there are none. Not all bytes need be read. An
/// error while reading concerns this representation, and in a compressed archive those behind it.
pub type Visit<'v> = dyn FnMut(&Offer, Result<&mut dyn Read, Error>) -> ControlFlow<()> + 'v;

/// Visits each representation once, with the bytes that [`Recipe::open`] gives for its recipe,
/// until there are no more or the visitor breaks off.
///
/// A member that cannot be read is an error of its own. All that is decoded in one walk is bounded
/// by the caps on one recipe.
///
/// # Errors
///
/// What ended the walk early: a container whose next member cannot be found, a mail or an archive
/// above a cap. What was visited before is good.
pub fn walk<'a>(
    body: &'a dyn Body,
    hints: Hints<'_>,
    (limits, clock): (&'a Limits, &'a dyn Clock),
    visit: &mut Visit<'_>,
) -> Result<(), Error> {
    if body.len() > limits.object_bytes {
        return Err(Error::Limit(LimitKind::ObjectBytes));
    }
    let total = Budget::new(limits, clock);
    let mut walk = Walk { body, total, visit, has_stopped: false };
    let result = walk.run(hints);
    if walk.has_stopped { Ok(()) } else { result }
}

struct Walk<'a, 'v> {
    body: &'a dyn Body,
    /// What all that was decoded used.
    total: Arc<Budget<'a>>,
    visit: &'v mut Visit<'v>,
    has_stopped: bool,
}

impl fmt::Debug for Walk<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walk").field("total", &self.total).finish_non_exhaustive()
    }
}

impl<'a> Walk<'a, '_> {
    fn run(&mut self, hints: Hints<'_>) -> Result<(), Error> {
        let identity = Offer { len: Some(self.body.len()), ..Offer::new(Recipe::identity()) };
        self.visit(&identity, Ok(&mut BodyReader::new(self.body)))?;
        let Some(mut prefix) = codings(hints.content_codings)? else { return Ok(()) };
        if hints.is_mail {
            if prefix.is_identity()
                && let Some(step) = compression_of(&self.head()?)
            {
                prefix = prefix.then(step)?;
            }
            return self.mail(&prefix);
        }
        if !prefix.is_identity() {
            self.visit_stage(Offer::new(prefix.clone()), |walk, budget| {
                walk.base(&prefix, budget)
            })?;
        }
        self.container(&prefix)
    }

    fn head(&self) -> Result<Vec<u8>, Error> {
        let budget = self.total.fresh();
        let mut input = Input::of_body(Box::new(self.body), false, &budget);
        Ok(input.peek(HEAD_BYTES)?.to_vec())
    }

    /// What the steps of `prefix` make of the body.
    fn base(&self, prefix: &Recipe, budget: &Arc<Budget<'a>>) -> Result<Stage<'a>, Error> {
        prefix.stage(self.body, budget, None)
    }

    fn visit(&mut self, offer: &Offer, bytes: Result<&mut dyn Read, Error>) -> Result<(), Error> {
        if (self.visit)(offer, bytes).is_break() {
            self.has_stopped = true;
            return Err(Error::Cancelled);
        }
        Ok(())
    }

    /// Visits what a stage gives; that it gives none is an error of the offer.
    fn visit_stage(
        &mut self,
        mut offer: Offer,
        stage: impl FnOnce(&Self, &Arc<Budget<'a>>) -> Result<Stage<'a>, Error>,
    ) -> Result<(), Error> {
        if !self.is_within_steps(&offer.recipe) {
            return Ok(());
        }
        let budget = self.total.fresh();
        let working = budget.work();
        let stage = stage(self, &budget);
        drop(working);
        match stage {
            Ok(stage) => {
                let mut decoded = Decoded::new(stage, Arc::clone(&budget));
                offer.len = offer.len.or(decoded.len_if_known());
                self.visit(&offer, Ok(&mut decoded))?;
            }
            Err(error) => self.visit(&offer, Err(error))?,
        }
        self.total.charge(&budget)
    }

    fn is_within_steps(&self, recipe: &Recipe) -> bool {
        recipe.decoding_steps() <= self.total.limits().recipe_steps
    }

    /// A mail that is compressed is held in memory, unless it is too large for that: its parts are
    /// found by going over it.
    fn mail(&mut self, prefix: &Recipe) -> Result<(), Error> {
        let budget = self.total.fresh();
        let working = budget.work();
        let placed = self.base(prefix, &budget).and_then(|base| base.into_placed(&budget));
        drop(working);
        self.total.charge(&budget)?;
        let (mail, is_raw): (Arc<dyn Body + 'a>, _) = match placed {
            Ok(Stage::Placed { body, is_raw }) => (Arc::from(body), is_raw),
            Ok(Stage::Stream(_)) => return Ok(()),
            Err(Error::Limit(LimitKind::Memory)) => return self.streamed_mail(prefix),
            Err(error) => return self.visit(&Offer::new(prefix.clone()), Err(error)),
        };
        let part_of = |offset, len| {
            Stage::Placed { body: Box::new(Arc::clone(&mail)), is_raw }.slice(offset, len)
        };
        if !prefix.is_identity() {
            let whole = Offer::new(prefix.clone());
            self.visit_stage(whole, |_, _| part_of(0, mail.len()))?;
        }
        if has_feed(&mut BodyReader::new(&*mail), false)? {
            self.visit_stage(Offer::new(prefix.then(Step::LfToCrlf)?), |_, budget| {
                let input = part_of(0, mail.len())?.into_input(budget);
                Ok(Stage::Stream(transformed::<LfToCrlf>(input)))
            })?;
        }
        for part in parts(&*mail, self.total.limits())? {
            let encoding = match part.encoding {
                TransferEncoding::Identity => PartEncoding::Plain,
                TransferEncoding::Base64 => PartEncoding::Base64,
                TransferEncoding::QuotedPrintable => PartEncoding::QuotedPrintable,
                TransferEncoding::Unknown => continue,
            };
            let offer = Offer {
                name: part.file_name.map(String::into_bytes),
                media_type: Some(part.media_type),
                ..Offer::new(prefix.then(Step::Mime { path: part.path, encoding })?)
            };
            let decoded = |budget: &Arc<Budget<'a>>| {
                Ok(part_of(part.offset, part.len)?.part_decoded(encoding, budget))
            };
            self.visit_stage(offer.clone(), |_, budget| decoded(budget))?;
            if encoding != PartEncoding::Base64 {
                self.other_line_ends(&offer, &decoded)?;
            }
        }
        Ok(())
    }

    /// A part whose line ends are those of the mail, with the other ones: programs save texts with
    /// those that mail has on its way, or with those of their system, and stores keep either.
    fn other_line_ends(
        &mut self,
        part: &Offer,
        decoded: &dyn Fn(&Arc<Budget<'a>>) -> Result<Stage<'a>, Error>,
    ) -> Result<(), Error> {
        for (step, is_behind_cr) in [(Step::LfToCrlf, false), (Step::CrlfToLf, true)] {
            let budget = self.total.fresh();
            let differs = within(&budget, || {
                has_feed(&mut decoded(&budget)?.into_input(&budget), is_behind_cr)
            });
            self.total.charge(&budget)?;
            let offer = Offer { recipe: part.recipe.then(step)?, len: None, ..part.clone() };
            match differs {
                Ok(true) => self.visit_stage(offer, |_, budget| {
                    let input = decoded(budget)?.into_input(budget);
                    Ok(Stage::Stream(if is_behind_cr {
                        transformed::<CrlfToLf>(input)
                    } else {
                        transformed::<LfToCrlf>(input)
                    }))
                })?,
                // A part that cannot be decoded was visited as that.
                Ok(false) | Err(Error::Corrupt(_)) => {}
                Err(error) => self.visit(&offer, Err(error))?,
            }
        }
        Ok(())
    }

    /// A mail that is too large to be held: as a whole, and its CRLF form. That its parts are not
    /// looked for is the error that is given.
    fn streamed_mail(&mut self, prefix: &Recipe) -> Result<(), Error> {
        self.visit_stage(Offer::new(prefix.clone()), |walk, budget| walk.base(prefix, budget))?;
        let budget = self.total.fresh();
        let has_bare_feed = within(&budget, || {
            has_feed(&mut self.base(prefix, &budget)?.into_input(&budget), false)
        });
        self.total.charge(&budget)?;
        if has_bare_feed? {
            self.visit_stage(Offer::new(prefix.then(Step::LfToCrlf)?), |walk, budget| {
                let input = walk.base(prefix, budget)?.into_input(budget);
                Ok(Stage::Stream(transformed::<LfToCrlf>(input)))
            })?;
        }
        Err(Error::Limit(LimitKind::Memory))
    }

    fn container(&mut self, prefix: &Recipe) -> Result<(), Error> {
        let budget = self.total.fresh();
        let working = budget.work();
        let mut input = self.base(prefix, &budget)?.into_input(&budget);
        let form = form_of(input.peek(HEAD_BYTES)?);
        drop(working);
        match form {
            None => Ok(()),
            Some(Form::Zip) => self.zip(prefix),
            Some(Form::Tar) => self.tar(prefix, input),
            Some(Form::Ar) => self.ar(prefix, input),
            Some(Form::Compressed(step)) => self.compressed(&prefix.then(step)?),
        }
    }

    /// A compressed file: the files of the tar archive that it is, or else what is in it.
    fn compressed(&mut self, recipe: &Recipe) -> Result<(), Error> {
        if !self.is_within_steps(recipe) {
            return Ok(());
        }
        let budget = self.total.fresh();
        let working = budget.work();
        let base = self.base(recipe, &budget);
        let head = base.and_then(|base| {
            let mut input = base.into_input(&budget);
            let is_tar = form_of(input.peek(HEAD_BYTES)?) == Some(Form::Tar);
            Ok((input, is_tar))
        });
        drop(working);
        match head {
            Ok((input, true)) => self.tar(recipe, input),
            Ok((mut input, false)) => {
                let mut bytes = Timed { reader: &mut input, budget: &budget, are_decoded: true };
                self.visit(&Offer::new(recipe.clone()), Ok(&mut bytes))?;
                self.total.charge(&budget)
            }
            Err(error) => self.visit(&Offer::new(recipe.clone()), Err(error)),
        }
    }

    fn zip(&mut self, prefix: &Recipe) -> Result<(), Error> {
        if !self.is_within_steps(&prefix.then(Step::ZipMember(0))?) {
            return Ok(());
        }
        let budget = self.total.fresh();
        let working = budget.work();
        let placed = self.base(prefix, &budget)?.into_placed(&budget)?;
        let Stage::Placed { body, is_raw } = placed else { return Ok(()) };
        let archive: Arc<dyn Body + 'a> = Arc::from(body);
        let directory = ZipDirectory::read(&*archive, &budget)?;
        drop(working);
        self.total.charge(&budget)?;
        for (index, entry) in (0..).zip(&directory.entries) {
            if entry.is_folder() {
                continue;
            }
            let offer = Offer {
                name: Some(entry.name.clone()),
                len: Some(entry.len),
                ..Offer::new(prefix.then(Step::ZipMember(index))?)
            };
            self.visit_stage(offer, |_, budget| {
                let offset = directory.place(&*archive, entry)?;
                let placed = Stage::Placed { body: Box::new(Arc::clone(&archive)), is_raw };
                placed.slice(offset, entry.stored_len)?.zip_decoded(entry, budget)
            })?;
        }
        Ok(())
    }

    fn tar(&mut self, prefix: &Recipe, input: Input<'_>) -> Result<(), Error> {
        if !self.is_within_steps(&prefix.then(Step::TarMember(0))?) {
            return Ok(());
        }
        let budget = Arc::clone(input.budget());
        let result = self.tar_members(prefix, input);
        self.total.charge(&budget)?;
        result
    }

    fn tar_members(&mut self, prefix: &Recipe, input: Input<'_>) -> Result<(), Error> {
        let budget = Arc::clone(input.budget());
        let are_decoded = !input.is_of_body();
        let mut members = TarMembers::new(input);
        while let Some(member) = within(&budget, || members.next())? {
            let offer = Offer {
                name: Some(member.name),
                len: Some(member.len),
                ..Offer::new(prefix.then(Step::TarMember(member.ordinal))?)
            };
            if member.is_sparse {
                self.visit(&offer, Err(Error::Unsupported("sparse tar member")))?;
                continue;
            }
            let mut bytes = Timed { reader: &mut members, budget: &budget, are_decoded };
            self.visit(&offer, Ok(&mut bytes))?;
        }
        Ok(())
    }

    fn ar(&mut self, prefix: &Recipe, input: Input<'_>) -> Result<(), Error> {
        if !self.is_within_steps(&prefix.then(Step::ArMember(0))?) {
            return Ok(());
        }
        let budget = Arc::clone(input.budget());
        let result = self.ar_members(prefix, input);
        self.total.charge(&budget)?;
        result
    }

    fn ar_members(&mut self, prefix: &Recipe, input: Input<'_>) -> Result<(), Error> {
        let budget = Arc::clone(input.budget());
        let mut members = ArMembers::new(input);
        while let Some(member) = within(&budget, || members.next())? {
            let recipe = prefix.then(Step::ArMember(member.ordinal))?;
            if !prefix.is_identity() {
                let input = Input::of_step(Box::new(&mut members), &budget);
                self.ar_member(&recipe, member, input)?;
                continue;
            }
            // As `Recipe::open` does it: the member has caps of its own.
            let budget = self.total.fresh();
            match Stage::raw(Box::new(self.body)).slice(member.offset, member.len) {
                Ok(placed) => self.ar_member(&recipe, member, placed.into_input(&budget))?,
                Err(error) => self.visit(&Offer::new(recipe), Err(error))?,
            }
            self.total.charge(&budget)?;
        }
        Ok(())
    }

    /// A member of an ar archive: itself, or the files of the compressed tar archive that it is.
    fn ar_member(
        &mut self,
        recipe: &Recipe,
        member: ArMember,
        mut input: Input<'_>,
    ) -> Result<(), Error> {
        let budget = Arc::clone(input.budget());
        let as_tar = within(&budget, || self.compressed_tar(recipe, &mut input));
        let Some(step) = as_tar else {
            let offer = Offer {
                name: Some(member.name),
                len: Some(member.len),
                ..Offer::new(recipe.clone())
            };
            let are_decoded = !input.is_of_body();
            let mut bytes = Timed { reader: &mut input, budget: &budget, are_decoded };
            return self.visit(&offer, Ok(&mut bytes));
        };
        let recipe = recipe.then(step.clone())?;
        match within(&budget, || decompress(&step, input)) {
            Ok(stream) => self.tar_members(&recipe, Input::of_step(stream, &budget)),
            Err(error) => self.visit(&Offer::new(recipe), Err(error)),
        }
    }

    /// The step that decompresses a member, if that gives a tar archive and the caps allow it.
    fn compressed_tar(&self, recipe: &Recipe, input: &mut Input<'_>) -> Option<Step> {
        let step = compression_of(input.peek(HEAD_BYTES).ok()?)?;
        let steps = recipe.decoding_steps().saturating_add(2);
        if steps > self.total.limits().recipe_steps {
            return None;
        }
        let budget = Arc::clone(input.budget());
        let head = input.peek(PEEK_BYTES_MAX).ok()?;
        begins_compressed_tar(head, &step, &budget).then_some(step)
    }
}

fn within<T>(budget: &Budget<'_>, work: impl FnOnce() -> T) -> T {
    let _working = budget.work();
    work()
}

/// Bytes that are read within the time of a budget, if they are decoded.
struct Timed<'t, 'a, R> {
    reader: &'t mut R,
    budget: &'t Budget<'a>,
    /// False for bytes that only have to be read.
    are_decoded: bool,
}

impl<R: Read> Read for Timed<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let _working = self.are_decoded.then(|| self.budget.work());
        self.reader.read(buffer)
    }
}

/// The recipe that undoes the codings, the last one first; `None` if one of them is unknown.
fn codings(codings: &[ContentCoding]) -> Result<Option<Recipe>, Error> {
    let mut steps = Vec::new();
    for coding in codings.iter().rev() {
        steps.push(match coding {
            ContentCoding::Gzip | ContentCoding::Deflate => Step::Gunzip,
            ContentCoding::Brotli => Step::Unbrotli,
            ContentCoding::Zstd => Step::Unzstd,
            ContentCoding::Xz => Step::Unxz,
            ContentCoding::Unknown => return Ok(None),
        });
    }
    Recipe::new(steps).map(Some)
}

/// True if a text has an LF that has a CR before it, or else one that has none.
fn has_feed(text: &mut dyn Read, is_behind_cr: bool) -> Result<bool, Error> {
    let mut buffer = vec![0; 64 << 10];
    let mut last = 0;
    loop {
        let read = text.read(&mut buffer)?;
        let piece = buffer.get(..read).unwrap_or_default();
        if piece.is_empty() {
            return Ok(false);
        }
        for feed in memchr::memchr_iter(b'\n', piece) {
            let before = feed.checked_sub(1).map_or(Some(&last), |before| piece.get(before));
            if (before == Some(&b'\r')) == is_behind_cr {
                return Ok(true);
            }
        }
        last = piece.last().copied().unwrap_or(last);
    }
}
