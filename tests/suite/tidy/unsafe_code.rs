//! `unsafe` stands in two modules and at the foreign-function edge; every other crate forbids it.

use super::packages::crate_roots;
use super::source_tree::SourceTree;
use super::tokens::{lex, matches_at};

/// Where `unsafe` may stand: a file, or a folder with its slash.
const ALLOWED: [&str; 3] = ["chunker/src/simd.rs", "store/src/mapped_file.rs", "bindings/"];

/// Packages whose root cannot forbid what one of their modules needs; the workspace lint denies it
/// in the others.
const CANNOT_FORBID: [&str; 4] =
    ["gleaner-chunker", "gleaner-store", "gleaner-bindings-c", "gleaner-bindings-python"];

fn misplaced_unsafe(tree: &SourceTree) -> Vec<String> {
    let mut violations = Vec::new();
    for (path, text) in tree.rust_files() {
        if ALLOWED.iter().any(|allowed| path.starts_with(allowed)) {
            continue;
        }
        let tokens = lex(text).unwrap_or_default();
        let places = tokens.iter().filter(|token| token.is("unsafe"));
        violations.extend(places.map(|token| format!("{path}:{}: unsafe", token.line)));
    }
    violations
}

fn forbids_unsafe(text: &str) -> bool {
    let tokens = lex(text).unwrap_or_default();
    let attribute = ["#", "!", "[", "forbid", "(", "unsafe_code", ")", "]"];
    (0..tokens.len()).any(|position| matches_at(&tokens, position, &attribute))
}

#[test]
fn unsafe_stands_in_its_modules_only() {
    let violations = misplaced_unsafe(&SourceTree::of_repository());
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn every_other_crate_forbids_unsafe() {
    let tree = SourceTree::of_repository();
    for root in crate_roots().iter().filter(|root| root.is_product) {
        let may_not = CANNOT_FORBID.contains(&root.package.as_str());
        let is_fuzz_target = root.package == "gleaner-fuzz";
        let text = tree.text(&root.file).expect("the root of a crate exists");
        let forbids = forbids_unsafe(text);
        assert!(forbids || may_not || is_fuzz_target, "{}: #![forbid(unsafe_code)]", root.file);
    }
}

#[test]
fn planted_unsafe_is_found() {
    let tree = SourceTree::planted(&[
        ("engine/src/fast.rs", "// unsafe in prose\nfn f() { unsafe { g() } }"),
        ("store/src/mapped_file.rs", "unsafe fn f() {}"),
    ]);
    assert_eq!(misplaced_unsafe(&tree), ["engine/src/fast.rs:2: unsafe"]);
    assert!(forbids_unsafe("//! Map.\n#![forbid(unsafe_code)]\nmod a;"));
    assert!(!forbids_unsafe("// #![forbid(unsafe_code)]\nmod a;"));
}
