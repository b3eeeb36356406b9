use super::*;

/// The parts as (path, stored bytes).
fn found(mail: &str) -> Vec<(Vec<u32>, String)> {
    let found = parts(mail.as_bytes(), &Limits::default()).unwrap();
    let text = |part: &Part| {
        let start = usize::try_from(part.offset).unwrap();
        mail[start..start + usize::try_from(part.len).unwrap()].to_owned()
    };
    found.iter().map(|part| (part.path.clone(), text(part))).collect()
}

fn check(mail: &str, expected: &[(&[u32], &str)]) {
    let with = |line_end: &str| -> Vec<_> {
        let texts = expected.iter();
        texts.map(|(path, text)| (path.to_vec(), text.replace('\n', line_end))).collect()
    };
    assert_eq!(found(mail), with("\n"));
    assert_eq!(found(&mail.replace('\n', "\r\n")), with("\r\n"));
}

const MIXED: &str = "Content-Type: multipart/mixed; boundary=b\n\n";

#[test]
fn mail_of_one_part_is_its_body() {
    check("A: 1\n\nbody\n\n", &[(&[1], "body\n\n")]);
    check("\nbody", &[(&[1], "body")]);
    check("A: 1\n", &[(&[1], "")]);
    check("A: 1", &[(&[1], "")]);
    check("", &[(&[1], "")]);
}

#[test]
fn part_ends_before_the_break_that_precedes_its_boundary() {
    let mail =
        format!("{MIXED}preamble\n--b\n\none\n\n--b\nX: y\n\n\n--b\n\n--b--\nepilogue\n--b\n");
    check(&mail, &[(&[1], "one\n"), (&[2], ""), (&[3], "")]);
}

#[test]
fn delimiter_is_the_whole_line() {
    let mail = format!("{MIXED}--b \t\n\n--bc\n --b\n-b\n--b-\n--b--c\n--B\n--b--  \nx");
    check(&mail, &[(&[1], "--bc\n --b\n-b\n--b-\n--b--c\n--B")]);
}

#[test]
fn unterminated_multipart_ends_with_the_mail() {
    check(&format!("{MIXED}--b\n\none\n"), &[(&[1], "one\n")]);
    check(&format!("{MIXED}--b\nX: y\n"), &[(&[1], "")]);
    check(&format!("{MIXED}no part\n"), &[]);
}

#[test]
fn outer_boundary_ends_inner_parts() {
    let mail = format!(
        "{MIXED}--b\nContent-Type: multipart/alternative; boundary=\"bb\"\n\n--bb\n\none\n--bb\n\
         \ntwo\n--b\n\nthree\n--bb\n--b--\n"
    );
    check(&mail, &[(&[1, 1], "one"), (&[1, 2], "two"), (&[2], "three\n--bb")]);
}

#[test]
fn same_boundary_inside_belongs_to_the_inner_multipart() {
    let mail = format!("{MIXED}--b\n{MIXED}--b\n\none\n--b--\n--b\n\ntwo\n--b--\n");
    check(&mail, &[(&[1, 1], "one"), (&[2], "two")]);
}

#[test]
fn mail_within_the_mail_is_a_part_and_has_parts() {
    let mail = format!(
        "{MIXED}--b\nContent-Type: message/rfc822\n\nA: 1\n\ninner\n--b\nContent-Type: \
         MESSAGE/RFC822\n\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nx\n--c\n\ny\n--b--\n"
    );
    let expected: &[(&[u32], &str)] = &[
        (&[1], "A: 1\n\ninner"),
        (&[1, 1], "inner"),
        (&[2], "Content-Type: multipart/mixed; boundary=c\n\n--c\n\nx\n--c\n\ny"),
        (&[2, 1], "x"),
        (&[2, 2], "y"),
    ];
    check(&mail, expected);
}

#[test]
fn parts_of_a_digest_are_mails_unless_they_say_otherwise() {
    let mail = "Content-Type: multipart/digest; boundary=b\n\n--b\n\nA: 1\n\nx\n--b\n\
                Content-Type: text/plain\n\ny\n--b--\n";
    check(mail, &[(&[1], "A: 1\n\nx"), (&[1, 1], "x"), (&[2], "y")]);
}

#[test]
fn encoded_mail_within_the_mail_is_not_looked_into() {
    let mail = format!(
        "{MIXED}--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nQTog\n--b--"
    );
    check(&mail, &[(&[1], "QTog")]);
}

#[test]
fn header_names_type_encoding_and_file_name() {
    let mail = format!(
        "{MIXED}--b\nContent-Type: Application/PDF;\n name=old.pdf\nContent-Disposition: \
         attachment;\n filename*=utf-8''%C3%A4.pdf\ncontent-transfer-encoding: BASE64 \n\nAA==\n\
         --b\nContent-Type: image/png; name=\"=?utf-8?Q?=C3=A4?=\"\nContent-Transfer-Encoding: \
         quoted-printable\n\n--b\nContent-Type: nonsense\nContent-Transfer-Encoding: x-uuencode\n\
         \n--b--"
    );
    let found = parts(mail.as_bytes(), &Limits::default()).unwrap();
    let facts: Vec<_> = found
        .iter()
        .map(|part| (part.media_type.as_str(), part.encoding, part.file_name.as_deref()))
        .collect();
    let expected = [
        ("application/pdf", TransferEncoding::Base64, Some("\u{e4}.pdf")),
        ("image/png", TransferEncoding::QuotedPrintable, Some("\u{e4}")),
        ("text/plain", TransferEncoding::Unknown, None),
    ];
    assert_eq!(facts, expected);
    let header = found[0].header.clone();
    let header = usize::try_from(header.start).unwrap()..usize::try_from(header.end).unwrap();
    assert!(mail[header.clone()].starts_with("Content-Type: Application/PDF"));
    assert!(mail[header].ends_with("BASE64 \n\n"));
}

#[test]
fn boundary_that_cannot_be_leaves_one_part() {
    for boundary in ["", "; boundary=", "; boundary=\"\"", "; boundary=\"  \""] {
        let mail = format!("Content-Type: multipart/mixed{boundary}\n\n--\n\nx\n----\n");
        check(&mail, &[(&[1], "--\n\nx\n----\n")]);
    }
    let long = "x".repeat(BOUNDARY_BYTES_MAX);
    let mail = |boundary: &str| {
        format!("Content-Type: multipart/mixed; boundary={boundary}\n\n--{boundary}\n\nx")
    };
    check(&mail(&long), &[(&[1], "x")]);
    let longer = format!("{long}x");
    check(&mail(&longer), &[(&[1], &format!("--{longer}\n\nx"))]);
}

fn limit_of(mail: &str, limits: &Limits) -> Option<LimitKind> {
    match parts(mail.as_bytes(), limits) {
        Ok(_) => None,
        Err(Error::Limit(limit)) => Some(limit),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn caps_hold_at_their_value_and_not_above() {
    let limits = Limits { mime_parts: 3, mime_depth: 2, ..Limits::default() };
    let many = |count: usize| format!("{MIXED}{}", "--b\n\nx\n".repeat(count));
    assert_eq!(limit_of(&many(3), &limits), None);
    assert_eq!(limit_of(&many(4), &limits), Some(LimitKind::MimeParts));

    let deep = |depth: usize| format!("{MIXED}--b\n").repeat(depth) + "\nx";
    assert_eq!(limit_of(&deep(2), &limits), None);
    assert_eq!(limit_of(&deep(3), &limits), Some(LimitKind::MimeParts));

    let nested = |depth: usize| "Content-Type: message/rfc822\n\n".repeat(depth) + "\nx";
    assert_eq!(limit_of(&nested(2), &limits), None);
    assert_eq!(limit_of(&nested(3), &limits), Some(LimitKind::MimeParts));

    let limits = Limits { header_block_bytes: 10, ..Limits::default() };
    assert_eq!(limit_of("A: 345678\n\nx", &limits), None);
    assert_eq!(limit_of("A: 3456789\n\nx", &limits), Some(LimitKind::Header));
}

#[test]
fn header_line_without_end_is_refused_and_body_line_without_end_is_not() {
    let endless = "x".repeat(300_000);
    let limits = Limits { header_block_bytes: usize::MAX, ..Limits::default() };
    assert_eq!(limit_of(&format!("A: {endless}\n\n"), &limits), Some(LimitKind::Header));
    let mail = format!("{MIXED}--b\n\n{endless}\n--b\n\ny\n--b--");
    check(&mail, &[(&[1], &endless), (&[2], "y")]);
}

#[test]
fn a_piece_of_a_long_line_is_no_delimiter() {
    let spaces = " ".repeat(200_000);
    for line in [format!("--b--{spaces}x"), format!("--b{spaces}x"), format!("--b--{spaces}")] {
        let mail = format!("{MIXED}--b\n\none\n{line}\n--b\n\ntwo\n--b--\n");
        check(&mail, &[(&[1], &format!("one\n{line}")), (&[2], "two")]);
    }
    let with = |bytes: usize| {
        let line = format!("--b--{}", " ".repeat(bytes - 5));
        found(&format!("{MIXED}--b\n\none\n{line}\n--b\n\ntwo")).len()
    };
    assert_eq!((with(DELIMITER_BYTES_MAX), with(DELIMITER_BYTES_MAX + 1)), (1, 2));
}

#[test]
fn hostile_parameters_are_cut_before_they_are_parsed() {
    let many: Vec<_> = (0..4000).map(|n| format!(";\n name*{n}=x")).collect();
    let many = many.concat();
    for name in ["Content-Type: text/x", "Content-Disposition: attachment"] {
        let mail = format!("{name}{many}\n\nx");
        let found = parts(mail.as_bytes(), &Limits::default()).unwrap();
        let name = found[0].file_name.as_deref().unwrap_or_default();
        assert!(name.len() < 1000, "{} bytes", name.len());
    }
    let one = |field: &str| {
        let mail = format!("{field}\n\nx");
        parts(mail.as_bytes(), &Limits::default()).unwrap().remove(0)
    };
    let named =
        |name: &str| one(&format!("Content-Type: text/x; name=\"{name}\"")).file_name.unwrap();
    let fits = "n".repeat(FILE_NAME_BYTES_MAX);
    assert_eq!(named(&fits), fits);
    assert_eq!(named(&format!("{fits}n")), fits);
    assert_eq!(named(&"\u{e4}\u{20ac}".repeat(500)).len(), 1022);
    let media_type =
        |bytes: usize| one(&format!("Content-Type: a/{}", "b".repeat(bytes - 2))).media_type.len();
    assert_eq!((media_type(255), media_type(256)), (255, "text/plain".len()));
}
