//! What chunk sizes cost over versions of the same data: duplicates found, bytes stored, index
//! rows, reads of a restore, thread time of each stage. Prints one Markdown table.
//!
//! ```sh
//! cargo run --release -p gleaner-benches --example preset_choice -- FOLDER FOLDER... [PARAMS...]
//! ```
//!
//! The folders are versions, oldest first; later ones are counted together, as B. PARAMS are
//! `default`, `fine`, `large`, `fixed:BYTES` or `fastcdc:MIN:AVG:MAX:LEVEL`; without any the three
//! presets are measured. Files are cut separately and in path order, as a backup does; novel chunks
//! are compressed in blocks as a pack's are. Everything but the times is the same on every run.
//! What was decided by it: docs/decisions/0004-presets.md.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "the table is what it is run for")]

mod thread_time;
mod cutter;
mod block_store;
mod version;
mod table;

use std::error::Error;
use std::path::Path;

use gleaner_chunker::ChunkerParams;

use crate::block_store::BlockStore;
use crate::cutter::Cutter;
use crate::version::{Measured, file_paths, measure};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folders, texts): (Vec<_>, Vec<_>) =
        arguments.iter().partition(|argument| Path::new(argument).is_dir());
    let mut choices = texts.into_iter().map(|text| parse(text)).collect::<Result<Vec<_>, _>>()?;
    if choices.is_empty() {
        choices = vec![ChunkerParams::FINE, ChunkerParams::DEFAULT, ChunkerParams::LARGE];
    }
    let mut versions = Vec::new();
    for folder in &folders {
        versions.push(file_paths(Path::new(folder))?);
    }
    let [first, later @ ..] = versions.as_slice() else {
        return Err("usage: preset_choice FOLDER FOLDER... [PARAMS...]".into());
    };
    for (at, params) in choices.into_iter().enumerate() {
        let cutter = Cutter::new(params)?;
        let mut blocks = BlockStore::new()?;
        let a = measure(first, &cutter, &mut blocks)?;
        let mut b = Measured::default();
        for paths in later {
            b.add_later(&measure(paths, &cutter, &mut blocks)?);
        }
        if at == 0 {
            println!("{}", table::head(&folders, [&a, &b]));
        }
        println!("{}", table::row(params, &a, &b));
    }
    Ok(())
}

/// A preset, or the spelling by which parameters that are no preset are shown.
fn parse(text: &str) -> Result<ChunkerParams, Box<dyn Error>> {
    let Some(numbers) = text.strip_prefix("fastcdc:") else {
        return text.parse().map_err(|error| format!("{text}: no folder, and {error}").into());
    };
    let numbers = numbers.split(':').map(str::parse).collect::<Result<Vec<u32>, _>>()?;
    let [min, avg, max, level] = numbers.as_slice() else {
        return Err(format!("{text}: expected fastcdc:MIN:AVG:MAX:LEVEL").into());
    };
    Ok(ChunkerParams::fastcdc(*min, *avg, *max, u8::try_from(*level)?)?)
}
