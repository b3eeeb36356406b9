//! Patterns of the `--exclude` family, of `--include` and of `find`: restic's rules, on bytes.
//!
//! A pattern is split at slashes, and so is the path. `*`, `?`, `[a-z]` and `\` have their usual
//! meaning within one component, `**` stands for any number of components. A pattern that begins
//! with a slash is compared from the root, any other at every depth. `!` takes back what earlier
//! patterns matched.

use crate::exit_code::Failure;

/// One pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    components: Vec<Component>,
    is_anchored: bool,
    is_negated: bool,
    ignores_case: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Component {
    /// `**`
    AnyNumber,
    /// A name with wildcards.
    Name(Vec<Wild>),
}

/// One step of matching a name.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wild {
    Byte(u8),
    /// `?`: one character, or one byte that is not UTF-8.
    One,
    /// `*`
    Any,
    /// `[...]`
    Class {
        is_negated: bool,
        ranges: Vec<(u32, u32)>,
    },
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// Kind `usage`: empty, or a class that does not end.
    pub(crate) fn new(text: &[u8], ignores_case: bool) -> Result<Self, Failure> {
        let (is_negated, text) = match text.strip_prefix(b"!") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let lowered = if ignores_case { lower_case(text) } else { text.to_vec() };
        let wrong = |what: &str| {
            let text = crate::byte_text::printable(text);
            Failure::usage(format!("pattern `{text}`: {what}"))
        };
        let mut components = Vec::new();
        for component in lowered.split(|&byte| byte == b'/') {
            match component {
                b"" | b"." => {}
                b"**" => components.push(Component::AnyNumber),
                name => {
                    let name = wilds(name).ok_or_else(|| wrong("a class has no end"))?;
                    components.push(Component::Name(name));
                }
            }
        }
        if components.is_empty() && !lowered.starts_with(b"/") {
            return Err(wrong("is empty"));
        }
        Ok(Self { components, is_anchored: lowered.starts_with(b"/"), is_negated, ignores_case })
    }

    /// True if the pattern matches the whole of `path`, not only a folder above.
    fn matches_exactly(&self, path: &[Vec<u8>]) -> bool {
        self.matches_at_some_depth(path, false)
    }

    fn matches_at_some_depth(&self, path: &[Vec<u8>], takes_rest: bool) -> bool {
        if self.is_anchored {
            return matches_from(&self.components, path, takes_rest);
        }
        (0..path.len()).any(|start| {
            path.get(start..).is_some_and(|path| matches_from(&self.components, path, takes_rest))
        })
    }

    /// True if something below the folder `path` may match.
    fn may_match_below(&self, path: &[Vec<u8>]) -> bool {
        !self.is_anchored || may_match(&self.components, path)
    }
}

fn matches_from(pattern: &[Component], path: &[Vec<u8>], takes_rest: bool) -> bool {
    let Some((first, pattern_rest)) = pattern.split_first() else {
        return takes_rest || path.is_empty();
    };
    match first {
        Component::AnyNumber => (0..=path.len()).any(|skipped| {
            path.get(skipped..).is_some_and(|path| matches_from(pattern_rest, path, takes_rest))
        }),
        Component::Name(name) => path.split_first().is_some_and(|(component, path_rest)| {
            matches_name(name, component) && matches_from(pattern_rest, path_rest, takes_rest)
        }),
    }
}

fn may_match(pattern: &[Component], path: &[Vec<u8>]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (Some((Component::Name(name), pattern)), Some((component, path))) => {
            matches_name(name, component) && may_match(pattern, path)
        }
        _ => true,
    }
}

/// Reads one component; `None` if a class has no end.
fn wilds(text: &[u8]) -> Option<Vec<Wild>> {
    let mut wilds = Vec::new();
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'*' if wilds.last() == Some(&Wild::Any) => {}
            b'*' => wilds.push(Wild::Any),
            b'?' => wilds.push(Wild::One),
            b'[' => {
                let (class, after) = class(rest)?;
                wilds.push(class);
                rest = after;
            }
            b'\\' if !rest.is_empty() => {
                wilds.push(Wild::Byte(*rest.first()?));
                rest = rest.get(1..)?;
            }
            byte => wilds.push(Wild::Byte(byte)),
        }
    }
    Some(wilds)
}

/// Reads what follows `[`, the closing bracket included.
fn class(text: &[u8]) -> Option<(Wild, &[u8])> {
    let negated = text.strip_prefix(b"^").or_else(|| text.strip_prefix(b"!"));
    let is_negated = negated.is_some();
    let mut rest = negated.unwrap_or(text);
    let mut ranges = Vec::new();
    loop {
        if let Some(after) = rest.strip_prefix(b"]")
            && !ranges.is_empty()
        {
            return Some((Wild::Class { is_negated, ranges }, after));
        }
        let (low, after) = class_letter(rest)?;
        rest = after;
        let mut high = low;
        if let Some(after) = rest.strip_prefix(b"-")
            && !after.starts_with(b"]")
        {
            (high, rest) = class_letter(after)?;
        }
        ranges.push((low, high));
    }
}

fn class_letter(text: &[u8]) -> Option<(u32, &[u8])> {
    let text = text.strip_prefix(b"\\").unwrap_or(text);
    let (letter, bytes) = first_letter(text)?;
    Some((letter, text.get(bytes..)?))
}

/// The first character and its number of bytes; a byte that is not UTF-8 counts as a character
/// of its own, beyond all others.
fn first_letter(text: &[u8]) -> Option<(u32, usize)> {
    let first = *text.first()?;
    let bytes = match first {
        0..0x80 => return Some((u32::from(first), 1)),
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    };
    let letter = text.get(..bytes).and_then(|bytes| std::str::from_utf8(bytes).ok());
    match letter.and_then(|letter| letter.chars().next()) {
        Some(letter) => Some((u32::from(letter), bytes)),
        None => Some((0x11_0000 + u32::from(first), 1)),
    }
}

/// Greedy with one point of return: linear but for patterns with many stars.
fn matches_name(wilds: &[Wild], name: &[u8]) -> bool {
    let (mut wild, mut at) = (0, 0);
    let mut last_star: Option<(usize, usize)> = None;
    loop {
        let rest = name.get(at..).unwrap_or_default();
        let step = match wilds.get(wild) {
            None if rest.is_empty() => return true,
            None => None,
            Some(Wild::Any) => {
                last_star = Some((wild + 1, at));
                wild += 1;
                continue;
            }
            Some(Wild::Byte(byte)) => (rest.first() == Some(byte)).then_some(1),
            Some(Wild::One) => first_letter(rest).map(|(_, bytes)| bytes),
            Some(Wild::Class { is_negated, ranges }) => first_letter(rest)
                .filter(|(letter, _)| {
                    let holds = ranges.iter().any(|&(low, high)| (low..=high).contains(letter));
                    holds != *is_negated
                })
                .map(|(_, bytes)| bytes),
        };
        match (step, last_star) {
            (Some(bytes), _) => {
                wild += 1;
                at += bytes;
            }
            (None, Some((after_star, from))) if from < name.len() => {
                last_star = Some((after_star, from + 1));
                (wild, at) = (after_star, from + 1);
            }
            (None, _) => return false,
        }
    }
}

fn lower_case(bytes: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_lowercase().into_bytes(),
        Err(_) => bytes.to_ascii_lowercase(),
    }
}

/// Patterns in the order in which they were given.
#[derive(Debug, Clone, Default)]
pub(crate) struct PatternList {
    patterns: Vec<Pattern>,
    some_ignore_case: bool,
}

impl PatternList {
    pub(crate) fn push(&mut self, pattern: Pattern) {
        self.some_ignore_case |= pattern.ignores_case;
        self.patterns.push(pattern);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// True if `path` itself matches; of several patterns the last that matches decides.
    pub(crate) fn matches(&self, path: &[u8]) -> bool {
        self.verdict(path).unwrap_or(false)
    }

    /// As [`PatternList::matches`]; `None` if no pattern says anything of `path`.
    pub(crate) fn verdict(&self, path: &[u8]) -> Option<bool> {
        self.decide(path, Pattern::matches_exactly)
    }

    /// True if `path` or a folder above it matches.
    pub(crate) fn matches_with_content(&self, path: &[u8]) -> bool {
        let below = |pattern: &Pattern, path: &[Vec<u8>]| pattern.matches_at_some_depth(path, true);
        self.decide(path, below).unwrap_or(false)
    }

    /// True if something below the folder `path` may match.
    pub(crate) fn may_match_below(&self, path: &[u8]) -> bool {
        let (exact, lowered) = self.split(path);
        self.patterns.iter().any(|pattern| {
            let path = if pattern.ignores_case { &lowered } else { &exact };
            !pattern.is_negated && pattern.may_match_below(path)
        })
    }

    fn decide(&self, path: &[u8], matches: impl Fn(&Pattern, &[Vec<u8>]) -> bool) -> Option<bool> {
        if self.patterns.is_empty() {
            return None;
        }
        let (exact, lowered) = self.split(path);
        let last =
            self.patterns.iter().rev().find(|pattern| {
                matches(pattern, if pattern.ignores_case { &lowered } else { &exact })
            });
        last.map(|pattern| !pattern.is_negated)
    }

    /// Components of `path` as they are, and in lower case if a pattern asks for that.
    fn split(&self, path: &[u8]) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
        let components = path.split(|&byte| byte == b'/').filter(|name| !name.is_empty());
        let exact: Vec<Vec<u8>> = components.map(<[u8]>::to_vec).collect();
        let lowered = if self.some_ignore_case {
            exact.iter().map(|name| lower_case(name)).collect()
        } else {
            Vec::new()
        };
        (exact, lowered)
    }
}

/// Lines without comments, surrounding blanks and empty ones.
pub(crate) fn pattern_lines(text: &[u8]) -> Vec<Vec<u8>> {
    let lines = text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    lines.filter(|line| !line.is_empty() && !line.starts_with(b"#")).map(<[u8]>::to_vec).collect()
}

/// True if `name` holds a wildcard.
pub(crate) fn has_wildcard(name: &[u8]) -> bool {
    name.iter().any(|byte| b"*?[\\".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::{Pattern, PatternList};

    fn list(patterns: &[&str]) -> PatternList {
        let mut list = PatternList::default();
        for pattern in patterns {
            list.push(Pattern::new(pattern.as_bytes(), false).unwrap());
        }
        list
    }

    #[test]
    fn wildcards_stay_within_a_component() {
        let cases = [
            ("*.tmp", "/a/b.tmp", true),
            ("*.tmp", "/a.tmp/b", false),
            ("b", "/a/b", true),
            ("a/b", "/x/a/b", true),
            ("a/b", "/x/a/c/b", false),
            ("/a/*", "/a/b", true),
            ("/a/*", "/x/a/b", false),
            ("/a/**/z", "/a/z", true),
            ("/a/**/z", "/a/b/c/z", true),
            ("a?c", "/a\u{e9}c", true),
            ("[a-c]x", "/bx", true),
            ("[^a-c]x", "/bx", false),
            ("[]]", "/]", true),
            ("\\*", "/*", true),
            ("\\*", "/a", false),
            ("*a*b*c", "/xaybzc", true),
            ("*a*b*c", "/xaybz", false),
            ("a*", "/a", true),
        ];
        for (pattern, path, expected) in cases {
            assert_eq!(list(&[pattern]).matches(path.as_bytes()), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_characters_of_their_own() {
        assert!(list(&["?"]).matches(b"/\xff"));
        assert!(!list(&["?"]).matches(b"/\xff\xff"));
        assert!(list(&["*"]).matches(b"/\xff\xfe"));
        let mut exact = PatternList::default();
        exact.push(Pattern::new(b"a\xff", false).unwrap());
        assert!(exact.matches(b"/a\xff"));
        assert!(!exact.matches(b"/a\xfe"));
    }

    #[test]
    fn the_last_pattern_that_matches_decides() {
        let patterns = list(&["*.log", "!keep.log"]);
        assert!(patterns.matches(b"/a.log"));
        assert!(!patterns.matches(b"/keep.log"));
    }

    #[test]
    fn an_included_folder_includes_what_is_below_it() {
        let patterns = list(&["/home/ann"]);
        assert!(patterns.matches_with_content(b"/home/ann/x/y"));
        assert!(!patterns.matches_with_content(b"/home"));
        assert!(patterns.may_match_below(b"/home"));
        assert!(!patterns.may_match_below(b"/etc"));
    }

    #[test]
    fn case_is_ignored_where_asked() {
        let mut patterns = PatternList::default();
        patterns.push(Pattern::new("*.J\u{c9}G".as_bytes(), true).unwrap());
        assert!(patterns.matches("/a.j\u{e9}g".as_bytes()));
        assert!(Pattern::new(b"[a", false).is_err());
        assert!(Pattern::new(b"", false).is_err());
    }
}
