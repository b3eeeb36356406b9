//! What Cargo says about the packages of the repository: its own workspace and that of `fuzz/`.

use std::sync::OnceLock;

use cargo_metadata::{Metadata, MetadataCommand};

use super::source_tree::repository_root;

/// One file that Cargo compiles as the root of a crate.
#[derive(Debug)]
pub(crate) struct Root {
    /// The package, `gleaner-store` for one.
    pub(crate) package: String,
    /// The path of the file from the repository's root.
    pub(crate) file: String,
    /// True for the libraries and commands that `forbid(unsafe_code)` is asked of.
    pub(crate) is_product: bool,
}

/// The metadata of both workspaces, with every feature on; asked of Cargo once.
pub(crate) fn workspaces() -> &'static [Metadata] {
    static WORKSPACES: OnceLock<Vec<Metadata>> = OnceLock::new();
    WORKSPACES.get_or_init(|| {
        ["Cargo.toml", "fuzz/Cargo.toml"]
            .iter()
            .map(|manifest| repository_root().join(manifest))
            .filter(|manifest| manifest.exists())
            .map(|manifest| {
                MetadataCommand::new()
                    .manifest_path(manifest)
                    .features(cargo_metadata::CargoOpt::AllFeatures)
                    .other_options(vec!["--locked".to_owned()])
                    .exec()
                    .expect("cargo metadata answers")
            })
            .collect()
    })
}

/// The crate roots of the repository's own packages: libraries, commands, tests, benches, examples,
/// fuzz targets.
pub(crate) fn crate_roots() -> Vec<Root> {
    let mut roots = Vec::new();
    for workspace in workspaces() {
        for package in workspace.workspace_packages() {
            for target in &package.targets {
                let path = target.src_path.strip_prefix(repository_root().to_str().expect("UTF-8"));
                let file = path.expect("own targets lie in the repository").to_string();
                let is_product = target.is_lib() || target.is_bin();
                roots.push(Root { package: package.name.to_string(), file, is_product });
            }
        }
    }
    roots
}
