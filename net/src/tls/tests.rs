//! Goal: nobody is believed who is not who they have to be, no peer can make the other one wait or
//! allocate beyond its limits, and what is sent comes whole or is known not to have come.
//!
//! Method: both ends in one process, over sockets of the loopback; certificates made for each test.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::UnixTime;

use super::*;
use crate::error::ErrorKind;

const PROTOCOL: &[u8] = b"gleaner-test/1";

fn now() -> TimeSource {
    system_time()
}

/// A time in seconds since 1970.
#[derive(Debug)]
struct At(u64);

impl TimeProvider for At {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(self.0)))
    }
}

fn identity() -> Identity {
    Identity::generate("test", &["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap()
}

fn sockets() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (client, listener.accept().unwrap().0)
}

fn handshake(
    client: &ClientTls,
    server: &ServerTls,
    host: &str,
    limits: &Limits,
) -> (Result<Connection>, Result<Connection>) {
    let (dialled, accepted) = sockets();
    thread::scope(|scope| {
        let server = scope.spawn(|| accept(accepted, server, limits));
        (connect(dialled, host, client, limits), server.join().unwrap())
    })
}

fn pinned(server: &Identity, client: Option<&Identity>) -> ClientTls {
    ClientTls::new(&Trust::Fingerprint(server.fingerprint()), client, PROTOCOL, now()).unwrap()
}

fn pair(limits: &Limits) -> (Connection, Connection) {
    let identity = identity();
    let server = ServerTls::new(&identity, Clients::NeedNone, PROTOCOL, now()).unwrap();
    let (client, server) = handshake(&pinned(&identity, None), &server, "localhost", limits);
    (client.unwrap(), server.unwrap())
}

#[test]
fn pinned_server_is_believed_under_any_name_and_another_one_under_none() {
    let (right, other) = (identity(), identity());
    let limits = Limits::default();
    let server = |identity| ServerTls::new(identity, Clients::NeedNone, PROTOCOL, now()).unwrap();
    for host in ["localhost", "127.0.0.1", "another.example"] {
        let (client, _) = handshake(&pinned(&right, None), &server(&right), host, &limits);
        assert_eq!(client.unwrap().peer(), Some(right.fingerprint()));
        let (client, accepted) = handshake(&pinned(&right, None), &server(&other), host, &limits);
        let error = client.unwrap_err();
        let (expected, found) = (right.fingerprint(), other.fingerprint());
        assert!(
            matches!(error, Error::OtherCertificate { expected: e, found: f }
                if e == expected && f == found),
            "{error}"
        );
        assert_eq!(error.kind(), ErrorKind::Denied);
        assert!(accepted.is_err(), "the server is told");
    }
}

/// A root and a server's identity that it signed.
fn signed(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> (String, Identity) {
    let mut root = CertificateParams::new(Vec::new()).unwrap();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = CertifiedIssuer::self_signed(root, KeyPair::generate().unwrap()).unwrap();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &root).unwrap();
    let identity = Identity::from_pem(&certificate.pem(), &key.serialize_pem()).unwrap();
    (root.pem(), identity)
}

#[test]
fn server_of_a_trusted_root_is_believed_for_its_names_and_its_time_only() {
    let limits = Limits::default();
    let (root, identity) = signed(&["server.example"], |params| {
        params.not_before = rcgen::date_time_ymd(2026, 1, 1);
        params.not_after = rcgen::date_time_ymd(2026, 12, 31);
    });
    let server = ServerTls::new(&identity, Clients::NeedNone, PROTOCOL, now()).unwrap();
    let (other_root, _) = signed(&["server.example"], |_| ());
    // 2026-06-01, 2025-06-01, 2027-06-01.
    let (within, before, after) = (1_780_272_000, 1_748_736_000, 1_811_808_000);
    for (host, root, time, is_believed) in [
        ("server.example", &root, within, true),
        ("server.example", &root, before, false),
        ("server.example", &root, after, false),
        ("localhost", &root, within, false),
        ("127.0.0.1", &root, within, false),
        ("server.example", &other_root, within, false),
    ] {
        let trust = Trust::roots_of_pem(root).unwrap();
        let client = ClientTls::new(&trust, None, PROTOCOL, Arc::new(At(time))).unwrap();
        let (client, _) = handshake(&client, &server, host, &limits);
        assert_eq!(client.is_ok(), is_believed, "{host} at {time}: {client:?}");
        if let Err(error) = client {
            assert_eq!(error.kind(), ErrorKind::Denied, "{error}");
        }
    }
    // A certificate that nobody trusted has signed.
    let alone = self::identity();
    let server = ServerTls::new(&alone, Clients::NeedNone, PROTOCOL, now()).unwrap();
    let trust = Trust::roots_of_pem(&root).unwrap();
    let client = ClientTls::new(&trust, None, PROTOCOL, now()).unwrap();
    assert!(handshake(&client, &server, "localhost", &limits).0.is_err());
}

#[test]
fn pin_holds_whatever_the_certificate_says_of_its_time_and_its_signer() {
    let (_, identity) = signed(&["server.example"], |params| {
        params.not_before = rcgen::date_time_ymd(2026, 1, 1);
        params.not_after = rcgen::date_time_ymd(2026, 12, 31);
    });
    let server = ServerTls::new(&identity, Clients::NeedNone, PROTOCOL, now()).unwrap();
    let trust = Trust::Fingerprint(identity.fingerprint());
    for time in [1_748_736_000, 1_780_272_000, 1_811_808_000] {
        let client = ClientTls::new(&trust, None, PROTOCOL, Arc::new(At(time))).unwrap();
        handshake(&client, &server, "x", &Limits::default()).0.unwrap();
    }
}

#[test]
fn certificate_without_its_key_is_not_believed() {
    // A server that shows the pinned certificate, and signs with a key of its own.
    let (right, other) = (identity(), identity());
    let key = aws_lc_rs::sign::any_supported_type(&other.key()).unwrap();
    let stolen = rustls::sign::CertifiedKey::new(right.chain(), key);
    let resolver = rustls::sign::SingleCertAndKey::from(stolen);
    let builder = ServerConfig::builder_with_details(provider(), now())
        .with_protocol_versions(&[&version::TLS13])
        .unwrap();
    let mut config = builder.with_no_client_auth().with_cert_resolver(Arc::new(resolver));
    config.alpn_protocols = vec![PROTOCOL.to_vec()];
    let server = ServerTls { config: Arc::new(config) };
    let limits = Limits::default();
    let (client, _) = handshake(&pinned(&right, None), &server, "localhost", &limits);
    assert_eq!(client.unwrap_err().kind(), ErrorKind::Denied);
}

#[test]
fn client_is_known_by_its_certificate_if_it_has_the_key() {
    let (server_identity, client_identity) = (identity(), identity());
    let limits = Limits::default();
    for (clients, brings, expected) in [
        (Clients::MustBring, true, Some(Some(client_identity.fingerprint()))),
        (Clients::MayBring, true, Some(Some(client_identity.fingerprint()))),
        (Clients::MayBring, false, Some(None)),
        (Clients::NeedNone, true, Some(None)),
        (Clients::MustBring, false, None),
    ] {
        let server = ServerTls::new(&server_identity, clients, PROTOCOL, now()).unwrap();
        let client = pinned(&server_identity, brings.then_some(&client_identity));
        let (_client, accepted) = handshake(&client, &server, "localhost", &limits);
        assert_eq!(accepted.ok().map(|accepted| accepted.peer()), expected, "{clients:?} {brings}");
    }
}

#[test]
fn other_protocol_is_refused_in_the_handshake() {
    let identity = identity();
    let server = ServerTls::new(&identity, Clients::NeedNone, b"other/1", now()).unwrap();
    let (client, accepted) =
        handshake(&pinned(&identity, None), &server, "localhost", &Limits::default());
    assert!(client.is_err() && accepted.is_err());
}

#[test]
fn frames_of_all_lengths_come_as_they_were_sent() {
    let (client, server) = pair(&Limits::default());
    let (sender, _kept) = client.split();
    let (_kept_too, mut receiver) = server.split();
    let lengths =
        [1, 2, 3, 4, 5, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 1 << 20, 16 << 20];
    let frame = |length: usize| -> Vec<u8> { (0..251_u8).cycle().take(length).collect() };
    thread::scope(|scope| {
        scope.spawn(|| {
            for length in lengths {
                let bytes = frame(length);
                let (head, tail) = bytes.split_at(length / 3);
                sender.keep_alive().unwrap();
                sender.send(&[head, tail]).unwrap();
            }
            sender.close().unwrap();
        });
        for length in lengths {
            assert!(receiver.receive().unwrap().unwrap() == frame(length), "{length}");
        }
        assert_eq!(receiver.receive().unwrap(), None);
        assert_eq!(receiver.receive().unwrap(), None, "and so it stays");
    });
}

#[test]
fn frame_that_comes_with_the_end_of_the_handshake_is_not_lost() {
    let (identity, limits) = (identity(), Limits::default());
    let server = ServerTls::new(&identity, Clients::MayBring, PROTOCOL, now()).unwrap();
    let client = pinned(&identity, None);
    for _ in 0..50 {
        let (dialled, accepted) = sockets();
        thread::scope(|scope| {
            scope.spawn(|| {
                let (sender, mut receiver) =
                    connect(dialled, "localhost", &client, &limits).unwrap().split();
                sender.send(&[b"at once"]).unwrap();
                sender.close().unwrap();
                assert_eq!(receiver.receive().unwrap().unwrap(), b"answer");
            });
            let (sender, mut receiver) = accept(accepted, &server, &limits).unwrap().split();
            assert_eq!(receiver.receive().unwrap().unwrap(), b"at once");
            assert_eq!(receiver.receive().unwrap(), None);
            sender.send(&[b"answer"]).unwrap();
        });
    }
}

#[test]
fn both_ends_may_send_without_reading_much_at_once() {
    let (client, server) = pair(&Limits::default());
    let frame = vec![7; 3 << 20];
    thread::scope(|scope| {
        for connection in [client, server] {
            let frame = &frame;
            scope.spawn(move || {
                let (sender, mut receiver) = connection.split();
                thread::scope(|scope| {
                    scope.spawn(move || {
                        for _ in 0..20 {
                            sender.send(&[frame]).unwrap();
                        }
                        sender.close().unwrap();
                    });
                    let mut received = 0;
                    while let Some(got) = receiver.receive().unwrap() {
                        assert!(got == *frame);
                        received += 1;
                    }
                    assert_eq!(received, 20);
                });
            });
        }
    });
}

#[test]
fn threads_that_share_a_sender_send_whole_frames() {
    let (client, server) = pair(&Limits::default());
    let (sender, _kept) = client.split();
    let (_kept_too, mut receiver) = server.split();
    thread::scope(|scope| {
        for number in 0..4_u8 {
            let sender = &sender;
            scope.spawn(move || {
                for length in 1..200_usize {
                    sender.send(&[&vec![number; length * 700]]).unwrap();
                }
            });
        }
        let mut next = [1; 4];
        for _ in 0..4 * 199 {
            let frame = receiver.receive().unwrap().unwrap();
            let number = usize::from(frame[0]);
            assert!(frame.iter().all(|byte| usize::from(*byte) == number));
            assert_eq!(frame.len(), next[number] * 700, "in each thread's order");
            next[number] += 1;
        }
    });
}

#[test]
fn frame_beyond_the_limit_is_neither_sent_nor_taken() {
    let (identity, limits) = (identity(), Limits { frame_bytes_max: 100, ..Limits::default() });
    let server = ServerTls::new(&identity, Clients::NeedNone, PROTOCOL, now()).unwrap();
    let (dialled, accepted) = sockets();
    let (client, server) = thread::scope(|scope| {
        let server = scope.spawn(|| accept(accepted, &server, &limits).unwrap());
        let client = pinned(&identity, None);
        (connect(dialled, "x", &client, &Limits::default()).unwrap(), server.join().unwrap())
    });
    let (generous, _kept) = client.split();
    let (strict, mut receiver) = server.split();
    assert!(matches!(strict.send(&[&[0; 101]]), Err(Error::FrameTooLong { bytes: 101, .. })));
    strict.send(&[&[0; 60], &[0; 40]]).unwrap();
    generous.send(&[&[0; 100]]).unwrap();
    generous.send(&[&[0; 101]]).unwrap();
    assert_eq!(receiver.receive().unwrap().unwrap().len(), 100);
    let error = receiver.receive().unwrap_err();
    assert!(matches!(error, Error::FrameTooLong { bytes: 101, bytes_max: 100 }), "{error}");
    assert!(matches!(
        generous.send(&[&vec![0; FRAME_BYTES_PLUS_ONE]]),
        Err(Error::FrameTooLong { .. })
    ));
}

const FRAME_BYTES_PLUS_ONE: usize = crate::limits::FRAME_BYTES_MAX as usize + 1;

#[test]
fn connection_that_is_cut_is_not_taken_for_one_that_was_closed() {
    for is_within_frame in [false, true] {
        let (client, server) = pair(&Limits::default());
        let hangup = client.hangup();
        let (sender, _kept) = client.split();
        let (_kept_too, mut receiver) = server.split();
        sender.send(&[b"whole"]).unwrap();
        if is_within_frame {
            // The length of a frame that does not come.
            sender.send_raw(&[10, 0, 0, 0, 1]);
        }
        assert_eq!(receiver.receive().unwrap().unwrap(), b"whole");
        hangup.cut();
        let error = receiver.receive().unwrap_err();
        assert!(matches!(error, Error::Cut | Error::Io { .. }), "{error}");
        assert_eq!(error.kind(), ErrorKind::Retry);
    }
}

#[test]
fn close_within_a_frame_is_a_cut() {
    let (client, server) = pair(&Limits::default());
    let (sender, _kept) = client.split();
    let (_kept_too, mut receiver) = server.split();
    sender.send_raw(&[10, 0, 0, 0, 1]);
    sender.close().unwrap();
    assert!(matches!(receiver.receive(), Err(Error::Cut)));
}

#[test]
fn bytes_behind_the_end_are_nothing() {
    let (client, server) = pair(&Limits::default());
    let raw = client.raw_socket();
    let (sender, _kept) = client.split();
    let (_kept_too, mut receiver) = server.split();
    sender.send(&[b"whole"]).unwrap();
    sender.close().unwrap();
    assert!(matches!(sender.send(&[b"late"]), Err(Error::Cut)), "closed is closed");
    (&raw).write_all(&vec![7; 200_000]).unwrap();
    assert_eq!(receiver.receive().unwrap().unwrap(), b"whole");
    assert_eq!(receiver.receive().unwrap(), None);
    // All of it at once: the end and what is behind it in one read.
    let (client, server) = pair(&Limits::default());
    let raw = client.raw_socket();
    let (sender, _kept) = client.split();
    let (_kept_too, mut receiver) = server.split();
    sender.close().unwrap();
    (&raw).write_all(&vec![7; 60_000]).unwrap();
    assert_eq!(receiver.receive().unwrap(), None);
}

#[test]
fn who_is_not_known_yet_sends_a_short_frame_and_soon() {
    let limits = Limits { handshake: Duration::from_millis(300), ..Limits::default() };
    let (client, server) = pair(&limits);
    let (sender, _kept) = client.split();
    let (_kept_too, mut receiver) = server.split();
    thread::scope(|scope| {
        let first = scope.spawn(|| receiver.receive_first(100));
        while !first.is_finished() && sender.keep_alive().is_ok() {
            thread::yield_now();
        }
        assert!(matches!(first.join().unwrap(), Err(Error::TimedOut { .. })));
    });
    let (client, server) = pair(&Limits::default());
    let (sender, _kept) = client.split();
    let (_kept_too, mut receiver) = server.split();
    sender.send(&[&[0; 101]]).unwrap();
    let error = receiver.receive_first(100).unwrap_err();
    assert!(matches!(error, Error::FrameTooLong { bytes: 101, bytes_max: 100 }), "{error}");
}

fn wait(time: Duration) {
    let (_sender, nothing) = std::sync::mpsc::channel::<()>();
    let _nothing_comes = nothing.recv_timeout(time);
}

#[test]
fn frame_that_waits_for_a_long_one_loses_no_time_by_it() {
    let limits =
        Limits { frame: Duration::from_millis(400), rate_min: 4 << 20, ..Limits::default() };
    let (client, server) = pair(&limits);
    let (sender, _kept) = client.split();
    let (_kept_too, mut receiver) = server.split();
    let long = vec![7; 16 << 20];
    thread::scope(|scope| {
        // Taken slowly at first: the long frame needs more time than a short one has.
        let (begun, begins) = std::sync::mpsc::channel();
        scope.spawn({
            let (sender, long) = (&sender, &long);
            move || {
                begun.send(()).unwrap();
                sender.send(&[long]).unwrap();
            }
        });
        begins.recv().unwrap();
        // For so long nobody reads; the short frame waits behind the long one.
        scope.spawn(|| {
            wait(Duration::from_millis(50));
            sender.send(&[b"short"]).unwrap();
        });
        wait(Duration::from_millis(900));
        let mut lengths: Vec<usize> =
            (0..2).map(|_| receiver.receive().unwrap().unwrap().len()).collect();
        lengths.sort_unstable();
        assert_eq!(lengths, [5, 16 << 20]);
    });
}

#[test]
fn peer_that_trickles_its_handshake_gets_no_more_time_by_it() {
    let limits = Limits { handshake: Duration::from_millis(300), ..Limits::default() };
    let server = ServerTls::new(&identity(), Clients::NeedNone, PROTOCOL, now()).unwrap();
    let (mut dialled, accepted) = sockets();
    thread::scope(|scope| {
        let server = scope.spawn(|| accept(accepted, &server, &limits));
        // The head of a record of 16,000 bytes, which come one by one, sooner than any time-out.
        dialled.write_all(&[22, 3, 1, 0x3e, 0x80]).unwrap();
        dialled.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
        while dialled.write_all(&[1]).is_ok() && !server.is_finished() {
            // Nothing comes: this is the pause.
            let _nothing = dialled.read(&mut [0]);
        }
        let error = server.join().unwrap().unwrap_err();
        assert!(matches!(error, Error::TimedOut { .. }), "{error}");
    });
}

#[test]
fn silent_peer_and_one_whose_frame_does_not_come_time_out() {
    let short = Duration::from_millis(200);
    let limits = Limits { idle: short, frame: short, ..Limits::default() };
    for begins_a_frame in [false, true] {
        let (client, server) = pair(&limits);
        let (sender, _kept) = client.split();
        let (_kept_too, mut receiver) = server.split();
        sender.send(&[b"whole"]).unwrap();
        assert!(receiver.receive().is_ok());
        if begins_a_frame {
            sender.send_raw(&[10, 0, 0]);
        }
        assert!(matches!(receiver.receive(), Err(Error::TimedOut { .. })));
    }
}

#[test]
fn peer_that_takes_nothing_makes_sending_time_out() {
    let limits =
        Limits { frame: Duration::from_millis(200), rate_min: u64::MAX, ..Limits::default() };
    let (client, _server) = pair(&limits);
    let (sender, _kept) = client.split();
    let frame = vec![0; 16 << 20];
    let sent = (0..8).try_for_each(|_| sender.send(&[&frame]));
    assert!(matches!(sent, Err(Error::TimedOut { .. })), "{sent:?}");
}

#[test]
fn bytes_that_are_no_tls_end_the_handshake() {
    let server = ServerTls::new(&identity(), Clients::NeedNone, PROTOCOL, now()).unwrap();
    for bytes in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0; 64], &[22, 3, 1, 0, 1, 9]] {
        let (mut dialled, accepted) = sockets();
        dialled.write_all(bytes).unwrap();
        dialled.shutdown(std::net::Shutdown::Write).unwrap();
        let error = accept(accepted, &server, &Limits::default()).unwrap_err();
        assert!(matches!(error, Error::Tls(_) | Error::Cut), "{error}");
    }
}

#[test]
fn damaged_record_ends_the_connection() {
    let identity = identity();
    let server = ServerTls::new(&identity, Clients::NeedNone, PROTOCOL, now()).unwrap();
    let (dialled, accepted) = sockets();
    let raw = dialled.try_clone().unwrap();
    let (client, server) = thread::scope(|scope| {
        let server = scope.spawn(|| accept(accepted, &server, &Limits::default()).unwrap());
        let client = pinned(&identity, None);
        (connect(dialled, "x", &client, &Limits::default()).unwrap(), server.join().unwrap())
    });
    let (_sender, mut answers) = client.split();
    let (_kept, mut receiver) = server.split();
    // A record of application data that nobody sealed.
    (&raw).write_all(&[23, 3, 3, 0, 20]).unwrap();
    (&raw).write_all(&[7; 20]).unwrap();
    assert!(matches!(receiver.receive(), Err(Error::Tls(_))));
    // The other end is told why.
    assert!(matches!(answers.receive(), Err(Error::Tls(rustls::Error::AlertReceived(_)))));
}
