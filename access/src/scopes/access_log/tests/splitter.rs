use crate::scopes::access_log::LINE_BYTES_MAX;
use crate::scopes::access_log::line_splitter::LineSplitter;

/// The lines of a text that comes in pieces of `piece` bytes.
fn lines(text: &[u8], piece: usize) -> (Vec<Vec<u8>>, LineSplitter) {
    let mut splitter = LineSplitter::new(0, &[]);
    let mut lines = Vec::new();
    for bytes in text.chunks(piece) {
        splitter.push(bytes, &mut |line| lines.push(line.to_vec()));
    }
    (lines, splitter)
}

#[test]
fn lines_are_the_same_however_the_bytes_come() {
    let text = b"one\n\ntwo and more\r\nthree";
    for piece in 1..=text.len() {
        let (found, splitter) = lines(text, piece);
        assert_eq!(found, [b"one".as_slice(), b"", b"two and more\r"], "{piece}");
        assert_eq!((splitter.line_offset(), splitter.next_offset()), (19, 24));
        assert_eq!(splitter.recent(), b"one\n\ntwo and more\r\n");
    }
}

#[test]
fn line_over_the_limit_is_given_up_and_the_next_one_read() {
    for (length, is_read) in [(LINE_BYTES_MAX, true), (LINE_BYTES_MAX + 1, false)] {
        let long: Vec<u8> = (b'a'..=b'z').cycle().take(length).collect();
        let text = [&long, b"\nnext\nrest".as_slice()].concat();
        for piece in [1000, 64 << 10, text.len()] {
            let (found, mut splitter) = lines(&text, piece);
            assert_eq!(found.len(), 1 + usize::from(is_read), "{length} by {piece}");
            assert_eq!(found.last().unwrap(), b"next");
            assert_eq!(splitter.take_over_long(), u64::from(!is_read));
            assert_eq!(splitter.line_offset(), length as u64 + 6);
            assert_eq!(splitter.next_offset(), text.len() as u64);
            assert_eq!(splitter.recent(), &text[length + 6 - 256..length + 6]);
        }
    }
}

#[test]
fn bytes_before_a_line_are_those_of_the_file() {
    let text: Vec<u8> = (0..5000_u32).flat_map(|n| format!("{n}\n").into_bytes()).collect();
    for piece in [1, 7, 300, 4096] {
        let mut splitter = LineSplitter::new(0, &[]);
        for bytes in text.chunks(piece) {
            splitter.push(bytes, &mut |_| ());
            let end = usize::try_from(splitter.line_offset()).unwrap();
            let recent = splitter.recent();
            assert_eq!(recent, &text[end - recent.len()..end]);
            assert_eq!(recent.len(), end.min(256));
        }
    }
}
