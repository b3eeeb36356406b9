//! Goal: what a coding hides comes out whole or not at all.
//! Method: streams written by other programs and by the encoders of the libraries; every
//! truncation; what may follow a stream; windows above the caps; bombs.
//! What a user loses if it fails: half a page taken for the whole, or a server that one page fills.

use std::io::{Read, Write};

use super::super::step::Step;
use super::super::test_inputs::{
    SteppingClock, ZipFile, deflate, gzip, recipe, run, run_under, sample, xz, zip, zstd,
};
use crate::body::Body;
use crate::error::{Error, LimitKind};
use crate::limits::Limits;

fn text() -> Vec<u8> {
    run(&[Step::Gunzip], &sample("page.gz")).unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn one_text_comes_out_of_all_codings() {
    assert!(text().starts_with(b"The quick brown fox"));
    for (name, step) in
        [("page.zlib", Step::Gunzip), ("page.deflate", Step::Gunzip), ("page.br", Step::Unbrotli)]
    {
        assert_eq!(run(&[step], &sample(name)).unwrap(), text(), "{name}");
    }
    assert_eq!(run(&[Step::Unzstd], &zstd(&text())).unwrap(), text());
    assert_eq!(run(&[Step::Unxz], &xz(&text())).unwrap(), text());
    for empty in [gzip(b""), zlib(b""), deflate(b"")] {
        assert_eq!(run(&[Step::Gunzip], &empty).unwrap(), b"");
    }
    assert_eq!(run(&[Step::Unzstd], &zstd(b"")).unwrap(), b"");
    assert_eq!(run(&[Step::Unxz], &xz(b"")).unwrap(), b"");
    assert_eq!(run(&[Step::Unbrotli], &[6]).unwrap(), b"");
}

#[test]
fn streams_that_follow_one_another_are_one() {
    let twice = [text(), text()].concat();
    let padding = [0_u8; 4].as_slice();
    let skippable = [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9].as_slice();
    let gz = [gzip(&text()), gzip(b""), gzip(&text())].concat();
    assert_eq!(run(&[Step::Gunzip], &gz).unwrap(), twice);
    let zst = [zstd(&text()).as_slice(), skippable, &zstd(&text())].concat();
    assert_eq!(run(&[Step::Unzstd], &zst).unwrap(), twice);
    let streams = [xz(&text()).as_slice(), padding, &xz(&text()), padding].concat();
    assert_eq!(run(&[Step::Unxz], &streams).unwrap(), twice);
}

#[test]
fn a_cut_stream_is_corrupt_at_every_length() {
    let two = [gzip(b"first"), gzip(b"second")].concat();
    let first_len = gzip(b"first").len();
    let streams = [
        (Step::Gunzip, sample("page.gz"), 0),
        (Step::Gunzip, sample("page.zlib"), 0),
        (Step::Gunzip, sample("page.deflate"), 0),
        (Step::Unbrotli, sample("page.br"), 0),
        (Step::Unzstd, zstd(&text()), 0),
        (Step::Unxz, xz(&text()), 0),
        // Where a member ends, nobody can see that another one followed.
        (Step::Gunzip, two, first_len),
    ];
    for (step, stream, whole_at) in streams {
        for cut in 0..stream.len() {
            let result = run(std::slice::from_ref(&step), &stream[..cut]);
            if cut > 0 && cut == whole_at {
                assert_eq!(result.unwrap(), b"first");
                continue;
            }
            assert!(matches!(result, Err(Error::Corrupt(_))), "{step} cut at {cut}: {result:?}");
        }
    }
}

#[test]
fn what_follows_a_stream_is_ignored_by_gzip_and_refused_by_the_others() {
    for garbage in [&[0_u8][..], &[0; 512], b"garbage", &[0x1f, 0x8c]] {
        for stream in [gzip(&text()), zlib(&text()), deflate(&text())] {
            let stream = [stream.as_slice(), garbage].concat();
            assert_eq!(run(&[Step::Gunzip], &stream).unwrap(), text(), "{garbage:?}");
        }
    }
    for stream in [
        (Step::Unzstd, zstd(&text())),
        (Step::Unxz, xz(&text())),
        (Step::Unbrotli, sample("page.br")),
    ] {
        let (step, stream) = stream;
        for garbage in [&b"g"[..], b"garbage", &[0xff; 40]] {
            let result = run(std::slice::from_ref(&step), &[&stream, garbage].concat());
            assert!(matches!(result, Err(Error::Corrupt(_))), "{step}: {result:?}");
        }
    }
    let begun = [gzip(&text()).as_slice(), &[0x1f, 0x8b, 8]].concat();
    assert!(run(&[Step::Gunzip], &begun).is_err(), "a member that is not whole");
}

#[test]
fn windows_above_the_cap_are_refused_before_memory_is_taken() {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(28).unwrap();
    encoder.write_all(&[1; 4096]).unwrap();
    let large = encoder.finish().unwrap();
    let refused =
        |result: Result<Vec<u8>, Error>| matches!(result, Err(Error::Limit(LimitKind::Memory)));
    assert!(refused(run(&[Step::Unzstd], &large)));
    let small = Limits { memory_bytes: 4 << 20, ..Limits::default() };
    assert!(refused(run_under(&[Step::Unxz], &xz(&text()), &small)), "a dictionary of 8 MiB");
    assert_eq!(run_under(&[Step::Unzstd], &zstd(&text()), &small).unwrap(), text());
    assert!(run(&[Step::Unbrotli], &sample("large_window.br")).is_err());
}

/// One piece again and again: a bomb of any size that takes no memory.
struct Repeated {
    piece: Vec<u8>,
    times: u64,
}

impl Body for Repeated {
    fn len(&self) -> u64 {
        self.piece.len() as u64 * self.times
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, Error> {
        if offset >= self.len() {
            return Ok(0);
        }
        let within = offset % self.piece.len() as u64;
        self.piece.read_at(within, buffer)
    }
}

/// Bytes that come out before the cap, and the error.
fn until_the_cap(steps: &[Step], body: &dyn Body, limits: &Limits) -> (u64, Error) {
    let clock = SteppingClock::default();
    let mut decoded = match recipe(steps).open(body, limits, &clock) {
        Ok(decoded) => decoded,
        Err(error) => return (0, error),
    };
    let mut buffer = vec![0; 64 << 10];
    let mut given = 0;
    loop {
        match decoded.read(&mut buffer) {
            Ok(0) => panic!("a bomb ended after {given} bytes"),
            Ok(read) => given += read as u64,
            Err(error) => return (given, error.into()),
        }
    }
}

#[test]
fn bombs_stop_at_the_ratio_within_some_mebibytes() {
    let zeros = vec![0; 16 << 20];
    let nested = zip(&[ZipFile::deflated("inner.zip", &zip(&[ZipFile::deflated("z", &zeros)]))]);
    let bombs: [(&[Step], Repeated); 6] = [
        (&[Step::Gunzip], Repeated { piece: gzip(&zeros), times: 640 }),
        (&[Step::Gunzip, Step::Gunzip], Repeated { piece: gzip(&gzip(&zeros)), times: 9000 }),
        (&[Step::Unzstd], Repeated { piece: zstd(&zeros), times: 640 }),
        (&[Step::Unxz], Repeated { piece: xz(&zeros), times: 640 }),
        (&[Step::Unbrotli], Repeated { piece: sample("zeros.br"), times: 1 }),
        (&[Step::ZipMember(0), Step::ZipMember(0)], Repeated { piece: nested, times: 1 }),
    ];
    for (steps, bomb) in &bombs {
        let (given, error) = until_the_cap(steps, bomb, &Limits::default());
        assert!(
            matches!(error, Error::Limit(LimitKind::DecodeRatio)),
            "{steps:?} after {given}: {error:?}"
        );
        assert!(given <= 4 << 20, "{steps:?} gave {given}");
    }
}

#[test]
fn a_bomb_before_the_member_that_is_asked_for_stops_too() {
    let files = [("zeros".to_owned(), vec![0; 32 << 20]), ("last".to_owned(), vec![1])];
    let archive = gzip(&super::super::test_inputs::tar(&files));
    let limits = Limits { decode_ratio: 500, ..Limits::default() };
    let result = run_under(&[Step::Gunzip, Step::TarMember(1)], &archive, &limits);
    assert!(matches!(result, Err(Error::Limit(LimitKind::DecodeRatio))), "{result:?}");
}

#[test]
fn decoded_bytes_have_a_cap_of_their_own() {
    let limits = Limits { decoded_bytes: 1000, ..Limits::default() };
    let exact = run_under(&[Step::Gunzip], &gzip(&[7; 1000]), &limits);
    assert_eq!(exact.unwrap().len(), 1000);
    let over = run_under(&[Step::Gunzip], &gzip(&[7; 1001]), &limits);
    assert!(matches!(over, Err(Error::Limit(LimitKind::DecodedBytes))));
    let crlf = run_under(&[Step::LfToCrlf], &[b'\n'; 501], &limits);
    assert!(matches!(crlf, Err(Error::Limit(LimitKind::DecodedBytes))));
}

#[test]
fn frame_of_zstd_is_refused_or_not_whatever_pieces_are_read() {
    // It states 19,621 bytes and has none: one last block of length 0.
    let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x50, 0x3f, 0xa5, 0x4b, 1, 0, 0];
    let (limits, clock) = (Limits::default(), SteppingClock::default());
    let body = frame.to_vec();
    let mut results = Vec::new();
    for piece in [1, 61, 4096, 19_621, 1 << 20] {
        let recipe = recipe(&[Step::Unzstd]);
        let mut decoded = recipe.open(&body, &limits, &clock).unwrap();
        let mut buffer = vec![0; piece];
        results.push(decoded.read(&mut buffer).ok());
    }
    assert!(results.iter().all(|result| *result == results[0]), "{results:?}");
}
