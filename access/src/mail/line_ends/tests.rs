use super::*;

/// Gives one byte at a time.
struct Trickle<'a>(&'a [u8]);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let one = buffer.len().min(1);
        self.0.read(&mut buffer[..one])
    }
}

#[test]
fn only_bare_line_feeds_count_twice_however_the_bytes_come() {
    for (mail, crlf) in
        [("", 0), ("\n", 2), ("\r\n", 2), ("a\nb\r\n\n", 8), ("\r\r\n\r", 4), ("x", 1)]
    {
        let expected = MailSizes { plain: mail.len() as u64, crlf };
        assert_eq!(MailSizes::count(mail.as_bytes(), u64::MAX).unwrap(), expected, "{mail:?}");
        assert_eq!(MailSizes::count(Trickle(mail.as_bytes()), u64::MAX).unwrap(), expected);
    }
}

#[test]
fn counting_stops_above_the_cap() {
    let sizes = MailSizes::count(io::repeat(b'\n'), 100_000).unwrap();
    assert!(sizes.plain > 100_000 && sizes.plain < 200_000);
}
