//! Goal: caches keep the contract of all sources. Method: the suite of all sources over real files,
//! which are stored, replaced, cut and removed as each server does it. If it fails, a subscriber
//! reads bytes of another object, or waits for such as nobody can read.
#![expect(clippy::disallowed_methods, reason = "the tests lay out real files")]

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use tempfile::TempDir;

use crate::clock::{Clock, SystemClock};
use crate::conformance::{self, SourceSubject};
use crate::files::file_format::FileFormat;
use crate::files::file_source::{FileSource, FileSourceOptions};
use crate::files::pins::{PinOptions, Pins};
use crate::files::rooted_fs::{RootedFs, RootedSpool};
use crate::object::{ObjectKey, SourceId};
use crate::scope::ScopePolicy;
use crate::source::AccessSource;
use crate::web::acng_format::AcngFormat;
use crate::web::apache_format::ApacheFormat;
use crate::web::apache_header;
use crate::web::nginx_format::NginxFormat;
use crate::web::nginx_header;
use crate::web::squid_object;
use crate::web::squid_source::{SquidOptions, SquidSource};
use crate::web::swap_state;

/// What a server does to its files.
trait Server: Send + Sync + Debug {
    /// The files, and the key.
    fn key(&self, name: &str) -> ObjectKey;
    /// The file that has the body.
    fn body_file(&self, root: &Path, name: &str) -> PathBuf;
    fn put(&self, root: &Path, name: &str, body: &[u8]);
    fn put_in_part(&self, root: &Path, name: &str, body: &[u8], bytes: usize);
    fn remove(&self, root: &Path, name: &str);
    /// Where a file of another may lie and be looked at.
    fn looked_at(&self, root: &Path, number: u32) -> PathBuf;
}

#[derive(Debug)]
struct Subject<S> {
    folder: TempDir,
    clock: Arc<SystemClock>,
    source: Box<dyn AccessSource>,
    server: S,
}

impl<S> Subject<S> {
    fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }
}

fn scene() -> (TempDir, Arc<SystemClock>, Pins) {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("root")).unwrap();
    let clock = Arc::new(SystemClock::new());
    let spool = RootedSpool::create(folder.path().join("spool")).unwrap();
    let pins = Pins::new(clock.clone(), PinOptions::default(), Some(Arc::new(spool))).unwrap();
    (folder, clock, pins)
}

fn files<S: Server>(format: impl FileFormat + 'static, server: S) -> Subject<S> {
    let (folder, clock, pins) = scene();
    let options = FileSourceOptions::new(SourceId::new(1), ScopePolicy::Public);
    let root = Arc::new(RootedFs::new(folder.path().join("root")));
    let source = FileSource::new(root, Arc::new(format), clock.clone(), options, Some(pins));
    Subject { folder, clock, source: Box::new(source), server }
}

impl<S: Server> SourceSubject for Subject<S> {
    fn source(&self) -> &dyn AccessSource {
        &*self.source
    }

    fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    fn put(&self, name: &str, body: &[u8]) {
        self.server.put(&self.root(), name, body);
    }

    fn remove(&self, name: &str) {
        self.server.remove(&self.root(), name);
    }

    fn key(&self, name: &str) -> ObjectKey {
        self.server.key(name)
    }

    fn settle(&self) {
        // Longer than the grain of file times, by which files that change in place are told apart.
        self.clock.sleep(Duration::from_millis(50));
    }

    fn put_hostile_neighbours(&self) {
        let at = |number| {
            let path = self.server.looked_at(&self.root(), number);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            path
        };
        symlink("/etc/passwd", at(1)).unwrap();
        mknodat(CWD, at(2), FileType::Fifo, Mode::RUSR, 0).unwrap();
        fs::create_dir(at(3)).unwrap();
        fs::write(at(4), b"").unwrap();
        fs::write(at(5), [0xff; 5000]).unwrap();
        fs::write(at(6), b"x").unwrap();
        fs::set_permissions(at(6), fs::Permissions::from_mode(0o000)).unwrap();
    }

    fn put_in_part(&self, name: &str, body: &[u8], bytes: usize) -> bool {
        self.server.put_in_part(&self.root(), name, body, bytes);
        true
    }

    fn truncate(&self, name: &str, bytes: usize) -> bool {
        let path = self.server.body_file(&self.root(), name);
        let file = fs::OpenOptions::new().write(true).open(path).unwrap();
        file.set_len(bytes as u64).unwrap();
        true
    }
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// Writes under another name and renames.
fn replace(path: &Path, temporary: &str, bytes: &[u8]) {
    let beside = path.parent().unwrap().join(temporary);
    write(&beside, bytes);
    fs::rename(beside, path).unwrap();
}

fn length(body: &[u8]) -> String {
    format!("Content-Length: {}\r\nETag: \"{}\"\r\n", body.len(), blake3::hash(body).to_hex())
}

#[derive(Debug)]
struct NginxServer;

impl NginxServer {
    fn sample(name: &str, body: &[u8]) -> nginx_header::tests::Sample {
        let head = format!("HTTP/1.1 200 OK\r\n{}\r\n", length(body));
        nginx_header::tests::Sample::new(&format!("http://a/{name}"), &head, body)
    }
}

impl Server for NginxServer {
    fn key(&self, name: &str) -> ObjectKey {
        ObjectKey::of_parts(&[format!("http://a/{name}").as_bytes(), &[0; 16]]).unwrap()
    }

    fn body_file(&self, root: &Path, name: &str) -> PathBuf {
        let file = Self::sample(name, b"").main_name();
        let file = std::str::from_utf8(&file).unwrap();
        root.join(&file[31..]).join(&file[29..31]).join(file)
    }

    fn put(&self, root: &Path, name: &str, body: &[u8]) {
        let path = self.body_file(root, name);
        let temporary = format!("{}.0000000001", path.file_name().unwrap().to_str().unwrap());
        replace(&path, &temporary, &Self::sample(name, body).bytes());
    }

    fn put_in_part(&self, root: &Path, name: &str, body: &[u8], bytes: usize) {
        let path = self.body_file(root, name).with_extension("0000000002");
        write(&path, &Self::sample(name, body).bytes()[..bytes]);
    }

    fn remove(&self, root: &Path, name: &str) {
        fs::remove_file(self.body_file(root, name)).unwrap();
    }

    fn looked_at(&self, root: &Path, number: u32) -> PathBuf {
        let name = number.to_string().repeat(32);
        root.join(&name[31..]).join(&name[29..31]).join(&name)
    }
}

#[derive(Debug)]
struct ApacheServer;

impl ApacheServer {
    fn stem(root: &Path, name: &str) -> PathBuf {
        let file = apache_header::file_name(format!("http://a/{name}?").as_bytes());
        root.join(&file[..1]).join(&file[1..2]).join(&file[2..])
    }

    fn put_header(path: &Path, name: &str, body: &[u8], data: &fs::Metadata) {
        let response = format!("{}\r\n", length(body));
        let mut header = apache_header::tests::Sample::new(&format!("http://a/{name}?"), &response);
        header.inode = data.ino();
        header.device = data.dev();
        replace(&path.with_extension("header"), "aptmpAAAAAA", &header.bytes());
    }
}

impl Server for ApacheServer {
    fn key(&self, name: &str) -> ObjectKey {
        ObjectKey::new(format!("http://a/{name}?").into_bytes()).unwrap()
    }

    fn body_file(&self, root: &Path, name: &str) -> PathBuf {
        Self::stem(root, name).with_extension("data")
    }

    fn put(&self, root: &Path, name: &str, body: &[u8]) {
        let path = Self::stem(root, name);
        let made = path.parent().unwrap().join("aptmpBBBBBB");
        write(&made, body);
        // The header is in place first.
        Self::put_header(&path, name, body, &fs::metadata(&made).unwrap());
        fs::rename(made, path.with_extension("data")).unwrap();
    }

    fn put_in_part(&self, root: &Path, name: &str, body: &[u8], bytes: usize) {
        let path = Self::stem(root, name);
        let made = path.parent().unwrap().join("aptmpCCCCCC");
        write(&made, &body[..bytes]);
        Self::put_header(&path, name, body, &fs::metadata(&made).unwrap());
    }

    fn remove(&self, root: &Path, name: &str) {
        for ending in ["header", "data"] {
            fs::remove_file(Self::stem(root, name).with_extension(ending)).unwrap();
        }
    }

    fn looked_at(&self, root: &Path, number: u32) -> PathBuf {
        root.join("a/b").join(format!("{number}.header"))
    }
}

#[derive(Debug)]
struct AcngServer;

impl AcngServer {
    fn put_head(path: &Path, body: &[u8]) {
        let head = format!("HTTP/1.1 200 OK\r\n{}\r\n", length(body));
        let name = path.file_name().unwrap().to_str().unwrap();
        write(&path.with_file_name(format!("{name}.head")), head.as_bytes());
    }
}

impl Server for AcngServer {
    fn key(&self, name: &str) -> ObjectKey {
        ObjectKey::new(format!("deb.example/pool/{name}").into_bytes()).unwrap()
    }

    fn body_file(&self, root: &Path, name: &str) -> PathBuf {
        root.join("deb.example/pool").join(name)
    }

    fn put(&self, root: &Path, name: &str, body: &[u8]) {
        let path = self.body_file(root, name);
        write(&path, body);
        Self::put_head(&path, body);
    }

    fn put_in_part(&self, root: &Path, name: &str, body: &[u8], bytes: usize) {
        let path = self.body_file(root, name);
        write(&path, &body[..bytes]);
        Self::put_head(&path, body);
    }

    fn remove(&self, root: &Path, name: &str) {
        let path = self.body_file(root, name);
        fs::remove_file(path.with_file_name(format!("{name}.head"))).unwrap();
        fs::remove_file(path).unwrap();
    }

    fn looked_at(&self, root: &Path, number: u32) -> PathBuf {
        self.body_file(root, &format!("hostile{number}"))
    }
}

/// Numbers that files have; each new file gets another, far from those of hostile neighbours.
#[derive(Debug, Default)]
struct SquidServer(Mutex<(i32, BTreeMap<String, i32>)>);

impl SquidServer {
    fn sample(name: &str, body: &[u8]) -> squid_object::tests::Sample {
        let head = format!("HTTP/1.1 200 OK\r\n{}\r\n", length(body));
        squid_object::tests::Sample::new(&format!("http://a/{name}"), &head, body)
    }

    fn path(root: &Path, number: i32) -> PathBuf {
        let number = u32::try_from(number).unwrap();
        root.join(squid_object::file_path(number, 4, 8).unwrap())
    }

    fn log(root: &Path, op: u8, number: i32, sample: &squid_object::tests::Sample) {
        let bytes = sample.bytes().len() as u64;
        let record = swap_state::tests::record(op, number, bytes, sample.key());
        let mut log = fs::OpenOptions::new().append(true).open(root.join("swap.state")).unwrap();
        std::io::Write::write_all(&mut log, &record).unwrap();
    }

    fn next(&self) -> i32 {
        let mut state = self.0.lock().unwrap();
        state.0 += 1;
        state.0 + 100
    }
}

impl Server for SquidServer {
    fn key(&self, name: &str) -> ObjectKey {
        ObjectKey::of_parts(&[format!("http://a/{name}").as_bytes(), b""]).unwrap()
    }

    fn body_file(&self, root: &Path, name: &str) -> PathBuf {
        Self::path(root, self.0.lock().unwrap().1[name])
    }

    fn put(&self, root: &Path, name: &str, body: &[u8]) {
        let number = self.next();
        let sample = Self::sample(name, body);
        write(&Self::path(root, number), &sample.bytes());
        let before = self.0.lock().unwrap().1.insert(name.to_owned(), number);
        if let Some(before) = before {
            Self::log(root, 2, before, &sample);
        }
        Self::log(root, 1, number, &sample);
        if let Some(before) = before {
            fs::remove_file(Self::path(root, before)).unwrap();
        }
    }

    fn put_in_part(&self, root: &Path, name: &str, body: &[u8], bytes: usize) {
        write(&Self::path(root, self.next()), &Self::sample(name, body).bytes()[..bytes]);
    }

    fn remove(&self, root: &Path, name: &str) {
        let number = self.0.lock().unwrap().1.remove(name).unwrap();
        Self::log(root, 2, number, &Self::sample(name, b""));
        fs::remove_file(Self::path(root, number)).unwrap();
    }

    /// In the log, each of them.
    fn looked_at(&self, root: &Path, number: u32) -> PathBuf {
        let number = i32::try_from(number).unwrap();
        let path = Self::path(root, number);
        if !path.exists() {
            Self::log(root, 1, number, &Self::sample(&number.to_string(), b""));
        }
        path
    }
}

fn squid() -> Subject<SquidServer> {
    let (folder, clock, pins) = scene();
    let root = folder.path().join("root");
    fs::write(root.join("swap.state"), swap_state::tests::header()).unwrap();
    let options = SquidOptions::new(SourceId::new(1), ScopePolicy::Public);
    let options = SquidOptions { first_folders: 4, second_folders: 8, ..options };
    let files = Arc::new(RootedFs::new(root));
    let source = SquidSource::new(files, clock.clone(), options, Some(pins)).unwrap();
    Subject { folder, clock, source: Box::new(source), server: SquidServer::default() }
}

#[test]
fn nginx_caches_keep_the_contract() {
    conformance::all_at_once(|| files(NginxFormat::default(), NginxServer));
}

#[test]
fn apache_caches_keep_the_contract() {
    conformance::all_at_once(|| files(ApacheFormat::default(), ApacheServer));
}

#[test]
fn caches_of_apt_cacher_ng_keep_the_contract() {
    conformance::all_at_once(|| files(AcngFormat, AcngServer));
}

#[test]
fn squid_caches_keep_the_contract() {
    conformance::all_at_once(squid);
}
