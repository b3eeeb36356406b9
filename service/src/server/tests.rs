//! Goal: a storage behind a session is a storage like any other, for those who may use it, and
//! nobody else gets anything; whatever is cut, what was acknowledged is there.
//!
//! Method: a server in this process, on a port of the loopback, over real TLS; the suite that every
//! storage passes; sessions cut at each of their frames. If this fails, a tenant's only copy is
//! lost, or read by somebody else.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;

use gleaner_net::{
    ClientTls, Clients, FrameReceiver, FrameSender, Identity, Limits, Listener, ServerTls, Token,
    Trust, connect,
};
use gleaner_store::{
    Commission, DirectoryStorage, ErrorKind, Keys, ManualClock, MemoryFs, MemoryStorage, NewPack,
    ObjectName, PackKind, Put, SeededRandom, Storage, StorageError, Update, VERSIONS_KEPT, Version,
    conformance,
};
use minicbor::bytes::ByteArray;

use super::*;
use crate::error::{Error, Result};
use crate::registry::{CertificateRecord, TenantName, TenantRecord, TokenRecord};
use crate::remote_storage::RemoteStorage;
use crate::session::{Login, Session};
use crate::wire::{self, Hello, Message, Received, Refusal, VERSION, head_of};
use crate::{PROTOCOL, Registry};

/// Small frames, so that objects of tests have several pieces.
fn small_frames() -> Limits {
    Limits { frame_bytes_max: 8 << 10, ..Limits::default() }
}

/// When the token number 4 expires.
const EXPIRES_NS: i64 = 50_000_000_000;

/// The repository of every tenant.
#[derive(Debug)]
struct OneRepository(Arc<dyn Storage>);

impl Repositories for OneRepository {
    fn open(&self, _: &TenantName) -> Result<Arc<dyn Storage>, StorageError> {
        Ok(Arc::clone(&self.0))
    }
}

/// A server with one tenant `t`, that lives as long as `use_it` runs.
struct Site {
    address: SocketAddr,
    tls: ClientTls,
    limits: Limits,
    certificate: ClientTls,
}

const ALL: &[&str] = &["read", "append", "maintain", "administer"];

/// A token for each set of verbs: its bytes are their number.
fn token(number: u8) -> Token {
    Token::from_random([number; 32])
}

fn with_site(storage: Arc<dyn Storage>, options: ServerOptions, use_it: impl FnOnce(&Site)) {
    with_site_at(Arc::new(ManualClock::new(1)), storage, options, use_it);
}

fn with_server(
    storage: Arc<dyn Storage>,
    options: ServerOptions,
    use_it: impl FnOnce(&Site, &Server),
) {
    run_site(Arc::new(ManualClock::new(1)), storage, options, use_it);
}

fn with_site_at(
    clock: Arc<ManualClock>,
    storage: Arc<dyn Storage>,
    options: ServerOptions,
    use_it: impl FnOnce(&Site),
) {
    run_site(clock, storage, options, |site, _| use_it(site));
}

fn run_site(
    clock: Arc<ManualClock>,
    storage: Arc<dyn Storage>,
    options: ServerOptions,
    use_it: impl FnOnce(&Site, &Server),
) {
    let (identity, agent) =
        (Identity::generate("server", &[]).unwrap(), Identity::generate("client", &[]).unwrap());
    let time = gleaner_net::system_time();
    let server_tls =
        ServerTls::new(&identity, Clients::MayBring, PROTOCOL, Arc::clone(&time)).unwrap();
    let verbs: [&[&str]; 5] = [ALL, &["read"], &["append"], &["maintain"], &["read"]];
    let record = |number: u8, rights: &[&str]| TokenRecord {
        hash: ByteArray::from(*token(number).hash().as_bytes()),
        label: String::new(),
        rights: rights.iter().map(|right| (*right).to_owned()).collect(),
        made_ns: 0,
        expires_ns: (number == 4).then_some(EXPIRES_NS),
    };
    let tokens = (0..).zip(verbs).map(|(number, rights)| record(number, rights)).collect();
    let certificates = vec![CertificateRecord {
        fingerprint: ByteArray::from(*agent.fingerprint().as_bytes()),
        rights: vec!["read".to_owned()],
    }];
    let registry = Registry::new(Arc::new(MemoryStorage::new()));
    let tenant = TenantRecord { tokens, certificates, ..TenantRecord::default() };
    registry.add(&"t".parse().unwrap(), &tenant).unwrap();
    let tenants = Tenants::new(registry, Arc::new(OneRepository(storage)));
    let random = Arc::new(SeededRandom::new(1));
    let limits = options.limits.clone();
    let server = Server::new(server_tls, tenants, clock, random, options);
    let listener = Listener::bind((Ipv4Addr::LOCALHOST, 0).into(), &limits).unwrap();
    let stopper = listener.stopper().unwrap();
    let trust = Trust::Fingerprint(identity.fingerprint());
    let tls = ClientTls::new(&trust, None, PROTOCOL, Arc::clone(&time)).unwrap();
    let certificate = ClientTls::new(&trust, Some(&agent), PROTOCOL, time).unwrap();
    let site = Site { address: listener.address().unwrap(), tls, limits, certificate };
    thread::scope(|scope| {
        let served = scope.spawn(|| server.serve(&listener));
        let used = catch_unwind(AssertUnwindSafe(|| use_it(&site, &server)));
        stopper.stop();
        served.join().unwrap();
        if let Err(panic) = used {
            std::panic::resume_unwind(panic);
        }
    });
}

impl Site {
    fn log_in(&self, tenant: &str, token: Option<&Token>) -> Result<Session> {
        let socket = TcpStream::connect(self.address).unwrap();
        let login = Login { tenant, token, program: "test", after: None };
        let tls = if token.is_some() { &self.tls } else { &self.certificate };
        Session::begin(socket, "localhost", tls, &self.limits, &login)
    }

    fn storage(&self, number: u8) -> RemoteStorage {
        RemoteStorage::new(Arc::new(self.log_in("t", Some(&token(number))).unwrap()))
    }

    /// A connection on which anything may be sent.
    fn raw(&self) -> (FrameSender, FrameReceiver) {
        let socket = TcpStream::connect(self.address).unwrap();
        connect(socket, "x", &self.tls, &self.limits).unwrap().split()
    }
}

fn options(limits: Limits) -> ServerOptions {
    let (object_bytes_max, upload_bytes_max) = (64 << 20, 96 << 20);
    let (calls_at_a_time, requests_max) = (4, 64);
    ServerOptions { limits, object_bytes_max, upload_bytes_max, calls_at_a_time, requests_max }
}

fn name(text: &str) -> ObjectName {
    ObjectName::new(text).unwrap()
}

fn layout(storage: impl Storage + 'static) -> Arc<dyn Storage> {
    storage.create_layout().unwrap();
    Arc::new(storage)
}

#[test]
fn storage_behind_a_session_conforms() {
    // One case after the other, each on a server of its own, which ends with it.
    for (_, case) in conformance::CASES.into_iter().flatten() {
        for limits in [Limits::default(), small_frames()] {
            for kind in 0..2_u64 {
                let storage = match kind {
                    0 => layout(MemoryStorage::new()),
                    _ => {
                        let random = Arc::new(SeededRandom::new(kind));
                        layout(DirectoryStorage::new(MemoryFs::new(), random))
                    }
                };
                with_site(storage, options(limits.clone()), |site| case(&site.storage(0)));
            }
        }
    }
}

#[test]
fn sessions_begin_for_those_who_may_come_and_all_others_get_one_answer() {
    with_site(layout(MemoryStorage::new()), options(Limits::default()), |site| {
        for number in 0..4 {
            site.log_in("t", Some(&token(number))).unwrap();
        }
        site.log_in("t", None).unwrap();
        for (tenant, token) in [("t", Some(token(9))), ("x", Some(token(0))), ("x", None)] {
            let error = site.log_in(tenant, token.as_ref()).unwrap_err();
            assert!(matches!(error, Error::Refused { refusal: Refusal::Denied }), "{error}");
        }
    });
}

#[test]
fn sessions_have_numbers_and_nonces_of_their_own() {
    with_site(layout(MemoryStorage::new()), options(Limits::default()), |site| {
        let sessions: Vec<_> =
            (0..20).map(|_| site.log_in("t", Some(&token(0))).unwrap()).collect();
        let numbers: BTreeSet<_> =
            sessions.iter().map(|session| *session.welcome().session).collect();
        let nonces: BTreeSet<_> = sessions.iter().map(|session| *session.welcome().nonce).collect();
        assert_eq!((numbers.len(), nonces.len()), (20, 20));
    });
}

fn denied(result: std::result::Result<(), StorageError>, what: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Denied, "{what}: {error}");
}

#[test]
fn append_only_token_adds_and_takes_nothing_away() {
    with_site(layout(MemoryStorage::new()), options(Limits::default()), |site| {
        let (all, reader, appender) = (site.storage(0), site.storage(1), site.storage(2));
        for place in ["config", "keys/k", "data/00/p", "snapshots/s", "forgotten/f", "epoch/1"] {
            assert_eq!(all.put_if_absent(&name(place), &[b"x"]).unwrap(), Put::Created);
        }
        for place in ["data/00/q", "snapshots/t", "leases/l"] {
            assert_eq!(appender.put_if_absent(&name(place), &[b"x"]).unwrap(), Put::Created);
            denied(reader.put_if_absent(&name(&format!("{place}r")), &[]).map(drop), place);
        }
        for place in ["config2", "keys/l", "forgotten/g", "epoch/2", "quarantine/q"] {
            denied(appender.put_if_absent(&name(place), &[]).map(drop), place);
        }
        for place in ["config", "keys/k", "data/00/p", "data/00/q", "snapshots/s", "forgotten/f"] {
            denied(appender.delete(&name(place)), place);
            denied(appender.rename(&name(place), &name("data/00/r")).map(drop), place);
            denied(reader.delete(&name(place)), place);
            assert_eq!(reader.get(&name(place), 10).unwrap(), b"x");
        }
        // One that may not go keeps all of a list.
        denied(appender.delete_all(&[name("leases/l"), name("snapshots/s")]), "a list");
        assert!(reader.bytes(&name("leases/l")).is_ok());
        // Another session's lease is not its own.
        denied(site.storage(2).delete(&name("leases/l")), "another's lease");
        appender.delete(&name("leases/l")).unwrap();
        assert_eq!(all.put_if_absent(&name("leases/l"), &[b"x"]).unwrap(), Put::Created);
        denied(appender.delete(&name("leases/l")), "one that came under its name");
        denied(reader.create_layout(), "layout");
        appender.create_layout().unwrap();
    });
}

#[test]
fn versions_are_written_and_removed_by_who_may_write_and_remove_their_names() {
    let stored = layout(MemoryStorage::new());
    with_site(Arc::clone(&stored), options(small_frames()), |site| {
        let (all, reader, appender) = (site.storage(0), site.storage(1), site.storage(2));
        let first = Some(Version(1));
        for place in ["leases/l", "epoch"] {
            assert_eq!(
                all.update_if(&name(place), None, b"1").unwrap(),
                Update::Written(Version(1))
            );
            assert_eq!(reader.read_latest(&name(place)).unwrap(), Some((Version(1), b"1".into())));
            denied(reader.update_if(&name(place), first, b"2").map(drop), place);
            denied(reader.delete_versioned(&name(place)), place);
        }
        denied(appender.update_if(&name("epoch"), first, b"2").map(drop), "epoch");
        denied(appender.delete_versioned(&name("epoch")), "epoch");
        // It may write another's sign of life, as who fences it does, and not take it away.
        let written = appender.update_if(&name("leases/l"), first, b"2").unwrap();
        assert_eq!(written, Update::Written(Version(2)));
        denied(appender.delete_versioned(&name("leases/l")), "another's lease");
        let written = appender.update_if(&name("leases/m"), None, b"1").unwrap();
        assert_eq!(written, Update::Written(Version(1)));
        appender.delete_versioned(&name("leases/m")).unwrap();
        assert_eq!(reader.read_latest(&name("leases/m")).unwrap(), None);
        assert_eq!(stored.list(&name("leases")).unwrap().len(), 2);
    });
}

#[test]
fn versions_that_are_longer_than_a_message_are_read_and_changed_too() {
    let stored = layout(MemoryStorage::new());
    with_site(Arc::clone(&stored), options(small_frames()), |site| {
        let storage = site.storage(0);
        let (long, short) = (vec![7; 100_000], b"short".to_vec());
        let mut expected = None;
        for (number, bytes) in (1..).zip([&long, &short, &long]) {
            let written = storage.update_if(&name("epoch"), expected, bytes).unwrap();
            assert_eq!(written, Update::Written(Version(number)));
            assert_eq!(
                storage.update_if(&name("epoch"), expected, bytes).unwrap(),
                Update::Conflict
            );
            expected = Some(Version(number));
            let latest = storage.read_latest(&name("epoch")).unwrap();
            assert!(latest == Some((Version(number), bytes.clone())), "{number}");
        }
        for number in 3..40 {
            let written = storage.update_if(&name("epoch"), Some(Version(number)), b"x").unwrap();
            assert_eq!(written, Update::Written(Version(number + 1)));
        }
        storage.delete_old_versions(&name("epoch")).unwrap();
        let left = stored.list(&name("epoch")).unwrap();
        assert_eq!(left.len() as u64, VERSIONS_KEPT);
        assert_eq!(left[0].name.file_name(), "00000000000000000025");
    });
}

/// What is sent in place of a message that belongs there.
#[test]
fn client_that_does_not_keep_to_the_protocol_is_told_and_cut_off() {
    let hello = || {
        let (tenant, token) = ("t".to_owned(), token(0).to_text().to_string());
        let (versions, program) = (vec![VERSION], String::new());
        Message::Hello(Hello { versions, tenant, token, program, after: None, ahead: None })
    };
    let put = |bytes| Message::Put(wire::Put { name: "data/00/p".to_owned(), bytes });
    let more = || head_of(5, &Message::PutMore);
    let with_tail = |mut head: Vec<u8>, tail: &[u8]| {
        head.extend_from_slice(tail);
        head
    };
    let ahead = |questions: &[Message]| {
        let questions = wire::Questions::of(questions);
        head_of(0, &Message::Ahead(wire::Ahead { after: 0, first: 5, questions }))
    };
    let stat = || Message::Stat(wire::Stat { name: "data/00/p".to_owned() });
    let of_both = || {
        let Message::Hello(mut hello) = hello() else { panic!("it is") };
        hello.after = Some(ByteArray::from([1; 32]));
        hello.ahead = Some(wire::Questions::of(&[stat()]));
        Message::Hello(hello)
    };
    let before: [Vec<u8>; 5] = [
        vec![1],
        head_of(0, &Message::Done),
        head_of(1, &put(0)),
        vec![0xff; 100],
        head_of(0, &of_both()),
    ];
    let after: [Vec<Vec<u8>>; 12] = [
        vec![ahead(&[put(0)])],
        vec![ahead(&[stat(), Message::CreateLayout])],
        vec![ahead(&vec![stat(); wire::QUESTIONS_MAX + 1])],
        vec![vec![1, 2, 3]],
        vec![head_of(1, &hello())],
        vec![head_of(1, &Message::Done)],
        vec![more()],
        vec![head_of(5, &put(3)), head_of(5, &put(3))],
        vec![with_tail(head_of(5, &put(3)), b"more")],
        vec![with_tail(head_of(5, &put(3)), b"a"), with_tail(more(), b"bcd")],
        vec![with_tail(head_of(5, &put(3)), b"a"), with_tail(head_of(6, &Message::PutMore), b"bc")],
        vec![head_of(5, &put(1 << 40))],
    ];
    with_site(layout(MemoryStorage::new()), options(Limits::default()), |site| {
        for frame in &before {
            let (sender, mut receiver) = site.raw();
            sender.send(&[frame]).unwrap();
            assert_refused(&mut receiver, &format!("{frame:?}"));
        }
        for frames in &after {
            let (sender, mut receiver) = site.raw();
            sender.send(&[&head_of(0, &hello())]).unwrap();
            let welcome = Received::decode(receiver.receive().unwrap().unwrap()).unwrap();
            assert!(matches!(welcome.message, Message::Welcome(_)));
            for frame in frames {
                drop(sender.send(&[frame]));
            }
            assert_refused(&mut receiver, &format!("{frames:?}"));
        }
        let storage = site.storage(0);
        assert_eq!(storage.list(&name("data")).unwrap(), [], "nothing came of it");
    });
}

fn assert_refused(receiver: &mut FrameReceiver, case: &str) {
    let frame = receiver.receive().unwrap_or_else(|error| panic!("{case}: {error}")).unwrap();
    match Received::decode(frame).unwrap().message {
        Message::Refused(refused) => assert_eq!(refused.refusal, Refusal::Protocol, "{case}"),
        other => panic!("{case}: {other:?}"),
    }
}

#[test]
fn names_that_leave_the_repository_are_none() {
    with_site(layout(MemoryStorage::new()), options(Limits::default()), |site| {
        let session = site.log_in("t", Some(&token(0))).unwrap();
        for text in ["", "..", "data/../config", "/etc/passwd", "data//x", "Data/x", "d\0", "%2e"] {
            for message in [
                Message::Get(wire::Get { name: text.to_owned(), bytes_max: 1 }),
                Message::Put(wire::Put { name: text.to_owned(), bytes: 0 }),
                Message::Delete(wire::Delete { names: vec![text.to_owned()] }),
                Message::List(wire::List { folder: text.to_owned() }),
            ] {
                let answer = session.ask(&message).unwrap().message;
                let Message::Failed(failure) = answer else { panic!("{text}: {answer:?}") };
                let error = failure.into_error(&name("asked"));
                assert_eq!(error.kind(), ErrorKind::FixInput, "{text}: {error}");
            }
        }
    });
}

/// Passes one connection on, and cuts it once the client has sent so many bytes.
#[expect(clippy::disallowed_methods, reason = "threads that end with the sockets they pass on")]
fn cut_after(bytes_max: usize, to: SocketAddr) -> SocketAddr {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let client = listener.accept().unwrap().0;
        let server = TcpStream::connect(to).unwrap();
        let (mut answers, mut back) = (server.try_clone().unwrap(), client.try_clone().unwrap());
        thread::spawn(move || std::io::copy(&mut answers, &mut back));
        let (mut left, mut buffer) = (bytes_max, vec![0; 4096]);
        while left > 0 {
            let room = left.min(buffer.len());
            match (&client).read(&mut buffer[..room]) {
                Ok(count) if count > 0 && (&server).write_all(&buffer[..count]).is_ok() => {
                    left -= count;
                }
                _ => break,
            }
        }
        for socket in [client, server] {
            drop(socket.shutdown(std::net::Shutdown::Both));
        }
    });
    address
}

#[test]
fn what_was_acknowledged_before_a_cut_is_there_and_nothing_is_there_in_part() {
    let (mut cut_short, mut untouched) = (0, 0);
    // From within the handshake to beyond all that is sent.
    for bytes_max in (500..520_000).step_by(19_973) {
        let storage = layout(MemoryStorage::new());
        with_site(Arc::clone(&storage), options(small_frames()), |site| {
            let through = Site {
                address: cut_after(bytes_max, site.address),
                tls: site.tls.clone(),
                limits: site.limits.clone(),
                certificate: site.certificate.clone(),
            };
            let mut acknowledged = Vec::new();
            if let Ok(session) = through.log_in("t", Some(&token(0))) {
                let remote = RemoteStorage::new(Arc::new(session));
                // Small ones in one message, large ones in several.
                for number in 0..12_usize {
                    let object = name(&format!("data/00/{number}"));
                    let bytes = vec![u8::try_from(number).unwrap(); number * 7000];
                    match remote.put_if_absent(&object, &[&bytes]) {
                        Ok(put) => {
                            assert_eq!(put, Put::Created);
                            acknowledged.push((object, bytes));
                        }
                        Err(error) => assert_eq!(error.kind(), ErrorKind::Retry, "{error}"),
                    }
                }
            }
            cut_short += u32::from(acknowledged.len() < 12);
            untouched += u32::from(acknowledged.len() == 12);
            for (object, bytes) in &acknowledged {
                assert_eq!(storage.get(object, u64::MAX).unwrap(), *bytes);
            }
            for listed in storage.list(&name("data")).unwrap() {
                let number: usize = listed.name.file_name().parse().unwrap();
                assert_eq!(listed.bytes, number as u64 * 7000, "an object in part");
            }
            // What was on its way when it was cut may be there as well: one at most.
            let after = site.storage(0).list(&name("data")).unwrap().len();
            assert!(after == acknowledged.len() || after == acknowledged.len() + 1);
        });
    }
    assert!(cut_short > 15 && untouched > 0, "{cut_short} {untouched}");
}

#[test]
fn who_may_not_write_is_told_before_anything_is_kept_for_it() {
    with_site(layout(MemoryStorage::new()), options(Limits::default()), |site| {
        let reader = site.storage(1);
        let error = reader.put_if_absent(&name("data/00/p"), &[&vec![7; 1 << 20]]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Denied);
        assert!(site.storage(0).list(&name("data")).unwrap().is_empty());
    });
}

#[test]
fn object_that_does_not_come_costs_its_session_and_its_room_is_free_again() {
    let clock = Arc::new(ManualClock::new(1));
    let options = ServerOptions {
        object_bytes_max: 300_000,
        upload_bytes_max: 300_000,
        ..options(Limits::default())
    };
    with_site_at(Arc::clone(&clock), layout(MemoryStorage::new()), options, |site| {
        let slow = site.log_in("t", Some(&token(0))).unwrap();
        let put = Message::Put(wire::Put { name: "data/00/slow".to_owned(), bytes: 300_000 });
        let answers = slow.start(&put).unwrap();
        assert_eq!(answers.next().unwrap().message, Message::Go);
        thread::scope(|scope| {
            let other = scope.spawn(|| {
                let storage = site.storage(0);
                storage.put_if_absent(&name("data/00/other"), &[&vec![7; 200_000]]).unwrap()
            });
            // Nothing comes of it for longer than so many bytes may take.
            while !other.is_finished() {
                clock.advance(Duration::from_mins(1));
                thread::yield_now();
            }
            assert_eq!(other.join().unwrap(), Put::Created);
        });
        assert!(matches!(answers.next(), Err(Error::Ended { .. })), "it was cut");
    });
}

#[test]
fn session_ends_within_half_a_minute_of_the_end_of_its_token() {
    let clock = Arc::new(ManualClock::new(1));
    let storage = layout(MemoryStorage::new());
    with_site_at(Arc::clone(&clock), storage, ServerOptions::default(), |site| {
        let storage = site.storage(4);
        for _ in 0..2 {
            storage.list(&name("data")).unwrap();
            clock.advance(Duration::from_secs(31));
        }
        let error = storage.list(&name("data")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Retry, "cut: {error}");
        assert!(site.log_in("t", Some(&token(4))).is_err());
        site.storage(1).list(&name("data")).unwrap();
    });
}

#[test]
fn sessions_that_do_not_end_are_cut_when_the_server_is_to_end() {
    let mut kept = None;
    with_server(layout(MemoryStorage::new()), options(Limits::default()), |site, server| {
        let session = site.log_in("t", Some(&token(0))).unwrap();
        session.ask(&Message::CreateLayout).unwrap();
        server.hang_up();
        assert!(session.ask(&Message::CreateLayout).is_err());
        kept = Some(session);
    });
    assert!(kept.is_some(), "the server ended though its client did not");
}

#[test]
fn requests_of_many_threads_are_on_their_way_together() {
    with_site(layout(MemoryStorage::new()), options(small_frames()), |site| {
        let storage = site.storage(0);
        thread::scope(|scope| {
            for thread in 0..16_u8 {
                let storage = &storage;
                scope.spawn(move || {
                    for round in 0..20_usize {
                        let object = name(&format!("data/00/{thread}-{round}"));
                        let bytes = vec![thread; 997 * round];
                        let (a, b) = bytes.split_at(bytes.len() / 3);
                        let put = storage.put_if_absent(&object, &[a, b]).unwrap();
                        assert_eq!(put, Put::Created);
                        assert!(storage.get(&object, u64::MAX).unwrap() == bytes);
                        let mut part = vec![0; bytes.len() / 2];
                        storage.read_at(&object, 1.min(round as u64), &mut part).unwrap();
                        assert!(part.iter().all(|byte| *byte == thread));
                    }
                });
            }
        });
        assert_eq!(storage.list(&name("data")).unwrap().len(), 320);
    });
}

#[test]
fn uploads_wait_for_room_and_all_of_them_get_it() {
    let options = ServerOptions {
        object_bytes_max: 300_000,
        upload_bytes_max: 300_000,
        ..options(small_frames())
    };
    with_site(layout(MemoryStorage::new()), options, |site| {
        thread::scope(|scope| {
            for client in 0..6 {
                scope.spawn(move || {
                    let storage = site.storage(0);
                    for round in 0..10 {
                        let object = name(&format!("data/00/{client}-{round}"));
                        let bytes = vec![7; 250_000 + round];
                        assert_eq!(
                            storage.put_if_absent(&object, &[&bytes]).unwrap(),
                            Put::Created
                        );
                    }
                    let large = vec![7; 300_001];
                    let error = storage.put_if_absent(&name("data/00/large"), &[&large]);
                    assert!(matches!(error, Err(StorageError::TooLarge { .. })), "{error:?}");
                });
            }
        });
    });
}

/// An offer of one chunk that nobody has, with leave for a pack.
fn an_offer() -> (Message, Vec<u8>) {
    let id = gleaner_chunker::ChunkId::from_bytes([1; 32]);
    let public = vec![wire::OfferedChunk { id, bytes: 600, proof: [0; 16] }];
    let own = vec![wire::OwnChunk { id, bytes: 600, is_wanted: true }];
    let stretch = wire::Stretch { identifier: [2; 32], before: 0, public, own };
    let keys = Keys::generate(&SeededRandom::new(1)).unwrap();
    let (id, kind) = (gleaner_chunker::PackId::from_bytes([3; 32]), PackKind::Data);
    let new = NewPack { kind, id, key_epoch: 0, domain_id: [0; 32], session: [0; 16] };
    let commission = Commission::new(&keys, new).unwrap().to_bytes().to_vec().into();
    let offer = wire::Offer { batch: 0, commission, level: 3, pad: false };
    (Message::Offer(offer), wire::pack_stretches(&[stretch]))
}

#[test]
fn offers_wait_for_no_room_and_keep_nobody_from_a_worker() {
    let all = 1 << 20;
    let options = ServerOptions {
        object_bytes_max: all,
        upload_bytes_max: all,
        ..options(Limits::default())
    };
    with_site(layout(MemoryStorage::new()), options, |site| {
        let (sender, mut receiver) = site.raw();
        let hello = Hello {
            versions: vec![VERSION],
            tenant: "t".to_owned(),
            token: token(2).to_text().to_string(),
            program: String::new(),
            after: None,
            ahead: None,
        };
        sender.send(&[&head_of(0, &Message::Hello(hello))]).unwrap();
        let mut next = || Received::decode(receiver.receive().unwrap().unwrap()).unwrap();
        assert!(matches!(next().message, Message::Welcome(_)));
        let put = wire::Put { name: "data/00/p".to_owned(), bytes: all };
        sender.send(&[&head_of(1, &Message::Put(put))]).unwrap();
        // All the room there is.
        assert_eq!(next().message, Message::Go);
        let (offer, tail) = an_offer();
        for request in 2..30 {
            sender.send(&[&head_of(request, &offer), &tail]).unwrap();
        }
        for _ in 2..30 {
            let Message::Answered(answered) = next().message else { panic!("an answer") };
            assert_eq!(answered.pack_bytes, 0);
            assert!(answered.answers.iter().all(|answer| answer.word == wire::Word::Send));
        }
        sender.send(&[&head_of(1, &Message::PutMore), &vec![7; 1 << 20]]).unwrap();
        let done = Message::PutDone(wire::PutDone { is_created: true });
        assert_eq!(next().message, done);
        // Who may not store it gets none of it looked for, and more than an offer ends the session.
        let (sender, mut receiver) = site.raw();
        let (tenant, program) = ("t".to_owned(), String::new());
        let token = token(1).to_text().to_string();
        let versions = vec![VERSION];
        let hello = Hello { versions, tenant, token, program, after: None, ahead: None };
        sender.send(&[&head_of(0, &Message::Hello(hello))]).unwrap();
        sender.send(&[&head_of(1, &offer), &tail]).unwrap();
        let mut next = || Received::decode(receiver.receive().unwrap().unwrap()).unwrap();
        assert!(matches!(next().message, Message::Welcome(_)));
        assert!(matches!(next().message, Message::Failed(_)));
        let too_long = vec![0; wire::OFFER_TAIL_BYTES_MAX + 1];
        sender.send(&[&head_of(2, &offer), &too_long]).unwrap();
        assert_refused(&mut receiver, "a tail that is too long");
    });
}

#[test]
fn long_lists_come_in_several_messages() {
    let memory = MemoryStorage::new();
    memory.create_layout().unwrap();
    let count = 2 * wire::LIST_OBJECTS_MAX + 3;
    for number in 0..count {
        let object = name(&format!("data/00/{number:08}"));
        assert_eq!(memory.put_if_absent(&object, &[]).unwrap(), Put::Created);
    }
    with_site(Arc::new(memory.clone()), options(Limits::default()), |site| {
        let storage = site.storage(0);
        assert_eq!(storage.list(&name("data")).unwrap(), memory.list(&name("data")).unwrap());
        let names: Vec<_> =
            memory.list(&name("data")).unwrap().into_iter().map(|l| l.name).collect();
        storage.settle(&names).unwrap();
        storage.delete_all(&names).unwrap();
        assert_eq!(storage.list(&name("data")).unwrap(), []);
    });
}
