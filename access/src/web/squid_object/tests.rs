//! Goal: a file of Squid's is read exactly, and under no other URL than its own.
//! Method: the samples of a real Squid against their table; a small object made here, each length
//! at its edges, cut at every length, with bytes changed at random.
//! If it fails: a reused file number gives one page for another.

use super::{SquidObject, file_path, store_key};
use crate::error::{Error, LimitKind, Reason};
use crate::limits::Limits;
use crate::seeded::Seeded;

/// A file as Squid writes it.
#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) url: Vec<u8>,
    pub(crate) vary: Vec<u8>,
    pub(crate) timestamp_s: i64,
    pub(crate) knows_length: bool,
    pub(crate) head: Vec<u8>,
    pub(crate) body: Vec<u8>,
}

fn field(kind: u8, value: &[u8]) -> Vec<u8> {
    let len = i32::try_from(value.len()).unwrap().to_le_bytes();
    [&[kind][..], &len, value].concat()
}

impl Sample {
    pub(crate) fn new(url: &str, head: &str, body: &[u8]) -> Self {
        Self {
            url: url.as_bytes().to_vec(),
            vary: Vec::new(),
            timestamp_s: 1_795_317_009,
            knows_length: true,
            head: head.as_bytes().to_vec(),
            body: body.to_vec(),
        }
    }

    pub(crate) fn key(&self) -> [u8; 16] {
        store_key(&self.url, &self.vary)
    }

    fn fields(&self) -> Vec<Vec<u8>> {
        let mut times = [0; 44];
        times[..8].copy_from_slice(&self.timestamp_s.to_le_bytes());
        times[24..32].copy_from_slice(&(-1_i64).to_le_bytes());
        times[42..].copy_from_slice(&0x0440_u16.to_le_bytes());
        let url = [self.url.as_slice(), &[0]].concat();
        let mut fields = vec![field(3, &self.key()), field(9, &times), field(4, &url)];
        if self.knows_length {
            let bytes = i64::try_from(self.head.len() + self.body.len()).unwrap();
            fields.push(field(10, &bytes.to_le_bytes()));
        }
        if !self.vary.is_empty() {
            fields.push(field(8, &self.vary));
        }
        fields
    }

    fn of_fields(&self, fields: &[Vec<u8>]) -> Vec<u8> {
        let fields = fields.concat();
        let meta_bytes = i32::try_from(fields.len() + 5).unwrap().to_le_bytes();
        [&[3][..], &meta_bytes, &fields, &self.head, &self.body].concat()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.of_fields(&self.fields())
    }
}

fn small() -> Sample {
    Sample::new("http://a/b", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", b"hello")
}

fn parse(file: &[u8]) -> Result<SquidObject, Error> {
    SquidObject::parse(file, file.len() as u64, &Limits::default())
}

fn refusal(file: &[u8]) -> Reason {
    parse(file).unwrap_err().reason()
}

/// The first bytes of a sample and how long the file was; URL path, vary text, where the reply
/// header and the body begin.
struct Row(&'static [u8], u64, &'static str, &'static str, usize, u64);

#[test]
fn samples_of_squid_are_what_their_table_says() {
    macro_rules! sample {
        ($name:literal) => {
            include_bytes!(concat!("../../../tests/samples/squid/", $name))
        };
    }
    let gzip = "accept-encoding=\"gzip\"";
    for Row(bytes, file_bytes, path, vary, meta_bytes, body_start) in [
        Row(sample!("00000000.head"), 50_399, "id/a.bin", "", 125, 399),
        Row(sample!("00000002.head"), 30_375, "chunked/b.bin", "", 117, 374),
        Row(sample!("00000006"), 339, "gz/a.txt", "", 125, 339),
        Row(sample!("00000007.head"), 73_525, "gz/a.txt", "accept-encoding", 145, 420),
        Row(sample!("00000008"), 14_238, "gz/a.txt", gzip, 152, 454),
        Row(sample!("0000000C"), 412, "id/small.txt", "", 129, 400),
    ] {
        let object = SquidObject::parse(bytes, file_bytes, &Limits::default()).unwrap();
        assert_eq!(object.url, format!("http://127.0.0.1:18000/{path}").as_bytes());
        assert_eq!(object.vary, vary.as_bytes(), "{path}");
        assert_eq!((object.body_start, object.body_bytes), (body_start, file_bytes - body_start));
        assert_eq!(super::meta_bytes(bytes).unwrap(), meta_bytes);
        assert_eq!(object.is_vary_marker(), object.body_bytes == 0, "{path}");
        let is_small = path == "id/small.txt";
        assert_eq!(object.timestamp_s, if is_small { 1_795_317_073 } else { 1_795_317_009 });
        if !object.is_vary_marker() {
            assert_eq!(object.last_modified_s, Some(1_700_000_000));
            assert_eq!((object.response.not_offered(), object.flags), (None, 0x0440));
            object.response.check_body_bytes(object.body_bytes).unwrap();
        }
    }
}

#[test]
fn small_object_is_read_back_with_and_without_its_length() {
    for knows_length in [true, false] {
        let sample = Sample { knows_length, vary: b"accept=\"x\"".to_vec(), ..small() };
        let object = parse(&sample.bytes()).unwrap();
        assert_eq!((object.url, object.vary), (sample.url.clone(), sample.vary.clone()));
        assert_eq!((object.key, object.body_bytes), (sample.key(), 5));
        assert_eq!((object.timestamp_s, object.last_modified_s), (1_795_317_009, None));
    }
}

#[test]
fn fields_may_stand_in_any_order_and_unknown_ones_are_passed_over() {
    let sample = small();
    let mut fields = sample.fields();
    fields.reverse();
    fields.insert(1, field(200, b"whatever"));
    fields.push(field(7, b""));
    assert_eq!(parse(&sample.of_fields(&fields)).unwrap().url, sample.url);
}

#[test]
fn field_that_is_missing_doubled_or_of_a_wrong_length_is_refused() {
    let sample = small();
    let fields = sample.fields();
    for missing in 0..3 {
        let mut fields = fields.clone();
        fields.remove(missing);
        assert_eq!(refusal(&sample.of_fields(&fields)), Reason::Corrupt, "{missing}");
    }
    for doubled in 0..fields.len() {
        let fields = [fields.clone(), vec![fields[doubled].clone()]].concat();
        assert_eq!(refusal(&sample.of_fields(&fields)), Reason::Corrupt, "{doubled}");
    }
    for (place, value) in [(0, 15), (0, 17), (1, 43), (1, 45), (3, 7), (3, 9)] {
        let mut fields = fields.clone();
        fields[place] = field(fields[place][0], &vec![0; value]);
        assert_eq!(refusal(&sample.of_fields(&fields)), Reason::Corrupt, "{place}: {value}");
    }
    for url in [&b""[..], b"\0", b"http://a/b", b"http://a\0/b\0"] {
        let mut fields = fields.clone();
        fields[2] = field(4, url);
        assert_eq!(refusal(&sample.of_fields(&fields)), Reason::Corrupt);
    }
}

#[test]
fn key_of_another_url_or_of_another_vary_text_is_refused() {
    let sample = small();
    for other in [
        Sample { url: b"http://a/c".to_vec(), ..small() },
        Sample { vary: b"accept".to_vec(), ..small() },
    ] {
        let mut fields = sample.fields();
        fields[0] = field(3, &other.key());
        assert_eq!(refusal(&sample.of_fields(&fields)), Reason::Corrupt);
    }
}

#[test]
fn lengths_at_their_edges_are_refused() {
    let file = small().bytes();
    let meta_bytes = i32::from_le_bytes(file[1..5].try_into().unwrap());
    for wrong in [0, 1, 5, 6, meta_bytes - 1, meta_bytes + 1, i32::MAX, -1, i32::MIN] {
        let mut other = file.clone();
        other[1..5].copy_from_slice(&wrong.to_le_bytes());
        assert!(matches!(refusal(&other), Reason::Corrupt | Reason::Limit), "{wrong}");
    }
    for wrong in [0, 15, 17, 65_536, 65_537, i32::MAX, -1] {
        let mut other = file.clone();
        other[6..10].copy_from_slice(&wrong.to_le_bytes());
        assert_eq!(refusal(&other), Reason::Corrupt, "{wrong}");
    }
    let at = file.windows(5).position(|window| window == [10, 8, 0, 0, 0]).unwrap() + 5;
    let bytes = i64::from_le_bytes(file[at..at + 8].try_into().unwrap());
    for wrong in [0, bytes - 1, bytes + 1, i64::MAX, -1, i64::MIN] {
        let mut other = file.clone();
        other[at..at + 8].copy_from_slice(&wrong.to_le_bytes());
        assert_eq!(refusal(&other), Reason::Corrupt, "{wrong}");
    }
    for first in [0, 2, 4, 255] {
        let mut other = file.clone();
        other[0] = first;
        assert_eq!(refusal(&other), Reason::Unsupported, "{first}");
    }
}

#[test]
fn object_cut_at_any_length_is_refused() {
    for knows_length in [true, false] {
        let file = Sample { knows_length, ..small() }.bytes();
        for len in 0..file.len() {
            let object = parse(&file[..len]);
            let cut = object.and_then(|object| object.response.check_body_bytes(object.body_bytes));
            assert_eq!(cut.unwrap_err().reason(), Reason::Corrupt, "{len}");
        }
    }
}

#[test]
fn caps_are_kept() {
    let file = small().bytes();
    let limit = |limits: Limits| match SquidObject::parse(&file, file.len() as u64, &limits) {
        Err(Error::Limit(kind)) => Some(kind),
        other => {
            assert!(other.is_ok());
            None
        }
    };
    let meta_bytes = super::meta_bytes(&file).unwrap();
    assert_eq!(
        limit(Limits { header_bytes: meta_bytes, key_bytes: 10, ..Limits::default() }),
        None
    );
    let header = Limits { header_bytes: meta_bytes - 1, ..Limits::default() };
    assert_eq!(limit(header), Some(LimitKind::Header));
    assert_eq!(limit(Limits { key_bytes: 9, ..Limits::default() }), Some(LimitKind::Key));
    assert_eq!(limit(Limits { header_fields: 0, ..Limits::default() }), Some(LimitKind::Header));
}

#[test]
fn marker_is_known_by_reason_and_by_type() {
    let marker =
        |head: &str| parse(&Sample::new("http://a/b", head, b"").bytes()).unwrap().is_vary_marker();
    assert!(marker("HTTP/1.1 200 Internal marker object\r\n\r\n"));
    assert!(marker("HTTP/1.1 200 OK\r\nContent-Type: x-squid-internal/vary\r\n\r\n"));
    assert!(!marker("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"));
}

#[test]
fn file_lies_where_squid_computes_it() {
    assert_eq!(file_path(0, 4, 8).as_deref(), Some("00/00/00000000"));
    assert_eq!(file_path(8, 4, 8).as_deref(), Some("00/01/00000008"));
    assert_eq!(file_path(0xC, 4, 8).as_deref(), Some("00/01/0000000C"));
    assert_eq!(file_path(64 * 3 + 8 * 7 + 1, 4, 8).as_deref(), Some("03/07/000000F9"));
    assert_eq!(file_path(0x00ff_ffff, 16, 256).as_deref(), Some("0F/FF/00FFFFFF"));
    assert_eq!(file_path(1, 0, 8), None);
    assert_eq!(file_path(1, 4, 0), None);
}

#[test]
fn changed_bytes_never_give_another_url() {
    let mut random = Seeded::new(3);
    let sound = small().bytes();
    for _ in 0..100_000 {
        let mut file = sound.clone();
        random.flip(&mut file);
        if let Ok(object) = parse(&file) {
            assert_eq!((object.url, object.vary), (small().url, small().vary));
        }
    }
}
