use super::*;

const FROM: &str = "From a@example.org  Sun Nov 22 03:13:19 2026\n";

type Found = (MboxMail, String);

fn walk(file: &[u8], limits: &Limits) -> Result<Vec<Found>, Error> {
    let mut found = Vec::new();
    mbox_mails(file, limits, |mail, header| {
        found.push((mail, String::from_utf8_lossy(header).into_owned()));
        Ok(())
    })?;
    Ok(found)
}

/// The mails as readers get them: without what the server added.
fn mails(file: &str) -> Vec<String> {
    let found = walk(file.as_bytes(), &Limits::default()).unwrap();
    let place = |offset: u64| usize::try_from(offset).unwrap();
    let text = |mail: &MboxMail| -> String {
        let slices = mail.slices().into_iter();
        slices.map(|(at, len)| &file[place(at)..place(at + len)]).collect()
    };
    found.iter().map(|(mail, _)| text(mail)).collect()
}

#[test]
fn sample_gives_the_mails_as_they_were_sent() {
    let file = include_bytes!("../../../tests/samples/mail/inbox");
    let found = walk(file, &Limits::default()).unwrap();
    let places: Vec<_> = found
        .iter()
        .map(|(mail, _)| {
            (mail.from_line, mail.offset, mail.body_offset, mail.end, mail.added.len())
        })
        .collect();
    assert_eq!(places, [(0, 37, 377, 7456, 5), (7457, 7494, 7800, 14879, 4)]);
    let sent = mails(std::str::from_utf8(file).unwrap());
    let mdbox = include_bytes!("../../../tests/samples/mail/m.1");
    assert_eq!(sent[0].as_bytes(), &mdbox[46..7310]);
    assert_eq!(sent[1].as_bytes(), &mdbox[7402..14666]);
    for ((_, header), sent) in found.iter().zip(sent) {
        assert!(sent.starts_with(header) && header.ends_with("\n\n"));
    }
}

#[test]
fn content_length_is_believed_where_it_leads_to_a_from_line_or_the_end() {
    let body = format!("x\n\n{FROM}y\n");
    let mail = |len: usize| format!("{FROM}A: 1\nContent-Length: {len}\n\n{body}\n");
    let right = format!("A: 1\n\n{body}");
    assert_eq!(mails(&mail(body.len()).repeat(2)), [right.as_str(), right.as_str()]);
    let split = ["A: 1\n\nx\n", "y\n\n"];
    for wrong in [0, 1, body.len() - 1, body.len() + 1, body.len() + 2, usize::MAX] {
        assert_eq!(mails(&mail(wrong)), split, "{wrong}");
    }
    let crlf = mail(body.len() + 4).repeat(2).replace('\n', "\r\n");
    assert_eq!(mails(&crlf), [right.replace('\n', "\r\n"), right.replace('\n', "\r\n")]);
}

#[test]
fn content_length_that_is_no_number_is_as_none() {
    for value in ["", "-1", "1 2", "18446744073709551616", "0x1", "\u{e4}"] {
        let file = format!("{FROM}Content-Length: {value}\n\nx\n\n{FROM}\ny\n");
        assert_eq!(mails(&file), ["\nx\n", "\ny\n"], "{value:?}");
    }
}

#[test]
fn without_content_length_a_blank_line_and_a_dated_from_line_divide() {
    let file =
        format!("{FROM}A: 1\n\nx\n{FROM}\nFrom me to you\n>{FROM}\n{FROM}B: 2\n\n\n{FROM}\ny");
    let first = format!("A: 1\n\nx\n{FROM}\nFrom me to you\n>{FROM}");
    assert_eq!(mails(&file), [first.as_str(), "B: 2\n\n", "\ny"]);
    let crlf = |text: &str| text.replace('\n', "\r\n");
    assert_eq!(mails(&crlf(&file)), [crlf(&first).as_str(), "B: 2\r\n\r\n", "\r\ny"]);
}

#[test]
fn empty_and_headless_mails_are_mails() {
    assert_eq!(mails(""), [""; 0]);
    assert_eq!(mails(FROM), [""]);
    assert_eq!(mails(&format!("{FROM}\n")), ["\n"]);
    assert_eq!(mails(&format!("{FROM}\n{FROM}\n")), ["\n", "\n"]);
    assert_eq!(mails(&format!("{FROM}A: 1")), ["A: 1"]);
    assert_eq!(mails(&format!("{FROM}A: 1\n\nx\n\n")), ["A: 1\n\nx\n"]);
}

#[test]
fn only_fields_of_the_server_are_left_out() {
    let file = format!(
        "{FROM}x-uid: 1\nA: 1\nStatus: RO\nX-Status:\nX-Statuses: 2\nX-Keywords: a\n b\n\
         X-IMAPbase: 1 2\nX-IMAP: 3\nX-UID: 9\n\nStatus: body\n"
    );
    assert_eq!(mails(&file), ["A: 1\nX-Statuses: 2\n\nStatus: body\n"]);
    let found = walk(file.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(found[0].1, "A: 1\nX-Statuses: 2\n\n");
}

#[test]
fn no_more_fields_are_left_out_than_a_server_adds() {
    let file = format!("{FROM}{}\n", "Status: R\nA: 1\n".repeat(ADDED_FIELDS_MAX + 1));
    let expected = "A: 1\n".repeat(ADDED_FIELDS_MAX) + "Status: R\nA: 1\n\n";
    assert_eq!(mails(&file), [expected]);
    let found = walk(file.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(found[0].0.slices().len(), ADDED_FIELDS_MAX);
}

#[test]
fn from_lines_have_a_date() {
    for date in [
        "Sun Nov 22 03:13:19 2026",
        "- Sun Nov  2 03:13 2026",
        "a b Sun Nov 22 03:13:60 UTC 2026 remote from x",
        "a@b Sun Nov 22 23:59:59 2026 +0000",
        "\u{e4} Sun Nov 1 00:00:00 1970",
    ] {
        assert!(is_from_line(format!("From {date}").as_bytes()), "{date}");
    }
    for date in [
        "",
        "Nov 22 03:13:19 2026",
        "Sun 22 Nov 03:13:19 2026",
        "Sun Nov 0 03:13:19 2026",
        "Sun Nov 32 03:13:19 2026",
        "Sun Nov 22 24:13:19 2026",
        "Sun Nov 22 03:60:19 2026",
        "Sun Nov 22 3:13:19 2026",
        "Sun Nov 22 03:13:19:20 2026",
        "Sun Nov 22 03:13: 2026",
        "Sun Nov 22 03:13:19 a b 2026",
        "Sun Nov 22 03:13:19 26",
        "Sun Nov 22 03:13:19",
    ] {
        assert!(!is_from_line(format!("From {date}").as_bytes()), "{date}");
    }
    assert!(!is_from_line(b">From Sun Nov 22 03:13:19 2026"));
}

#[test]
fn file_that_does_not_begin_with_a_from_line_is_no_mbox() {
    for file in ["x", "\n", "From x\n", "From", "A: 1\n\nFrom a Sun Nov 22 03:13:19 2026\n"] {
        let result = walk(file.as_bytes(), &Limits::default());
        assert!(matches!(result, Err(Error::Corrupt(_))), "{file:?}");
    }
}

#[test]
fn every_cut_of_the_sample_keeps_the_mails_before_it() {
    let file = include_bytes!("../../../tests/samples/mail/inbox");
    let whole = walk(file, &Limits::default()).unwrap();
    for len in (0..file.len()).filter(|len| !(500..7300).contains(len)) {
        match walk(&file[..len], &Limits::default()) {
            Ok(found) if len > 7457 + 37 => assert_eq!(found[0], whole[0], "{len}"),
            Ok(found) => assert!(found.len() <= 2, "{len}"),
            Err(error) => assert!(len <= FROM.len() && len > 0, "{len}: {error}"),
        }
    }
}

#[test]
fn caps_hold_at_their_value_and_not_above() {
    let file = format!("{FROM}A: 1\n\nx\n\n").repeat(3);
    let with = |limits: &Limits| walk(file.as_bytes(), limits);
    let limits = Limits { members: 3, header_block_bytes: 6, ..Limits::default() };
    assert_eq!(with(&limits).unwrap().len(), 3);
    let members = with(&Limits { members: 2, ..limits.clone() });
    assert_eq!(members.unwrap().len(), 2);
    let left_out = |limits: &Limits| mbox_mails(file.as_bytes(), limits, |_, _| Ok(())).unwrap();
    assert_eq!(left_out(&limits), MboxLeftOut::default());
    let more = left_out(&Limits { members: 2, ..limits.clone() });
    assert_eq!(more, MboxLeftOut { mails: 0, has_more: true });
    let header = left_out(&Limits { header_block_bytes: 5, ..limits });
    assert_eq!(header, MboxLeftOut { mails: 3, has_more: false });
}

#[test]
fn mail_above_a_cap_is_left_out_alone() {
    let endless = "x".repeat(200_000);
    let plain = |number| format!("{FROM}A: {number}\n\nbody\n\n");
    let from = FROM.trim_end();
    for large in [
        format!("{FROM}A: {endless}\n\nbody\n\n"),
        format!("{FROM}{}\nbody\n\n", "A: 1\n".repeat(20_000)),
        format!("{FROM}A: 1\nB: {endless}\nStatus: R\n\n"),
        format!("{from} {endless}\nA: 1\n\nbody\n\n"),
        format!("{FROM}{}Content-Length: 9\n\n", "A: 1\n".repeat(20_000)),
    ] {
        let file = format!("{}{large}{}{large}{large}{}", plain(1), plain(2), plain(3));
        let mut headers = Vec::new();
        let left_out = mbox_mails(file.as_bytes(), &Limits::default(), |_, header| {
            headers.push(String::from_utf8_lossy(header).into_owned());
            Ok(())
        });
        assert_eq!(left_out.unwrap(), MboxLeftOut { mails: 3, has_more: false });
        assert_eq!(headers, ["A: 1\n\n", "A: 2\n\n", "A: 3\n\n"]);
    }
}
