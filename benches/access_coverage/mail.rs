//! Mails with attachments, as mail programs build them.

use std::fmt::Write as _;
use std::fs;

use anyhow::Result;
use base64::Engine;
use gleaner_benches::{Seeded, Workload};

use crate::mix::Attachment;

const LINE_LETTERS: usize = 76;
const TEXT_BYTES: usize = 3000;

/// How an attachment stands in its mail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Encoding {
    Base64,
    QuotedPrintable,
}

/// A mail, and what is in it.
#[derive(Debug)]
pub(crate) struct Mail {
    /// Lines end in CR LF.
    pub(crate) message: Vec<u8>,
    /// Each attachment as it was before, in the order of the parts, which begin at 2.
    pub(crate) attachments: Vec<(Encoding, Vec<u8>)>,
}

impl Mail {
    /// Texts go as quoted-printable half of the time, all else as base64.
    pub(crate) fn build(number: usize, files: &[Attachment], seeded: &mut Seeded) -> Result<Self> {
        let boundary = format!("=_part-of-{number}");
        let text = Workload::Text.bytes(seeded.word(), 500 + seeded.below(TEXT_BYTES));
        let text = String::from_utf8_lossy(&text).replace('\n', "\r\n");
        let mut message = format!(
            "From: Colleague <colleague@example.org>\r\nTo: subscriber@example.org\r\n\
             Message-ID: <{number}@example.org>\r\nDate: Tue, 14 Nov 2023 22:13:20 +0000\r\n\
             Subject: Files, part {number}\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n\
             --{boundary}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n{text}\r\n"
        )
        .into_bytes();
        let mut attachments = Vec::new();
        for Attachment { name, media_type, is_text, path } in files {
            let content = fs::read(path)?;
            let is_plain = *is_text && !content.contains(&0) && !content.contains(&b'\r');
            let encoding = match seeded.below(2) {
                0 if is_plain => Encoding::QuotedPrintable,
                _ => Encoding::Base64,
            };
            let (coding, encoded) = match encoding {
                Encoding::Base64 => ("base64", base64_lines(&content)),
                Encoding::QuotedPrintable => ("quoted-printable", quoted_printable(&content)),
            };
            let head = format!(
                "--{boundary}\r\nContent-Type: {media_type}; name=\"{name}\"\r\n\
                 Content-Disposition: attachment; filename=\"{name}\"\r\n\
                 Content-Transfer-Encoding: {coding}\r\n\r\n"
            );
            message.extend_from_slice(head.as_bytes());
            message.extend_from_slice(encoded.as_bytes());
            message.extend_from_slice(b"\r\n");
            attachments.push((encoding, content));
        }
        message.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        Ok(Self { message, attachments })
    }
}

fn base64_lines(bytes: &[u8]) -> String {
    let mut lines = String::new();
    for line in bytes.chunks(LINE_LETTERS / 4 * 3) {
        base64::engine::general_purpose::STANDARD.encode_string(line, &mut lines);
        lines.push_str("\r\n");
    }
    lines.truncate(lines.trim_end().len());
    lines
}

/// Line feeds are line ends, as in every text; a space before one is escaped.
fn quoted_printable(bytes: &[u8]) -> String {
    let mut out = String::new();
    let mut width = 0;
    let nexts = bytes.iter().skip(1).map(Some).chain([None]);
    for (&byte, next) in bytes.iter().zip(nexts) {
        if byte == b'\n' {
            out.push_str("\r\n");
            width = 0;
            continue;
        }
        let ends_line = next.is_none_or(|next| *next == b'\n');
        let is_blank = byte == b' ' || byte == b'\t';
        let is_plain = (byte.is_ascii_graphic() && byte != b'=') || (is_blank && !ends_line);
        let letters = if is_plain { 1 } else { 3 };
        if width + letters >= LINE_LETTERS {
            out.push_str("=\r\n");
            width = 0;
        }
        if is_plain {
            out.push(char::from(byte));
        } else {
            write!(out, "={byte:02X}").expect("memory takes all");
        }
        width += letters;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{base64_lines, quoted_printable};

    #[test]
    fn lines_of_encoded_files_are_short_and_end_as_lines_of_mail_do() {
        assert_eq!(base64_lines(&[0; 58]), format!("{}\r\nAA==", "A".repeat(76)));
        assert_eq!(quoted_printable(b"a = b \nc\t"), "a =3D b=20\r\nc=09");
        let long = quoted_printable(&[b'x'; 1000]);
        assert!(long.split("\r\n").all(|line| line.len() <= 76));
        assert_eq!(long.replace("=\r\n", ""), "x".repeat(1000));
    }
}
