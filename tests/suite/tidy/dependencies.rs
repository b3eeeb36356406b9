//! Licences, bans and sources of the dependency tree. The lists are those of `deny.toml`, which
//! cargo-deny reads too where it is installed; every feature and every platform counts.

use std::collections::BTreeMap;

use spdx::{Expression, LicenseItem, ParseMode};

use super::packages::workspaces;
use super::source_tree::SourceTree;

/// The lists of `deny.toml` that the checks use.
struct Policy {
    licences: Vec<String>,
    /// Name of the crate, and why it is not wanted.
    bans: BTreeMap<String, String>,
    registries: Vec<String>,
}

impl Policy {
    fn read(text: &str) -> Self {
        let document: toml::Table = text.parse().expect("deny.toml is TOML");
        let strings = |section: &str, key: &str| -> Vec<String> {
            let list = document[section][key].as_array().expect("a list");
            list.iter().map(|item| item.as_str().expect("a string").to_owned()).collect()
        };
        let bans = document["bans"]["deny"].as_array().expect("a list of bans").iter();
        let field = |ban: &toml::Value, key: &str| ban[key].as_str().expect("a string").to_owned();
        Self {
            licences: strings("licenses", "allow"),
            bans: bans.map(|ban| (field(ban, "name"), field(ban, "reason"))).collect(),
            registries: strings("sources", "allow-registry"),
        }
    }

    fn of_repository() -> Self {
        Self::read(SourceTree::of_repository().text("deny.toml").expect("deny.toml exists"))
    }

    fn allows_licence(&self, expression: &str) -> bool {
        let Ok(parsed) = Expression::parse_mode(expression, ParseMode::LAX) else { return false };
        parsed.evaluate(|requirement| match &requirement.license {
            LicenseItem::Spdx { id, .. } => {
                requirement.addition.is_none() && self.licences.iter().any(|name| name == id.name)
            }
            LicenseItem::Other(_) => false,
        })
    }

    /// What is wrong with a package, if anything; a `source` of `None` is a path in the repository.
    fn violation(&self, package: &Package) -> Option<String> {
        let name = &package.name;
        if let Some(reason) = self.bans.get(name) {
            return Some(format!("{name}: banned ({reason})"));
        }
        let licence = package.licence.as_deref().unwrap_or("none stated");
        if !self.allows_licence(licence) {
            return Some(format!("{name}: licence {licence}"));
        }
        let source = package.source.as_deref()?;
        let registry = source.strip_prefix("registry+").unwrap_or(source);
        let is_known = self.registries.iter().any(|known| known == registry);
        (!is_known).then(|| format!("{name}: from {source}"))
    }
}

struct Package {
    name: String,
    licence: Option<String>,
    source: Option<String>,
}

fn packages_of_repository() -> Vec<Package> {
    let packages = workspaces().iter().flat_map(|workspace| &workspace.packages);
    packages
        .map(|package| Package {
            name: package.name.to_string(),
            licence: package.license.clone(),
            source: package.source.as_ref().map(|source| source.repr.clone()),
        })
        .collect()
}

#[test]
fn every_dependency_is_allowed() {
    let policy = Policy::of_repository();
    let packages = packages_of_repository();
    assert!(packages.len() > 100, "cargo metadata named only {} packages", packages.len());
    let violations: Vec<String> =
        packages.iter().filter_map(|package| policy.violation(package)).collect();
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn licences_of_the_gpl_family_are_not_on_the_list() {
    for licence in Policy::of_repository().licences {
        assert!(!licence.contains("GPL"), "{licence}");
        assert!(spdx::license_id(&licence).is_some(), "{licence} is no SPDX name");
    }
}

#[test]
fn planted_dependencies_are_found() {
    let crates_io = "registry+https://github.com/rust-lang/crates.io-index";
    let planted = [
        ("openssl", Some("Apache-2.0"), crates_io),
        ("bincode", Some("MIT"), crates_io),
        ("a", Some("GPL-3.0-only"), crates_io),
        ("b", Some("MIT AND AGPL-3.0-or-later"), crates_io),
        ("c", Some("MIT WITH Classpath-exception-2.0"), crates_io),
        ("d", None, crates_io),
        ("e", Some("MIT"), "git+https://example.org/e"),
    ];
    let policy = Policy::of_repository();
    for (name, licence, source) in planted {
        let package = Package {
            name: name.to_owned(),
            licence: licence.map(str::to_owned),
            source: Some(source.to_owned()),
        };
        assert!(policy.violation(&package).is_some(), "{name}");
    }
}

#[test]
fn a_choice_of_licences_passes_when_one_is_allowed() {
    let policy = Policy::of_repository();
    for licence in ["MIT/Apache-2.0", "MIT OR LGPL-2.1-or-later", "(MIT OR GPL-2.0-only) AND ISC"] {
        assert!(policy.allows_licence(licence), "{licence}");
    }
}
