//! Which chunks to make: the presets, and limits that hold in release builds too.
//!
//! `fastcdc` only debug-asserts its limits and silently shifts cuts by a byte outside of them, so
//! nothing reaches it that did not pass [`ChunkerParams::validate`].

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::error::Error;

// The lower limits and the upper one of the minimum are those of `fastcdc` 5.0.0; 8 MiB is the
// largest chunk that packs and parsers accept.
const MIN_LIMITS: RangeInclusive<u32> = 64..=1 << 20;
const AVG_LIMITS: RangeInclusive<u32> = 256..=4 << 20;
const MAX_LIMITS: RangeInclusive<u32> = 1024..=8 << 20;
const FIXED_LIMITS: RangeInclusive<u32> = 512..=8 << 20;
const LEVEL_MAX: u8 = 3;

/// How a stream is divided into chunks. All sizes are bytes.
///
/// Part of a repository's identity: the same data cut under other parameters shares no chunk. It
/// does not hold the gear table; see [`GearTable`](crate::GearTable).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChunkerParams {
    /// Content-defined chunks, cut points of `FastCDC` 2020 as the `fastcdc` crate 5.0.0 finds
    /// them.
    FastCdc {
        /// Smallest chunk but for the last of a stream; even, 64 B to 1 MiB.
        min: u32,
        /// Nominal mean; a power of two, 256 B to 4 MiB. The real mean is 1.2 to 1.4 times this.
        avg: u32,
        /// Largest chunk; even, 1 KiB to 8 MiB.
        max: u32,
        /// Normalization, 0 to 3: how strongly lengths are drawn towards the mean.
        level: u8,
    },
    /// Chunks of one length but for the last of a stream.
    Fixed {
        /// Length, 512 B to 8 MiB.
        bytes: u32,
    },
}

impl ChunkerParams {
    /// 16 KiB / 64 KiB / 512 KiB, level 2: for everything, and the only one of the public domain.
    pub const DEFAULT: Self =
        Self::FastCdc { min: 16 << 10, avg: 64 << 10, max: 512 << 10, level: 2 };
    /// 4 KiB / 16 KiB / 128 KiB, level 2: finds smaller changes, four times the index.
    pub const FINE: Self = Self::FastCdc { min: 4 << 10, avg: 16 << 10, max: 128 << 10, level: 2 };
    /// 256 KiB / 1 MiB / 8 MiB, level 2: for large files that rarely change inside.
    pub const LARGE: Self = Self::FastCdc { min: 256 << 10, avg: 1 << 20, max: 8 << 20, level: 2 };

    /// Content-defined chunks, within the limits stated at the fields.
    ///
    /// # Errors
    /// The first limit that is broken.
    pub fn fastcdc(min: u32, avg: u32, max: u32, level: u8) -> Result<Self, Error> {
        let params = Self::FastCdc { min, avg, max, level };
        params.validate().map(|()| params)
    }

    /// Chunks of `bytes` each.
    ///
    /// # Errors
    /// [`Error::FixedBytes`] outside 512 B to 8 MiB.
    pub fn fixed(bytes: u32) -> Result<Self, Error> {
        let params = Self::Fixed { bytes };
        params.validate().map(|()| params)
    }

    /// Checks values that were read from elsewhere, such as a repository's config.
    ///
    /// # Errors
    /// The first limit that is broken.
    pub fn validate(&self) -> Result<(), Error> {
        match *self {
            Self::FastCdc { min, avg, max, level } => {
                validate_sizes(min, avg, max)?;
                if level > LEVEL_MAX {
                    return Err(Error::Level { found: level, max: LEVEL_MAX });
                }
            }
            Self::Fixed { bytes } => {
                if !FIXED_LIMITS.contains(&bytes) {
                    let (min, max) = FIXED_LIMITS.into_inner();
                    return Err(Error::FixedBytes { found: bytes, min, max });
                }
            }
        }
        Ok(())
    }

    /// Length of the largest chunk these parameters give, bytes.
    #[must_use]
    pub const fn bytes_max(&self) -> usize {
        match *self {
            Self::FastCdc { max, .. } => max as usize,
            Self::Fixed { bytes } => bytes as usize,
        }
    }
}

fn validate_sizes(min: u32, avg: u32, max: u32) -> Result<(), Error> {
    if !MIN_LIMITS.contains(&min) || !min.is_multiple_of(2) {
        let (limit_min, limit_max) = MIN_LIMITS.into_inner();
        return Err(Error::ChunkMin { found: min, min: limit_min, max: limit_max });
    }
    if !AVG_LIMITS.contains(&avg) || !avg.is_power_of_two() {
        let (limit_min, limit_max) = AVG_LIMITS.into_inner();
        return Err(Error::ChunkAvg { found: avg, min: limit_min, max: limit_max });
    }
    if !MAX_LIMITS.contains(&max) || !max.is_multiple_of(2) {
        let (limit_min, limit_max) = MAX_LIMITS.into_inner();
        return Err(Error::ChunkMax { found: max, min: limit_min, max: limit_max });
    }
    if min > avg || avg > max {
        return Err(Error::ChunkOrder { min, avg, max });
    }
    Ok(())
}

/// `default`, `fine`, `large` or `fixed:BYTES`; parameters that are no preset read
/// `fastcdc:MIN:AVG:MAX:LEVEL`, which is shown but not parsed.
impl fmt::Display for ChunkerParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::DEFAULT => f.pad("default"),
            Self::FINE => f.pad("fine"),
            Self::LARGE => f.pad("large"),
            Self::Fixed { bytes } => write!(f, "fixed:{bytes}"),
            Self::FastCdc { min, avg, max, level } => {
                write!(f, "fastcdc:{min}:{avg}:{max}:{level}")
            }
        }
    }
}

impl FromStr for ChunkerParams {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "default" => Ok(Self::DEFAULT),
            "fine" => Ok(Self::FINE),
            "large" => Ok(Self::LARGE),
            _ => {
                let bytes = text.strip_prefix("fixed:").ok_or(Error::UnknownChunker)?;
                // `u32::from_str` would take a sign, which would be a second spelling.
                if !bytes.bytes().all(|digit| digit.is_ascii_digit()) {
                    return Err(Error::UnknownChunker);
                }
                Self::fixed(bytes.parse().map_err(|_| Error::UnknownChunker)?)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    //! Goal: nothing outside the limits reaches a scan. Method: each limit, one step before, on and
    //! after. A value that slips through shifts cuts and silently ends deduplication.

    use super::*;

    #[test]
    fn presets_are_valid_and_round_trip_through_text() {
        for (params, text) in [
            (ChunkerParams::DEFAULT, "default"),
            (ChunkerParams::FINE, "fine"),
            (ChunkerParams::LARGE, "large"),
            (ChunkerParams::Fixed { bytes: 4096 }, "fixed:4096"),
        ] {
            assert_eq!(params.validate(), Ok(()));
            assert_eq!(params.to_string(), text);
            assert_eq!(text.parse(), Ok(params));
        }
        let own = ChunkerParams::fastcdc(64, 256, 1024, 0).map(|params| params.to_string());
        assert_eq!(own, Ok("fastcdc:64:256:1024:0".to_owned()));
    }

    #[test]
    fn unknown_texts_are_refused() {
        for text in ["", "Default", "default ", "fixed", "fixed:", "fixed:+512", "fixed:-1"] {
            assert_eq!(text.parse::<ChunkerParams>(), Err(Error::UnknownChunker), "{text:?}");
        }
        for text in ["fixed:4294967296", "fixed:4k", "fixed:99999999999999999999", "huge"] {
            assert_eq!(text.parse::<ChunkerParams>(), Err(Error::UnknownChunker), "{text:?}");
        }
    }

    #[test]
    fn fixed_limits_hold_to_the_byte() {
        for bytes in [512, 513, 4097, (8 << 20) - 1, 8 << 20] {
            assert!(ChunkerParams::fixed(bytes).is_ok(), "{bytes}");
        }
        for found in [0, 1, 511, (8 << 20) + 1, u32::MAX] {
            let refused = Err(Error::FixedBytes { found, min: 512, max: 8 << 20 });
            assert_eq!(ChunkerParams::fixed(found), refused);
            assert_eq!(format!("fixed:{found}").parse::<ChunkerParams>(), refused);
        }
    }

    #[test]
    fn size_limits_hold_to_the_byte() {
        let accepted = [
            (64, 256, 1024),
            (66, 256, 1026),
            (256, 256, 1024),
            (1 << 20, 1 << 20, 1 << 20),
            (1 << 20, 4 << 20, 8 << 20),
        ];
        for (min, avg, max) in accepted {
            assert!(ChunkerParams::fastcdc(min, avg, max, 2).is_ok(), "{min} {avg} {max}");
        }
        for found in [0, 62, 63, 65, (1 << 20) + 1, (1 << 20) + 2, u32::MAX] {
            let refused = Err(Error::ChunkMin { found, min: 64, max: 1 << 20 });
            assert_eq!(ChunkerParams::fastcdc(found, 4 << 20, 8 << 20, 2), refused);
        }
        for found in [0, 128, 255, 257, 384, (4 << 20) - 1, (4 << 20) + 1, 8 << 20] {
            let refused = Err(Error::ChunkAvg { found, min: 256, max: 4 << 20 });
            assert_eq!(ChunkerParams::fastcdc(64, found, 8 << 20, 2), refused);
        }
        for found in [0, 1022, 1023, 1025, (8 << 20) + 1, (8 << 20) + 2, u32::MAX] {
            let refused = Err(Error::ChunkMax { found, min: 1024, max: 8 << 20 });
            assert_eq!(ChunkerParams::fastcdc(64, 256, found, 2), refused);
        }
    }

    #[test]
    fn order_and_level_are_checked() {
        for (min, avg, max) in [(258, 256, 1024), (64, 2048, 2046), (4096, 2048, 1024)] {
            let refused = Err(Error::ChunkOrder { min, avg, max });
            assert_eq!(ChunkerParams::fastcdc(min, avg, max, 2), refused);
        }
        assert!(ChunkerParams::fastcdc(64, 256, 1024, 3).is_ok());
        for found in [4, 5, u8::MAX] {
            let refused = Err(Error::Level { found, max: 3 });
            assert_eq!(ChunkerParams::fastcdc(64, 256, 1024, found), refused);
        }
    }
}
