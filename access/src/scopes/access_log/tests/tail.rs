use std::sync::Arc;

use crate::files::memory_fs::{Fault, MemoryFs};
use crate::manual_clock::ManualClock;
use crate::scopes::access_log::{LogPosition, LogTail};

/// A log that grows, and a tail of it.
struct Case {
    fs: MemoryFs,
    tail: LogTail,
    text: String,
}

fn tail(fs: &MemoryFs, resume: Option<LogPosition>) -> LogTail {
    LogTail::new(Arc::new(fs.clone()), b"access.log", resume)
}

impl Case {
    fn new() -> Self {
        let fs = MemoryFs::new(Arc::new(ManualClock::new()));
        Self { tail: tail(&fs, None), fs, text: String::new() }
    }

    fn append(&mut self, text: &str) {
        self.text.push_str(text);
        self.fs.write("access.log", self.text.as_bytes());
    }

    /// Renames the log away, as logrotate does; the server still has it open.
    fn rename(&mut self, name: &str) -> String {
        self.fs.rename("access.log", name);
        std::mem::take(&mut self.text)
    }

    fn lines(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut each = |line: &[u8]| lines.push(String::from_utf8(line.to_vec()).unwrap());
        self.tail.poll(&mut each).unwrap();
        lines
    }

    /// Another process goes on where this one stood.
    fn restart(&mut self) {
        self.tail = tail(&self.fs, self.tail.position());
    }
}

#[test]
fn each_line_is_read_once_and_what_is_not_ended_waits() {
    let mut case = Case::new();
    assert!(case.lines().is_empty(), "no log yet");
    assert_eq!(case.tail.position(), None);
    case.append("one\ntwo\nthr");
    assert_eq!(case.lines(), ["one", "two"]);
    assert!(case.lines().is_empty());
    case.append("ee\n\nfive\n");
    assert_eq!(case.lines(), ["three", "", "five"]);
    assert_eq!((case.tail.counters().lines, case.tail.counters().restarts), (5, 0));
}

#[test]
fn renamed_log_is_read_to_its_end_and_the_new_one_from_its_beginning() {
    let mut case = Case::new();
    case.append("one\n");
    assert_eq!(case.lines(), ["one"]);
    let mut old = case.rename("access.log.1");
    old.push_str("two\nthr");
    case.fs.write("access.log.1", old.as_bytes());
    assert_eq!(case.lines(), ["two"], "before there is a new one");
    case.append("new\n");
    assert_eq!(case.lines(), ["new"]);
    // The server ends its line before it opens the new log.
    old.push_str("ee\n");
    case.fs.write("access.log.1", old.as_bytes());
    case.append("newer\n");
    assert_eq!(case.lines(), ["three", "newer"]);
    assert_eq!(case.tail.counters().rotations, 1);
    assert!(case.lines().is_empty());
}

#[test]
fn log_that_is_cut_to_nothing_is_read_from_its_beginning() {
    let mut case = Case::new();
    case.append("one\ntwo\n");
    assert_eq!(case.lines().len(), 2);
    case.fs.write("access.log.1", case.text.clone().as_bytes());
    case.text.clear();
    case.append("three\n");
    assert_eq!(case.lines(), ["three"]);
    assert_eq!(case.tail.counters().restarts, 1);
}

#[test]
fn log_that_was_cut_and_grew_again_is_never_read_from_the_middle_of_a_line() {
    let mut case = Case::new();
    case.append("one\ntwo\n");
    assert_eq!(case.lines().len(), 2);
    // Behind the place where reading stood stands what a client sent.
    case.text.clear();
    case.append("GET /12forged\nfour\n");
    assert_eq!(case.lines(), ["GET /12forged", "four"]);
    assert_eq!(case.tail.counters().restarts, 1);
}

#[test]
fn next_process_goes_on_where_the_last_one_stood() {
    let mut case = Case::new();
    case.append("one\ntw");
    assert_eq!(case.lines(), ["one"]);
    case.restart();
    case.append("o\nthree\n");
    assert_eq!(case.lines(), ["two", "three"]);
    case.restart();
    assert!(case.lines().is_empty());
    assert_eq!(case.tail.counters().restarts, 0);
}

#[test]
fn log_that_was_rotated_while_nobody_read_is_read_to_its_end_first() {
    let mut case = Case::new();
    case.append("one\n");
    assert_eq!(case.lines(), ["one"]);
    case.append("two\n");
    case.rename("access.log.1");
    case.append("three\n");
    case.restart();
    assert_eq!(case.lines(), ["two", "three"]);
    // And where its new name is not in the folder, only the new one is there.
    case.fs.remove("access.log");
    case.text.clear();
    case.append("four\n");
    case.restart();
    assert_eq!(case.lines(), ["four"]);
}

#[test]
fn inode_number_that_was_given_again_is_not_taken_for_the_log() {
    let mut case = Case::new();
    case.append("one\ntwo\n");
    assert_eq!(case.lines().len(), 2);
    let position = case.tail.position().unwrap();
    case.text.clear();
    case.append("other\nlines\nof another\n");
    case.tail = tail(&case.fs, Some(position));
    assert_eq!(case.lines(), ["other", "lines", "of another"]);
}

#[test]
fn log_that_cannot_be_read_gives_an_error_and_no_line_twice() {
    let mut case = Case::new();
    case.append("one\n");
    assert_eq!(case.lines(), ["one"]);
    case.append("two\n");
    case.fs.fail("access.log", Some(Fault::Unreadable));
    assert!(case.tail.poll(&mut |_| ()).is_err());
    case.fs.fail("access.log", None);
    assert_eq!(case.lines(), ["two"]);
    case.fs.make_folder("access.log.d");
    assert!(case.lines().is_empty());
}
