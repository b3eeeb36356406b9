//! Where the verb stands among the words of a command line.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use clap::{Arg, Command};

/// The verb and its place.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct VerbWords {
    /// Verb and sub-verb.
    pub(crate) names: Vec<String>,
    /// Index of the word behind them.
    pub(crate) end: usize,
    /// Their own indices; empty if a word before them is none of a flag.
    places: Vec<usize>,
    /// True if words behind the verb name something to save: a path, stdin, a list of files.
    pub(crate) names_a_source: bool,
}

/// Finds the verb in `argv`, which `definition` accepts.
pub(crate) fn verb_words(definition: &Command, argv: &[OsString]) -> VerbWords {
    let mut found = VerbWords { end: argv.len(), ..VerbWords::default() };
    let mut scope = definition;
    let mut words = argv.iter().enumerate().skip(1);
    while let Some((index, word)) = words.next() {
        let bytes = word.as_bytes();
        if bytes == b"--" {
            found.names_a_source |= words.next().is_some();
            break;
        }
        if let Some(long) = bytes.strip_prefix(b"--") {
            found.names_a_source |= long.starts_with(b"stdin") || long.starts_with(b"files-from");
            let takes =
                flag(definition, scope, |arg| arg.get_long().map(str::as_bytes) == Some(long));
            if takes {
                words.next();
            }
        } else if let Some(cluster) = bytes.strip_prefix(b"-").filter(|rest| !rest.is_empty()) {
            if short_takes_next(definition, scope, cluster) {
                words.next();
            }
        } else if let Some(verb) = word.to_str().and_then(|word| scope.find_subcommand(word)) {
            if !found.names_a_source {
                found.places.push(index);
            }
            found.names.push(verb.get_name().to_owned());
            found.end = index + 1;
            scope = verb;
        } else {
            found.names_a_source = true;
        }
    }
    found
}

impl VerbWords {
    /// `argv` with the verb in front of all flags: clap tells the order of a flag and its twin only
    /// on one side of the verb.
    pub(crate) fn verb_first(&self, argv: &[OsString]) -> Vec<OsString> {
        let is_verb = |index: &usize| self.places.contains(index);
        let (program, rest) = argv.split_at(argv.len().min(1));
        let verbs = self.places.iter().filter_map(|&place| argv.get(place));
        let others = rest.iter().enumerate().filter(|(index, _)| !is_verb(&(index + 1)));
        program.iter().chain(verbs).chain(others.map(|(_, word)| word)).cloned().collect()
    }
}

/// True if a flag that `is_it` recognises takes the next word. A `--flag=value` is recognised by
/// nobody, and takes none.
fn flag(definition: &Command, scope: &Command, is_it: impl Fn(&Arg) -> bool) -> bool {
    let mut args = definition.get_arguments().chain(scope.get_arguments());
    args.any(|arg| is_it(arg) && arg.get_action().takes_values())
}

/// True if a cluster such as `qr` ends in a flag that takes a value and has none in the cluster.
fn short_takes_next(definition: &Command, scope: &Command, cluster: &[u8]) -> bool {
    let takes =
        |letter: u8| flag(definition, scope, |arg| arg.get_short() == Some(char::from(letter)));
    let first = cluster.iter().position(|&letter| takes(letter));
    first.is_some_and(|position| position + 1 == cluster.len())
}

#[cfg(test)]
mod tests {
    use super::verb_words;
    use crate::args::command;

    fn found(line: &str) -> (String, usize, bool) {
        let argv: Vec<_> = line.split(' ').map(Into::into).collect();
        let words = verb_words(&command(), &argv);
        (words.names.join(" "), words.end, words.names_a_source)
    }

    #[test]
    fn the_verb_comes_before_flags_and_never_before_other_words() {
        let first = |line: &str| {
            let argv: Vec<std::ffi::OsString> = line.split(' ').map(Into::into).collect();
            let words = verb_words(&command(), &argv).verb_first(&argv);
            words.iter().map(|word| word.to_str().unwrap()).collect::<Vec<_>>().join(" ")
        };
        for (line, expected) in [
            (
                "gleaner -r x --json key -q add --no-json",
                "gleaner key add -r x --json -q --no-json",
            ),
            ("gleaner ls latest", "gleaner ls latest"),
            ("gleaner frobnicate check", "gleaner frobnicate check"),
            ("gleaner --json", "gleaner --json"),
            ("gleaner -q -- check", "gleaner -q -- check"),
            ("gleaner backup --json key", "gleaner backup --json key"),
        ] {
            assert_eq!(first(line), expected);
        }
    }

    #[test]
    fn values_of_flags_are_not_taken_for_the_verb() {
        assert_eq!(found("gleaner -q -r backup backup --json"), ("backup".into(), 5, false));
        assert_eq!(found("gleaner -qr backup snapshots"), ("snapshots".into(), 4, false));
        assert_eq!(found("gleaner -rbackup ls x"), ("ls".into(), 3, true));
        assert_eq!(found("gleaner --repo=ls --threads 2 stats"), ("stats".into(), 5, false));
        assert_eq!(found("gleaner key add --json"), ("key add".into(), 3, false));
        assert_eq!(found("gleaner backup -e key x"), ("backup".into(), 2, true));
        assert_eq!(found("gleaner backup --stdin"), ("backup".into(), 2, true));
        assert_eq!(found("gleaner backup -e key"), ("backup".into(), 2, false));
    }
}
