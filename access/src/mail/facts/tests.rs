use super::*;

fn facts(header: &str) -> MailFacts {
    MailFacts::read(header.as_bytes(), &["mx.example.org".to_owned()])
}

#[test]
fn header_gives_id_date_and_sender() {
    let found = facts(
        "From: \"A, B\" <a@example.org>, c@example.org\r\nMessage-ID:\r\n <0@example.org>\r\n\
         Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n\r\nMessage-ID: <body@example.org>",
    );
    let expected = MailFacts {
        message_id: Some("0@example.org".to_owned()),
        date_s: Some(1_700_000_000),
        sender: Some("a@example.org".to_owned()),
        source: None,
    };
    assert_eq!(found, expected);
    assert_eq!(facts(""), MailFacts::default());
}

#[test]
fn message_id_is_the_first_that_is_one() {
    let id = |field: &str| facts(&format!("message-id: {field}\nMessage-Id: <2@b>")).message_id;
    assert_eq!(id("<1@a>").as_deref(), Some("1@a"));
    assert_eq!(id("x <1@a> y").as_deref(), Some("1@a"));
    for bad in ["", "1@a", "<1@a", "1@a>", "<>", "<1 @a>", "<1\u{0}@a>"] {
        assert_eq!(id(bad).as_deref(), Some("2@b"), "{bad:?}");
    }
    let long = |bytes: usize| id(&format!("<{}>", "x".repeat(bytes))).unwrap().len();
    assert_eq!((long(MESSAGE_ID_BYTES_MAX), long(MESSAGE_ID_BYTES_MAX + 1)), (998, 3));
}

#[test]
fn dates_are_read_as_people_write_them_and_none_takes_long() {
    let date = |text: &str| facts(&format!("Date: {text}\n")).date_s;
    assert_eq!(date("14 Nov 2023 22:13:20 GMT"), Some(1_700_000_000));
    assert_eq!(date("Mon, 14 Nov 2023 23:13:20 +0100 (CET)"), Some(1_700_000_000));
    assert_eq!(date("Thu, 1 Jan 1970 00:00:00 +0000"), Some(0));
    for bad in ["", "yesterday", "32 Nov 2023 22:13:20 GMT", "1 Jan 4294967295 00:00:00 GMT"] {
        assert_eq!(date(bad), None, "{bad:?}");
    }
}

#[test]
fn source_is_what_the_own_server_saw_and_not_what_was_claimed() {
    let source = |from: &str| {
        let header = format!("Received: from {from}\n\tby MX.example.org (Postfix); Tue\n");
        facts(&header).source.map(|address| address.to_string())
    };
    for from in [
        "claimed.example (seen.example [192.0.2.1])",
        "[6.6.6.6] (unknown [192.0.2.1])",
        "claimed (seen [192.0.2.1] (may be forged))",
        "seen.example ([192.0.2.1] helo=[6.6.6.6])",
        "[192.0.2.1] (helo=[6.6.6.6])",
        "[192.0.2.1]:4711 (helo=by)",
        "unknown (HELO 6.6.6.6) (192.0.2.1)",
        "claimed (by trick [192.0.2.1])",
        "claimed (192.0.2.1)",
    ] {
        assert_eq!(source(from).as_deref(), Some("192.0.2.1"), "{from}");
    }
    assert_eq!(source("x (y [IPv6:2001:db8::1])").as_deref(), Some("2001:db8::1"));
    for from in
        ["192.0.2.1", "x (y)", "x (y [192.0.2.256])", "", "x ([IPv6:])", "x ([\u{e4}\u{e4}\u{e4}])"]
    {
        assert_eq!(source(from), None, "{from}");
    }
}

#[test]
fn topmost_trace_of_an_own_server_decides() {
    let trace =
        |address: &str, by: &str| format!("Received: from a (b [{address}])\n by {by} with SMTP\n");
    let source = |traces: &[(&str, &str)]| {
        let header: String = traces.iter().map(|(address, by)| trace(address, by)).collect();
        facts(&header).source.map(|address| address.to_string())
    };
    let inner = ("10.0.0.1", "store.example.org");
    let own = ("192.0.2.1", "mx.example.org;");
    let forged = ("6.6.6.6", "mx.example.org");
    assert_eq!(source(&[inner, own, forged]).as_deref(), Some("192.0.2.1"));
    assert_eq!(source(&[inner]), None);
    let blank =
        "Received: by mx.example.org; Tue\n".to_owned() + &trace("6.6.6.6", "mx.example.org");
    assert_eq!(facts(&blank).source, None, "what is below the topmost does not count");
}

#[test]
fn header_block_ends_with_its_blank_line() {
    let block = |mail: &str| header_block(mail.as_bytes(), &Limits::default()).unwrap();
    for (mail, len) in [("A: 1\n\nx", 6), ("A: 1\r\n\r\nx", 8), ("\nx", 1), ("A: 1", 4), ("", 0)] {
        assert_eq!(block(mail), &mail.as_bytes()[..len], "{mail:?}");
    }
    let limits = Limits { header_block_bytes: 6, ..Limits::default() };
    assert!(header_block(b"A: 1\n\nx".as_slice(), &limits).is_ok());
    let long = header_block(b"A: 12\n\nx".as_slice(), &limits);
    assert!(matches!(long, Err(Error::Limit(LimitKind::Header))));
}
