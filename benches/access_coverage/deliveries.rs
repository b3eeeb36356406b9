//! Mails into the stores of Dovecot, and out of them again as mail programs do it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use gleaner_tests::servers::{Dovecot, ImapClient};

use crate::archives::{with_lf, zip};
use crate::mail::{Encoding, Mail};
use crate::mix::Attachment;
use crate::subscriber::{Subscriber, edited};
use crate::treatment::{Treatment, Weighed, deal};
use crate::via::{Download, Via};

/// A way in which Dovecot stores mail: the user of the harness, and how it is called here.
pub(crate) const STORES: [(&str, &str); 4] =
    [("u1", "Maildir"), ("mz", "Maildir, gzip"), ("sd", "sdbox, gzip"), ("md", "mdbox")];

/// A mail that the server has.
struct Delivered {
    number: usize,
    mail: Mail,
    user: &'static str,
    uid: u32,
}

/// Delivers the mails, in turn to each store, and lets the subscriber save them.
pub(crate) fn deliver(
    dovecot: &Dovecot,
    mails: &[Vec<Attachment>],
    subscriber: &Subscriber,
) -> Result<Vec<Download>> {
    let build = |number: usize, files: &[Attachment]| {
        Mail::build(number, files, &mut subscriber.seeded(&format!("mail {number}")))
    };
    let mut weighed = Vec::new();
    for (number, files) in mails.iter().enumerate() {
        let bytes = build(number, files)?.message.len() as u64;
        weighed.push(Weighed { bytes, can_be_unpacked: true });
    }
    let dealt = deal(&weighed, &mut subscriber.seeded(Via::Dovecot.name()));
    let mut downloads = Vec::new();
    for (place, (user, _)) in STORES.into_iter().enumerate() {
        let mut client = dovecot.imap(user)?;
        client.select("INBOX")?;
        let of_store = mails.iter().zip(&dealt).enumerate().skip(place).step_by(STORES.len());
        for (number, (files, &treatment)) in of_store {
            let mail = build(number, files)?;
            let uid = client.append("INBOX", &mail.message)?;
            let bytes = mail.message.len() as u64;
            let delivered = Delivered { number, mail, user, uid };
            delivered.save(&mut client, treatment, subscriber)?;
            downloads.push(Download { via: Via::Dovecot, treatment, bytes });
        }
        client.log_out()?;
    }
    Ok(downloads)
}

impl Delivered {
    fn save(
        &self,
        client: &mut ImapClient,
        treatment: Treatment,
        subscriber: &Subscriber,
    ) -> Result<()> {
        let folder = subscriber.folder(Via::Dovecot.folder(), treatment, self.number)?;
        let mut seeded = subscriber.seeded(&format!("save mail {}", self.number));
        match treatment {
            Treatment::AsIs => fs::write(folder.join("mail.eml"), self.whole(client)?)?,
            Treatment::Resaved if seeded.below(2) == 0 => {
                fs::write(folder.join("mail.eml"), with_lf(&self.whole(client)?))?;
            }
            Treatment::Resaved => {
                let files = self.files(client, subscriber)?;
                let names = (0..).map(|number| format!("{number}"));
                let named: Vec<_> = names.zip(files).collect();
                fs::write(folder.join("files.zip"), zip(&named, 6)?)?;
            }
            Treatment::Unpacked => self.save_files(client, subscriber, &folder, &mut |it| it)?,
            Treatment::Edited => {
                self.save_files(client, subscriber, &folder, &mut |it| edited(&it, &mut seeded))?;
            }
        }
        Ok(())
    }

    fn save_files(
        &self,
        client: &mut ImapClient,
        subscriber: &Subscriber,
        folder: &Path,
        change: &mut dyn FnMut(Vec<u8>) -> Vec<u8>,
    ) -> Result<()> {
        for (place, file) in self.files(client, subscriber)?.into_iter().enumerate() {
            fs::write(folder.join(place.to_string()), change(file))?;
        }
        Ok(())
    }

    fn whole(&self, client: &mut ImapClient) -> Result<Vec<u8>> {
        let message = client.fetch(self.uid)?;
        ensure!(message == self.mail.message, "mail {}: another one came back", self.number);
        Ok(message)
    }

    /// The attachments as the server decodes them. Of texts, whose line ends are those of mail
    /// then, half of the programs convert these into those of Unix.
    fn files(&self, client: &mut ImapClient, subscriber: &Subscriber) -> Result<Vec<Vec<u8>>> {
        let mut seeded = subscriber.seeded(&format!("line ends of mail {}", self.number));
        let mut files = Vec::new();
        for (part, (encoding, original)) in (2..).zip(&self.mail.attachments) {
            let decoded = client
                .fetch_item(self.uid, &format!("BINARY.PEEK[{part}]"))
                .with_context(|| format!("mail {} of {}, part {part}", self.number, self.user))?;
            let is_text = *encoding == Encoding::QuotedPrintable;
            let converted = if is_text { with_lf(&decoded) } else { decoded.clone() };
            ensure!(converted == *original, "mail {}: another attachment", self.number);
            let converts = seeded.below(2) == 0;
            files.push(if converts { converted } else { decoded });
        }
        Ok(files)
    }
}
