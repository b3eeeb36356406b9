//! Trees: the root of a real vsftpd, and an image layout that a real tool makes.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use gleaner_access::{
    AccessSource, ChecksumAlgorithm, Clock, FileFormat, FileSource, FileSourceOptions, ObjectMeta,
    OciFormat, Reason, RootedFs, ScopePolicy, SourceId, Stop, SubscriberId, SystemClock,
    conformance,
};
use gleaner_tests::image_layout::ImageLayout;
use gleaner_tests::servers::{FtpClient, Vsftpd};

use super::super::tree;
use super::subject::{Answer, Habits, Subject, Told};

/// Long enough to be seen on its way.
fn body(number: u32, edition: u32) -> Vec<u8> {
    conformance::body(u64::from(number) * 1000 + u64::from(edition), 300_000)
}

/// Uploads to an FTP server.
pub(super) struct Tree {
    source: FileSource,
    told: Told,
    client: RefCell<FtpClient>,
    vsftpd: Vsftpd,
}

impl Tree {
    pub(super) fn start() -> Option<Self> {
        let vsftpd = Vsftpd::start()?;
        let (source, client) = (tree::tree_of(&vsftpd), RefCell::new(vsftpd.client().unwrap()));
        Some(Self { source, told: Told::default(), client, vsftpd })
    }

    fn file(&self, number: u32) -> PathBuf {
        self.vsftpd.root().join(name(number))
    }
}

fn name(number: u32) -> String {
    format!("incoming/{number}.bin")
}

impl Subject for Tree {
    fn source(&self) -> &dyn AccessSource {
        &self.source
    }

    fn told(&self) -> &Told {
        &self.told
    }

    fn habits(&self) -> Habits {
        Habits { is_seen_growing: true, tells_revalidation: true, ..Habits::default() }
    }

    fn is(&self, meta: &ObjectMeta, number: u32) -> bool {
        meta.key.as_bytes() == name(number).as_bytes()
    }

    fn given(&self, number: u32) -> Vec<u8> {
        self.client.borrow_mut().retrieve(&name(number)).unwrap()
    }

    fn put(&self, number: u32, edition: u32) {
        self.client.borrow_mut().store(&name(number), &body(number, edition)).unwrap();
    }

    fn put_slowly(&self, number: u32, meanwhile: &dyn Fn()) {
        let body = body(number, 1);
        let (start, rest) = body.split_at(body.len() / 2);
        let mut other = self.vsftpd.client().unwrap();
        let mut upload = other.begin_store(&name(number), start).unwrap();
        // A file that stands still for two seconds counts as whole: it goes on all the time.
        let stop = Stop::new();
        let sent = thread::scope(|threads| {
            let goes_on = threads.spawn(|| {
                let mut pieces = rest.chunks(100);
                let mut sent = 0;
                while !stop.is_stopped() {
                    let piece = pieces.next().expect("it is not seen in a minute");
                    upload.send(piece).unwrap();
                    sent += piece.len();
                    SystemClock::new().sleep(Duration::from_millis(50));
                }
                sent
            });
            let _stop = stop.on_drop();
            meanwhile();
            stop.stop();
            goes_on.join().unwrap()
        });
        other.finish_store(upload, &rest[sent..]).unwrap();
    }

    fn remove(&self, number: u32) {
        self.client.borrow_mut().delete(&name(number)).unwrap();
    }

    fn replace(&self, number: u32, edition: u32) {
        self.put(number, edition);
    }

    fn revalidate(&self, number: u32) {
        let file = fs::File::options().write(true).open(self.file(number)).unwrap();
        file.set_modified(std::time::UNIX_EPOCH).unwrap();
    }

    fn truncate(&self, number: u32) -> Answer {
        let file = fs::File::options().write(true).open(self.file(number)).unwrap();
        file.set_len(100_000).unwrap();
        Answer::AsItIsNow
    }
}

/// An image layout; an object is a layer of one file.
pub(super) struct Layout {
    source: FileSource,
    told: Told,
    images: ImageLayout,
    digests: RefCell<BTreeMap<u32, String>>,
}

impl Layout {
    pub(super) fn start() -> Option<Self> {
        let images = ImageLayout::new()?;
        let fs = Arc::new(RootedFs::new(images.path()));
        let format: Arc<dyn FileFormat> = Arc::new(OciFormat::default());
        let scope = ScopePolicy::Owner(SubscriberId::new(1));
        let options = FileSourceOptions::new(SourceId::new(1), scope);
        let source = FileSource::new(fs, format, Arc::new(SystemClock::new()), options, None);
        Some(Self { source, told: Told::default(), images, digests: RefCell::default() })
    }

    fn blob(&self, number: u32) -> PathBuf {
        self.images.path().join("blobs/sha256").join(&self.digests.borrow()[&number])
    }
}

impl Subject for Layout {
    fn source(&self) -> &dyn AccessSource {
        &self.source
    }

    fn told(&self) -> &Told {
        &self.told
    }

    fn habits(&self) -> Habits {
        Habits { is_seen_growing: true, ..Habits::default() }
    }

    fn is(&self, meta: &ObjectMeta, number: u32) -> bool {
        let digests = self.digests.borrow();
        let Some(digest) = digests.get(&number) else { return false };
        let sums = meta.identifiers.checksums.iter();
        let mut sums = sums.filter(|sum| sum.algorithm == ChecksumAlgorithm::Sha256);
        sums.any(|sum| blake3::Hash::from_slice(&sum.value).unwrap().to_hex().as_str() == digest)
    }

    fn given(&self, number: u32) -> Vec<u8> {
        fs::read(self.blob(number)).unwrap()
    }

    fn put(&self, number: u32, edition: u32) {
        let body = body(number, edition);
        let digest = self.images.add_layer(&number.to_string(), &[("usr/share/body", &body)]);
        self.digests.borrow_mut().insert(number, digest);
    }

    fn put_slowly(&self, number: u32, meanwhile: &dyn Fn()) {
        // As whoever copies a layout does it: the tool itself renames.
        self.put(number, 1);
        let (blob, whole) = (self.blob(number), self.given(number));
        fs::remove_file(&blob).unwrap();
        fs::write(&blob, &whole[..whole.len() / 2]).unwrap();
        meanwhile();
        fs::write(&blob, whole).unwrap();
    }

    fn remove(&self, number: u32) {
        self.images.remove(&number.to_string());
    }

    fn replace(&self, _number: u32, _edition: u32) {
        panic!("the table has no such cell");
    }

    fn revalidate(&self, number: u32) {
        let file = fs::File::options().write(true).open(self.blob(number)).unwrap();
        file.set_modified(std::time::UNIX_EPOCH).unwrap();
    }

    fn truncate(&self, number: u32) -> Answer {
        let file = fs::File::options().write(true).open(self.blob(number)).unwrap();
        file.set_len(1000).unwrap();
        Answer::Refused(&[Reason::Corrupt])
    }

    fn break_header(&self, number: u32) -> Answer {
        let mut bytes = self.given(number);
        bytes[1000] ^= 1;
        fs::write(self.blob(number), bytes).unwrap();
        Answer::Refused(&[Reason::Corrupt])
    }

    fn make_foreign(&self, number: u32) -> Answer {
        // Named by a digest that is not read.
        let (blob, folder) = (self.blob(number), self.images.path().join("blobs/sha512"));
        fs::create_dir(&folder).unwrap();
        fs::rename(blob, folder.join("0".repeat(128))).unwrap();
        Answer::Gone
    }
}
