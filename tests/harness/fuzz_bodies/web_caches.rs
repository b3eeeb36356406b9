//! Goal: no file of a web cache does harm, and what is found in it lies in it.
//! Method: every parser of cache files over the input, and what must hold of whatever it finds. If
//! it fails: one hostile file stops a source, or bytes are offered under another URL.

use gleaner_access::{
    AcngHead, ApacheHeader, Limits, NginxHeader, SquidObject, StoredResponse, SwapRecords,
    check_swap_state_header, nginx_bytes_needed,
};

/// The name of a file, and the file.
fn split_name(input: &[u8]) -> (&[u8], &[u8]) {
    input.split_at_checked(32).unwrap_or_default()
}

/// A file of nginx's cache behind its name of 32 bytes.
///
/// # Panics
/// When the body does not lie within the file, or more of it was needed than was said.
pub fn nginx_file(input: &[u8]) {
    let (name, file) = split_name(input);
    let file_bytes = file.len() as u64;
    let Ok(header) = NginxHeader::parse(file, file_bytes, name, &Limits::default()) else { return };
    assert_eq!(header.body_start + header.body_bytes, file_bytes);
    assert!(header.key.len() < file.len());
    let needed = nginx_bytes_needed(file).expect("what was read said how much it needs");
    assert_eq!(needed as u64, header.body_start);
    let head = file.get(..needed).expect("the header lies within the file");
    let again = NginxHeader::parse(head, file_bytes, name, &Limits::default());
    assert_eq!(again.expect("nothing else was needed"), header);
    look_at(&header.response);
}

/// An object file of Squid's.
///
/// # Panics
/// When the body does not lie within the file.
pub fn squid_file(input: &[u8]) {
    let file_bytes = input.len() as u64;
    let Ok(object) = SquidObject::parse(input, file_bytes, &Limits::default()) else { return };
    assert_eq!(object.body_start + object.body_bytes, file_bytes);
    assert!(!object.url.is_empty() && object.url.len() + object.vary.len() < input.len());
    look_at(&object.response);
}

/// A log of Squid's.
///
/// # Panics
/// When records and rest are not all of the log.
pub fn swap_state(input: &[u8]) {
    if check_swap_state_header(input).is_err() {
        return;
    }
    let records = input.get(72..).unwrap_or_default();
    let mut reading = SwapRecords::new(records);
    let mut read = 0;
    let mut has_failed = false;
    for record in reading.by_ref() {
        assert!(!has_failed, "nothing is read behind a bad record");
        match record {
            Ok(record) => assert!(record.file_number < 1 << 24),
            Err(_) => has_failed = true,
        }
        read += usize::from(!has_failed);
    }
    assert_eq!(read * 72 + reading.rest_bytes(), records.len());
    assert!(has_failed || reading.rest_bytes() < 72);
}

/// A header file of Apache's.
///
/// # Panics
/// When the name is longer than the file.
pub fn apache_header(input: &[u8]) {
    match ApacheHeader::parse(input, &Limits::default()) {
        Ok(ApacheHeader::Object(object)) => {
            assert!(object.name.len() + 120 < input.len());
            assert!(object.name.starts_with(object.url()));
            look_at(&object.response);
        }
        Ok(ApacheHeader::VaryIndex { fields }) => assert!(!fields.is_empty()),
        Err(_) => {}
    }
}

/// A head of apt-cacher-ng's.
///
/// # Panics
/// When the length is not that of the response.
pub fn acng_head(input: &[u8]) {
    let Ok(head) = AcngHead::parse(input, &Limits::default()) else { return };
    let length = head.response.content_length().expect("it was read before");
    assert_eq!(length, Some(head.body_bytes));
    look_at(&head.response);
}

/// A stored response.
///
/// # Panics
/// When the header is longer than the input.
pub fn http_message(input: &[u8]) {
    let limits = Limits { header_fields: 20, header_block_bytes: 2000, ..Limits::default() };
    let Ok(response) = StoredResponse::parse(input, &limits) else { return };
    assert!(response.head_bytes <= input.len().min(2000));
    assert!(response.fields.iter().count() <= 20);
    look_at(&response);
}

fn look_at(response: &StoredResponse) {
    if let Ok(Some(range)) = response.content_range() {
        assert!(range.start < range.end);
        assert!(range.total.is_none_or(|total| range.end <= total));
    }
    if let (Ok(Some(length)), None) = (response.content_length(), response.not_offered())
        && response.status != 206
    {
        assert!(response.check_body_bytes(length).is_ok());
        assert!(response.check_body_bytes(length ^ 1).is_err());
    }
    assert!(response.content_codings().len() <= response.head_bytes);
    assert!(response.identifiers().checksums.len() <= response.head_bytes);
    if let Some(tag) = response.strong_etag() {
        assert!(tag.len() > 2);
    }
    let is_kept_out = response.not_offered().is_some();
    assert!(is_kept_out || matches!(response.status, 200 | 203 | 206));
    assert_eq!(response.is_never_public(), response.is_never_public());
}
