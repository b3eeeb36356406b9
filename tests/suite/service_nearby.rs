//! Goal: bytes that an access server holds are backed up from there, and a subscriber sends only
//! what it has to; nobody gets anything by it that it does not hold; whatever becomes of the copy,
//! the backup is of the subscriber's bytes.
//!
//! Method: a server in this process, agents of real folders, subscribers that back up real files,
//! all over TLS. If this fails, a subscriber sends what lies next to the server, a backup is made
//! of other bytes, or a hash is enough to read somebody's data.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use gleaner_access::{Agent, ScopePolicy, SubscriberId};
use gleaner_engine::{
    BackupStats, CheckOptions, Nearby, Repository, Run, Severity, backup, check, restore,
};
use gleaner_net::{ClientTls, FrameSender, Limits, connect};
use gleaner_service::wire::packed::unpack_ranges;
use gleaner_service::wire::{
    Answered, Hello, Message, Offer, OfferedChunk, OwnChunk, RangeCode, Received, Stretch, Word,
    head_of, identifier_of, pack_stretches, proof_key, proof_of,
};
use gleaner_service::{Dial, Line, Login, NearServer, NearbyTotals, RemoteStorage, Session};
use gleaner_store::{Commission, Keys, ManualClock, NewPack, PackKind, SeededRandom, Storage};
use gleaner_tests::engine_doubles::{
    backup_options, create, credential, disk_files, encrypted, environment, restore_options,
};
use gleaner_tests::relay::{Direction, with_relay};

use crate::service_agents::{
    NEARBY, Site, agent_of, chunks_of, noise, say, scoped_agent_of, tenants_token, wait_until,
    with_agents, with_site, with_site_that_waits,
};

/// Logs in as the tenant.
struct Dialler {
    address: SocketAddr,
    tls: ClientTls,
}

impl Dial for Dialler {
    fn dial(&self, after: Option<&Session>) -> gleaner_service::Result<Session> {
        let socket = TcpStream::connect(self.address).unwrap();
        let token = tenants_token();
        let login = Login { tenant: "a", token: Some(&token), program: "tests", after };
        Session::begin(socket, "localhost", &self.tls, &Limits::default(), &login)
    }
}

/// A subscriber with a repository behind a server.
struct Subscriber {
    near: Arc<NearServer>,
    repository: Repository,
}

/// What came of a backup.
struct Outcome {
    stats: BackupStats,
    nearby: NearbyTotals,
    /// What the subscriber put, packs and all.
    bytes_put: u64,
}

impl Subscriber {
    fn new(site: &Site) -> Self {
        Self::by_way_of(site, site.address)
    }

    fn by_way_of(site: &Site, address: SocketAddr) -> Self {
        let dialler = Dialler { address, tls: site.stranger.clone() };
        let clock = Arc::new(ManualClock::new(1));
        let line = Arc::new(Line::open(Box::new(dialler), clock, Duration::ZERO).unwrap());
        let storage: Arc<dyn Storage> = Arc::new(RemoteStorage::on(Arc::clone(&line)));
        let near = Arc::new(NearServer::of(line).unwrap());
        drop(create(Arc::clone(&storage), 1, encrypted()));
        let repository = Repository::open(environment(storage, 2), &credential()).unwrap();
        Self { near, repository }
    }

    fn back_up(&self, site: &Site, source: &Path) -> Outcome {
        let before = site.server.counts().bytes_put;
        let mut options = backup_options(&[source]);
        options.nearby = Some(Arc::clone(&self.near) as Arc<dyn Nearby>);
        let stats = backup(&self.repository, &options, &Run::silent()).unwrap();
        let bytes_put = site.server.counts().bytes_put - before;
        Outcome { stats, nearby: self.near.totals(), bytes_put }
    }

    /// Everything is whole, and what was saved last is what is there now.
    fn assert_restores(&self, source: &Path) {
        let mut errors = Vec::new();
        check(&self.repository, &CheckOptions::read_data(), &Run::silent(), &mut |finding| {
            if finding.severity == Severity::Error {
                errors.push(finding.message.clone());
            }
        })
        .unwrap();
        assert_eq!(errors, Vec::<String>::new());
        let target = tempfile::tempdir().unwrap();
        let snapshot = self.repository.snapshots().unwrap().snapshots.pop().unwrap();
        let options = restore_options(target.path());
        restore(&self.repository, &snapshot, &options, &Run::silent()).unwrap();
        let restored = disk_files(&target.path().join(source.strip_prefix("/").unwrap()));
        assert!(restored == disk_files(source));
    }
}

/// A file of a subscriber, and where it says it is from.
fn write(folder: &Path, name: &str, bytes: &[u8], origin: Option<&str>) {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    if let Some(origin) = origin {
        xattr::set(path, "user.xdg.origin.url", origin.as_bytes()).unwrap();
    }
}

fn url(name: &str) -> String {
    format!("{NEARBY}{name}")
}

/// A folder of an access server, one of a subscriber, and the agent of the first.
struct Folders {
    served: tempfile::TempDir,
    source: tempfile::TempDir,
}

impl Folders {
    fn new() -> Self {
        Self { served: tempfile::tempdir().unwrap(), source: tempfile::tempdir().unwrap() }
    }

    /// Runs with the agent, once it has told of these files.
    fn with_agent(&self, site: &Site, files: &[&[u8]], use_it: impl FnOnce()) {
        with_told(&agent_of(self.served.path(), 1), site, files, use_it);
    }
}

/// Runs with an agent, once it has told of these files.
fn with_told(agent: &Arc<Agent>, site: &Site, files: &[&[u8]], use_it: impl FnOnce()) {
    with_agents(std::slice::from_ref(agent), site, site.address, || {
        let all: Vec<_> = files.iter().flat_map(|bytes| chunks_of(bytes)).collect();
        wait_until("sightings", || all.iter().all(|(id, _)| !site.seen(*id).is_empty()));
        use_it();
    });
}

/// A case: its name, whom the copy is for, and what becomes of it once it was told of.
type Spoil<'s> = (&'s str, ScopePolicy, &'s dyn Fn(&Path));

#[test]
fn what_an_access_server_holds_is_not_sent_and_restores_without_it() {
    let folders = Folders::new();
    let (large, small, own) = (noise(1, 40_000_000), noise(2, 20_000), noise(3, 100_000));
    std::fs::write(folders.served.path().join("large"), &large).unwrap();
    std::fs::write(folders.served.path().join("small"), &small).unwrap();
    let source = &folders.source.path().to_path_buf();
    write(source, "large", &large, Some(&url("large")));
    write(source, "small", &small, Some(&url("small")));
    write(source, "own", &own, None);
    with_site(|site| {
        with_relay(site.address, &[], |relay| {
            let subscriber = Subscriber::by_way_of(site, relay.address());
            folders.with_agent(site, &[&large, &small], || {
                let before = relay.passed(0, Direction::Up);
                let outcome = subscriber.back_up(site, source);
                let sent = relay.passed(0, Direction::Up) - before - own.len() as u64;
                let found = (large.len() + small.len()) as u64;
                let found_at: Vec<u16> = outcome.nearby.found.keys().copied().collect();
                assert_eq!((found_at, outcome.nearby.found[&1].bytes), (vec![1], found));
                assert_eq!((outcome.nearby.files, outcome.nearby.bytes_offered), (2, found));
                assert_eq!(outcome.stats.bytes_novel, own.len() as u64);
                // Offers, tree, manifest and signs of life, all of it under TLS.
                let other = outcome.bytes_put - own.len() as u64;
                println!(
                    "counted: {found} bytes found, {sent} bytes sent, {other} of them objects"
                );
                assert!(sent < found / 100, "{sent}");
                // Nothing is offered twice.
                write(source, "own", b"another", None);
                let outcome = subscriber.back_up(site, source);
                assert_eq!((outcome.nearby.files, outcome.stats.bytes_novel), (2, 7));
            });
            for file in ["large", "small"] {
                std::fs::remove_file(folders.served.path().join(file)).unwrap();
            }
            subscriber.assert_restores(source);
        });
    });
}

#[test]
fn portion_that_is_found_is_not_sent() {
    let folders = Folders::new();
    let whole = noise(4, 6_000_000);
    let mut changed = whole.clone();
    changed[3_000_000..3_000_100].fill(7);
    changed.extend(noise(5, 50_000));
    std::fs::write(folders.served.path().join("whole"), &whole).unwrap();
    write(folders.source.path(), "changed", &changed, Some(&url("whole")));
    with_site(|site| {
        let subscriber = Subscriber::new(site);
        folders.with_agent(site, &[&whole], || {
            let outcome = subscriber.back_up(site, folders.source.path());
            let found = outcome.nearby.found[&1].bytes;
            assert!(found > 4_500_000 && found < 6_000_000, "{found}");
            assert_eq!(outcome.stats.bytes_novel, changed.len() as u64 - found);
        });
        subscriber.assert_restores(folders.source.path());
    });
}

#[test]
fn only_files_of_those_origins_are_offered() {
    let folders = Folders::new();
    let all: Vec<Vec<u8>> = (10..14).map(|seed| noise(seed, 50_000)).collect();
    let origins = [None, Some("http://other.test/b"), Some("http://mirror.test"), Some("")];
    for (number, (bytes, origin)) in all.iter().zip(origins).enumerate() {
        std::fs::write(folders.served.path().join(number.to_string()), bytes).unwrap();
        write(folders.source.path(), &number.to_string(), bytes, origin);
    }
    write(folders.source.path(), "tiny", &[1; 511], Some(&url("tiny")));
    with_site(|site| {
        let subscriber = Subscriber::new(site);
        let told: Vec<&[u8]> = all.iter().map(Vec::as_slice).collect();
        folders.with_agent(site, &told, || {
            let outcome = subscriber.back_up(site, folders.source.path());
            assert_eq!(outcome.nearby, NearbyTotals::default());
        });
    });
}

#[test]
fn copy_that_changed_went_or_is_nobodys_costs_nothing_but_its_bytes() {
    let bytes = noise(6, 2_000_000);
    let alter = |path: &Path| {
        // As long as before, and as old.
        let modified = std::fs::metadata(path).unwrap().modified().unwrap();
        let mut other = bytes.clone();
        other.reverse();
        std::fs::write(path, other).unwrap();
        std::fs::File::open(path).unwrap().set_modified(modified).unwrap();
    };
    let owner = ScopePolicy::Owner(SubscriberId::new(1));
    let cases: [Spoil<'_>; 4] = [
        ("altered", ScopePolicy::Public, &alter),
        ("gone", ScopePolicy::Public, &|path| std::fs::remove_file(path).unwrap()),
        ("somebody's", owner, &|_| {}),
        ("logged", ScopePolicy::Log, &|_| {}),
    ];
    for (case, scope, spoil) in cases {
        let folders = Folders::new();
        let path = folders.served.path().join("file");
        std::fs::write(&path, &bytes).unwrap();
        write(folders.source.path(), "file", &bytes, Some(&url("file")));
        with_site(|site| {
            let subscriber = Subscriber::new(site);
            let agent = scoped_agent_of(folders.served.path(), 1, scope);
            with_told(&agent, site, &[&bytes], || {
                spoil(&path);
                let outcome = subscriber.back_up(site, folders.source.path());
                assert_eq!(outcome.nearby.found, BTreeMap::new(), "{case}");
                assert_eq!(outcome.nearby.bytes_offered, bytes.len() as u64, "{case}");
                assert_eq!(outcome.stats.bytes_novel, bytes.len() as u64, "{case}");
            });
            subscriber.assert_restores(folders.source.path());
        });
    }
}

/// What an agent does with a pull; false if it goes.
type Deed = fn(&FrameSender, &Received) -> bool;

/// Bytes of the right length, and no others.
fn lie(sender: &FrameSender, pull: &Received) -> bool {
    for range in unpack_ranges(pull.tail(), 4096).unwrap() {
        say(sender, pull.request, RangeCode::Ok, &vec![0; range.length as usize]);
    }
    true
}

#[test]
fn agent_that_stalls_lies_or_dies_costs_nothing_but_its_bytes() {
    let bytes = noise(7, 2_000_000);
    let cases: [(&str, Deed); 3] = [("stalls", |_, _| true), ("lies", lie), ("dies", |_, _| false)];
    for (case, deed) in cases {
        let folders = Folders::new();
        std::fs::write(folders.served.path().join("file"), &bytes).unwrap();
        write(folders.source.path(), "file", &bytes, Some(&url("file")));
        with_site_that_waits(Duration::from_millis(500), |site| {
            let subscriber = Subscriber::new(site);
            folders.with_agent(site, &[&bytes], || {});
            // Of two agents of a source the one that came last is asked.
            let (sender, mut receiver) = site.raw();
            std::thread::scope(|scope| {
                let asked = scope.spawn(move || {
                    let mut pulls = 0;
                    while let Ok(Some(frame)) = receiver.receive() {
                        let received = Received::decode(frame).unwrap();
                        pulls += 1;
                        if !deed(&sender, &received) {
                            break;
                        }
                    }
                    pulls
                });
                let outcome = subscriber.back_up(site, folders.source.path());
                assert_eq!(outcome.nearby.found, BTreeMap::new(), "{case}");
                assert_eq!(outcome.stats.bytes_novel, bytes.len() as u64, "{case}");
                site.agents.hang_up();
                assert!(asked.join().unwrap() > 0, "{case}: nothing was asked");
            });
            subscriber.assert_restores(folders.source.path());
        });
    }
}

/// Offers one increment by what is known of it, and gives the answer with its length.
fn offer(site: &Site, bytes: &[u8], spoil: impl Fn(&mut OfferedChunk)) -> (Answered, usize) {
    let socket = TcpStream::connect(site.address).unwrap();
    let connection = connect(socket, "x", &site.stranger, &Limits::default()).unwrap();
    let (sender, mut receiver) = connection.split();
    let hello = Hello {
        versions: vec![1],
        tenant: "a".to_owned(),
        token: tenants_token().to_text().to_string(),
        program: String::new(),
        after: None,
        ahead: None,
    };
    sender.send(&[&head_of(0, &Message::Hello(hello))]).unwrap();
    let welcome = Received::decode(receiver.receive().unwrap().unwrap()).unwrap();
    let Message::Welcome(welcome) = welcome.message else { panic!("{welcome:?}") };
    let key = proof_key(&welcome.nonce, 1);
    let public = chunks_of(bytes).into_iter().map(|(id, chunk)| {
        let length = u32::try_from(chunk.len()).unwrap();
        let mut offered = OfferedChunk { id, bytes: length, proof: proof_of(&key, &chunk) };
        spoil(&mut offered);
        offered
    });
    let public: Vec<OfferedChunk> = public.collect();
    let own = |chunk: &OfferedChunk| OwnChunk { id: chunk.id, bytes: chunk.bytes, is_wanted: true };
    let own = public.iter().map(own).collect();
    let identifier = identifier_of(public.iter().map(|chunk| &chunk.id));
    let stretch = Stretch { identifier, before: 0, public, own };
    let keys = Keys::generate(&SeededRandom::new(7)).unwrap();
    let id = gleaner_chunker::PackId::from_bytes(identifier);
    let (kind, domain_id, session) = (PackKind::Data, [0; 32], [0; 16]);
    let new = NewPack { kind, id, key_epoch: 0, domain_id, session };
    let commission = Commission::new(&keys, new).unwrap().to_bytes().to_vec().into();
    let offer = Message::Offer(Offer { batch: 1, commission, level: 3, pad: false });
    sender.send(&[&head_of(1, &offer), &pack_stretches(&[stretch])]).unwrap();
    let frame = receiver.receive().unwrap().unwrap();
    let length = frame.len();
    match Received::decode(frame).unwrap().message {
        Message::Answered(answered) => (answered, length),
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_does_not_hold_the_bytes_learns_nothing_of_them() {
    let folders = Folders::new();
    let (known, unknown) = (noise(8, 300_000), noise(9, 300_000));
    std::fs::write(folders.served.path().join("known"), &known).unwrap();
    with_site(|site| {
        folders.with_agent(site, &[&known], || {
            let (answered, _) = offer(site, &known, |_| {});
            assert_eq!(answered.answers[0].word, Word::Found);
            assert_eq!(answered.answers[0].bytes, known.len() as u64);
            // A hash, and no bytes to go with it.
            let (denied, length) = offer(site, &known, |chunk| chunk.proof = [0; 16]);
            let (of_nobody, as_long) = offer(site, &unknown, |_| {});
            for answered in [&denied, &of_nobody] {
                assert_eq!((answered.answers[0].word, answered.pack_bytes), (Word::Send, 0));
                assert_eq!((answered.answers[0].source, answered.answers[0].bytes), (None, 0));
            }
            assert_eq!(length, as_long, "the same answer for what is not there");
            // Another length of a chunk that is there.
            let (denied, _) = offer(site, &known, |chunk| chunk.bytes -= 1);
            assert_eq!(denied.answers[0].word, Word::Send);
        });
    });
}
