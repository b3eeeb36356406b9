//! The layers: which crate may import which. The table is that of DESIGN.md section 3.

use std::collections::BTreeSet;

use super::modules::ModuleTree;
use super::packages::{crate_roots, workspaces};
use super::paths::written_paths;
use super::source_tree::SourceTree;
use super::tokens::without_test_items;

/// One crate of the house.
struct Layer {
    package: &'static str,
    /// The crates of ours that it may import.
    may_import: &'static [&'static str],
    /// The only foreign crates that it may import, where the table closes the list.
    foreign: Option<&'static [&'static str]>,
    /// Paths of the standard library that it never names.
    never: &'static [&'static str],
}

const CHUNKER: &str = "gleaner-chunker";
const INDEX: &str = "gleaner-index";
const STORE: &str = "gleaner-store";
const ACCESS: &str = "gleaner-access";
const ENGINE: &str = "gleaner-engine";
const NET: &str = "gleaner-net";
const SERVICE: &str = "gleaner-service";
const ONSITE: &str = "gleaner-onsite";
const CLI: &str = "gleaner";
const BELOW_SERVICE: &[&str] = &[CHUNKER, INDEX, STORE, ACCESS, ENGINE, NET];

/// `thiserror` and `zeroize` go everywhere: errors and key hygiene are no layer.
const LAYERS: &[Layer] = &[
    Layer {
        package: CHUNKER,
        may_import: &[],
        foreign: Some(&["fastcdc", "blake3", "rayon", "crossbeam", "thiserror", "zeroize"]),
        never: &["std::fs", "std::net", "std::time", "std::env", "std::process"],
    },
    Layer {
        package: INDEX,
        may_import: &[CHUNKER],
        foreign: None,
        never: &["std::net", "std::env", "std::process"],
    },
    Layer {
        package: STORE,
        may_import: &[CHUNKER],
        foreign: None,
        never: &["std::net", "std::env"],
    },
    Layer { package: ACCESS, may_import: &[CHUNKER], foreign: None, never: &[] },
    Layer {
        package: ENGINE,
        may_import: &[CHUNKER, INDEX, STORE],
        foreign: None,
        never: &["std::net", "std::env", "std::os::unix::net"],
    },
    Layer { package: NET, may_import: &[], foreign: None, never: &[] },
    Layer { package: SERVICE, may_import: BELOW_SERVICE, foreign: None, never: &[] },
    Layer { package: ONSITE, may_import: BELOW_SERVICE, foreign: None, never: &[] },
    Layer {
        package: CLI,
        may_import: &[CHUNKER, INDEX, STORE, ACCESS, ENGINE, NET, SERVICE, ONSITE],
        foreign: None,
        never: &[],
    },
    Layer { package: "gleaner-bindings-c", may_import: &[ENGINE], foreign: None, never: &[] },
    Layer { package: "gleaner-bindings-python", may_import: &[ENGINE], foreign: None, never: &[] },
];

/// They may import anything, and no crate of the product may import them.
const OUTSIDE: [&str; 3] = ["gleaner-tests", "gleaner-benches", "gleaner-fuzz"];

/// Foreign crates that belong to certain crates of the product alone.
const HOMES: &[(&[&str], &[&str])] = &[
    (&["fastcdc"], &[CHUNKER]),
    (&["rocksdb"], &[INDEX]),
    (&["memmap2", "argon2"], &[STORE]),
    (&["rustls", "rcgen"], &[NET, SERVICE]),
    (&["axum", "ureq", "lettre", "postgres"], &[ACCESS, NET, SERVICE, ONSITE]),
    (&["clap", "clap_complete", "clap_mangen", "indicatif", "comfy-table", "rpassword"], &[CLI]),
    // Libraries have typed errors.
    (&["anyhow"], &[CLI]),
];

/// One import as the manifest of `from` states it.
struct Edge {
    from: String,
    to: String,
    /// True if only the tests of `from` use it.
    for_tests: bool,
}

fn repository_edges() -> (BTreeSet<String>, Vec<Edge>) {
    let (mut packages, mut edges) = (BTreeSet::new(), Vec::new());
    for package in workspaces().iter().flat_map(|workspace| workspace.workspace_packages()) {
        packages.insert(package.name.to_string());
        for dependency in &package.dependencies {
            edges.push(Edge {
                from: package.name.to_string(),
                to: dependency.name.clone(),
                for_tests: dependency.kind == cargo_metadata::DependencyKind::Development,
            });
        }
    }
    (packages, edges)
}

/// The rule that the edge breaks, if any; `ours` are the packages of the repository.
fn broken_rule(edge: &Edge, ours: &BTreeSet<String>) -> Option<&'static str> {
    let to = edge.to.as_str();
    if OUTSIDE.contains(&edge.from.as_str()) {
        return None;
    }
    if OUTSIDE.contains(&to) {
        return Some("the product never imports tests, benches or fuzz");
    }
    let layer = LAYERS.iter().find(|layer| layer.package == edge.from)?;
    if ours.contains(to) {
        return (!layer.may_import.contains(&to)).then_some("against the layers");
    }
    if edge.for_tests {
        return None;
    }
    if layer.foreign.is_some_and(|foreign| !foreign.contains(&to)) {
        return Some("not in this crate's closed list");
    }
    let home = HOMES.iter().find(|(crates, _)| crates.contains(&to));
    home.is_some_and(|(_, homes)| !homes.contains(&layer.package))
        .then_some("this crate has another home")
}

fn broken_edges(ours: &BTreeSet<String>, edges: &[Edge]) -> Vec<String> {
    let known = |package: &str| {
        OUTSIDE.contains(&package) || LAYERS.iter().any(|layer| layer.package == package)
    };
    let unknown = ours.iter().filter(|package| !known(package));
    let mut violations: Vec<String> =
        unknown.map(|package| format!("{package}: not in the edge table")).collect();
    violations.extend(edges.iter().filter_map(|edge| {
        broken_rule(edge, ours).map(|rule| format!("{} -> {}: {rule}", edge.from, edge.to))
    }));
    violations
}

/// Paths that the layer of `package` never names, in the crate that begins at `root_file`.
fn paths_never_named(tree: &SourceTree, package: &str, root_file: &str) -> Vec<String> {
    let Some(layer) = LAYERS.iter().find(|layer| layer.package == package) else {
        return Vec::new();
    };
    let mut violations = Vec::new();
    let modules = ModuleTree::follow(tree, root_file).modules;
    for module in modules.iter().filter(|module| !module.is_test_only) {
        for path in written_paths(&without_test_items(&module.tokens)) {
            let written = format!("{}::", path.segments.join("::"));
            let never = layer.never.iter().find(|never| written.starts_with(&format!("{never}::")));
            if let Some(never) = never {
                violations.push(format!("{}:{}: {package} never {never}", module.file, path.line));
            }
        }
    }
    violations
}

#[test]
fn crates_import_along_the_layers() {
    let (packages, edges) = repository_edges();
    let violations = broken_edges(&packages, &edges);
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn layers_keep_from_what_they_never_do() {
    let tree = SourceTree::of_repository();
    let product = crate_roots();
    let product = product.iter().filter(|root| root.is_product);
    let violations: Vec<String> =
        product.flat_map(|root| paths_never_named(&tree, &root.package, &root.file)).collect();
    assert!(violations.is_empty(), "{violations:#?}");
}

mod self_test {
    use super::{Edge, SourceTree, broken_edges, paths_never_named, repository_edges};

    fn violations(from: &str, to: &str, for_tests: bool) -> usize {
        let (packages, _) = repository_edges();
        let edge = Edge { from: from.to_owned(), to: to.to_owned(), for_tests };
        broken_edges(&packages, &[edge]).len()
    }

    #[test]
    fn planted_edges_against_the_layers_are_found() {
        let planted = [
            ("gleaner-store", "gleaner-index"),
            ("gleaner-chunker", "gleaner-store"),
            ("gleaner-index", "gleaner"),
            ("gleaner-engine", "gleaner-tests"),
            ("gleaner", "gleaner-benches"),
            ("gleaner-chunker", "rustix"),
            ("gleaner-engine", "clap"),
            ("gleaner-engine", "rocksdb"),
            ("gleaner-store", "fastcdc"),
        ];
        for (from, to) in planted {
            assert_eq!(violations(from, to, false), 1, "{from} -> {to}");
        }
        assert_eq!(violations("gleaner-store", "gleaner-index", true), 1);
    }

    #[test]
    fn edges_along_the_layers_pass() {
        let planted = [
            ("gleaner-engine", "gleaner-store", false),
            ("gleaner", "gleaner-chunker", false),
            ("gleaner-tests", "rocksdb", false),
            ("gleaner-benches", "fastcdc", true),
            ("gleaner-chunker", "proptest", true),
        ];
        for (from, to, for_tests) in planted {
            assert_eq!(violations(from, to, for_tests), 0, "{from} -> {to}");
        }
    }

    #[test]
    fn a_crate_missing_in_the_table_is_found() {
        let packages = ["gleaner-drawer".to_owned()].into();
        assert_eq!(broken_edges(&packages, &[]), ["gleaner-drawer: not in the edge table"]);
    }

    #[test]
    fn a_planted_clock_in_the_chunker_is_found() {
        let source = "use std::{io::Read, time::Instant};\n#[cfg(test)] use std::fs;";
        let tree = SourceTree::planted(&[("lib.rs", source)]);
        let found = paths_never_named(&tree, "gleaner-chunker", "lib.rs");
        assert_eq!(found, ["lib.rs:1: gleaner-chunker never std::time"]);
    }
}
