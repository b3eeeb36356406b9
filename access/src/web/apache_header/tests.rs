//! Goal: a header file of Apache's is read exactly, and refused where it contradicts itself.
//! Method: the samples of a real Apache against their table; a small header made here, with lengths
//! at their edges, cut at every length, with bytes changed at random.
//! If it fails: a body is offered under another name, or a page for one reader as public.

use super::{ApacheHeader, ApacheObject, file_name, variant_key};
use crate::error::{Error, LimitKind, Reason};
use crate::limits::Limits;
use crate::seeded::Seeded;

/// A header file as Apache writes it.
#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) name: Vec<u8>,
    pub(crate) status: i32,
    pub(crate) inode: u64,
    pub(crate) device: u64,
    pub(crate) flags: u32,
    pub(crate) response: Vec<u8>,
    pub(crate) request: Vec<u8>,
}

impl Sample {
    pub(crate) fn new(name: &str, response: &str) -> Self {
        Self {
            name: name.as_bytes().to_vec(),
            status: 200,
            inode: 1,
            device: 2,
            flags: 1,
            response: response.as_bytes().to_vec(),
            request: b"Host: a\r\n\r\n".to_vec(),
        }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut file = [0; 120];
        file[..4].copy_from_slice(&6_u32.to_le_bytes());
        file[4..8].copy_from_slice(&self.status.to_le_bytes());
        file[8..16].copy_from_slice(&(self.name.len() as u64).to_le_bytes());
        file[56..64].copy_from_slice(&self.inode.to_le_bytes());
        file[64..72].copy_from_slice(&self.device.to_le_bytes());
        file[72..76].copy_from_slice(&self.flags.to_le_bytes());
        [&file[..], &self.name, &self.response, &self.request].concat()
    }
}

fn small() -> Sample {
    Sample::new("http://a/b?", "Content-Length: 5\r\n\r\n")
}

fn parse(file: &[u8]) -> Result<ApacheHeader, Error> {
    ApacheHeader::parse(file, &Limits::default())
}

fn object(file: &[u8]) -> ApacheObject {
    match parse(file).unwrap() {
        ApacheHeader::Object(object) => *object,
        ApacheHeader::VaryIndex { .. } => panic!("an object was expected"),
    }
}

fn refusal(file: &[u8]) -> Reason {
    parse(file).unwrap_err().reason()
}

const PLAIN: &[u8] = include_bytes!("../../../tests/samples/apache/pCcUWM7kEuk6S_1YxW0g.header");
const INDEX: &[u8] = include_bytes!("../../../tests/samples/apache/ZDjjswVYSVvve2jpdiCg.header");
const VARIANT: &[u8] = include_bytes!("../../../tests/samples/apache/m5FhgLBAojqpXlmLEhMA.header");

#[test]
fn object_of_apache_is_what_its_table_says() {
    let object = object(PLAIN);
    assert_eq!(object.name, b"http://127.0.0.1:31180/id/a.bin?");
    assert_eq!(object.url(), b"http://127.0.0.1:31180/id/a.bin");
    assert_eq!((object.data_inode, object.data_device), (11_092_137, 65_024));
    assert_eq!((object.date_us, object.expires_us), (1_795_317_201_000_000, 1_795_320_801_000_000));
    assert!(object.has_body && !object.is_never_public());
    assert_eq!((object.response.status, object.response.head_bytes), (200, 409 - 152));
    assert_eq!(object.response.content_length().unwrap(), Some(50_000));
    assert_eq!(object.request.first("host"), Some(&b"127.0.0.1:31180"[..]));
}

#[test]
fn files_of_apache_have_the_names_that_are_computed() {
    assert_eq!(file_name(&object(PLAIN).name), "VupCcUWM7kEuk6S_1YxW0g");
    let ApacheHeader::VaryIndex { fields } = parse(INDEX).unwrap() else { panic!("an index") };
    assert_eq!(fields, ["accept-language"]);
    let variant = object(VARIANT);
    assert_eq!(file_name(&variant.name), "jtZDjjswVYSVvve2jpdiCg");
    let key = variant_key(&fields, &variant.request, &variant.name);
    assert_eq!(file_name(&key), "N_m5FhgLBAojqpXlmLEhMA");
}

#[test]
fn small_header_is_read_back() {
    let sample = small();
    let object = object(&sample.bytes());
    assert_eq!((object.url(), object.data_inode, object.data_device), (&b"http://a/b"[..], 1, 2));
    let query = Sample { name: b"http://a/b?c=d".to_vec(), ..small() };
    assert_eq!(self::object(&query.bytes()).url(), b"http://a/b?c=d");
}

#[test]
fn request_with_credentials_is_never_public() {
    for request in ["Authorization: x\r\n\r\n", "cookie: a=b\r\n\r\n"] {
        let sample = Sample { request: request.as_bytes().to_vec(), ..small() };
        assert!(object(&sample.bytes()).is_never_public(), "{request}");
    }
    let sample = Sample { response: b"Cache-Control: private\r\n\r\n".to_vec(), ..small() };
    assert!(object(&sample.bytes()).is_never_public());
    assert!(!object(&small().bytes()).is_never_public());
}

#[test]
fn other_formats_and_answers_to_head_are_unsupported() {
    for format in [0_u32, 1, 4, 7, u32::MAX] {
        let mut file = small().bytes();
        file[..4].copy_from_slice(&format.to_le_bytes());
        assert_eq!(refusal(&file), Reason::Unsupported, "{format}");
    }
    for flags in [2, 3] {
        assert_eq!(refusal(&Sample { flags, ..small() }.bytes()), Reason::Unsupported);
    }
    assert!(!object(&Sample { flags: 0, ..small() }.bytes()).has_body);
}

#[test]
fn status_and_name_at_their_edges_are_refused() {
    for status in [0, 99, 1000, -1, i32::MAX, i32::MIN] {
        assert_eq!(refusal(&Sample { status, ..small() }.bytes()), Reason::Corrupt, "{status}");
    }
    let name_bytes = small().name.len() as u64;
    for wrong in [0, name_bytes - 1, 65_536] {
        let mut file = small().bytes();
        file[8..16].copy_from_slice(&wrong.to_le_bytes());
        assert_eq!(refusal(&file), Reason::Corrupt, "{wrong}");
    }
    for wrong in [65_537, u64::MAX] {
        let mut file = small().bytes();
        file[8..16].copy_from_slice(&wrong.to_le_bytes());
        assert_eq!(refusal(&file), Reason::Limit, "{wrong}");
    }
}

#[test]
fn header_cut_anywhere_or_longer_than_it_says_is_refused() {
    let file = small().bytes();
    for len in 0..file.len() {
        assert_eq!(refusal(&file[..len]), Reason::Corrupt, "{len}");
    }
    assert_eq!(refusal(&[&file[..], b"x"].concat()), Reason::Corrupt);
    for len in 0..INDEX.len() {
        assert_eq!(refusal(&INDEX[..len]), Reason::Corrupt, "{len}");
    }
    assert_eq!(refusal(&[INDEX, b"\r\n"].concat()), Reason::Corrupt);
}

#[test]
fn caps_are_kept() {
    let limit = |file: &[u8], limits: Limits| match ApacheHeader::parse(file, &limits) {
        Err(Error::Limit(kind)) => Some(kind),
        _ => None,
    };
    let file = small().bytes();
    assert_eq!(limit(&file, Limits { key_bytes: 10, ..Limits::default() }), Some(LimitKind::Key));
    assert_eq!(limit(&file, Limits { key_bytes: 11, ..Limits::default() }), None);
    let fields = Limits { header_fields: 0, ..Limits::default() };
    assert_eq!(limit(&file, fields), Some(LimitKind::Header));
    let block = Limits { header_block_bytes: 10, ..Limits::default() };
    assert_eq!(limit(&file, block.clone()), Some(LimitKind::Header));
    assert_eq!(limit(INDEX, block), Some(LimitKind::Header));
}

#[test]
fn changed_bytes_never_panic() {
    let mut random = Seeded::new(5);
    for sound in [&small().bytes()[..], INDEX, VARIANT] {
        for _ in 0..30_000 {
            let mut file = sound.to_vec();
            random.flip(&mut file);
            if let Ok(ApacheHeader::Object(object)) = parse(&file) {
                assert!(object.name.len() + 120 < file.len());
                assert!(object.url().len() <= object.name.len());
            }
        }
    }
}
