//! Goal: a body is offered only under the header that was written for it. Method: files made here,
//! in memory, through the engine. If it fails, a page is offered under the name of another.

use super::{ApacheFormat, ApacheLevels};
use crate::error::Reason;
use crate::files::file_format::{FileFormat, Role};
use crate::identifiers::Identifiers;
use crate::limits::Limits;
use crate::scope::Scope;
use crate::source::AccessSource;
use crate::web::apache_header::tests::Sample;
use crate::web::apache_header::{file_name, variant_key};
use crate::web::cache_stage::{Stage, body_of};
use crate::web::http_fields::HeaderFields;

/// The device of files in memory.
const DEVICE: u64 = 7;

fn stage() -> Stage {
    Stage::new(ApacheFormat { levels: Some(ApacheLevels { levels: 2, digits: 1 }) })
}

/// Where the files of a key lie, without their endings.
fn stem(key: &[u8]) -> String {
    let name = file_name(key);
    format!("{}/{}/{}", &name[..1], &name[1..2], &name[2..])
}

fn sample(name: &str, body: &[u8], more: &str) -> Sample {
    Sample::new(name, &format!("{more}Content-Length: {}\r\n\r\n", body.len()))
}

/// Inode numbers in memory are given in order: that of the next file.
fn next_inode(stage: &Stage) -> u64 {
    use crate::files::access_fs::AccessFs;
    stage.fs.write("probe", b"");
    let inode = stage.fs.open_root().unwrap().open_file(b"probe").unwrap().stat().unwrap().ino;
    stage.fs.remove("probe");
    inode + 1
}

/// Writes data, then the header that names it.
fn write(stage: &Stage, stem: &str, sample: &Sample, body: &[u8]) {
    let folder = stem.rsplit_once('/').unwrap().0;
    stage.fs.write(&format!("{folder}/made"), b"");
    let inode = next_inode(stage);
    stage.fs.write(&format!("{stem}.data"), body);
    let header = Sample { inode, device: DEVICE, ..sample.clone() };
    stage.fs.write(&format!("{stem}.header"), &header.bytes());
}

#[test]
fn object_is_listed_with_its_data_and_found_by_its_url_without_a_listing() {
    let stage = stage();
    let sample = sample("http://a/b?", b"hello", "");
    write(&stage, &stem(&sample.name), &sample, b"hello");
    let urls = vec![b"http://a/b".to_vec()];
    let by_url = Identifiers { urls: urls.clone(), ..Identifiers::default() };
    assert_eq!(stage.source.probe(&by_url).unwrap().len(), 1);
    let told = stage.scan();
    assert_eq!(told.only().identifiers.urls, urls);
    assert_eq!(body_of(&stage.source, told.only()), b"hello");
    assert!(told.skipped.is_empty(), "{:?}", told.skipped);
}

#[test]
fn data_inode_that_is_used_again_is_another_generation() {
    let generation = |tag: &str| {
        let stage = stage();
        let sample = sample("http://a/b?", b"hello", &format!("ETag: \"{tag}\"\r\n"));
        write(&stage, &stem(&sample.name), &sample, b"hello");
        stage.scan().only().generation
    };
    assert_ne!(generation("a"), generation("b"));
    assert_eq!(generation("a"), generation("a"));
}

#[test]
fn data_of_another_inode_device_or_size_is_refused() {
    for change in ["inode", "device", "size", "missing"] {
        let stage = stage();
        let sample = sample("http://a/b?", b"hello", "");
        let stem = stem(&sample.name);
        write(&stage, &stem, &sample, b"hello");
        let data = format!("{stem}.data");
        match change {
            "inode" => {
                stage.fs.write("new", b"hello");
                stage.fs.rename("new", &data);
            }
            "device" => {
                let header = format!("{stem}.header");
                let other = Sample { inode: 1, device: DEVICE + 1, ..sample.clone() };
                stage.fs.write(&header, &other.bytes());
            }
            "size" => stage.fs.write(&data, b"hello!"),
            _ => stage.fs.remove(&data),
        }
        let told = stage.scan();
        assert!(told.upserts.is_empty(), "{change}");
        let reason = told.skipped[format!("{stem}.header").as_bytes()];
        let expected = if change == "size" { Reason::Corrupt } else { Reason::Busy };
        assert_eq!(reason, expected, "{change}");
    }
}

#[test]
fn header_under_the_name_of_another_is_refused() {
    let stage = stage();
    let sample = sample("http://a/b?", b"hello", "");
    let other = stem(b"http://a/c?");
    write(&stage, &other, &sample, b"hello");
    let told = stage.scan();
    assert!(told.upserts.is_empty());
    assert_eq!(told.skipped[format!("{other}.header").as_bytes()], Reason::Corrupt);
}

#[test]
fn variants_are_objects_and_their_index_is_none() {
    let stage = stage();
    let name = b"http://a/b?";
    let index =
        [&5_u32.to_le_bytes()[..], &0_i64.to_le_bytes(), b"accept-language\r\n\r\n"].concat();
    let main = stem(name);
    stage.fs.write(&format!("{main}.header"), &index);
    let fields = ["accept-language".to_owned()];
    for language in ["de", "en"] {
        let mut sample = sample("http://a/b?", language.as_bytes(), "Vary: Accept-Language\r\n");
        sample.request = format!("Accept-Language: {language}\r\n\r\n").into_bytes();
        let request = HeaderFields::parse(&sample.request, &Limits::default()).unwrap().0;
        let below = stem(&variant_key(&fields, &request, name));
        write(&stage, &format!("{main}.header.vary/{below}"), &sample, language.as_bytes());
    }
    let told = stage.scan();
    let mut bodies: Vec<_> = told.upserts.iter().map(|meta| body_of(&stage.source, meta)).collect();
    bodies.sort();
    assert_eq!(bodies, [b"de", b"en"]);
    assert!(told.skipped.is_empty(), "{:?}", told.skipped);
}

#[test]
fn request_with_credentials_is_never_public() {
    let stage = stage();
    let mut sample = sample("http://a/b?", b"hello", "");
    sample.request = b"Authorization: Basic eDp5\r\n\r\n".to_vec();
    write(&stage, &stem(&sample.name), &sample, b"hello");
    assert_eq!(stage.scan().only().scope, Scope::Log);
}

#[test]
fn revalidated_header_is_no_change() {
    let stage = stage();
    let sample = sample("http://a/b?", b"hello", "");
    let stem = stem(&sample.name);
    write(&stage, &stem, &sample, b"hello");
    let told = stage.scan();
    let header = format!("{stem}.header");
    let bytes = {
        use crate::files::access_fs::AccessFs;
        let file = stage.fs.open_root().unwrap().open_file(header.as_bytes()).unwrap();
        let mut bytes = vec![0; usize::try_from(file.stat().unwrap().bytes).unwrap()];
        file.read_at(0, &mut bytes).unwrap();
        bytes
    };
    let mut later = bytes;
    later[32..40].copy_from_slice(&1_900_000_000_000_000_i64.to_le_bytes());
    stage.fs.write("new", &later);
    stage.fs.rename("new", &header);
    let after = stage.since(told.cursor.as_ref().unwrap());
    assert!(after.has_no_change() && after.skipped.is_empty(), "{after:?}");
    assert_eq!(body_of(&stage.source, told.only()), b"hello");
}

#[test]
fn only_names_of_apache_are_looked_at() {
    let format = ApacheFormat::default();
    let role = |name: &str| format.role(b"a/b", name.as_bytes());
    assert_eq!(role("pCcUWM7kEuk6S_1YxW0g.header"), Role::Object);
    let header = b"pCcUWM7kEuk6S_1YxW0g.header".to_vec();
    assert_eq!(role("pCcUWM7kEuk6S_1YxW0g.data"), Role::CompanionOf(header));
    for name in [".header", ".data", "aptmpAbCdEf", "a.b.header", "x.header.vary", "x"] {
        assert_eq!(role(name), Role::Ignored, "{name}");
    }
    assert!(format.enters(b"V/u") && format.enters(b"j/t/x_@9.header.vary/N/_"));
    for folder in ["", "a/", ".git", "a/tmp-x", "a/x.vary", "0123456789012345678901"] {
        assert!(!format.enters(folder.as_bytes()), "{folder}");
    }
    assert!(format.paths_for(&Identifiers::default()).is_empty());
}
