//! Backs up what a reader yields, here a made-up database dump, and reads it back.
//!
//! `cargo run -p gleaner-engine --example stream`
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::io::Read;
use std::sync::Arc;

use gleaner_chunker::ChunkerParams;
use gleaner_engine::{
    BackupOptions, COMPRESSION_LEVEL_DEFAULT, Encryption, Environment, IndexPlace, InitOptions,
    PACK_TARGET_BYTES_DEFAULT, Repository, Run, SnapshotFilter, backup_stream, dump_file,
};
use gleaner_store::MemoryStorage;

/// Where the stream is in the snapshot.
const PATH: &[u8] = b"/dumps/customers.sql";

fn main() -> Result<(), Box<dyn Error>> {
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

    // Rows that differ, as rows do: where all look alike, cut points are rare and chunks long.
    let row = |number: u64| number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let line =
        |number| format!("INSERT INTO accounts VALUES ({number}, '{:016x}');\n", row(number));
    let dump: String = (0..100_000).map(line).collect();
    let mut reader = dump.as_bytes();
    let run = Run::silent();
    let first = backup_stream(
        &repository,
        &BackupOptions::new("example", Vec::new()),
        PATH,
        &mut reader,
        &run,
    )?;
    println!("{} of {} bytes were novel", first.bytes_novel, first.total_bytes_processed);

    // A second dump with one more line at its start costs a chunk or two.
    let mut reader = b"-- dumped again\n".chain(dump.as_bytes());
    let second = backup_stream(
        &repository,
        &BackupOptions::new("example", Vec::new()),
        PATH,
        &mut reader,
        &run,
    )?;
    println!("then {} of {}", second.bytes_novel, second.total_bytes_processed);
    assert!(second.bytes_novel < second.total_bytes_processed / 2);

    let snapshot = repository.resolve("latest~1", &SnapshotFilter::default())?;
    let mut restored = Vec::new();
    dump_file(&repository, &snapshot, PATH, &mut restored, &run)?;
    assert!(restored == dump.as_bytes());
    Ok(())
}
