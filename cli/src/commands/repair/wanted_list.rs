//! Reads the file that `check --wanted` writes.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use gleaner_engine::{WantedChunk, WantedState};
use serde::Deserialize;

use crate::exit_code::Failure;

/// Longest line: two ids and words.
const LINE_BYTES_MAX: usize = 1024;

#[derive(Debug, Deserialize)]
struct Line {
    chunk: String,
    state: String,
    pack: Option<String>,
}

/// Reads all lines.
///
/// # Errors
/// Kind `usage`, with the number of the line, for anything that no check writes; those of the
/// operating system.
pub(super) fn read(path: &Path) -> Result<Vec<WantedChunk>, Failure> {
    let failure = |error: std::io::Error| Failure::io(path.display(), &error);
    let file = BufReader::new(File::open(path).map_err(failure)?);
    let mut wanted = Vec::new();
    for (number, line) in (1_usize..).zip(file.lines()) {
        let line = line.map_err(failure)?;
        let chunk = if line.len() <= LINE_BYTES_MAX { parse(&line) } else { None };
        let Some(chunk) = chunk else {
            let path = path.display();
            let message = format!("{path}: line {number} is none that `check --wanted` writes");
            return Err(Failure::usage(message));
        };
        wanted.push(chunk);
    }
    Ok(wanted)
}

fn parse(line: &str) -> Option<WantedChunk> {
    let line: Line = serde_json::from_str(line).ok()?;
    let state = match (line.state.as_str(), line.pack) {
        ("missing", None) => WantedState::Missing,
        ("damaged", Some(pack)) => WantedState::Damaged(pack.parse().ok()?),
        _ => return None,
    };
    Some(WantedChunk { id: line.chunk.parse().ok()?, state })
}
