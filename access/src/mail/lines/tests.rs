use super::*;

/// All lines with their breaks, put together from their pieces.
fn lines(bytes: &[u8]) -> Vec<(u64, Vec<u8>, u8)> {
    let mut lines: Vec<(u64, Vec<u8>, u8)> = Vec::new();
    let mut walk = Lines::new(bytes, 0);
    let mut expected = 0;
    while let Some(piece) = walk.next().unwrap() {
        assert_eq!(piece.start, expected, "pieces follow each other");
        assert!(piece.text.len() <= 2 * PIECE_BYTES_MAX);
        expected = piece.end();
        if piece.begins_line {
            lines.push((piece.start, piece.text.to_vec(), piece.break_len));
        } else {
            let last = lines.last_mut().unwrap();
            last.1.extend_from_slice(piece.text);
            last.2 = piece.break_len;
        }
    }
    assert_eq!(expected, bytes.len() as u64, "pieces cover the body");
    lines
}

#[test]
fn lines_end_at_lf_or_cr_lf_and_a_lone_cr_is_text() {
    let expected = |parts: &[(u64, &str, u8)]| -> Vec<(u64, Vec<u8>, u8)> {
        parts.iter().map(|(at, text, len)| (*at, text.as_bytes().to_vec(), *len)).collect()
    };
    assert_eq!(lines(b""), expected(&[]));
    assert_eq!(lines(b"\n"), expected(&[(0, "", 1)]));
    assert_eq!(lines(b"\r\n\n"), expected(&[(0, "", 2), (2, "", 1)]));
    assert_eq!(lines(b"a\rb\r\r\nc\r"), expected(&[(0, "a\rb\r", 2), (6, "c\r", 0)]));
}

#[test]
fn breaks_at_every_place_around_the_piece_are_found() {
    let around = |at: usize| at - 3..at + 4;
    let lengths = around(FIRST_READ_BYTES).chain(around(2 * FIRST_READ_BYTES));
    for length in lengths.chain(around(PIECE_BYTES_MAX)).chain(around(2 * PIECE_BYTES_MAX)) {
        for line_end in ["\n", "\r\n"] {
            for count in 1..4 {
                let mut line = vec![b'x'; length];
                line.extend_from_slice(line_end.as_bytes());
                let bytes = line.repeat(count);
                let found = lines(&bytes);
                assert_eq!(found.len(), count, "{length}");
                for (_, text, break_len) in found {
                    assert_eq!((text.len(), usize::from(break_len)), (length, line_end.len()));
                }
            }
        }
    }
}
