//! Lists a snapshot and writes one of its files to standard output.
//!
//! `cargo run -p gleaner-engine --example list_and_dump -- REPOSITORY PASSWORD PATH`
//! Without arguments it works on made-up data.
#![expect(clippy::disallowed_methods, reason = "an example makes up its own data")]
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

use gleaner_chunker::ChunkerParams;
use gleaner_engine::{
    BackupOptions, COMPRESSION_LEVEL_DEFAULT, Credential, Encryption, Environment, IndexPlace,
    InitOptions, PACK_TARGET_BYTES_DEFAULT, Repository, Run, SnapshotFilter, Visit, backup,
    dump_file, walk_tree,
};
use gleaner_store::{EntryKind, MemoryStorage};
use zeroize::Zeroizing;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<std::ffi::OsString> = std::env::args_os().skip(1).collect();
    if let [repository, password, path] = arguments.as_slice() {
        let env = Environment::local(Path::new(repository), IndexPlace::Memory)?;
        let password = Zeroizing::new(password.as_bytes().to_vec());
        let repository = Repository::open(env, &Credential::Password(password))?;
        let mut out = std::io::stdout().lock();
        return show(&repository, path.as_bytes(), &mut out).map(drop);
    }
    let folder = tempfile::tempdir()?;
    std::fs::create_dir(folder.path().join("notes"))?;
    std::fs::write(folder.path().join("notes/today"), "write examples")?;
    std::fs::write(folder.path().join("skipped"), "not listed")?;
    let env = Environment::system(Arc::new(MemoryStorage::new()), IndexPlace::Memory);
    let options = InitOptions {
        encryption: Encryption::None,
        chunker: ChunkerParams::DEFAULT,
        pack_target_bytes: PACK_TARGET_BYTES_DEFAULT,
        compression_level: COMPRESSION_LEVEL_DEFAULT,
        pad: false,
        parity_percent: None,
        label: String::new(),
        domain_from: None,
    };
    let repository = Repository::create(env, &options)?;
    backup(
        &repository,
        &BackupOptions::new("example", vec![folder.path().to_owned()]),
        &Run::silent(),
    )?;
    let (mut out, path) = (Vec::new(), folder.path().join("notes/today"));
    let listed = show(&repository, path.as_os_str().as_bytes(), &mut out)?;
    assert_eq!((listed, &out[..]), (1, &b"write examples"[..]));
    Ok(())
}

/// Lists the folder of a file and writes the file; returns how many entries were listed.
fn show(
    repository: &Repository,
    path: &[u8],
    out: &mut dyn std::io::Write,
) -> Result<u64, Box<dyn Error>> {
    let snapshot = repository.resolve("latest", &SnapshotFilter::default())?;
    let run = Run::silent();
    let slash = path.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
    let folder = path.get(..slash).unwrap_or_default();
    let mut listed = 0;
    walk_tree(repository, &snapshot, folder, &run, &mut |path, entry| {
        if path != folder {
            listed += 1;
            println!("{:o} {}", entry.metadata.mode, path.escape_ascii());
        }
        // One level only.
        let is_below = entry.kind == EntryKind::Directory && path != folder;
        if is_below { Visit::SkipFolder } else { Visit::Continue }
    })?;
    dump_file(repository, &snapshot, path, out, &run)?;
    Ok(listed)
}
