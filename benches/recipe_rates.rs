//! How fast each recipe gives bytes: decoded MB/s over a seeded text of 16 MiB, whole, and for
//! containers all members in one walk. The floor is reading the same bytes as they are.
//!
//! `cargo bench -p gleaner-benches --bench recipe_rates`

use std::hint::black_box;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::time::Duration;

use base64::Engine;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gleaner_access::{Hints, Limits, PartEncoding, Recipe, Step, SystemClock, walk};
use gleaner_benches::Workload;

const SEED: u64 = 1;
const TEXT_BYTES: usize = 16 << 20;
const MEMBER_BYTES: usize = 256 << 10;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    liblzma::encode_all(bytes, 6).expect("memory takes all")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).expect("memory takes all")
}

/// Brotli of level 5, which no crate of this workspace writes: Node.js, if it is there.
fn brotli(bytes: &[u8]) -> Option<Vec<u8>> {
    const SCRIPT: &str = "const z = require('zlib'), p = z.constants.BROTLI_PARAM_QUALITY;
        process.stdin.pipe(z.createBrotliCompress({ params: { [p]: 5 } })).pipe(process.stdout)";
    let mut node = std::process::Command::new("node")
        .args(["-e", SCRIPT])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .ok()?;
    let mut stdin = node.stdin.take()?;
    std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(bytes));
        let mut out = Vec::new();
        node.stdout.take()?.read_to_end(&mut out).ok()?;
        node.wait().ok()?.success().then_some(out)
    })
}

fn mail(encoding: &str, content: &[u8]) -> Vec<u8> {
    let header = format!("Content-Transfer-Encoding: {encoding}\n\n");
    [header.as_bytes(), content].concat()
}

fn base64_lines(bytes: &[u8]) -> Vec<u8> {
    let letters = base64::engine::general_purpose::STANDARD.encode(bytes).into_bytes();
    let lines: Vec<&[u8]> = letters.chunks(76).collect();
    lines.join(&b"\r\n"[..])
}

/// Every byte that is no letter escaped, lines of 75.
fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut width = 0;
    for &byte in bytes {
        let is_plain = byte.is_ascii_alphanumeric() || byte == b',' || byte == b'.';
        let escaped = if is_plain { vec![byte] } else { format!("={byte:02X}").into_bytes() };
        if width + escaped.len() > 75 {
            out.extend_from_slice(b"=\n");
            width = 0;
        }
        width += escaped.len();
        out.extend_from_slice(&escaped);
    }
    out
}

fn tar(text: &[u8]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (number, bytes) in text.chunks(MEMBER_BYTES).enumerate() {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, format!("file{number}"), bytes).expect("memory");
    }
    builder.into_inner().expect("memory takes all")
}

fn deb(text: &[u8]) -> Vec<u8> {
    let data = xz(&tar(text));
    let mut out = b"!<arch>\n".to_vec();
    for (name, bytes) in [("debian-binary", b"2.0\n".as_slice()), ("data.tar.xz", &data)] {
        let header =
            format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, "100644", bytes.len());
        out.extend_from_slice(header.as_bytes());
        out.extend_from_slice(bytes);
        out.resize(out.len().next_multiple_of(2), b'\n');
    }
    out
}

/// A zip archive of deflated members.
fn zip(text: &[u8]) -> Vec<u8> {
    let (mut out, mut directory, mut count) = (Vec::new(), Vec::new(), 0_u16);
    for bytes in text.chunks(MEMBER_BYTES) {
        let mut encoder =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).expect("memory takes all");
        let stored = encoder.finish().expect("memory takes all");
        let word = |value: usize| u32::try_from(value).expect("a small archive").to_le_bytes();
        let fields = [
            [20, 0, 0, 0, 8, 0, 0, 0, 0, 0].as_slice(),
            &crc32fast::hash(bytes).to_le_bytes(),
            &word(stored.len()),
            &word(bytes.len()),
            &[1, 0, 0, 0],
        ]
        .concat();
        directory.extend([b"PK\x01\x02\x14\0".as_slice(), &fields, &[0; 10]].concat());
        directory.extend([word(out.len()).as_slice(), b"f"].concat());
        out.extend([b"PK\x03\x04".as_slice(), &fields, b"f", &stored].concat());
        count += 1;
    }
    let count = count.to_le_bytes();
    let directory_bytes = u32::try_from(directory.len()).expect("small").to_le_bytes();
    let offset = u32::try_from(out.len()).expect("small").to_le_bytes();
    let end: [&[u8]; 7] =
        [b"PK\x05\x06", &[0; 4], &count, &count, &directory_bytes, &offset, &[0; 2]];
    [out, directory, end.concat()].concat()
}

fn one_recipe(recipe: &Recipe, body: &[u8]) -> u64 {
    let (limits, clock) = (Limits::default(), SystemClock::new());
    let mut decoded = recipe.open(&body, &limits, &clock).expect("a sound body");
    let mut buffer = vec![0; 64 << 10];
    let mut bytes = 0;
    loop {
        match decoded.read(&mut buffer).expect("a sound body") {
            0 => return bytes,
            read => bytes += black_box(read) as u64,
        }
    }
}

/// All bytes of all members, the archive itself left unread.
fn whole_walk(body: &[u8]) -> u64 {
    let (limits, clock) = (Limits::default(), SystemClock::new());
    let mut total = 0;
    walk(&body, Hints::default(), (&limits, &clock), &mut |offer, bytes| {
        if !offer.recipe.is_identity() {
            total += io::copy(bytes.expect("a sound member"), &mut io::sink()).expect("sound");
        }
        ControlFlow::Continue(())
    })
    .expect("a sound archive");
    total
}

fn recipe_rates(criterion: &mut Criterion) {
    let text = Workload::Text.bytes(SEED, TEXT_BYTES);
    let part = |encoding| vec![Step::Mime { path: vec![1], encoding }];
    let mut cases = vec![
        ("identity", vec![], text.clone()),
        ("gunzip", vec![Step::Gunzip], gzip(&text)),
        ("unzstd", vec![Step::Unzstd], zstd(&text)),
        ("unxz", vec![Step::Unxz], xz(&text)),
        ("mime-base64", part(PartEncoding::Base64), mail("base64", &base64_lines(&text))),
        (
            "mime-quoted-printable",
            part(PartEncoding::QuotedPrintable),
            mail("quoted-printable", &quoted_printable(&text)),
        ),
        ("mime-8bit", part(PartEncoding::Plain), mail("8bit", &text)),
        ("lf-to-crlf", vec![Step::LfToCrlf], text.clone()),
        ("crlf-to-lf", vec![Step::CrlfToLf], text.clone()),
    ];
    if let Some(stream) = brotli(&text) {
        cases.push(("unbrotli", vec![Step::Unbrotli], stream));
    }
    let walks = [
        ("walk-zip", zip(&text)),
        ("walk-tar", tar(&text)),
        ("walk-tar.gz", gzip(&tar(&text))),
        ("walk-tar.zst", zstd(&tar(&text))),
        ("walk-deb", deb(&text)),
    ];
    let mut group = criterion.benchmark_group(format!("recipe_rates/text-16MiB-seed{SEED}"));
    group.sample_size(10).measurement_time(Duration::from_secs(2));
    for (name, steps, body) in &cases {
        let recipe = Recipe::new(steps.clone()).expect("a recipe");
        group.throughput(Throughput::Bytes(one_recipe(&recipe, body)));
        group.bench_function(*name, |bencher| bencher.iter(|| one_recipe(&recipe, body)));
    }
    for (name, body) in &walks {
        group.throughput(Throughput::Bytes(whole_walk(body)));
        group.bench_function(*name, |bencher| bencher.iter(|| whole_walk(body)));
    }
    group.finish();
}

criterion_group!(benches, recipe_rates);
criterion_main!(benches);
