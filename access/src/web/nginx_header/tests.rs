//! Goal: what nginx wrote is read exactly, and nothing is read from what it did not write.
//! Method: the samples of a real nginx against their table; then a small object made here, with
//! every field at its edges, cut at every length, and with bytes changed at random.
//! If it fails: bytes are offered under a wrong URL, or hostile files stop a scan.

use md5::{Digest, Md5};

use super::{FIXED_BYTES, NginxHeader, hex_name, is_final_name, nginx_bytes_needed};
use crate::error::{Error, LimitKind, Reason};
use crate::limits::Limits;
use crate::seeded::Seeded;
use crate::web::http_message::ContentRange;

/// A file as nginx writes it.
#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) key: Vec<u8>,
    pub(crate) vary: Vec<u8>,
    pub(crate) variant: [u8; 16],
    pub(crate) etag: Vec<u8>,
    pub(crate) head: Vec<u8>,
    pub(crate) body: Vec<u8>,
}

impl Sample {
    pub(crate) fn new(key: &str, head: &str, body: &[u8]) -> Self {
        Self {
            key: key.as_bytes().to_vec(),
            vary: Vec::new(),
            variant: [0; 16],
            etag: Vec::new(),
            head: head.as_bytes().to_vec(),
            body: body.to_vec(),
        }
    }

    pub(crate) fn main_name(&self) -> Vec<u8> {
        hex_name(Md5::digest(&self.key).into()).to_vec()
    }

    pub(crate) fn variant_name(&self) -> Vec<u8> {
        hex_name(self.variant).to_vec()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let header_start = FIXED_BYTES + 6 + self.key.len() + 1;
        let body_start = header_start + self.head.len();
        let short = |number: usize| u16::try_from(number).unwrap().to_le_bytes();
        let mut file = vec![0; FIXED_BYTES];
        file[..8].copy_from_slice(&5_u64.to_le_bytes());
        file[8..16].copy_from_slice(&1_795_320_527_i64.to_le_bytes());
        file[32..40].copy_from_slice(&(-1_i64).to_le_bytes());
        file[40..48].copy_from_slice(&1_795_316_927_i64.to_le_bytes());
        file[48..52].copy_from_slice(&crc32fast::hash(&self.key).to_le_bytes());
        file[54..56].copy_from_slice(&short(header_start));
        file[56..58].copy_from_slice(&short(body_start));
        for (at, text) in [(58, &self.etag), (187, &self.vary)] {
            file[at] = u8::try_from(text.len()).unwrap();
            file[at + 1..at + 1 + text.len()].copy_from_slice(text);
        }
        file[316..332].copy_from_slice(&self.variant);
        [file, b"\nKEY: ".to_vec(), self.key.clone(), b"\n".to_vec(), self.head.clone()]
            .into_iter()
            .chain([self.body.clone()])
            .flatten()
            .collect()
    }

    fn parse(&self) -> Result<NginxHeader, Error> {
        parse(&self.bytes(), &self.main_name())
    }
}

fn small() -> Sample {
    Sample::new("http://a/b", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", b"hello")
}

fn parse(file: &[u8], name: &[u8]) -> Result<NginxHeader, Error> {
    NginxHeader::parse(file, file.len() as u64, name, &Limits::default())
}

fn refusal(file: &[u8], name: &[u8]) -> Reason {
    parse(file, name).unwrap_err().reason()
}

/// Name and first bytes of a sample, and how long the file was.
struct Stored(&'static str, &'static [u8], u64);

macro_rules! stored {
    ($name:literal) => {{
        let bytes = include_bytes!(concat!("../../../tests/samples/nginx/", $name));
        Stored($name, bytes, bytes.len() as u64)
    }};
    ($name:literal, $bytes:literal) => {
        Stored(
            $name,
            include_bytes!(concat!("../../../tests/samples/nginx/", $name, ".head")),
            $bytes,
        )
    };
}

impl Stored {
    fn parse(&self) -> NginxHeader {
        assert!(nginx_bytes_needed(self.1).unwrap() <= self.1.len(), "{}", self.0);
        NginxHeader::parse(self.1, self.2, self.0.as_bytes(), &Limits::default()).unwrap()
    }
}

#[test]
fn empty_object_of_nginx_has_a_body_of_no_bytes() {
    let header = stored!("4f03293e2bf80151890bb367ad6da6a1").parse();
    assert_eq!(header.key, b"http://127.0.0.1:18000/empty");
    assert_eq!((header.body_start, header.body_bytes), (619, 0));
    assert_eq!(header.etag, b"\"d41d8cd98f00\"");
    assert_eq!((header.date_s, header.valid_until_s), (1_795_316_927, 1_795_320_527));
    assert_eq!(header.last_modified_s, Some(1_700_000_000));
    assert_eq!((header.response.status, header.response.not_offered()), (200, None));
    header.response.check_body_bytes(0).unwrap();
}

#[test]
fn both_variants_of_nginx_have_one_key_and_names_of_their_own() {
    let plain = stored!("dbf0a63a5d03af5c680d08374a624b44", 73_754).parse();
    let gzip = stored!("f379cc48ffb82a9e2b43238290d6ed1e").parse();
    assert_eq!(plain.key, gzip.key);
    assert_eq!((plain.is_named_by_variant, gzip.is_named_by_variant), (false, true));
    assert_eq!(hex_name(plain.variant), *b"11de2838c1020689121d2cd991b22949");
    assert_eq!(hex_name(gzip.variant), *b"f379cc48ffb82a9e2b43238290d6ed1e");
    assert_eq!(
        (plain.vary.as_slice(), gzip.vary.as_slice()),
        (&b"Accept-Encoding"[..], &b"Accept-Encoding"[..])
    );
    assert_eq!((plain.body_start, plain.body_bytes), (649, 73_105));
    assert_eq!((gzip.body_start, gzip.body_bytes), (676, 13_784));
    assert!(plain.response.content_codings().is_empty());
    assert_eq!(gzip.response.content_codings().len(), 1);
}

#[test]
fn chunked_slice_and_refused_answers_of_nginx_say_what_they_are() {
    let chunked = stored!("0bdff418b1d946f9eb0e649c7b86cb26", 30_637).parse();
    assert_eq!((chunked.body_start, chunked.body_bytes), (636, 30_001));
    assert_eq!(chunked.response.content_length().unwrap(), None);
    let slice = stored!("251f6827e6076571b8de78b7eb652549", 403_579).parse();
    assert_eq!(slice.key, b"http127.0.0.1:18000/slice/big.binbytes=2097152-3145727");
    let range = ContentRange { start: 2_097_152, end: 2_500_000, total: Some(2_500_000) };
    assert_eq!(slice.response.content_range().unwrap(), Some(range));
    slice.response.check_body_bytes(slice.body_bytes).unwrap();
    let whole = stored!("330348950ae9c2bd86442aa8f54d0d09", 50_648).parse();
    assert_eq!((whole.body_start, whole.body_bytes), (648, 50_000));
    let missing = stored!("6cf13865e9d88455bf264a5c695d5f18").parse();
    assert_eq!((missing.response.status, missing.last_modified_s), (404, None));
    assert!(missing.response.not_offered().is_some());
}

#[test]
fn small_object_is_read_back() {
    let header = small().parse().unwrap();
    assert_eq!((header.key.as_slice(), header.body_bytes), (&b"http://a/b"[..], 5));
    assert_eq!(header.body_start, small().bytes().len() as u64 - 5);
    assert_eq!((header.variant, header.is_named_by_variant), ([0; 16], false));
}

#[test]
fn other_versions_and_builds_are_unsupported_and_not_corrupt() {
    let (file, name) = (small().bytes(), small().main_name());
    for version in [0, 3, 4, 6, 1 << 32 | 5, u64::MAX] {
        let mut other = file.clone();
        other[..8].copy_from_slice(&version.to_le_bytes());
        assert_eq!(refusal(&other, &name), Reason::Unsupported, "{version}");
    }
    // A 32-bit build has the marker elsewhere.
    let mut other = file.clone();
    other.remove(8);
    other[56..58].copy_from_slice(&file[56..58]);
    assert_eq!(refusal(&other, &name), Reason::Unsupported);
}

#[test]
fn every_field_that_is_checked_is_refused_one_off_at_zero_and_at_its_maximum() {
    let (file, name) = (small().bytes(), small().main_name());
    for (at, bytes) in [(48, 4), (54, 2), (56, 2)] {
        let field = |file: &[u8]| {
            let mut word = [0; 8];
            word[..bytes].copy_from_slice(&file[at..at + bytes]);
            u64::from_le_bytes(word)
        };
        let value = field(&file);
        for wrong in [0, 1, value - 1, value + 1, (1 << (8 * bytes)) - 1] {
            let mut other = file.clone();
            other[at..at + bytes].copy_from_slice(&wrong.to_le_bytes()[..bytes]);
            assert_eq!(refusal(&other, &name), Reason::Corrupt, "{at}: {wrong}");
        }
    }
}

#[test]
fn lengths_of_texts_are_believed_up_to_their_room_only() {
    let name = small().main_name();
    for at in [58, 187] {
        for (len, is_sound) in [(0, true), (1, true), (128, true), (129, false), (255, false)] {
            let mut file = small().bytes();
            file[at] = len;
            assert_eq!(parse(&file, &name).is_ok(), is_sound, "{at}: {len}");
        }
    }
}

#[test]
fn times_have_no_wrong_values() {
    let name = small().main_name();
    for at in [8, 16, 24, 32, 40] {
        for time in [0, i64::MIN, i64::MAX, -1] {
            let mut file = small().bytes();
            file[at..at + 8].copy_from_slice(&time.to_le_bytes());
            parse(&file, &name).unwrap();
        }
    }
}

#[test]
fn name_is_the_key_or_the_variant_and_nothing_else() {
    let mut sample = small();
    sample.vary = b"Accept-Encoding".to_vec();
    sample.variant = [0xab; 16];
    let file = sample.bytes();
    assert!(!parse(&file, &sample.main_name()).unwrap().is_named_by_variant);
    assert!(parse(&file, &sample.variant_name()).unwrap().is_named_by_variant);
    for name in [&b""[..], b"ab", &[b'0'; 32], &sample.variant_name().to_ascii_uppercase()] {
        assert_eq!(refusal(&file, name), Reason::Corrupt);
    }
    // Zeros are no name, and a variant needs a Vary.
    assert_eq!(refusal(&small().bytes(), &[b'0'; 32]), Reason::Corrupt);
    sample.vary.clear();
    assert_eq!(refusal(&sample.bytes(), &sample.main_name()), Reason::Corrupt);
}

#[test]
fn object_cut_at_any_length_is_refused() {
    let (file, name) = (small().bytes(), small().main_name());
    for len in 0..file.len() {
        let cut = &file[..len];
        let header = parse(cut, &name);
        let refused = header.and_then(|header| header.response.check_body_bytes(header.body_bytes));
        assert_eq!(refused.unwrap_err().reason(), Reason::Corrupt, "{len}");
    }
}

#[test]
fn head_that_is_read_in_part_is_refused_and_not_guessed() {
    let (file, name) = (small().bytes(), small().main_name());
    let needed = nginx_bytes_needed(&file).unwrap();
    let limits = Limits::default();
    for len in 0..needed {
        assert!(NginxHeader::parse(&file[..len], file.len() as u64, &name, &limits).is_err());
    }
    NginxHeader::parse(&file[..needed], file.len() as u64, &name, &limits).unwrap();
}

#[test]
fn caps_are_kept() {
    let (file, name) = (small().bytes(), small().main_name());
    let parse = |limits: &Limits| NginxHeader::parse(&file, file.len() as u64, &name, limits);
    let header_bytes = nginx_bytes_needed(&file).unwrap();
    let limit = |result: Result<NginxHeader, Error>| match result {
        Err(Error::Limit(kind)) => Some(kind),
        _ => None,
    };
    let limits = Limits { header_bytes, key_bytes: 10, ..Limits::default() };
    assert!(parse(&limits).is_ok());
    let header = Limits { header_bytes: header_bytes - 1, ..Limits::default() };
    assert_eq!(limit(parse(&header)), Some(LimitKind::Header));
    let key = Limits { key_bytes: 9, ..Limits::default() };
    assert_eq!(limit(parse(&key)), Some(LimitKind::Key));
    let fields = Limits { header_fields: 0, ..Limits::default() };
    assert_eq!(limit(parse(&fields)), Some(LimitKind::Header));
}

#[test]
fn empty_line_inside_the_header_or_none_at_its_end_is_refused() {
    for head in ["HTTP/1.1 200 OK\r\n\r\nX: y\r\n\r\n", "HTTP/1.1 200 OK\r\nX: y\r\n", "\r\n\r\n"] {
        let sample = Sample::new("http://a/b", head, b"");
        let refused = sample.parse();
        // Of two empty lines alone the second one is the body's.
        assert_eq!(refused.unwrap_err().reason(), Reason::Corrupt, "{head:?}");
    }
}

#[test]
fn answers_of_cgi_like_upstreams_have_their_status_in_a_field() {
    let status = |head: &str| {
        let header = Sample::new("http://a/b", head, b"x").parse();
        header.map(|header| header.response.status).ok()
    };
    assert_eq!(status("HTTP/1.0 200 OK\r\n\r\n"), Some(200));
    assert_eq!(status("Content-Type: text/plain\r\n\r\n"), Some(200));
    assert_eq!(status("Status: 404 Not Found\r\nA: b\r\n\r\n"), Some(404));
    assert_eq!(status("Status: 206\r\n\r\n"), Some(206));
    for wrong in ["Status: 2\r\n\r\n", "Status: 2000\r\n\r\n", "Status: +20\r\n\r\n"] {
        assert_eq!(status(wrong), None, "{wrong}");
    }
}

#[test]
fn head_of_a_fastcgi_record_is_passed_over() {
    // As nginx 1.22.1 stored it for a record of 69 bytes.
    let mut sample = small();
    let block = b"Status: 200 OK\r\nContent-Length: 5\r\n\r\n";
    sample.head = [&[1, 6, 0, 1, 0, 0x45, 0, 0], &block[..]].concat();
    let header = sample.parse().unwrap();
    assert_eq!((header.response.status, header.body_bytes), (200, 5));
    header.response.check_body_bytes(5).unwrap();
    // A record of what the program wrote to its standard error is no header.
    sample.head[1] = 7;
    assert_eq!(sample.parse().unwrap_err().reason(), Reason::Corrupt);
}

#[test]
fn temporary_names_are_not_final() {
    assert!(is_final_name(b"4f03293e2bf80151890bb367ad6da6a1"));
    for name in [
        &b"4f03293e2bf80151890bb367ad6da6a1.0000000017"[..],
        b"4F03293e2bf80151890bb367ad6da6a1",
        b"4f03293e2bf80151890bb367ad6da6a",
        b"4f03293e2bf80151890bb367ad6da6ag",
        b"",
    ] {
        assert!(!is_final_name(name));
    }
}

#[test]
fn changed_bytes_never_give_another_key() {
    const SEED: u64 = 1;
    let mut random = Seeded::new(SEED);
    let (sound, name) = (small().bytes(), small().main_name());
    for _ in 0..100_000 {
        let mut file = sound.clone();
        random.flip(&mut file);
        if let Ok(header) = parse(&file, &name) {
            assert_eq!(header.key, small().key);
            assert!(header.body_start + header.body_bytes == file.len() as u64);
        }
    }
}
