//! Decision records are numbered without a gap, listed in their index, and each is referred to from
//! what follows it; no reference leads nowhere.

use std::collections::{BTreeMap, BTreeSet};

use super::source_tree::SourceTree;

const FOLDER: &str = "docs/decisions/";
const INDEX: &str = "docs/decisions/README.md";

/// The names of records, `NNNN-title.md`, that a text refers to by their path.
fn references(text: &str) -> BTreeSet<String> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    text.split("decisions/")
        .skip(1)
        .map(|after| after.split(|letter| !is_part(letter)).next().unwrap_or_default())
        .map(|name| name.trim_end_matches('.').to_owned())
        .filter(|name| name.starts_with(|letter: char| letter.is_ascii_digit()))
        .collect()
}

fn violations_of_records(tree: &SourceTree) -> Vec<String> {
    let mut violations = Vec::new();
    let records = tree.files().filter_map(|(path, _)| path.strip_prefix(FOLDER));
    let records: BTreeSet<&str> = records.filter(|name| *name != "README.md").collect();
    for (number, name) in (1..).zip(&records) {
        if !name.starts_with(&format!("{number:04}-")) {
            violations.push(format!("{FOLDER}{name}: expected number {number:04}"));
        }
        if !tree.text(INDEX).unwrap_or_default().contains(name) {
            violations.push(format!("{FOLDER}{name}: not in the index"));
        }
    }
    let mut referred: BTreeMap<String, &str> = BTreeMap::new();
    for (path, text) in tree.files().filter(|(path, _)| !path.starts_with(FOLDER)) {
        referred.extend(references(text).into_iter().map(|name| (name, path)));
    }
    for (name, path) in &referred {
        if !records.contains(name.as_str()) {
            violations.push(format!("{path}: refers to {name}, which does not exist"));
        }
    }
    let lonely = records.iter().filter(|name| !referred.contains_key(**name));
    violations.extend(lonely.map(|name| format!("{FOLDER}{name}: nothing refers to it")));
    violations
}

#[test]
fn every_decision_is_listed_and_referred_to() {
    let violations = violations_of_records(&SourceTree::of_repository());
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn planted_records_and_references_are_checked() {
    // The paths are put together so that this file does not refer to the planted records.
    let record = |name: &str| format!("{FOLDER}{name}");
    let (bytes, gap, gone) =
        (record("0001-bytes.md"), record("0003-gap.md"), record("0009-gone.md"));
    let refer = format!("// See {bytes}.");
    let plant = |more: &[(&str, &str)]| {
        let listed = [(INDEX, "| 0001 | [bytes](0001-bytes.md) |"), (bytes.as_str(), "")];
        violations_of_records(&SourceTree::planted(&[&listed[..], more].concat()))
    };
    assert!(plant(&[("a.rs", &refer)]).is_empty());
    assert_eq!(plant(&[]).len(), 1, "nothing refers to it");
    assert_eq!(plant(&[("a.rs", &refer), ("b.rs", &gone)]).len(), 1, "a dangling reference");
    let skipped = plant(&[("a.rs", &refer), (&gap, "")]);
    assert_eq!(skipped.len(), 3, "a gap, not listed, not referred to");
}
