//! Little-endian fields at fixed places of fixed-size structures.
//!
//! Place and size are constants, so that a field beyond the end does not compile: no decoder of
//! a header can index out of bounds, whatever bytes it is given.

/// `LEN` bytes from offset `AT` on.
pub(crate) fn array_at<const AT: usize, const LEN: usize, const N: usize>(
    bytes: &[u8; N],
) -> [u8; LEN] {
    const { assert!(AT + LEN <= N, "a field lies inside its structure") };
    let mut value = [0; LEN];
    value.copy_from_slice(&bytes[AT..AT + LEN]);
    value
}

/// The two bytes from `AT` on as a number.
pub(crate) fn u16_at<const AT: usize, const N: usize>(bytes: &[u8; N]) -> u16 {
    u16::from_le_bytes(array_at::<AT, 2, N>(bytes))
}

/// The four bytes from `AT` on as a number.
pub(crate) fn u32_at<const AT: usize, const N: usize>(bytes: &[u8; N]) -> u32 {
    u32::from_le_bytes(array_at::<AT, 4, N>(bytes))
}

/// The eight bytes from `AT` on as a number.
pub(crate) fn u64_at<const AT: usize, const N: usize>(bytes: &[u8; N]) -> u64 {
    u64::from_le_bytes(array_at::<AT, 8, N>(bytes))
}
