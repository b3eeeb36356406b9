//! What can be seen line by line: tabs, width, leftovers, code left in comments, letters outside
//! ASCII.

use super::source_tree::{SourceTree, has_extension};

const COLUMNS_MAX: usize = 100;

/// Rust files that hold letters outside ASCII for a reason, with the reason.
const BEYOND_ASCII: &[(&str, &str)] = &[];

/// Markers of work left undone. They are put together here so that this file does not hold them.
const LEFTOVERS: [&str; 3] = [concat!("FIX", "ME"), concat!("XX", "X:"), concat!("TO", "DO")];

fn violations_of_file(path: &str, text: &str) -> Vec<String> {
    let mut violations = Vec::new();
    let mut report = |line: usize, what: &str| violations.push(format!("{path}:{line}: {what}"));
    let is_rust = has_extension(path, "rs");
    let may_hold_tabs = path == "Makefile";
    let may_leave_ascii = !is_rust || BEYOND_ASCII.iter().any(|&(listed, _)| listed == path);
    for (line, content) in (1..).zip(text.lines()) {
        if content.contains('\t') && !may_hold_tabs {
            report(line, "a tab");
        }
        if LEFTOVERS.iter().any(|marker| content.contains(marker)) {
            report(line, "a leftover marker");
        }
        if !content.is_ascii() && !may_leave_ascii {
            report(line, "a letter outside ASCII");
        }
        if is_rust && content.chars().count() > COLUMNS_MAX && !content.contains("://") {
            report(line, "wider than 100 columns");
        }
        if is_rust && is_code_in_a_comment(content) {
            report(line, "code left in a comment");
        }
    }
    violations
}

/// A modest guess: a `//` line that ends like a statement or begins like an item. Documentation
/// comments may hold examples and are left alone, as is prose in backquotes.
fn is_code_in_a_comment(line: &str) -> bool {
    let Some(comment) = line.trim_start().strip_prefix("//") else { return false };
    if comment.starts_with(['/', '!']) || comment.contains('`') {
        return false;
    }
    let comment = comment.trim();
    let ends_a_statement = comment.ends_with(';') && comment.contains(['(', '=', ':']);
    let opens_or_closes_a_block =
        matches!(comment, "}" | "};" | "})" | "});" | "},") || comment.ends_with(") {");
    let begins_an_item =
        ["#[", "let mut ", "pub fn ", "pub(crate) ", "pub struct ", "impl ", "mod ", "use crate::"]
            .iter()
            .any(|start| {
                comment.starts_with(start) && comment.ends_with([';', '{', ']', '}', ','])
            });
    ends_a_statement && !is_sentence(comment) || opens_or_closes_a_block || begins_an_item
}

/// Prose that happens to end in a semicolon has no path, call or assignment in it.
fn is_sentence(comment: &str) -> bool {
    let has_code_marks = ["::", " = ", "];", "\";"].iter().any(|marks| comment.contains(marks));
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || "_!>".contains(letter);
    let has_call = comment.split('(').rev().skip(1).any(|before| before.ends_with(is_name));
    !has_code_marks && !has_call
}

#[test]
fn lines_are_tidy() {
    let tree = SourceTree::of_repository();
    let violations: Vec<String> =
        tree.files().flat_map(|(path, text)| violations_of_file(path, text)).collect();
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn planted_untidy_lines_are_found() {
    let wide = "x".repeat(COLUMNS_MAX + 1);
    let leftover = format!("// {} later", LEFTOVERS[0]);
    let planted = [
        "\tlet a = 1;",
        wide.as_str(),
        leftover.as_str(),
        "let a = \"\u{e9}\";",
        "    // let a = b.c();",
        "// if self.is_empty() {",
        "// });",
        "// #[test]",
    ];
    for line in planted {
        assert_eq!(violations_of_file("a.rs", line).len(), 1, "{line}");
    }
}

#[test]
fn tidy_lines_pass() {
    let wide_address = format!("// https://example.org/{}", "x".repeat(COLUMNS_MAX));
    let planted = [
        wide_address.as_str(),
        "// The name comes first; the bytes follow (section 3.3);",
        "/// let a = b.c();",
        "//! assert_eq!(a, b);",
        "// SAFETY: `p` points to n bytes (see above).",
        "let a = 1; // one",
        "",
    ];
    for line in planted {
        assert!(violations_of_file("a.rs", line).is_empty(), "{line}");
    }
    assert!(violations_of_file("Makefile", "\tcargo build").is_empty());
    assert!(violations_of_file("a.md", "\u{2264}").is_empty());
}
