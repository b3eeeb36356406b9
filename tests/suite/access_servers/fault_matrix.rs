//! Goal: whatever happens to an object in a store, its reader gives the right bytes or a word that
//! says why it gives none, and counts it.
//!
//! Method: one function for each fault, which takes a subject: a real server, what fills its store,
//! and the reader of that. Each cell of the table is a test, `fault::subject`. If one fails, wrong
//! bytes are offered for an object, or one is lost without a word.
//!
//! | fault | tree | maildir | sdbox | mdbox | mbox | imap | oci |
//! |---|---|---|---|---|---|---|---|
//! | `whole` | test | test | test | test | test | test | test |
//! | `evicted` | test | test | test | test (1) | test | test | test |
//! | `replaced` | test | test (2) | test (2) | test (2) | test (2) | test (2) | (3) |
//! | `growing` | test | test | test | test | test | test | test |
//! | `truncated` | test (4) | test | test | test | test (4) | test | test |
//! | `revalidated` | test (5) | test | test | test | test (5) | test | test |
//! | `broken_header` | (6) | test | test | test (7) | test (7) | test (8) | test |
//! | `foreign_version` | (6) | test | test | test (7) | test (9) | (10) | test |
//! | `broken_uidlist`, `foreign_uidlist` | (11) | test | (11) | (11) | (11) | (11) | (11) |
//!
//! 1. A mail that was expunged from an mdbox is gone once its file was purged.
//! 2. A mail never changes: another one with its Message-ID comes, and it goes.
//! 3. Cannot occur: a blob is named by its bytes. Other bytes under its name are a broken header.
//! 4. What is left is what the server gives, too; it is told as another generation.
//! 5. The file's times, or flags in its header, are in the generation: told again, the same bytes.
//! 6. Cannot occur: a file of a tree has no form.
//! 7. All mails of the file are refused: behind a broken record none can be told from its bytes.
//! 8. What breaks is a mail in the store below the server. An answer that is none, no server gives
//!    on demand: `imap_source::tests` has a double that does.
//! 9. An mbox has no version: a compressed one stands for it.
//! 10. Cannot occur within a session: whoever does not greet as an IMAP4 server is unavailable, by
//!     `imap_source::tests`.
//! 11. Only Maildir has the list. A mail is served without its number.

mod faults;
mod mailboxes;
mod subject;
mod trees;

/// The tests of one fault.
macro_rules! cells {
    ($fault:ident: $($subject:ident),+) => {
        mod $fault {
            $(
                #[test]
                fn $subject() {
                    if let Some(subject) = super::start::$subject() {
                        super::faults::$fault(&*subject);
                    }
                }
            )+
        }
    };
}

cells!(whole: tree, maildir, sdbox, mdbox, mbox, imap, oci);
cells!(evicted: tree, maildir, sdbox, mdbox, mbox, imap, oci);
cells!(replaced: tree, maildir, sdbox, mdbox, mbox, imap);
cells!(growing: tree, maildir, sdbox, mdbox, mbox, imap, oci);
cells!(truncated: tree, maildir, sdbox, mdbox, mbox, imap, oci);
cells!(revalidated: tree, maildir, sdbox, mdbox, mbox, imap, oci);
cells!(broken_header: maildir, sdbox, mdbox, mbox, imap, oci);
cells!(foreign_version: maildir, sdbox, mdbox, mbox, oci);
cells!(broken_uidlist: maildir);
cells!(foreign_uidlist: maildir);

/// What each subject begins as; none where its server is not installed.
mod start {
    use super::mailboxes::Mails;
    use super::subject::Subject;
    use super::trees::{Layout, Tree};

    pub(super) fn tree() -> Option<Box<dyn Subject>> {
        Tree::start().map(|subject| Box::new(subject) as _)
    }

    pub(super) fn maildir() -> Option<Box<dyn Subject>> {
        Mails::in_files("u1").map(|subject| Box::new(subject) as _)
    }

    pub(super) fn sdbox() -> Option<Box<dyn Subject>> {
        Mails::in_files("sd").map(|subject| Box::new(subject) as _)
    }

    pub(super) fn mdbox() -> Option<Box<dyn Subject>> {
        Mails::in_files("md").map(|subject| Box::new(subject) as _)
    }

    pub(super) fn mbox() -> Option<Box<dyn Subject>> {
        Mails::in_files("mb").map(|subject| Box::new(subject) as _)
    }

    pub(super) fn imap() -> Option<Box<dyn Subject>> {
        Mails::of_account().map(|subject| Box::new(subject) as _)
    }

    pub(super) fn oci() -> Option<Box<dyn Subject>> {
        Layout::start().map(|subject| Box::new(subject) as _)
    }
}
