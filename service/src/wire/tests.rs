//! Goal: every message means the same at both ends, for ever, and nothing else is taken for one.
//!
//! Method: the bytes of each kind, written down here and in `docs/protocol.md`; messages cut short,
//! with bytes behind them, with unknown fields and kinds.

use std::fmt::Write as _;

use minicbor::bytes::ByteArray;

use super::*;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// One of each kind, with its bytes.
fn all() -> Vec<(Message, &'static str)> {
    [of_sessions(), of_storage(), of_versions_and_questions(), of_agents()].concat()
}

fn of_agents() -> Vec<(Message, &'static str)> {
    let (source, epoch) = (9, 3);
    vec![
        (
            Message::AgentHello(AgentHello {
                versions: vec![1],
                program: "p".to_owned(),
                sources: vec![9],
            }),
            "400007000000a300810101617002 8109",
        ),
        (
            Message::AgentWelcome(AgentWelcome {
                version: 1,
                session: ByteArray::from([0x11; 16]),
                frame_bytes_max: 1 << 24,
            }),
            "410007000000a300010150111111111111111111111111111111110 21a01000000",
        ),
        (
            Message::FeedHello(FeedHello { source, epoch, lease_ms: 5, cost: 7 }),
            "420007000000a40009010302050307",
        ),
        (
            Message::FeedSnapshot(FeedSnapshot {
                source,
                epoch,
                high_seq: 4,
                part: 1,
                is_last: true,
                chunks_expected: 6,
            }),
            "430007000000a6000901030204030104f50506",
        ),
        (
            Message::FeedDelta(FeedDelta { source, epoch, first_seq: 4 }),
            "440007000000a3000901030204",
        ),
        (Message::FeedLease(FeedLease { source, epoch }), "450007000000a200090103"),
        (
            Message::FeedAnswered(FeedAnswered { source, next: FeedNext::Part, number: 2 }),
            "460007000000a3000901020202",
        ),
        (
            Message::Pull(Pull {
                source,
                object: 1,
                generation: ByteArray::from([0x22; 32]),
                recipe: vec![0xaa].into(),
            }),
            "470007000000a400090101025820\
             22222222222222222222222222222222222222222222222222222222222222220341aa",
        ),
        (Message::Pulled(Pulled { code: RangeCode::Ok }), "480007000000a10001"),
    ]
}

fn of_sessions() -> Vec<(Message, &'static str)> {
    vec![
        (
            Message::Hello(Hello {
                versions: vec![1],
                tenant: "t".to_owned(),
                token: "x".to_owned(),
                program: "p".to_owned(),
                after: Some(ByteArray::from([0x33; 32])),
                ahead: Some(Questions::of(&[Message::Latest(Latest { name: "a".to_owned() })])),
            }),
            "010007000000a6008101016174026178036170045820\
             333333333333333333333333333333333333333333333333333333333333333305 81462200a1006161",
        ),
        (
            Message::Welcome(Welcome {
                version: 1,
                session: ByteArray::from([0x11; 16]),
                nonce: ByteArray::from([0x22; 32]),
                object_bytes_max: 1 << 27,
                now_ns: -1,
                frame_bytes_max: 1 << 24,
                requests_max: 64,
                knows_before: true,
                has_layout: true,
                nearby: vec!["u".to_owned()],
            }),
            "020007000000aa0001015011111111111111111111111111111111025820\
             2222222222222222222222222222222222222222222222222222222222222222031a080000000420\
             051a0100000006184007f508f509816175",
        ),
        (Message::Refused(Refused { refusal: Refusal::Denied }), "030007000000a10002"),
        (
            Message::Failed(Failure::of(&gleaner_store::StorageError::Short {
                name: gleaner_store::ObjectName::new("data/00/a").unwrap(),
                offset: 1,
                expected: 2,
                found: 3,
            })),
            "040007000000a3000501696461 74612f30302f610383010203",
        ),
        (Message::Done, "050007000000"),
    ]
}

fn of_storage() -> Vec<(Message, &'static str)> {
    let name = || "data/00/a".to_owned();
    vec![
        (Message::CreateLayout, "100007000000"),
        (
            Message::Put(Put { name: name(), bytes: 300 }),
            "110007000000a200696461 74612f30302f61 0119012c",
        ),
        (Message::PutMore, "120007000000"),
        (Message::PutDone(PutDone { is_created: true }), "130007000000a100f5"),
        (Message::Stat(Stat { name: name() }), "140007000000a100696461 74612f30302f61"),
        (Message::Length(Length { bytes: 5 }), "150007000000a10005"),
        (
            Message::Get(Get { name: name(), bytes_max: 5 }),
            "160007000000a200696461 74612f30302f610105",
        ),
        (
            Message::ReadAt(ReadAt { name: name(), offset: 1, bytes: 2 }),
            "170007000000a300696461 74612f30302f6101010202",
        ),
        (Message::Data(Data { bytes: 5 }), "180007000000a10005"),
        (Message::List(List { folder: "data".to_owned() }), "190007000000a1006464617461"),
        (
            Message::Names(Names {
                objects: vec![ListedObject { name: name(), bytes: 5 }],
                more: false,
            }),
            "1a0007000000a2008182 696461 74612f30302f610501f4",
        ),
        (
            Message::Settle(Settle { names: vec![name()] }),
            "1b0007000000a10081696461 74612f30302f61",
        ),
        (Message::Delete(Delete { names: Vec::new() }), "1c0007000000a10080"),
        (
            Message::Rename(Rename { from: "a".to_owned(), to: "b".to_owned() }),
            "1d0007000000a20061610161 62",
        ),
        (Message::Go, "1e0007000000"),
        (Message::Recall(Recall { request: 5 }), "1f0007000000a10005"),
        (Message::NotCarriedOut, "200007000000"),
        (Message::Forgotten, "210007000000"),
    ]
}

fn of_versions_and_questions() -> Vec<(Message, &'static str)> {
    let name = || "data/00/a".to_owned();
    vec![
        (Message::Latest(Latest { name: name() }), "220007000000a100696461 74612f30302f61"),
        (Message::Versioned(Versioned { version: Some(3), bytes: 5 }), "230007000000a200030105"),
        (Message::Versioned(Versioned { version: None, bytes: 0 }), "230007000000a10100"),
        (
            Message::Update(Update { name: name(), expected: Some(3) }),
            "240007000000a200696461 74612f30302f610103",
        ),
        (
            Message::Update(Update { name: name(), expected: None }),
            "240007000000a100696461 74612f30302f61",
        ),
        (Message::Updated(Updated { version: Some(4) }), "250007000000a10004"),
        (Message::Updated(Updated { version: None }), "250007000000a0"),
        (
            Message::DeleteVersions(DeleteVersions { name: name(), kept: 16 }),
            "260007000000a200696461 74612f30302f610110",
        ),
        (
            Message::Ahead(Ahead {
                after: 5,
                first: 6,
                questions: Questions::of(&[Message::Latest(Latest { name: "a".to_owned() })]),
            }),
            "270007000000a30005010602 81462200a1006161",
        ),
        (
            Message::ListWith(ListWith { folder: "data".to_owned(), bytes_max: 5 }),
            "280007000000a2006464617461 0105",
        ),
        (
            Message::Ends(Ends { name: name(), front: 1, back: 2 }),
            "290007000000a300696461 74612f30302f6101010202",
        ),
        (Message::Objects(Objects { count: 2 }), "2a0007000000a10002"),
        (
            Message::Offer(Offer { batch: 1, commission: vec![0xaa].into(), level: 3, pad: false }),
            "2b0007000000a400010141aa020303f4",
        ),
        (
            Message::Answered(Answered {
                answers: vec![Answer {
                    identifier: ByteArray::from([0x44; 32]),
                    word: Word::Found,
                    source: Some(9),
                    bytes: 5,
                    chunks: 1,
                }],
                pack_bytes: 6,
            }),
            "2c0007000000a20081a5005820\
             4444444444444444444444444444444444444444444444444444444444444444\
             0102020903050401 0106",
        ),
    ]
}

#[test]
fn bytes_of_every_kind_are_those_of_the_protocol() {
    let mut kinds = std::collections::BTreeSet::new();
    for (message, expected) in all() {
        let bytes = head_of(7, &message);
        let expected: String = expected.split_whitespace().collect();
        assert_eq!(hex(&bytes), expected, "{message:?}");
        let received = Received::decode(bytes).unwrap();
        assert_eq!((received.request, &received.message), (7, &message));
        assert_eq!(received.tail(), b"");
        kinds.insert(message.kind());
    }
    let known = (0..=u16::MAX).filter(|kind| {
        let decoded = Message::decode_fields(*kind, &[]);
        !matches!(decoded, Err(WireError::Kind { .. }))
    });
    assert!(known.eq(kinds), "each kind has its bytes here");
}

#[test]
fn message_cut_short_is_none() {
    for (message, _) in all() {
        let bytes = head_of(7, &message);
        for end in 0..bytes.len() {
            let cut = Received::decode(bytes[..end].to_vec());
            assert!(matches!(cut, Err(WireError::Fields { .. })), "{message:?} {end}: {cut:?}");
        }
    }
}

#[test]
fn bytes_behind_the_fields_are_the_tail_of_kinds_that_have_one() {
    for (message, _) in all() {
        let mut bytes = head_of(7, &message);
        bytes.extend_from_slice(b"tail");
        let decoded = Received::decode(bytes);
        let kind = message.kind();
        if [17, 18, 24, 35, 36, 42, 43, 67, 68, 71, 72].contains(&kind) {
            assert_eq!(decoded.unwrap().tail(), b"tail", "{message:?}");
        } else {
            assert_eq!(decoded.unwrap_err(), WireError::Trailing { kind, bytes: 4 }, "{message:?}");
        }
    }
}

#[test]
fn only_what_changes_nothing_is_asked_ahead() {
    for (message, _) in all() {
        let decoded = Questions::of(std::slice::from_ref(&message)).decode();
        let kind = message.kind();
        if [20, 22, 23, 25, 34, 40, 41].contains(&kind) {
            assert_eq!(decoded.unwrap(), [message]);
        } else {
            assert_eq!(decoded.unwrap_err(), WireError::OutOfPlace { kind });
        }
    }
    for bytes in [vec![], vec![34], vec![34, 0], vec![34, 0, 0xa1, 0, 0x61], vec![99, 0]] {
        assert!(Questions(vec![bytes.into()]).decode().is_err());
    }
    let mut behind = Questions::of(&[Message::Latest(Latest { name: "a".to_owned() })]);
    behind.0[0].push(0);
    assert_eq!(behind.decode().unwrap_err(), WireError::Trailing { kind: 34, bytes: 1 });
}

#[test]
fn fields_of_later_programs_are_skipped_and_kinds_are_not() {
    // Length, with a field 64 of later.
    let bytes = [&[21, 0, 7, 0, 0, 0][..], &[0xa2, 0, 5, 0x18, 64, 0x61, b'x']].concat();
    let received = Received::decode(bytes).unwrap();
    assert_eq!(received.message, Message::Length(Length { bytes: 5 }));
    let unknown = Received::decode(vec![6, 0, 7, 0, 0, 0]);
    assert_eq!(unknown.unwrap_err(), WireError::Kind { kind: 6 });
}

#[test]
fn declared_lengths_allocate_nothing() {
    // Settle, with an array of 2^63 names of which none is there; a name of 2^63 bytes.
    for fields in [
        &[0xa1, 0, 0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff][..],
        &[0xa1, 0, 0x81, 0x7b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    ] {
        let bytes = [&[27, 0, 7, 0, 0, 0][..], fields].concat();
        assert_eq!(Received::decode(bytes).unwrap_err(), WireError::Fields { kind: 27 });
    }
}

#[test]
fn lists_beyond_the_limit_are_refused_before_there_is_room_for_them() {
    let names = |count| Message::Delete(Delete { names: vec!["a".to_owned(); count] });
    assert!(Received::decode(head_of(1, &names(LIST_OBJECTS_MAX))).is_ok());
    let one_more = Received::decode(head_of(1, &names(LIST_OBJECTS_MAX + 1)));
    assert_eq!(one_more.unwrap_err(), WireError::Fields { kind: 28 });
}

#[test]
fn pages_are_all_of_a_list_and_fit() {
    let names: Vec<String> = (0..10_000_usize).map(|n| "x".repeat(1 + n % 500)).collect();
    for bytes_max in [10, 600, 5000, usize::MAX] {
        let cut = pages(&names, bytes_max, String::len);
        assert_eq!(cut.concat(), names);
        for page in cut {
            assert!(page.len() <= LIST_OBJECTS_MAX && !page.is_empty());
            let bytes = head_of(1, &Message::Settle(Settle { names: page.to_vec() })).len();
            let room = bytes_max.min(LIST_BYTES_MAX) + 32;
            assert!(page.len() == 1 || bytes <= room, "{bytes} {room}");
        }
    }
    assert!(pages(&[] as &[String], 10, String::len).is_empty());
}

#[test]
fn debug_output_of_a_login_shows_no_token() {
    let (Message::Hello(hello), _) = &all()[0] else { panic!() };
    let mut hello = hello.clone();
    hello.token = "secret".to_owned();
    let message = Message::Hello(hello);
    assert!(!format!("{message:?}").contains("secret"));
    let received = Received::decode(head_of(0, &message)).unwrap();
    assert!(!format!("{received:?}").contains(&format!("{:?}", b"secret").replace(['[', ']'], "")));
}

#[test]
fn failures_come_back_as_the_errors_they_were() {
    use std::io;

    use gleaner_store::{ObjectName, StorageError};
    let name = || ObjectName::new("data/00/a").unwrap();
    let source = || io::Error::from_raw_os_error(5);
    let full = || io::Error::from_raw_os_error(28);
    let errors = [
        StorageError::NotFound { name: name() },
        StorageError::Io { name: name(), operation: "read", source: source() },
        StorageError::Full { name: name(), source: full() },
        StorageError::Denied { name: name(), operation: "put", source: source() },
        StorageError::Short { name: name(), offset: 1, expected: 2, found: 3 },
        StorageError::TooLarge { name: name(), bytes: 9, bytes_max: 8 },
        StorageError::Poisoned { name: name(), source: Some(full()) },
        StorageError::Poisoned { name: name(), source: None },
        StorageError::NotAFile { name: name() },
        StorageError::Unsupported { operation: "rename", source: source() },
        StorageError::Contended { name: name(), attempts: 64 },
    ];
    for error in errors {
        let failure = Failure::of(&error);
        let bytes = head_of(1, &Message::Failed(failure));
        let Message::Failed(failure) = Received::decode(bytes).unwrap().message else { panic!() };
        let back = failure.into_error(&name());
        assert_eq!(std::mem::discriminant(&back), std::mem::discriminant(&error), "{error}");
        assert_eq!(back.kind(), error.kind(), "{error}");
        // The words for what was done are each end's own.
        let words = ["read of", "put of", "request of", "support rename", "support request"];
        let told = |error: &StorageError| {
            words.iter().fold(error.to_string(), |text, word| text.replace(word, "*"))
        };
        assert_eq!(told(&back), told(&error));
    }
    // A name that has nothing to do with the request is not repeated.
    let failure = Failure::of(&StorageError::NotFound { name: ObjectName::new("other").unwrap() });
    let error = failure.into_error(&name());
    assert!(matches!(error, StorageError::NotFound { name: told } if told == name()));
}
