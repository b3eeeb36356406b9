//! Backs up a folder into a new repository and restores it.
//!
//! `cargo run -p gleaner-engine --example backup_and_restore -- SOURCE REPOSITORY TARGET`
//! Without arguments it works on made-up data in a temporary folder.
#![expect(clippy::print_stdout, reason = "an example shows what it did")]
#![expect(clippy::disallowed_methods, reason = "makes and reads the user's files")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gleaner_engine::target::{OverwritePolicy, OwnerMode};
use gleaner_engine::{
    BackupOptions, COMPRESSION_LEVEL_DEFAULT, Choice, Credential, Encryption, Environment,
    IndexPlace, InitOptions, PACK_TARGET_BYTES_DEFAULT, Repository, RestoreOptions, Run,
    SnapshotFilter, backup, restore,
};
use gleaner_store::KdfCost;
use zeroize::Zeroizing;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if let [source, repository, target] = arguments.as_slice() {
        return run(source, repository, target);
    }
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("source");
    std::fs::create_dir(&source)?;
    std::fs::write(source.join("greeting"), "hello")?;
    run(&source, &folder.path().join("repository"), &folder.path().join("target"))?;
    let name = source.strip_prefix("/")?.join("greeting");
    assert_eq!(std::fs::read(folder.path().join("target").join(name))?, b"hello");
    Ok(())
}

fn run(source: &Path, repository: &Path, target: &Path) -> Result<(), Box<dyn Error>> {
    let password = || Zeroizing::new(b"correct horse".to_vec());
    let index = IndexPlace::CacheDir(repository.with_extension("cache"));
    if !repository.exists() {
        let encryption = Encryption::Password { password: password(), cost: KdfCost::DEFAULT };
        let options = InitOptions {
            encryption,
            chunker: gleaner_chunker::ChunkerParams::DEFAULT,
            pack_target_bytes: PACK_TARGET_BYTES_DEFAULT,
            compression_level: COMPRESSION_LEVEL_DEFAULT,
            pad: false,
            parity_percent: None,
            label: "example".to_owned(),
            domain_from: None,
        };
        Repository::create(Environment::create_local(repository, index.clone())?, &options)?;
    }
    let env = Environment::local(repository, index)?;
    let repository = Repository::open(env, &Credential::Password(password()))?;
    let options = BackupOptions::new("example", vec![source.canonicalize()?]);
    let stats = backup(&repository, &options, &Run::silent())?;
    println!("{stats:#?}");
    let snapshot = repository.resolve("latest", &SnapshotFilter::default())?;
    let options = RestoreOptions {
        target: target.to_owned(),
        subpath: Vec::new(),
        select: Arc::new(|_, _| Choice::Take),
        overwrite: OverwritePolicy::Always,
        delete: false,
        sparse: false,
        verify: true,
        owners: OwnerMode::Numeric,
        special_files: true,
        xattrs: true,
        dry_run: false,
        lease: true,
        host: "example".to_owned(),
        write_limit: None,
    };
    let stats = restore(&repository, &snapshot, &options, &Run::silent())?;
    println!("{stats:#?}");
    Ok(())
}
