//! Goal: no mail, no file of a mail store does harm, and what is found in it lies in it.
//! Method: every parser of mail over the input, and what must hold of whatever it finds. If it
//! fails: one hostile mail stops a source, or bytes of one mail are taken for those of another.

use gleaner_access::{
    Limits, MailFacts, MailSizes, MaildirName, Part, SNIFFED_BYTES, StoredForm, Uidlist,
    dbox_mails, header_block, mbox_mails, parts,
};

fn limits() -> Limits {
    Limits {
        mime_parts: 50,
        mime_depth: 4,
        members: 50,
        header_block_bytes: 500,
        ..Limits::default()
    }
}

/// The structure of a mail.
///
/// # Panics
/// When a part does not lie within the mail, or within the part that holds it, or behind the ones
/// before it.
pub fn mail_parts(input: &[u8]) {
    let Ok(found) = parts(input, &limits()) else { return };
    let end = |part: &Part| part.offset + part.len;
    assert!(found.len() <= 50);
    for (index, part) in found.iter().enumerate() {
        assert!(end(part) <= input.len() as u64);
        assert!(part.header.start <= part.header.end && part.header.end <= part.offset);
        for before in found.iter().take(index) {
            assert_ne!(before.path, part.path);
            assert!(before.header.start <= part.header.start);
            let is_within = part.path.starts_with(&before.path);
            let fits =
                if is_within { end(part) <= end(before) } else { end(before) <= part.header.start };
            // A mail of no line ends behind the break that the part ends with which holds it.
            assert!(fits || part.len == 0);
        }
    }
}

/// The header of a mail.
///
/// # Panics
/// When the block is not a prefix of the mail, or an identifier is longer than the header.
pub fn mail_facts(input: &[u8]) {
    if let Ok(block) = header_block(input, &limits()) {
        assert!(input.starts_with(&block));
    }
    let facts = MailFacts::read(input, &["mx.example.org".to_owned()]);
    let id = facts.message_id.unwrap_or_default();
    assert!(id.len() <= 998 && !id.contains(['<', '>', ' ', '\n']));
    // A byte that is no text becomes a character of three.
    assert!(facts.sender.unwrap_or_default().len() <= 3 * input.len());
}

/// The name of a file in a Maildir.
///
/// # Panics
/// When the base name is not the start of the name.
pub fn maildir_name(input: &[u8]) {
    let Some(name) = MaildirName::parse(input) else { return };
    assert!(input.starts_with(name.base) && !name.base.is_empty() && !name.base.contains(&b':'));
    assert!(input.ends_with(name.flags));
    assert_eq!(MaildirName::parse(name.base).map(|again| again.base), Some(name.base));
}

/// An uidlist.
///
/// # Panics
/// When a mail of the list has no number, or a number is 0.
pub fn uidlist(input: &[u8]) {
    let Ok(list) = Uidlist::read(input) else { return };
    assert!(list.uid_validity > 0);
    let mut found = 0;
    for line in input.split(|&byte| byte == b'\n').skip(1) {
        let colon = line.windows(2).position(|pair| pair == b" :").unwrap_or(line.len());
        let name = line.get(colon + 2..).unwrap_or_default();
        let name = name.strip_suffix(b"\r").unwrap_or(name);
        let base = name.split(|&byte| byte == b':').next().unwrap_or_default();
        found += usize::from(list.uid(base).is_some_and(|uid| uid > 0));
    }
    assert!(found >= list.len());
}

/// A file of an sdbox or mdbox.
///
/// # Panics
/// When records overlap or reach beyond the end of the file.
pub fn dbox(input: &[u8]) {
    let Ok(found) = dbox_mails(input, &limits()) else { return };
    let mut end = 0;
    for mail in &found.mails {
        assert!(mail.header_offset >= end && mail.offset == mail.header_offset + 30);
        assert!(mail.offset + mail.len + 4 < mail.end);
        end = mail.end;
    }
    assert!(end <= input.len() as u64);
    assert!(found.is_growing || found.mails.is_empty() || end == input.len() as u64);
}

/// An mbox.
///
/// # Panics
/// When mails overlap, or their slices do not lie within them.
pub fn mbox(input: &[u8]) {
    let mut last_end = 0;
    let found = |mail: gleaner_access::MboxMail, header: &[u8]| {
        assert!(mail.from_line >= last_end && mail.from_line < mail.offset);
        assert!(mail.offset <= mail.body_offset && mail.body_offset <= mail.end);
        assert!(mail.end <= input.len() as u64 && header.len() <= 500);
        let mut at = mail.offset;
        let mut left = 0;
        for (offset, len) in mail.slices() {
            assert!(offset >= at && len > 0);
            at = offset + len;
            left += len;
        }
        assert!(at <= mail.end);
        let added: u64 = mail.added.iter().map(|range| range.end - range.start).sum();
        assert_eq!(added + left, mail.end - mail.offset);
        last_end = mail.end;
        Ok(())
    };
    let _whether_it_is_one = mbox_mails(input, &limits(), found);
}

/// How a stored mail is written, and its sizes.
///
/// # Panics
/// When the sizes are not those that counting byte by byte gives.
pub fn stored_mail(input: &[u8]) {
    let form = StoredForm::sniff(input);
    let start = input.get(..SNIFFED_BYTES).unwrap_or(input);
    assert_eq!(form.ok(), StoredForm::sniff(start).ok());
    let sizes = MailSizes::count(input, u64::MAX).expect("memory can be read");
    let before = [0].iter().chain(input);
    let bare =
        before.zip(input).filter(|&(&before, &byte)| byte == b'\n' && before != b'\r').count();
    assert_eq!((sizes.plain, sizes.crlf), (input.len() as u64, (input.len() + bare) as u64));
}
