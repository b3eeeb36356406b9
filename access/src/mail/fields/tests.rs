use super::*;

fn names_and_texts(block: &str) -> Vec<(String, String)> {
    Fields::new(block.as_bytes())
        .map(|field| (String::from_utf8_lossy(field.name).into_owned(), field.text()))
        .collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn fields_are_unfolded_whatever_their_line_ends() {
    let block = "A: 1\nb : 2\n\t3\n  4\nC:\n\nD: body";
    let expected = pairs(&[("A", "1"), ("b", "2\t3  4"), ("C", "")]);
    assert_eq!(names_and_texts(block), expected);
    assert_eq!(names_and_texts(&block.replace('\n', "\r\n")), expected);
}

#[test]
fn lines_that_are_no_fields_are_passed_over() {
    let block = " lost continuation: x\nno colon\n continued\n: no name\nA: 1";
    assert_eq!(names_and_texts(block), pairs(&[("A", "1")]));
    assert_eq!(names_and_texts(""), []);
    assert_eq!(names_and_texts("\nA: 1"), []);
}

#[test]
fn ranges_of_fields_cover_a_clean_block() {
    let block = b"A: 1\r\n 2\r\nB: 3\r\n\r\n";
    let ranges: Vec<_> = Fields::new(block).map(|field| field.range).collect();
    assert_eq!(ranges, [0..10, 10..16]);
}

#[test]
fn encoded_words_are_decoded_only_when_asked() {
    let field = Fields::new(b"Subject: =?utf-8?Q?=C3=A4?= b").next().unwrap();
    assert!(field.is("sUBJECT") && !field.is("subjec"));
    assert_eq!(field.text(), "=?utf-8?Q?=C3=A4?= b");
    assert_eq!(field.decoded_text(), "\u{e4} b");
    assert_eq!(Fields::new(b"A: \xff").next().unwrap().text(), "\u{fffd}");
}
