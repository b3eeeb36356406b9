use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::files::memory_fs::{Fault, MemoryFs};
use crate::manual_clock::ManualClock;
use crate::scopes::access_log::{History, LogPosition, LogTail};

/// A log that grows, and a tail of it.
struct Case {
    clock: Arc<ManualClock>,
    fs: MemoryFs,
    tail: LogTail,
    text: String,
    /// What the last poll said.
    history: History,
}

fn tail(fs: &MemoryFs, resume: Option<LogPosition>) -> LogTail {
    LogTail::new(Arc::new(fs.clone()), b"access.log", resume)
}

impl Case {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::new());
        let fs = MemoryFs::new(clock.clone());
        let (tail, history) = (tail(&fs, None), History::Whole);
        Self { clock, tail, fs, text: String::new(), history }
    }

    fn append(&mut self, text: &str) {
        self.clock.advance(Duration::from_secs(1));
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
        self.history = self.tail.poll(&mut each).unwrap();
        lines
    }

    /// Copies the log and cuts it, as `copytruncate` does.
    fn copy_and_cut(&mut self, name: &str) {
        self.clock.advance(Duration::from_secs(1));
        let text = std::mem::take(&mut self.text);
        self.fs.write(name, text.as_bytes());
        self.fs.write("access.log", b"");
    }

    /// Compresses a rotated log, which keeps the time of its last change.
    fn compress(&self, name: &str, text: &str) {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(text.as_bytes()).unwrap();
        self.fs.write(&format!("{name}.gz"), &packed.finish().unwrap());
        self.fs.remove(name);
    }

    /// A log of which `one` was read, then rotated twice while nobody read: the older one under the
    /// first name. All in all there are the lines one to four.
    fn rotated_twice(older: &str, newer: &str) -> Self {
        let mut case = Self::new();
        case.append("one\n");
        assert_eq!(case.lines(), ["one"]);
        case.append("two\n");
        case.rename(older);
        case.append("three\n");
        case.rename(newer);
        case.append("four\n");
        case
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
    assert_eq!((case.history, case.tail.counters().gaps), (History::Missing, 1));
    assert!(case.lines().is_empty());
    assert_eq!(case.history, History::Whole, "a gap is told once");
}

const NAMES: [(&str, &str); 4] = [
    ("access.log.2", "access.log.1"),
    ("access.log-20261128", "access.log-20261129"),
    ("access-2026112823.log", "access-2026112900.log"),
    ("access.1.log", "access.0.log"),
];

#[test]
fn log_that_was_rotated_twice_between_two_polls_is_read_whole() {
    for (older, newer) in NAMES {
        let mut case = Case::rotated_twice(older, newer);
        assert_eq!(case.lines(), ["two", "three", "four"], "{older}");
        assert_eq!((case.history, case.tail.counters().rotations), (History::Whole, 2));
        assert!(case.lines().is_empty());
    }
}

#[test]
fn log_that_was_rotated_twice_while_no_process_read_is_read_whole() {
    for (older, newer) in NAMES {
        let mut case = Case::rotated_twice(older, newer);
        // A log of another host, which has such a name too, is none of it.
        case.fs.write("other-access.log.1", b"foreign\n");
        case.restart();
        assert_eq!(case.lines(), ["two", "three", "four"], "{older}");
        assert_eq!(case.history, History::Whole);
        case.restart();
        assert!(case.lines().is_empty());
    }
}

#[test]
fn log_that_was_compressed_while_nobody_read_is_read_on() {
    let mut case = Case::rotated_twice("access.log.2", "access.log.1");
    case.compress("access.log.2", "one\ntwo\n");
    case.restart();
    assert_eq!(case.lines(), ["two", "three", "four"]);
    assert_eq!(case.history, History::Whole);
    let mut case = Case::rotated_twice("access.log.3", "access.log.2");
    case.rename("access.log.1");
    case.append("five\n");
    case.compress("access.log.3", "one\ntwo\n");
    case.compress("access.log.2", "three\n");
    case.restart();
    assert_eq!(case.lines(), ["two", "three", "four", "five"]);
    assert_eq!(case.history, History::Whole);
}

/// What is lost, how, and the lines that are left.
type Loss = (&'static str, fn(&Case), &'static [&'static str]);

#[test]
fn log_that_is_not_there_any_more_is_a_gap_that_is_told_once() {
    let lost: [Loss; 5] = [
        ("the newer one", |case| case.fs.remove("access.log.1"), &["two", "four"]),
        // What is left came after it, as its time shows.
        ("the older one", |case| case.fs.remove("access.log.2"), &["three", "four"]),
        (
            "one that xz compressed",
            |case| case.fs.rename("access.log.1", "access.log.1.xz"),
            &["two", "four"],
        ),
        (
            "one that may not be read",
            |case| case.fs.fail("access.log.2", Some(Fault::Denied)),
            &["three", "four"],
        ),
        (
            "one that is damaged",
            |case| {
                case.fs.remove("access.log.1");
                case.fs.write("access.log.1.gz", b"\x1f\x8b but no more");
            },
            &["two", "four"],
        ),
    ];
    for (what, lose, left) in lost {
        let mut case = Case::rotated_twice("access.log.2", "access.log.1");
        lose(&case);
        case.restart();
        assert_eq!(case.lines(), left, "{what}");
        assert_eq!((case.history, case.tail.counters().gaps), (History::Missing, 1), "{what}");
        assert!(case.lines().is_empty());
        assert_eq!(case.history, History::Whole);
    }
}

#[test]
fn name_that_no_rotation_gives_leaves_open_what_came_between() {
    let mut case = Case::rotated_twice("older", "newer");
    assert_eq!(case.lines(), ["two", "four"]);
    assert_eq!(case.history, History::Missing);
}

#[test]
fn copies_of_a_log_that_was_cut_are_read_on() {
    for restarts in [false, true] {
        let mut case = Case::new();
        case.append("one\n");
        assert_eq!(case.lines(), ["one"]);
        case.append("two\n");
        case.copy_and_cut("access.log.2");
        case.append("three\n");
        case.copy_and_cut("access.log.1");
        case.append("four\n");
        if restarts {
            case.restart();
        }
        assert_eq!(case.lines(), ["two", "three", "four"]);
        assert_eq!((case.history, case.tail.counters().restarts), (History::Whole, 1));
    }
    let mut case = Case::new();
    case.append("one\ntwo\n");
    assert_eq!(case.lines().len(), 2);
    case.text.clear();
    case.append("four\n");
    assert_eq!(case.lines(), ["four"]);
    assert_eq!(case.history, History::Missing, "cut without a copy");
}

#[test]
fn log_between_that_fails_for_a_while_loses_and_repeats_nothing() {
    for restarts in [false, true] {
        let mut case = Case::rotated_twice("access.log.2", "access.log.1");
        case.fs.fail("access.log.1", Some(Fault::Unreadable));
        let mut lines = Vec::new();
        let mut each = |line: &[u8]| lines.push(String::from_utf8(line.to_vec()).unwrap());
        assert!(case.tail.poll(&mut each).is_err());
        case.fs.fail("access.log.1", None);
        if restarts {
            case.restart();
        }
        lines.extend(case.lines());
        assert_eq!(lines, ["two", "three", "four"]);
        assert_eq!(case.history, History::Whole);
    }
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

#[test]
fn gap_is_told_by_the_next_process_if_this_one_could_not() {
    let mut case = Case::new();
    case.append("one\n");
    assert_eq!(case.lines(), ["one"]);
    case.rename("access.log.3");
    case.append("two\n");
    case.rename("access.log.1");
    case.append("three\n");
    // The second is missing; the first of those that are left fails before that was told.
    case.fs.fail("access.log.1", Some(Fault::Unreadable));
    assert!(case.tail.poll(&mut |_| ()).is_err());
    case.fs.fail("access.log.1", None);
    case.restart();
    assert_eq!(case.lines(), ["two", "three"]);
    assert_eq!(case.history, History::Missing);
    assert!(case.lines().is_empty());
    assert_eq!(case.history, History::Whole);
}

#[test]
fn inode_numbers_of_a_listing_decide_nothing() {
    for restarts in [false, true] {
        let mut case = Case::rotated_twice("access.log.2", "access.log.1");
        case.fs.set_lists_inodes(false);
        if restarts {
            case.restart();
        }
        assert_eq!(case.lines(), ["two", "three", "four"]);
        assert_eq!((case.history, case.tail.counters().gaps), (History::Whole, 0));
    }
}

/// Polls until something is handed over; the errors and empty polls before that.
fn polls_in_vain(case: &mut Case) -> (usize, Vec<String>) {
    for poll in 0..100 {
        let mut lines = Vec::new();
        let mut each = |line: &[u8]| lines.push(String::from_utf8(line.to_vec()).unwrap());
        let polled = case.tail.poll(&mut each);
        if let Some(history) = polled.ok().filter(|_| !lines.is_empty()) {
            case.history = history;
            return (poll, lines);
        }
        assert!(lines.is_empty(), "{lines:?}");
    }
    panic!("nothing comes any more");
}

#[test]
fn names_that_never_settle_are_a_gap_in_the_end() {
    let mut case = Case::rotated_twice("access.log.2", "access.log.1");
    assert_eq!(case.tail.position().map(|it| it.offset), Some(4));
    case.fs.fail("access.log.1", Some(Fault::Stale));
    assert_eq!(case.lines(), ["two"]);
    assert_eq!(case.history, History::Whole);
    let (polls, lines) = polls_in_vain(&mut case);
    assert!(polls > 0, "it is waited for a while");
    assert_eq!((lines, case.history), (vec!["four".to_owned()], History::Missing));
    assert_eq!(case.tail.counters().gaps, 1);
}

#[test]
fn resumed_log_is_not_left_for_its_successor_while_names_are_moved() {
    let mut case = Case::rotated_twice("access.log.2", "access.log.1");
    case.compress("access.log.2", "one\ntwo\n");
    case.restart();
    case.fs.fail("access.log.1", Some(Fault::Stale));
    for _ in 0..2 {
        assert!(case.lines().is_empty());
        assert_eq!(case.history, History::Whole);
    }
    case.fs.fail("access.log.1", None);
    assert_eq!(case.lines(), ["two", "three", "four"]);
    assert_eq!((case.history, case.tail.counters().gaps), (History::Whole, 0));
}

#[test]
fn log_that_can_never_be_read_is_a_gap_and_what_follows_is_read() {
    for fault in [Fault::Unreadable, Fault::Unaskable] {
        for restarts in [false, true] {
            let mut case = Case::rotated_twice("access.log.2", "access.log.1");
            case.fs.fail("access.log.1", Some(fault));
            if restarts {
                case.restart();
            }
            let mut lines = Vec::new();
            while lines.last().is_none_or(|last| last != "four") {
                let mut each = |line: &[u8]| lines.push(String::from_utf8(line.to_vec()).unwrap());
                case.history = case.tail.poll(&mut each).unwrap_or(History::Whole);
                assert!(case.tail.counters().gaps < 2, "{fault:?} {lines:?}");
            }
            assert_eq!((lines.join(" "), case.history), ("two four".to_owned(), History::Missing));
            case.append("five\n");
            assert_eq!(case.lines(), ["five"]);
            assert_eq!((case.history, case.tail.counters().gaps), (History::Whole, 1));
        }
    }
}

#[test]
fn log_that_cannot_be_read_keeps_nobody_from_its_successor() {
    let mut case = Case::new();
    case.append("one\n");
    assert_eq!(case.lines(), ["one"]);
    case.append("lost\n");
    case.fs.fail("access.log", Some(Fault::Unreadable));
    assert!(case.tail.poll(&mut |_| ()).is_err());
    case.rename("access.log.1");
    case.append("two\n");
    let (_, lines) = polls_in_vain(&mut case);
    assert_eq!((lines, case.history), (vec!["two".to_owned()], History::Missing));
}

#[test]
fn log_that_is_compressed_at_once_is_no_gap() {
    for (text, name) in
        [("one\n", "access.log.1"), ("", "access.log.1"), ("one\n", "access.log-20261129")]
    {
        let mut case = Case::new();
        case.append(text);
        assert_eq!(case.lines().len(), text.lines().count());
        case.append("two\n");
        let old = [text, "two\n"].concat();
        case.rename(name);
        case.compress(name, &old);
        case.append("three\n");
        assert_eq!(case.lines(), ["two", "three"]);
        assert_eq!((case.history, case.tail.counters().rotations), (History::Whole, 1), "{text}");
    }
    // By another program, and a log in which there was nothing.
    let mut case = Case::new();
    case.append("one\n");
    assert_eq!(case.lines(), ["one"]);
    case.rename("access.log.1");
    case.fs.write("access.log.1.xz", b"\xfd7zXZ");
    case.fs.remove("access.log.1");
    case.append("");
    assert!(case.lines().is_empty());
    assert_eq!(case.history, History::Whole);
    case.rename("access.log.1");
    case.compress("access.log.1", "");
    case.append("two\n");
    assert_eq!(case.lines(), ["two"]);
    assert_eq!(case.history, History::Whole);
}

#[test]
fn other_log_of_the_same_time_is_not_taken_for_a_compressed_one() {
    let mut case = Case::new();
    case.append("one\n");
    assert_eq!(case.lines(), ["one"]);
    case.rename("gone");
    case.fs.remove("gone");
    case.fs.write("access.log.1", b"x");
    case.compress("access.log.1", "another\n");
    case.append("two\n");
    assert_eq!(case.lines(), ["two"]);
    assert_eq!(case.history, History::Missing);
}

/// A position in a log of which nothing was read.
fn position_at_the_beginning(case: &mut Case) -> LogPosition {
    case.append("");
    assert!(case.lines().is_empty());
    case.tail.position().unwrap()
}

#[test]
fn file_of_which_nothing_was_read_is_not_known_by_its_inode_number_alone() {
    for name in ["other.log", "other-access.log.1", "access.log.1.gz"] {
        let mut case = Case::new();
        let position = position_at_the_beginning(&mut case);
        case.fs.remove("access.log");
        case.append("two\n");
        case.fs.write(name, b"foreign\n");
        case.fs.set_inode(name, position.dev, position.ino);
        case.tail = tail(&case.fs, Some(position));
        assert_eq!(case.lines(), ["two"], "{name}");
        assert_eq!(case.history, History::Missing, "{name}");
    }
    // Its own name, after rotations that nobody saw.
    let mut case = Case::new();
    let position = position_at_the_beginning(&mut case);
    case.fs.remove("access.log");
    case.append("two\n");
    case.rename("access.log.1");
    case.append("three\n");
    case.fs.set_inode("access.log", position.dev, position.ino);
    case.tail = tail(&case.fs, Some(position.clone()));
    assert_eq!(case.lines(), ["two", "three"]);
    assert_eq!(case.history, History::Missing);
    // As it was left, and as it was rotated.
    let mut case = Case::new();
    position_at_the_beginning(&mut case);
    case.append("one\n");
    case.restart();
    assert_eq!(case.lines(), ["one"]);
    let mut case = Case::new();
    position_at_the_beginning(&mut case);
    case.append("one\n");
    case.rename("access.log.1");
    case.append("two\n");
    case.restart();
    assert_eq!(case.lines(), ["one", "two"]);
    assert_eq!(case.history, History::Whole);
}

#[test]
fn position_has_the_time_of_what_was_read_and_not_of_what_was_not() {
    let mut case = Case::new();
    case.append("one\n");
    assert_eq!(case.lines(), ["one"]);
    let read = case.tail.position().unwrap();
    case.append("two\n");
    // Opened again, and not read on.
    case.restart();
    case.fs.fail("access.log", Some(Fault::Unreadable));
    assert!(case.tail.poll(&mut |_| ()).is_err());
    case.fs.fail("access.log", None);
    assert_eq!(case.tail.position().unwrap(), read);
    // A log that was adopted and not read is among those that changed since.
    let mut case = Case::rotated_twice("access.log.2", "access.log.1");
    case.fs.fail("access.log.1", Some(Fault::Unreadable));
    assert!(case.tail.poll(&mut |_| ()).is_err());
    case.fs.remove("access.log.2");
    case.fs.fail("access.log.1", None);
    case.compress("access.log.1", "three\n");
    case.fs.set_mtime("access.log.1.gz", case.clock.wall_ns() - 1_000_000_000);
    case.restart();
    assert_eq!(case.lines(), ["three", "four"]);
}

#[test]
fn log_between_by_another_form_of_name_is_a_gap_and_is_read() {
    let mut case = Case::rotated_twice("access.log.1", "access.log-20261129");
    assert_eq!(case.lines(), ["two", "three", "four"]);
    assert_eq!((case.history, case.tail.counters().gaps), (History::Missing, 1));
}

#[test]
fn number_nought_that_went_is_a_gap_also_for_the_next_process() {
    for restarts in [false, true] {
        let mut case = Case::new();
        case.fs.write("access.log.0", b"before\n");
        case.append("one\n");
        assert_eq!(case.lines(), ["one"]);
        case.rename("access.log.2");
        case.fs.rename("access.log.0", "access.log.3");
        case.append("two\n");
        case.rename("access.log.1");
        case.append("three\n");
        if restarts {
            case.restart();
        }
        assert_eq!(case.lines(), ["two", "three"]);
        assert_eq!((case.history, case.tail.counters().gaps), (History::Missing, 1));
    }
}

#[test]
fn poll_reads_no_more_than_its_share_and_the_next_one_the_rest() {
    let lines = |from: usize| (from..from + 50).map(|it| format!("{it:05}")).collect::<Vec<_>>();
    let text = |from: usize| lines(from).join("\n") + "\n";
    for (packs, restarts) in [(false, false), (true, false), (false, true), (true, true)] {
        let mut case = Case::new();
        case.append("one\n");
        assert_eq!(case.lines(), ["one"]);
        case.append(&text(0));
        case.rename("access.log.2");
        case.append(&text(50));
        case.rename("access.log.1");
        case.append(&text(100));
        if packs {
            case.compress("access.log.1", &text(50));
        }
        let mut read = Vec::new();
        for _ in 0..1000 {
            case.tail.limit_polls(100);
            let more = case.lines();
            assert!(more.len() <= 17 && case.history == History::Whole, "{more:?}");
            read.extend(more);
            if restarts {
                case.restart();
            }
            if read.len() >= 150 {
                break;
            }
        }
        assert_eq!(read, [lines(0), lines(50), lines(100)].concat(), "{packs} {restarts}");
        assert!(case.lines().is_empty());
        assert_eq!(case.history, History::Whole);
    }
}
