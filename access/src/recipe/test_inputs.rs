//! Inputs for the tests of recipes: the committed samples, writers of small containers, a clock
//! that stands still, seeded bytes.

use std::cell::Cell;
use std::io::{Read, Write};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::step::{Recipe, Step};
use super::walk::{Hints, walk};
use crate::body::Body;
use crate::clock::Clock;
use crate::error::Error;
use crate::limits::Limits;

macro_rules! sample {
    ($name:literal) => {
        ($name, include_bytes!(concat!("../../tests/samples/recipes/", $name)).as_slice())
    };
}

/// The committed samples by name.
pub(crate) const SAMPLES: [(&str, &[u8]); 15] = [
    sample!("page.gz"),
    sample!("page.zlib"),
    sample!("page.deflate"),
    sample!("page.br"),
    sample!("large_window.br"),
    sample!("zeros.br"),
    sample!("gnu.tar.gz"),
    sample!("gnu.tar.zst"),
    sample!("pax.tar.xz"),
    sample!("office.zip"),
    sample!("streamed.zip"),
    sample!("sample.deb"),
    sample!("long_names.a"),
    sample!("mail.eml"),
    sample!("mail.eml.gz"),
];

pub(crate) fn sample(name: &str) -> Vec<u8> {
    let found = SAMPLES.iter().find(|(known, _)| *known == name);
    found.expect("a committed sample").1.to_vec()
}

/// Time that moves by `step` each time it is asked for.
#[derive(Debug, Default)]
pub(crate) struct SteppingClock {
    pub(crate) now_ns: AtomicU64,
    pub(crate) step_ns: u64,
}

impl Clock for SteppingClock {
    fn wall_ns(&self) -> i64 {
        0
    }

    fn monotonic_ns(&self) -> u64 {
        self.now_ns.fetch_add(self.step_ns, Ordering::Relaxed)
    }

    fn sleep(&self, _duration: Duration) {}
}

/// A body that counts the bytes that are read of it.
pub(crate) struct CountingBody {
    pub(crate) bytes: Vec<u8>,
    pub(crate) read: AtomicU64,
}

impl CountingBody {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, read: AtomicU64::new(0) }
    }
}

impl Body for CountingBody {
    fn len(&self) -> u64 {
        Body::len(&self.bytes)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, Error> {
        let read = self.bytes.read_at(offset, buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

pub(crate) fn recipe(steps: &[Step]) -> Recipe {
    Recipe::new(steps.to_vec()).unwrap()
}

/// All that a recipe makes of a body.
pub(crate) fn run(steps: &[Step], body: &[u8]) -> Result<Vec<u8>, Error> {
    run_under(steps, body, &Limits::default())
}

pub(crate) fn run_under(steps: &[Step], body: &[u8], limits: &Limits) -> Result<Vec<u8>, Error> {
    let clock = SteppingClock::default();
    let body = body.to_vec();
    let mut decoded = recipe(steps).open(&body, limits, &clock)?;
    let mut out = Vec::new();
    decoded.read_to_end(&mut out)?;
    Ok(out)
}

/// What a walk visits: the recipe, the name, and the bytes or the error.
pub(crate) type Visited = Vec<(Recipe, Option<String>, Result<Vec<u8>, Error>)>;

/// Walks over a body and reads all of it.
pub(crate) fn walk_all(body: &dyn Body, hints: Hints<'_>) -> (Visited, Result<(), Error>) {
    let clock = SteppingClock::default();
    let limits = Limits::default();
    let visited = Cell::new(Vec::new());
    let result = walk(body, hints, (&limits, &clock), &mut |offer, bytes| {
        let name = offer.name.as_ref().map(|name| String::from_utf8_lossy(name).into_owned());
        let bytes = bytes.and_then(|bytes| {
            let mut read = Vec::new();
            bytes.take(1 << 20).read_to_end(&mut read)?;
            Ok(read)
        });
        let mut all = visited.take();
        all.push((offer.recipe.clone(), name, bytes));
        visited.set(all);
        ControlFlow::Continue(())
    });
    (visited.take(), result)
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn xz(bytes: &[u8]) -> Vec<u8> {
    liblzma::encode_all(bytes, 6).unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

/// A tar archive of regular files.
pub(crate) fn tar(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, bytes.as_slice()).unwrap();
    }
    builder.into_inner().unwrap()
}

/// An ar archive.
pub(crate) fn ar(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut builder = ar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let header = ar::Header::new(name.as_bytes().to_vec(), bytes.len() as u64);
        builder.append(&header, bytes.as_slice()).unwrap();
    }
    builder.into_inner().unwrap()
}

/// What a member of a zip archive is made of; the writer may lie.
#[derive(Debug, Clone)]
pub(crate) struct ZipFile {
    pub(crate) name: String,
    pub(crate) stored: Vec<u8>,
    pub(crate) len: u64,
    pub(crate) crc32: u32,
    pub(crate) method: u16,
    pub(crate) flags: u16,
}

impl ZipFile {
    pub(crate) fn stored(name: &str, bytes: &[u8]) -> Self {
        Self {
            name: name.into(),
            stored: bytes.to_vec(),
            len: bytes.len() as u64,
            crc32: crc32fast::hash(bytes),
            method: 0,
            flags: 0,
        }
    }

    pub(crate) fn deflated(name: &str, bytes: &[u8]) -> Self {
        Self { stored: deflate(bytes), method: 8, ..Self::stored(name, bytes) }
    }
}

fn u16s(out: &mut Vec<u8>, values: &[u16]) {
    out.extend(values.iter().flat_map(|value| value.to_le_bytes()));
}

fn u32s(out: &mut Vec<u8>, values: &[u32]) {
    out.extend(values.iter().flat_map(|value| value.to_le_bytes()));
}

fn low(value: u64) -> u32 {
    u32::try_from(value).expect("a small archive")
}

/// A local header and the bytes behind it.
pub(crate) fn zip_local(file: &ZipFile) -> Vec<u8> {
    let mut out = b"PK\x03\x04".to_vec();
    u16s(&mut out, &[20, file.flags, file.method, 0, 0]);
    u32s(&mut out, &[file.crc32, low(file.stored.len() as u64), low(file.len)]);
    u16s(&mut out, &[u16::try_from(file.name.len()).unwrap(), 0]);
    out.extend_from_slice(file.name.as_bytes());
    out.extend_from_slice(&file.stored);
    out
}

/// An entry of the directory for a local header at `offset`.
pub(crate) fn zip_entry(file: &ZipFile, offset: u64) -> Vec<u8> {
    let mut out = b"PK\x01\x02".to_vec();
    u16s(&mut out, &[20, 20, file.flags, file.method, 0, 0]);
    u32s(&mut out, &[file.crc32, low(file.stored.len() as u64), low(file.len)]);
    u16s(&mut out, &[u16::try_from(file.name.len()).unwrap(), 0, 0, 0, 0]);
    u32s(&mut out, &[0, low(offset)]);
    out.extend_from_slice(file.name.as_bytes());
    out
}

/// The record at the end of an archive.
pub(crate) fn zip_end(count: u16, directory_bytes: u64, directory_offset: u64) -> Vec<u8> {
    let mut out = b"PK\x05\x06".to_vec();
    u16s(&mut out, &[0, 0, count, count]);
    u32s(&mut out, &[low(directory_bytes), low(directory_offset)]);
    u16s(&mut out, &[0]);
    out
}

/// A zip archive.
pub(crate) fn zip(files: &[ZipFile]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for file in files {
        directory.extend(zip_entry(file, out.len() as u64));
        out.extend(zip_local(file));
    }
    let end = zip_end(files.len().try_into().unwrap(), directory.len() as u64, out.len() as u64);
    [out, directory, end].concat()
}
