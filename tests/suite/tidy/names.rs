//! File names that say nothing, in which anything may be put away.

use super::source_tree::SourceTree;

/// Drawers: a file or folder of Rust sources is named after the one thing that it is about.
const BANNED: [&str; 13] = [
    "util",
    "utils",
    "utility",
    "utilities",
    "common",
    "helper",
    "helpers",
    "type",
    "types",
    "misc",
    "manager",
    "managers",
    "stuff",
];

fn drawers(tree: &SourceTree) -> Vec<String> {
    let mut violations = Vec::new();
    for (path, _) in tree.rust_files() {
        let stem = path.trim_end_matches(".rs");
        let banned = stem
            .split('/')
            .find(|name| name.split('_').next_back().is_some_and(|last| BANNED.contains(&last)));
        if let Some(name) = banned {
            violations.push(format!("{path}: `{name}` says nothing of what is inside"));
        }
    }
    violations
}

#[test]
fn no_file_is_a_drawer() {
    let violations = drawers(&SourceTree::of_repository());
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn planted_drawers_are_found() {
    let tree = SourceTree::planted(&[
        ("store/src/utils.rs", ""),
        ("store/src/common/mod.rs", ""),
        ("store/src/pack_helpers.rs", ""),
        ("store/src/pack_manager.rs", ""),
        ("store/src/block.rs", ""),
        ("docs/utils.md", ""),
    ]);
    assert_eq!(drawers(&tree).len(), 4);
}
