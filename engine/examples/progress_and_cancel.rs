//! Watches a backup while it runs, and stops another one.
//!
//! `cargo run -p gleaner-engine --example progress_and_cancel`
#![expect(clippy::disallowed_methods, reason = "an example makes up its own data")]
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use gleaner_chunker::ChunkerParams;
use gleaner_engine::{
    BackupOptions, COMPRESSION_LEVEL_DEFAULT, Cancel, Counters, Encryption, EntryEvent,
    Environment, IndexPlace, InitOptions, Observer, PACK_TARGET_BYTES_DEFAULT, Repository, Run,
    Warning, backup,
};
use gleaner_store::MemoryStorage;

/// Counts what it is told; a program would draw a bar here.
#[derive(Default)]
struct Progress {
    entries: AtomicU64,
    stop_after: Option<u64>,
    cancel: Cancel,
}

impl Observer for Progress {
    fn warning(&self, warning: &Warning) {
        println!("{}: {}", warning.path.escape_ascii(), warning.message);
    }

    fn entry(&self, _: &EntryEvent<'_>) {
        let entries = self.entries.fetch_add(1, Ordering::Relaxed) + 1;
        if Some(entries) == self.stop_after {
            self.cancel.cancel();
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    for number in 0..1000 {
        std::fs::write(folder.path().join(format!("file{number}")), format!("{number}"))?;
    }
    let storage = Arc::new(MemoryStorage::new());
    let env = Environment::system(storage, IndexPlace::Memory);
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

    let stopped = Progress { stop_after: Some(10), ..Progress::default() };
    let run = Run { observer: &stopped, counters: Arc::default(), cancel: stopped.cancel.clone() };
    let result =
        backup(&repository, &BackupOptions::new("example", vec![folder.path().to_owned()]), &run);
    assert!(matches!(result, Err(gleaner_engine::Error::Cancelled)));
    assert!(repository.snapshots()?.snapshots.is_empty());
    println!("stopped after {} entries", stopped.entries.load(Ordering::Relaxed));

    // Another thread may read the counters at any time; here they are read at the end.
    let (progress, counters) = (Progress::default(), Arc::<Counters>::default());
    let run = Run { observer: &progress, counters: Arc::clone(&counters), cancel: Cancel::new() };
    backup(&repository, &BackupOptions::new("example", vec![folder.path().to_owned()]), &run)?;
    let done = counters.files_done.load(Ordering::Relaxed);
    assert_eq!((done, progress.entries.load(Ordering::Relaxed)), (1000, 1000));
    assert_eq!(counters.files_total.load(Ordering::Relaxed), done);
    println!("{done} files, {} bytes", counters.bytes_done.load(Ordering::Relaxed));
    Ok(())
}
