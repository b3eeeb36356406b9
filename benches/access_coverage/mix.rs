//! Which files the subscriber gets: packages through one of two caches, web objects, attachments.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use gleaner_benches::Seeded;

use crate::archives::{gzip, tar_gz, zip};
use crate::form::{ARCHIVES_OF_2000, Form, WEB_CLASSES, WebClass, class_of};
use crate::package_files::{PackageFile, extract, extracted_name};

/// Longer files are left to the packages.
const WEB_BYTES_MAX: u64 = 8 << 20;
const ATTACHMENT_BYTES: std::ops::RangeInclusive<u64> = 4 << 10..=4 << 20;
/// Half of the attachments are at least so long.
const LONG_ATTACHMENT_BYTES: u64 = 64 << 10;
const ARCHIVED_BYTES_MAX: u64 = 256 << 10;
/// Of ten texts, how many the web server sends compressed.
const CODED_OF_TEN: usize = 6;

/// One file that is served.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    /// How it is called in the path under which it is served.
    pub(crate) name: String,
    pub(crate) form: Form,
    pub(crate) media_type: &'static str,
    /// Whether it is sent with `Content-Encoding: gzip`.
    pub(crate) is_coded: bool,
    /// Where its bytes are.
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
}

/// A file in a mail.
#[derive(Clone, Debug)]
pub(crate) struct Attachment {
    pub(crate) name: String,
    pub(crate) media_type: &'static str,
    pub(crate) is_text: bool,
    pub(crate) path: PathBuf,
}

/// Files chosen, and where they are extracted to.
#[derive(Debug)]
pub(crate) struct Mix {
    pub(crate) web: Vec<Object>,
    /// The attachments of each mail.
    pub(crate) mails: Vec<Vec<Attachment>>,
}

/// A web object before it is extracted: a file, or several in an archive.
enum Chosen {
    File(PackageFile, &'static WebClass),
    Archive(Vec<PackageFile>),
}

impl Mix {
    /// Chooses and extracts.
    pub(crate) fn choose(
        (debs, files): (&[PathBuf], &[PackageFile]),
        (web_objects, mails): (usize, usize),
        folder: &Path,
        seeded: &mut Seeded,
    ) -> Result<Self> {
        let chosen = choose_web(files, web_objects, seeded);
        let mails: Vec<Vec<PackageFile>> = (0..mails)
            .map(|_| choose_attachments(files, seeded))
            .collect::<Option<_>>()
            .context("the packages have no files that could be attached")?;
        let of_web = chosen.iter().flat_map(|chosen| match chosen {
            Chosen::File(file, _) => std::slice::from_ref(file),
            Chosen::Archive(files) => files.as_slice(),
        });
        let wanted: Vec<_> = of_web.chain(mails.iter().flatten()).cloned().collect();
        let extracted = folder.join("files");
        extract(debs, &wanted, &extracted)?;
        let web = chosen.into_iter().enumerate();
        let web = web
            .map(|(number, chosen)| make_web_object(chosen, number, &extracted, seeded))
            .collect::<Result<_>>()?;
        let mails = mails.into_iter().map(|files| {
            files.into_iter().filter_map(|file| attachment(&file, &extracted)).collect()
        });
        Ok(Self { web, mails: mails.collect() })
    }
}

/// Takes up to `count` of `from` at random.
fn take<T>(from: &mut Vec<T>, count: usize, seeded: &mut Seeded) -> Vec<T> {
    let count = count.min(from.len());
    (0..count).map(|_| from.swap_remove(seeded.below(from.len()))).collect()
}

fn choose_web(files: &[PackageFile], count: usize, seeded: &mut Seeded) -> Vec<Chosen> {
    let share = |of_2000: usize| (of_2000 * count).div_ceil(2000);
    let archives = (0..share(ARCHIVES_OF_2000)).filter_map(|_| choose_archived(files, seeded));
    let mut chosen: Vec<Chosen> = archives.map(Chosen::Archive).collect();
    let mut left = Vec::new();
    for class in &WEB_CLASSES {
        let is_of_it = |file: &&PackageFile| {
            let bytes = 64..=WEB_BYTES_MAX;
            class_of(&file.name).is_some_and(|found| found.extension == class.extension)
                && bytes.contains(&file.bytes)
        };
        let mut of_class: Vec<_> = files.iter().filter(is_of_it).collect();
        let taken = take(&mut of_class, share(class.of_2000), seeded);
        chosen.extend(taken.into_iter().map(|file| Chosen::File(file.clone(), class)));
        if class.extension == "html" {
            left = of_class;
        }
    }
    let missing = count.saturating_sub(chosen.len());
    let pages = WEB_CLASSES.iter().find(|class| class.extension == "html");
    let more = take(&mut left, missing, seeded).into_iter().zip(pages.into_iter().cycle());
    chosen.extend(more.map(|(file, class)| Chosen::File(file.clone(), class)));
    chosen.truncate(count);
    chosen
}

/// 20 to 59 files that lie side by side in a package, without the long ones.
fn choose_archived(files: &[PackageFile], seeded: &mut Seeded) -> Option<Vec<PackageFile>> {
    if files.is_empty() {
        return None;
    }
    let start = seeded.below(files.len());
    let count = 20 + seeded.below(40);
    let package = files.get(start)?.package;
    let beside = files.iter().skip(start).take_while(|file| file.package == package);
    let short = beside.filter(|file| file.bytes <= ARCHIVED_BYTES_MAX);
    let chosen: Vec<PackageFile> = short.take(count).cloned().collect();
    (!chosen.is_empty()).then_some(chosen)
}

fn make_web_object(
    chosen: Chosen,
    number: usize,
    extracted: &Path,
    seeded: &mut Seeded,
) -> Result<Object> {
    let (name, form, media_type, path) = match chosen {
        Chosen::File(file, class) => {
            let path = extracted.join(extracted_name(file.package, file.ordinal));
            let name = format!("{number}.{}", class.extension);
            (name, class.form, class.media_type, path)
        }
        Chosen::Archive(files) => {
            let content = |file: &PackageFile| {
                let path = extracted.join(extracted_name(file.package, file.ordinal));
                Ok((file.name.trim_start_matches(['.', '/']).to_owned(), fs::read(path)?))
            };
            let files: Vec<_> = files.iter().map(content).collect::<Result<_>>()?;
            let is_zip = number.is_multiple_of(2);
            let (extension, form, media_type, bytes) = if is_zip {
                ("zip", Form::Zip, "application/zip", zip(&files, 6)?)
            } else {
                ("tar.gz", Form::TarGz, "application/gzip", tar_gz(&files, 6)?)
            };
            let name = format!("{number}.{extension}");
            let path = extracted.join(&name);
            fs::write(&path, bytes)?;
            (name, form, media_type, path)
        }
    };
    let bytes = fs::metadata(&path)?.len();
    let is_coded = form == Form::Text && seeded.below(10) < CODED_OF_TEN;
    Ok(Object { name, form, media_type, is_coded, path, bytes })
}

impl Object {
    /// What goes over the wire.
    pub(crate) fn body(&self) -> Result<Vec<u8>> {
        let bytes = fs::read(&self.path)?;
        if self.is_coded { gzip(&bytes, 6) } else { Ok(bytes) }
    }
}

/// One to three files.
fn choose_attachments(files: &[PackageFile], seeded: &mut Seeded) -> Option<Vec<PackageFile>> {
    const TRIES_MAX: usize = 100_000;
    let count = 1 + seeded.below(3);
    let mut chosen = Vec::new();
    for _ in 0..TRIES_MAX {
        if chosen.len() == count || files.is_empty() {
            break;
        }
        let least = if seeded.below(2) == 0 { LONG_ATTACHMENT_BYTES } else { 0 };
        let file = files.get(seeded.below(files.len()))?;
        let is_fit = ATTACHMENT_BYTES.contains(&file.bytes) && file.bytes >= least;
        if is_fit && class_of(&file.name).is_some() {
            chosen.push(file.clone());
        }
    }
    (!chosen.is_empty()).then_some(chosen)
}

fn attachment(file: &PackageFile, extracted: &Path) -> Option<Attachment> {
    let class = class_of(&file.name)?;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let name = file.name.rsplit('/').next().unwrap_or_default();
    Some(Attachment {
        name: name.chars().map(|letter| if plain(letter) { letter } else { '_' }).collect(),
        media_type: class.media_type,
        is_text: class.form == Form::Text,
        path: extracted.join(extracted_name(file.package, file.ordinal)),
    })
}
