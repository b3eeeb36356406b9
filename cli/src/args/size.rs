//! Sizes: `K M G T` and `KiB ...` are powers of 1024, `kB MB GB TB` powers of 1000, bare numbers
//! bytes (CLI.md section 1.4).

use std::num::NonZeroU64;

/// Reads a size in bytes. A decimal fraction is allowed before a unit.
pub(crate) fn parse_size(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
    let (number, unit) = text.split_at(digits.unwrap_or(text.len()));
    let scale: u64 = match unit.trim() {
        "" | "B" => 1,
        "K" | "KiB" | "k" => 1 << 10,
        "M" | "MiB" | "m" => 1 << 20,
        "G" | "GiB" | "g" => 1 << 30,
        "T" | "TiB" | "t" => 1 << 40,
        "kB" | "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        _ => return Err(format!("`{unit}` is no unit of size; try K, M, G, T or MB")),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let not_a_number = |_| format!("`{text}` is no size");
    let too_large = || format!("`{text}` is too large");
    let mut bytes =
        whole.parse::<u64>().map_err(not_a_number)?.checked_mul(scale).ok_or_else(too_large)?;
    if !fraction.is_empty() {
        let digits = u32::try_from(fraction.len()).ok().filter(|&digits| digits <= 9);
        let digits = digits.ok_or_else(|| format!("`{text}` has too many digits"))?;
        let numerator = u128::from(fraction.parse::<u64>().map_err(not_a_number)?);
        let part = numerator * u128::from(scale) / 10_u128.pow(digits);
        let part = u64::try_from(part).map_err(|_| too_large())?;
        bytes = bytes.checked_add(part).ok_or_else(too_large)?;
    }
    Ok(bytes)
}

/// Reads a rate in bytes per second: a size, of which a bare number counts KiB.
pub(crate) fn parse_rate(text: &str) -> Result<NonZeroU64, String> {
    let is_bare = text.trim().bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let bytes = if is_bare { parse_size(&format!("{text}K"))? } else { parse_size(text)? };
    NonZeroU64::new(bytes).ok_or_else(|| "a rate of 0 would never end".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{parse_rate, parse_size};

    #[test]
    fn a_bare_rate_counts_kibibytes() {
        let rate = |text| parse_rate(text).map(u64::from);
        assert_eq!(rate("17"), Ok(17 << 10));
        assert_eq!(rate("1.5"), Ok(1536));
        assert_eq!(rate("1MB"), Ok(1_000_000));
        assert_eq!(rate("200B"), Ok(200));
        for wrong in ["0", "0M", "", "x", "-1"] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn units_are_binary_unless_they_say_decimal() {
        let sizes = [
            ("0", 0),
            ("17", 17),
            ("1K", 1024),
            ("1KiB", 1024),
            ("1kB", 1000),
            ("2M", 2 << 20),
            ("2MB", 2_000_000),
            ("1.5G", 3 << 29),
            ("3 GiB", 3 << 30),
            ("1T", 1 << 40),
        ];
        for (text, bytes) in sizes {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn what_is_no_size_is_refused() {
        for text in ["", "K", "1X", "-1", "1..5K", "99999999999T", "1.12345678901K", "1 K K"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }
}
