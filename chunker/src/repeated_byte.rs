//! Runs of one byte: holes that were not skipped, zeroed blocks, padding.

/// The byte that all of `bytes` are, if they are one byte repeated. `None` if there are none.
///
/// Costs a few comparisons where bytes differ early, as nearly everywhere, and else the speed of a
/// memory comparison.
#[inline]
pub(crate) fn repeated_byte(bytes: &[u8]) -> Option<u8> {
    let (first, behind_first) = bytes.split_first()?;
    let (_, before_last) = bytes.split_last()?;
    let is_likely = behind_first.iter().take(16).all(|byte| byte == first);
    // Each byte equals the one before it.
    (is_likely && behind_first == before_last).then_some(*first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_byte_repeated_is_found() {
        assert_eq!(repeated_byte(&[]), None);
        for count in [1, 2, 16, 17, 18, 64, 4096] {
            for byte in [0, 1, 255] {
                let mut bytes = vec![byte; count];
                assert_eq!(repeated_byte(&bytes), Some(byte));
                for at in 0..count {
                    bytes[at] ^= 4;
                    let expected = (count == 1).then_some(byte ^ 4);
                    assert_eq!(repeated_byte(&bytes), expected, "{count} bytes, other at {at}");
                    bytes[at] ^= 4;
                }
            }
        }
    }
}
