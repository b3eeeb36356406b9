//! The module tree of a crate, followed from its root along `mod` lines.

use std::collections::BTreeSet;

use super::packages::{Root, crate_roots};
use super::source_tree::SourceTree;
use super::tokens::{Kind, Token, lex, matches_at, matching_close, without_test_items};

/// One file of a crate and the module it is; inline modules belong to their file.
#[derive(Debug)]
pub(crate) struct Module {
    /// The segments after `crate`.
    pub(crate) path: Vec<String>,
    pub(crate) file: String,
    pub(crate) tokens: Vec<Token>,
    /// True below a `#[cfg(test)] mod`: what is in it never reaches a user.
    pub(crate) is_test_only: bool,
}

/// The modules of one crate, the root first, and what was wrong on the way.
#[derive(Debug, Default)]
pub(crate) struct ModuleTree {
    pub(crate) modules: Vec<Module>,
    pub(crate) violations: Vec<String>,
}

impl ModuleTree {
    pub(crate) fn follow(tree: &SourceTree, root_file: &str) -> Self {
        let folder = root_file.rsplit_once('/').map(|(folder, _)| format!("{folder}/"));
        let mut found = Self::default();
        found.add_file(
            tree,
            FileToAdd {
                file: root_file.to_owned(),
                folder: folder.unwrap_or_default(),
                path: Vec::new(),
                is_test_only: false,
            },
        );
        found
    }

    fn add_file(&mut self, tree: &SourceTree, add: FileToAdd) {
        let FileToAdd { file, folder, path, is_test_only } = add;
        let Some(tokens) = tree.text(&file).and_then(lex) else {
            self.violations.push(format!("{file}: missing, or not Rust"));
            return;
        };
        let lines = mod_lines(&tokens);
        self.modules.push(Module { path: path.clone(), file: file.clone(), tokens, is_test_only });
        for line in lines {
            if line.has_path_attribute {
                self.violations.push(format!("{file}:{}: #[path] hides the layout", line.line));
                continue;
            }
            let below = format!("{folder}{}", line.segments.join("/"));
            let candidates = [format!("{below}.rs"), format!("{below}/mod.rs")];
            let Some(child) = candidates.into_iter().find(|file| tree.text(file).is_some()) else {
                self.violations.push(format!("{file}:{}: no file {below}.rs", line.line));
                continue;
            };
            self.add_file(
                tree,
                FileToAdd {
                    file: child,
                    folder: format!("{below}/"),
                    path: [&path[..], &line.segments].concat(),
                    is_test_only: is_test_only || line.is_test_only,
                },
            );
        }
    }
}

/// A file on the way through the tree.
struct FileToAdd {
    file: String,
    /// Where its children lie, with a slash at the end.
    folder: String,
    /// The module that it is.
    path: Vec<String>,
    is_test_only: bool,
}

/// A `mod name;`, its name preceded by the inline modules around it.
struct ModLine {
    segments: Vec<String>,
    line: usize,
    is_test_only: bool,
    has_path_attribute: bool,
}

fn mod_lines(tokens: &[Token]) -> Vec<ModLine> {
    let outside_tests: BTreeSet<(usize, String)> = named_mods(&without_test_items(tokens))
        .into_iter()
        .map(|found| (found.line, found.segments.join("::")))
        .collect();
    let mut lines = named_mods(tokens);
    for found in &mut lines {
        let key = (found.line, found.segments.join("::"));
        found.is_test_only = !outside_tests.contains(&key);
    }
    lines
}

fn named_mods(tokens: &[Token]) -> Vec<ModLine> {
    let mut lines = Vec::new();
    // The inline modules around the position, each with the position of its closing brace.
    let mut around: Vec<(usize, String)> = Vec::new();
    let mut has_path_attribute = false;
    for (position, token) in tokens.iter().enumerate() {
        around.retain(|&(close, _)| close > position);
        if matches_at(tokens, position, &["#", "[", "path", "="]) {
            has_path_attribute = true;
        }
        let Some(name) = tokens.get(position + 1).filter(|name| name.kind == Kind::Word) else {
            continue;
        };
        if !token.is("mod") {
            continue;
        }
        if matches_at(tokens, position + 2, &[";"]) {
            let names = around.iter().map(|(_, name)| name).chain([&name.text]);
            lines.push(ModLine {
                segments: names.cloned().collect(),
                line: token.line,
                is_test_only: false,
                has_path_attribute,
            });
            has_path_attribute = false;
        } else if matches_at(tokens, position + 2, &["{"]) {
            around.push((matching_close(tokens, position + 2), name.text.clone()));
        }
    }
    lines
}

/// Rust files that no crate root reaches: written, and compiled by nobody.
fn unlisted_files(tree: &SourceTree, roots: &[Root]) -> Vec<String> {
    let mut violations = Vec::new();
    let mut reached = BTreeSet::new();
    for root in roots {
        let found = ModuleTree::follow(tree, &root.file);
        reached.extend(found.modules.into_iter().map(|module| module.file));
        violations.extend(found.violations);
    }
    let unlisted = tree.rust_files().map(|(path, _)| path).filter(|path| !reached.contains(*path));
    violations.extend(unlisted.map(|path| format!("{path}: no `mod` line and no target lists it")));
    violations
}

/// Attributes that make a test of a claim vanish from a run without a word.
fn ignored_tests(tree: &SourceTree) -> Vec<String> {
    let mut violations = Vec::new();
    for (path, text) in tree.rust_files() {
        let tokens = lex(text).unwrap_or_default();
        for (position, token) in tokens.iter().enumerate() {
            if matches_at(&tokens, position, &["#", "[", "ignore"]) {
                let line = token.line;
                violations.push(format!("{path}:{line}: slow cases are seeds of a nightly run"));
            }
        }
    }
    violations
}

#[test]
fn every_rust_file_is_compiled() {
    let violations = unlisted_files(&SourceTree::of_repository(), &crate_roots());
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn no_test_is_ignored() {
    let violations = ignored_tests(&SourceTree::of_repository());
    assert!(violations.is_empty(), "{violations:#?}");
}

mod self_test {
    use super::super::packages::Root;
    use super::{ModuleTree, SourceTree, ignored_tests, unlisted_files};

    fn roots(files: &[&str]) -> Vec<Root> {
        let root = |file: &&str| Root {
            package: "planted".to_owned(),
            file: (*file).to_owned(),
            is_product: true,
        };
        files.iter().map(root).collect()
    }

    #[test]
    fn an_unlisted_suite_file_is_found() {
        let tree = SourceTree::planted(&[
            ("tests/suite/main.rs", "mod listed;\n// mod forgotten;"),
            ("tests/suite/listed.rs", "mod deep;"),
            ("tests/suite/listed/deep.rs", ""),
            ("tests/suite/forgotten.rs", ""),
        ]);
        let violations = unlisted_files(&tree, &roots(&["tests/suite/main.rs"]));
        assert_eq!(violations, ["tests/suite/forgotten.rs: no `mod` line and no target lists it"]);
    }

    #[test]
    fn a_mod_line_without_a_file_and_a_path_attribute_are_found() {
        let root = "mod gone;\n#[path = \"b.rs\"]\nmod a;";
        let tree = SourceTree::planted(&[("x/lib.rs", root)]);
        let violations = unlisted_files(&tree, &roots(&["x/lib.rs"]));
        assert_eq!(violations.len(), 2, "{violations:?}");
    }

    #[test]
    fn modules_of_tests_are_followed_and_marked() {
        let tree = SourceTree::planted(&[
            ("src/lib.rs", "mod a;\n#[cfg(test)]\nmod tests;\nmod b { mod c; }"),
            ("src/a/mod.rs", ""),
            ("src/tests.rs", "mod inner;"),
            ("src/tests/inner.rs", ""),
            ("src/b/c.rs", ""),
        ]);
        let found = ModuleTree::follow(&tree, "src/lib.rs");
        let seen: Vec<_> = found
            .modules
            .iter()
            .map(|module| (module.path.join("::"), module.is_test_only))
            .collect();
        let expected =
            [("", false), ("a", false), ("tests", true), ("tests::inner", true), ("b::c", false)];
        assert_eq!(seen, expected.map(|(path, test)| (path.to_owned(), test)));
        assert!(found.violations.is_empty());
    }

    #[test]
    fn an_ignored_test_is_found() {
        let tree = SourceTree::planted(&[("a.rs", "#[test]\n#[ignore = \"slow\"]\nfn a() {}")]);
        assert_eq!(ignored_tests(&tree).len(), 1);
    }
}
