//! Flags of `check`.

use std::num::NonZeroU64;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use gleaner_engine::DataRead;

use super::size::parse_size;
use super::time::parse_duration;

/// `gleaner check`.
#[derive(Debug, Clone, Args)]
pub(crate) struct CheckArgs {
    /// Open every block and recompute every chunk id
    #[arg(long)]
    pub(crate) read_data: bool,
    /// So, but part n of t by pack id, random x %, or SIZE of packs, least recently verified first
    #[arg(long, value_name = "n/t|x%|SIZE", value_parser = parse_subset)]
    pub(crate) read_data_subset: Option<Subset>,
    /// Do not read packs that were verified less than DUR ago (90s 30m 12h 7d 2w)
    #[arg(long, value_name = "DUR", value_parser = parse_duration)]
    pub(crate) max_age: Option<Duration>,
    /// Look only at what these snapshots need (repeatable)
    #[arg(long, value_name = "SNAP")]
    pub(crate) snapshot: Vec<String>,
    /// Stop at the next safe point after DUR; the next run goes on
    #[arg(long, value_name = "DUR", value_parser = parse_duration)]
    pub(crate) max_duration: Option<Duration>,
    /// Stop at the next safe point after N errors; the next run goes on
    #[arg(long, value_name = "N")]
    pub(crate) max_errors: Option<NonZeroU64>,
    /// Write the ids of damaged and missing chunks to FILE, one JSON line each
    #[arg(long, value_name = "FILE")]
    pub(crate) wanted: Option<PathBuf>,
    /// List the codes of findings
    #[arg(long)]
    pub(crate) list_codes: bool,
}

/// `--read-data-subset`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subset {
    /// As it was typed.
    pub(crate) text: String,
    pub(crate) data: DataRead,
}

/// Reads `n/t`, `x%` or a size.
fn parse_subset(text: &str) -> Result<Subset, String> {
    let data = if let Some((number, of)) = text.split_once('/') {
        let wrong = || format!("`{text}` is no part; try 1/7 to 7/7");
        let parsed = number.trim().parse().ok().zip(of.trim().parse().ok());
        let (number, of) = parsed.filter(|(n, of)| (1..=*of).contains(n)).ok_or_else(wrong)?;
        DataRead::Part { number, of }
    } else if let Some(percent) = text.strip_suffix('%') {
        let wrong = || format!("`{text}` is no share; try 2.5%");
        DataRead::Share { millionths: millionths(percent.trim()).ok_or_else(wrong)? }
    } else {
        match parse_size(text)? {
            0 => return Err("a subset of 0 bytes would read nothing".to_owned()),
            bytes => DataRead::Bytes(bytes),
        }
    };
    Ok(Subset { text: text.to_owned(), data })
}

/// Percent with up to four decimals, above 0 and at most 100.
fn millionths(percent: &str) -> Option<u32> {
    let (whole, fraction) = percent.split_once('.').unwrap_or((percent, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > 4 {
        return None;
    }
    let whole: u32 = whole.parse().ok().filter(|whole| *whole <= 100)?;
    let fraction: u32 = format!("{fraction:0<4}").parse().ok()?;
    Some(whole * 10_000 + fraction).filter(|share| (1..=1_000_000).contains(share))
}

#[cfg(test)]
mod tests {
    use gleaner_engine::DataRead;

    use super::parse_subset;

    #[test]
    fn a_subset_is_a_part_a_share_or_a_size() {
        let part = |number, of| DataRead::Part { number, of };
        let share = |millionths| DataRead::Share { millionths };
        let subsets = [
            ("1/7", part(1, 7)),
            ("7/7", part(7, 7)),
            ("1/1", part(1, 1)),
            ("5%", share(50_000)),
            ("2.5%", share(25_000)),
            ("0.0001%", share(1)),
            ("100%", share(1_000_000)),
            ("10G", DataRead::Bytes(10 << 30)),
            ("1", DataRead::Bytes(1)),
        ];
        for (text, data) in subsets {
            assert_eq!(parse_subset(text).map(|subset| subset.data), Ok(data), "{text}");
        }
    }

    #[test]
    fn what_is_no_subset_is_refused() {
        let wrong = [
            "", "0", "0/3", "4/3", "1/0", "/", "1/2/3", "-1/2", "0%", "100.1%", "101%", "%",
            "1e1%", "0.00001%", "+5%", "5 %%", "x",
        ];
        for text in wrong {
            assert!(parse_subset(text).is_err(), "{text}");
        }
    }
}
