//! Goal: what subscribers put on an FTP server and take from it is what the plain-tree source
//! lists, neither sooner nor otherwise.
//!
//! Method: a real vsftpd; uploads and downloads through it, listings and reads beside it. If it
//! fails, uploads are read while they grow, or not found at all.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gleaner_access::{
    AccessSource, Clock, Error, Event, FileSource, FileSourceOptions, ObjectKey, ObjectMeta,
    RootedFs, ScopePolicy, SourceId, Stop, SubscriberId, SystemClock, TreeFormat, TreeOptions,
    conformance::read_reader,
};
use gleaner_tests::origin::Origin;
use gleaner_tests::servers::{Vsftpd, wait_until};

use super::SEED;

/// The root of the server as a tree, and the URL at which subscribers see it.
pub(super) fn tree_of(vsftpd: &Vsftpd) -> FileSource {
    let base_url = Some(format!("ftp://127.0.0.1:{}", vsftpd.port()));
    let options = TreeOptions { base_url, ..TreeOptions::default() };
    let format = TreeFormat::new(&options).unwrap();
    let scope = ScopePolicy::Owner(SubscriberId::new(1));
    let options = FileSourceOptions::new(SourceId::new(1), scope);
    let fs = Arc::new(RootedFs::new(vsftpd.root()));
    FileSource::new(fs, Arc::new(format), Arc::new(SystemClock::new()), options, None)
}

fn key(path: &str) -> ObjectKey {
    ObjectKey::new(path.as_bytes()).unwrap()
}

fn read(source: &FileSource, meta: &ObjectMeta) -> Result<Vec<u8>, Error> {
    read_reader(&*source.open(&meta.key, &meta.generation)?)
}

#[test]
fn ftp_uploads_are_listed_once_they_are_whole_and_read_back_byte_for_byte() {
    let Some(vsftpd) = Vsftpd::start() else { return };
    let body = Origin::start(SEED).body("/id/a");
    vsftpd.put("download.bin", &body);
    let source = tree_of(&vsftpd);
    let (stop, told) = (Stop::new(), Mutex::new(BTreeMap::<ObjectKey, ObjectMeta>::new()));
    let upserts = Mutex::new(Vec::new());
    let object = |path: &str| told.lock().unwrap().get(&key(path)).cloned();
    std::thread::scope(|threads| {
        threads.spawn(|| {
            for event in source.watch(&stop).unwrap() {
                match event.unwrap() {
                    Event::Upsert(meta) => {
                        upserts.lock().unwrap().push((meta.key.clone(), Instant::now()));
                        told.lock().unwrap().insert(meta.key.clone(), *meta);
                    }
                    Event::Gone(key) => drop(told.lock().unwrap().remove(&key)),
                    _ => {}
                }
            }
        });
        let _stop = stop.on_drop();
        wait_until("the file to download", || object("download.bin").is_some());
        let mut client = vsftpd.client().unwrap();
        client.store("incoming/a.bin", &body).unwrap();
        let stored = Instant::now();
        wait_until("the upload", || object("incoming/a.bin").is_some());
        let told_at = upserts.lock().unwrap().last().unwrap().1;
        assert!(told_at.duration_since(stored) < Duration::from_secs(4), "2 s and a busy machine");
        let meta = object("incoming/a.bin").unwrap();
        assert!(read(&source, &meta).unwrap() == body);
        let url = format!("ftp://127.0.0.1:{}/incoming/a.bin", vsftpd.port());
        assert_eq!(meta.identifiers.urls, [url.into_bytes()]);
        assert_eq!(source.probe(&meta.identifiers).unwrap(), std::slice::from_ref(&meta));
        let download = object("download.bin").unwrap();
        assert!(client.retrieve("download.bin").unwrap() == read(&source, &download).unwrap());

        client.store("incoming/a.bin", b"shorter").unwrap();
        wait_until("the second upload", || {
            object("incoming/a.bin").is_some_and(|now| now.raw_len == Some(7))
        });
        assert!(matches!(read(&source, &meta), Err(Error::Changed)));
        assert_eq!(read(&source, &object("incoming/a.bin").unwrap()).unwrap(), b"shorter");
        std::fs::remove_file(vsftpd.root().join("incoming/a.bin")).unwrap();
        wait_until("that it is gone", || object("incoming/a.bin").is_none());
    });
    let mut listed = BTreeMap::new();
    SystemClock::new().sleep(Duration::from_millis(2_100));
    for event in source.scan(None).unwrap() {
        if let Event::Upsert(meta) = event.unwrap() {
            listed.insert(meta.key.clone(), *meta);
        }
    }
    assert_eq!(*told.lock().unwrap(), listed);
}
