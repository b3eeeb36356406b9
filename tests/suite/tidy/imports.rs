//! Inside a crate, modules import in one direction.
//!
//! A path leads to the file that defines what it names, re-exports followed: with
//! `pub use error::Error` in `lib.rs`, `crate::Error` leads to `error.rs`. A module and what lies
//! in its folder are one unit to those outside, and its children see its private items, as the
//! language means it; so an import counts between the two siblings that it joins: `a::b` importing
//! `c::d` is an import of `c` by `a`. Among siblings there is no circle, at any depth, and nothing
//! imports what a crate's root defines itself. What only tests import does not count. A glob over a
//! module of the same crate is refused, for it hides imports.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::modules::{Module, ModuleTree};
use super::packages::crate_roots;
use super::paths::{WrittenPath, written_paths};
use super::source_tree::SourceTree;
use super::tokens::without_test_items;

/// Re-exports of re-exports are followed this far; a longer chain leads to where it was left.
const ALIAS_DEPTH_MAX: usize = 16;

/// A module's path from the crate's root.
type ModulePath = Vec<String>;

/// What the files of a crate write, looked up by module.
struct Crate {
    /// The index of the file of each module, inline modules included.
    file_of: HashMap<ModulePath, usize>,
    /// The names that `use` lines bring into each module.
    aliases: HashMap<ModulePath, HashMap<String, Vec<String>>>,
    /// Each file's paths.
    written: Vec<Vec<WrittenPath>>,
}

impl Crate {
    fn new(modules: &[&Module]) -> Self {
        let mut found = Self {
            file_of: HashMap::new(),
            aliases: HashMap::new(),
            written: modules
                .iter()
                .map(|module| written_paths(&without_test_items(&module.tokens)))
                .collect(),
        };
        for (file, module) in modules.iter().enumerate() {
            found.file_of.insert(module.path.clone(), file);
            for path in &found.written[file] {
                let scope = [&module.path[..], &path.around].concat();
                found.file_of.entry(scope.clone()).or_insert(file);
                if let Some(alias) = &path.alias {
                    let names = found.aliases.entry(scope).or_default();
                    names.insert(alias.clone(), path.segments.clone());
                }
            }
        }
        found
    }

    /// The module that a path written in `scope` ends in, and whether the path names that module
    /// itself; `None` for what lies outside the crate.
    fn resolve(
        &self,
        scope: &[String],
        segments: &[String],
        depth: usize,
    ) -> Option<(ModulePath, bool)> {
        let (first, mut rest) = segments.split_first()?;
        let mut module = match first.as_str() {
            "crate" => Vec::new(),
            "self" => scope.to_vec(),
            "super" => scope.split_last()?.1.to_vec(),
            name => return self.resolve_name(scope, name, rest, depth),
        };
        while let Some((name, after)) = rest.split_first() {
            if name == "super" {
                module.pop()?;
                rest = after;
                continue;
            }
            let found = self.resolve_name(&module, name, after, depth);
            return Some(found.unwrap_or((module, false)));
        }
        Some((module, true))
    }

    /// Looks `name` up among the children of `module`, then among its `use` lines.
    fn resolve_name(
        &self,
        module: &[String],
        name: &str,
        rest: &[String],
        depth: usize,
    ) -> Option<(ModulePath, bool)> {
        let child = [module, &[name.to_owned()]].concat();
        if self.file_of.contains_key(&child) {
            let Some((next, after)) = rest.split_first() else { return Some((child, true)) };
            let found = self.resolve_name(&child, next, after, depth);
            return Some(found.unwrap_or((child, false)));
        }
        let target = self.aliases.get(module)?.get(name)?;
        if depth == 0 || target == &[name.to_owned()] {
            return None;
        }
        self.resolve(module, &[target, rest].concat(), depth - 1)
    }
}

/// Imports among siblings, by the paths of their modules.
type Edges = BTreeMap<ModulePath, BTreeSet<ModulePath>>;

/// The imports of one crate between siblings, and the paths that the rules refuse at once.
fn sibling_edges(modules: &[&Module]) -> (Edges, Vec<String>) {
    let found = Crate::new(modules);
    let (mut edges, mut refused) = (Edges::new(), Vec::new());
    for (file, module) in modules.iter().enumerate() {
        for path in &found.written[file] {
            let scope = [&module.path[..], &path.around].concat();
            let Some((target, is_module)) = found.resolve(&scope, &path.segments, ALIAS_DEPTH_MAX)
            else {
                continue;
            };
            let place = format!("{}:{}", module.file, path.line);
            if path.is_glob && is_module {
                refused.push(format!("{place}: a glob over a module of the crate hides imports"));
            }
            if target.is_empty() && !is_module && !module.path.is_empty() {
                refused.push(format!("{place}: imports what the crate's root defines"));
            }
            let target = &modules[found.file_of[&target]].path;
            let shared = module.path.iter().zip(target).take_while(|(a, b)| a == b).count();
            if shared < module.path.len().min(target.len()) {
                let importer = module.path[..=shared].to_vec();
                edges.entry(importer).or_default().insert(target[..=shared].to_vec());
            }
        }
    }
    (edges, refused)
}

/// One circle for each import that closes one, in import order, the lowest module first.
fn cycles(edges: &Edges) -> Vec<Vec<ModulePath>> {
    fn visit(
        module: &ModulePath,
        edges: &Edges,
        trail: &mut Vec<ModulePath>,
        done: &mut BTreeSet<ModulePath>,
        found: &mut Vec<Vec<ModulePath>>,
    ) {
        if let Some(start) = trail.iter().position(|earlier| earlier == module) {
            let mut circle = trail[start..].to_vec();
            let first = (0..circle.len()).min_by_key(|&at| &circle[at]).unwrap_or_default();
            circle.rotate_left(first);
            found.push(circle);
        } else if !done.contains(module) {
            trail.push(module.clone());
            for next in edges.get(module).into_iter().flatten() {
                visit(next, edges, trail, done, found);
            }
            trail.pop();
            done.insert(module.clone());
        }
    }
    let (mut done, mut found) = (BTreeSet::new(), Vec::new());
    for module in edges.keys() {
        visit(module, edges, &mut Vec::new(), &mut done, &mut found);
    }
    found
}

/// Circles and refused paths of the crate that begins at `root_file`.
fn violations_of_crate(tree: &SourceTree, root_file: &str) -> Vec<String> {
    let found = ModuleTree::follow(tree, root_file);
    let modules: Vec<&Module> = found.modules.iter().filter(|m| !m.is_test_only).collect();
    let (edges, mut violations) = sibling_edges(&modules);
    for cycle in cycles(&edges) {
        let circle: Vec<String> =
            cycle.iter().chain(cycle.first()).map(|module| module.join("::")).collect();
        violations.push(format!("{root_file}: imports in a circle: {}", circle.join(" -> ")));
    }
    violations
}

#[test]
fn modules_of_a_crate_import_in_one_direction() {
    let tree = SourceTree::of_repository();
    let violations: Vec<String> =
        crate_roots().iter().flat_map(|root| violations_of_crate(&tree, &root.file)).collect();
    assert!(violations.is_empty(), "{violations:#?}");
}

mod self_test {
    use super::{SourceTree, violations_of_crate};

    fn violations(files: &[(&str, &str)]) -> Vec<String> {
        violations_of_crate(&SourceTree::planted(files), "lib.rs")
    }

    #[test]
    fn a_circle_of_three_is_found() {
        let found = violations(&[
            ("lib.rs", "mod a; mod b; mod c; pub use c::C;"),
            ("a.rs", "use crate::b::B;"),
            ("b.rs", "fn f() { super::c::g(); }"),
            ("c.rs", "use crate::{a, b::B};"),
        ]);
        assert!(found.contains(&"lib.rs: imports in a circle: a -> b -> c -> a".to_owned()));
    }

    #[test]
    fn a_circle_through_a_re_export_is_found_where_the_item_lies() {
        let found = violations(&[
            ("lib.rs", "mod a; mod b; pub use a::A; pub use b::B;"),
            ("a.rs", "use crate::B;"),
            ("b.rs", "use crate::A as Other;"),
        ]);
        assert_eq!(found, ["lib.rs: imports in a circle: a -> b -> a"]);
    }

    #[test]
    fn a_circle_that_children_close_is_found_between_their_parents() {
        let found = violations(&[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "mod inner;"),
            ("a/inner.rs", "use crate::b::B;"),
            ("b.rs", "use crate::a::A;"),
        ]);
        assert_eq!(found, ["lib.rs: imports in a circle: a -> b -> a"]);
    }

    #[test]
    fn a_circle_of_the_children_of_one_module_is_found() {
        let found = violations(&[
            ("lib.rs", "mod a;"),
            ("a/mod.rs", "mod x; mod y; use x::X; pub struct A;"),
            ("a/x.rs", "use super::{A, y::Y};"),
            ("a/y.rs", "fn f() { crate::a::x::g() }"),
        ]);
        assert_eq!(found, ["lib.rs: imports in a circle: a::x -> a::y -> a::x"]);
    }

    #[test]
    fn an_import_of_what_the_root_defines_is_found() {
        let root = "mod a; pub use a::A; pub struct Here;";
        let found = violations(&[("lib.rs", root), ("a.rs", "use crate::Here;")]);
        assert_eq!(found, ["a.rs:1: imports what the crate's root defines"]);
    }

    #[test]
    fn globs_over_own_modules_are_found_and_others_are_not() {
        let found = violations(&[
            ("lib.rs", "mod a; mod b; use rayon::prelude::*;"),
            ("a.rs", "use crate::*;"),
            ("b.rs", "use crate::a::*; use crate::a::Variants::*;"),
        ]);
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn one_way_imports_and_imports_of_tests_pass() {
        let found = violations(&[
            ("lib.rs", "mod a; mod b; #[cfg(test)] mod tests; pub use b::B;"),
            ("a.rs", "pub struct A; #[cfg(test)] mod tests { use super::*; use crate::b::B; }"),
            (
                "b.rs",
                "use crate::a::A; mod inner { use super::A; } fn f() { inner::g(); self::h(); }",
            ),
            ("tests.rs", "use crate::*;"),
        ]);
        assert!(found.is_empty(), "{found:?}");
    }
}
