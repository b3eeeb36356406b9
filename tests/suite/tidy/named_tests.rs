//! A page that says which test shows a claim names tests that exist.

use super::source_tree::SourceTree;

/// Pages that name tests.
const PAGES: [&str; 1] = ["docs/threat-model.md"];

/// Names of tests in a text: in backquotes, of lower-case words, at least three.
fn named(text: &str) -> impl Iterator<Item = &str> {
    let is_letter =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    let quoted = text.split('`').skip(1).step_by(2);
    quoted.filter(move |word| word.chars().all(is_letter) && word.matches('_').count() >= 2)
}

fn violations(tree: &SourceTree, page: &str) -> Vec<String> {
    let text = tree.text(page).unwrap_or_default();
    let is_missing = |name: &&str| {
        let definition = format!("fn {name}(");
        !tree.rust_files().any(|(_, source)| source.contains(&definition))
    };
    named(text).filter(is_missing).map(|name| format!("{page}: no test {name}")).collect()
}

#[test]
fn tests_that_pages_name_exist() {
    let tree = SourceTree::of_repository();
    for page in PAGES {
        assert!(named(tree.text(page).unwrap()).count() > 20, "{page} names next to nothing");
        assert_eq!(violations(&tree, page), Vec::<String>::new());
    }
}

#[test]
fn planted_name_of_no_test_is_found() {
    let source = "#[test]\nfn claim_that_holds() {}";
    let plant = |page: &str| {
        violations(&SourceTree::planted(&[("a.rs", source), (PAGES[0], page)]), PAGES[0])
    };
    assert_eq!(plant("by `claim_that_holds`, `--flag_of_a_verb` and `a_word`"), [""; 0]);
    assert_eq!(plant("by `claim_that_fails`").len(), 1);
    assert_eq!(plant("`x`: `claim_that_holds`, `claim_that_is_gone`").len(), 1);
}
