//! What needs `unsafe`: one empty block of assembly and the AVX-512 filter. Both are reached only
//! through safe functions whose safety facts stand at each block.
#![expect(unsafe_code, reason = "the one module of this crate that needs it")]

#[cfg(test)]
mod tests;

/// The low 32 bits of a gear table, a plane for each byte of a word, least significant first.
pub(crate) type Planes = [[u8; 256]; 4];

/// Splits the low halves of a table's words into planes, which nothing but the box ever holds.
pub(crate) fn planes_of(words: &[u64; 256]) -> Box<Planes> {
    let mut planes: Box<Planes> = Box::new([[0; 256]; 4]);
    for (at, word) in words.iter().enumerate() {
        for (plane, byte) in planes.iter_mut().zip(word.to_le_bytes()) {
            if let Some(slot) = plane.get_mut(at) {
                *slot = byte;
            }
        }
    }
    planes
}

/// Returns `word`, which the compiler does not know any more, so that it does not fold the load
/// of the word into an addition: `hash << 1` and `+ word` then become one `lea` of one or two
/// cycles instead of two dependent instructions.
#[inline(always)]
#[expect(clippy::inline_always, reason = "one empty instruction of the hot loop")]
pub(crate) fn kept_apart(word: u64) -> u64 {
    #[cfg(target_arch = "x86_64")]
    {
        let mut word = word;
        // SAFETY: the block is empty. It names a register and touches no memory, stack or flags, so
        // there is nothing that an assertion could look at.
        unsafe {
            std::arch::asm!(
                "/* {0} */",
                inout(reg) word,
                options(pure, nomem, nostack, preserves_flags)
            );
        }
        word
    }
    #[cfg(not(target_arch = "x86_64"))]
    word
}

#[cfg(not(target_arch = "x86_64"))]
pub(crate) use absent::Vbmi;
#[cfg(target_arch = "x86_64")]
pub(crate) use vbmi::Vbmi;

#[cfg(not(target_arch = "x86_64"))]
mod absent {
    use super::Planes;

    /// Cannot be made on this architecture.
    pub(crate) enum Vbmi {}

    impl Vbmi {
        pub(crate) fn detect() -> Option<Self> {
            None
        }

        pub(crate) fn first_match(
            &self,
            _planes: &Planes,
            _block: &[u8],
            _mask: u32,
            _is_match: impl FnMut(usize) -> bool,
        ) -> Option<usize> {
            match *self {}
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod vbmi {
    use std::arch::x86_64::{
        __m512i, _mm512_add_epi32, _mm512_alignr_epi32, _mm512_loadu_si512, _mm512_mask_blend_epi8,
        _mm512_movepi8_mask, _mm512_permutex2var_epi8, _mm512_permutexvar_epi8, _mm512_set1_epi32,
        _mm512_setzero_si512, _mm512_slli_epi32, _mm512_testn_epi32_mask, _mm512_unpackhi_epi8,
        _mm512_unpackhi_epi16, _mm512_unpacklo_epi8, _mm512_unpacklo_epi16,
    };

    use super::Planes;
    use crate::gear::WINDOW_BYTES;

    /// Proof that the processor, and the system for its registers, has AVX-512 F, BW and VBMI.
    pub(crate) struct Vbmi(());

    impl Vbmi {
        pub(crate) fn detect() -> Option<Self> {
            let is_there = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512vbmi");
            is_there.then_some(Self(()))
        }

        /// The first position of a block for which `is_match` holds, counted behind the window.
        /// Asked, with the number of bytes of `block` up to and with the position, only where the
        /// low 32 bits of the hash have no bit of `mask`.
        ///
        /// `block` is a window of 64 bytes and a multiple of 64 bytes behind it.
        #[expect(clippy::unused_self, reason = "the value is the proof that this may be called")]
        pub(crate) fn first_match(
            &self,
            planes: &Planes,
            block: &[u8],
            mask: u32,
            is_match: impl FnMut(usize) -> bool,
        ) -> Option<usize> {
            let (groups, rest) = block.as_chunks::<64>();
            debug_assert!(rest.is_empty() && !groups.is_empty(), "{} bytes", block.len());
            debug_assert!(Self::detect().is_some(), "a value of this type proves it");
            // SAFETY: the function asks for nothing but the processor features, which a value of
            // this type proves.
            unsafe { first_match(planes, groups, mask, is_match) }
        }
    }

    /// A plane in four registers, entries 0 to 63 in the first.
    type Plane = [__m512i; 4];

    /// The unpacking steps of [`words_of`] spread each 16 bytes of a register over the four
    /// results. This order of bytes undoes it: what goes to result v, quarter q, lane e is byte
    /// 16 v + 4 q + e and has to stand at 16 q + 4 v + e.
    #[expect(clippy::indexing_slicing, reason = "checked when the constant is computed")]
    const UNPACKING_ORDER: [u8; 64] = {
        let mut order = [0; 64];
        let mut at = 0;
        while at < 64 {
            let (quarter, result, lane) = (at / 16, at / 4 % 4, at % 4);
            order[at as usize] = 16 * result + 4 * quarter + lane;
            at += 1;
        }
        order
    };

    /// Hashes of the 16 positions before a vector, by how many bytes they sum up: 1, 2, 4, 8, 16.
    #[derive(Clone, Copy)]
    struct Carry([__m512i; 5]);

    /// The first group is the window.
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    fn first_match(
        planes: &Planes,
        groups: &[[u8; 64]],
        mask: u32,
        mut is_match: impl FnMut(usize) -> bool,
    ) -> Option<usize> {
        let [plane_0, plane_1, plane_2, plane_3] = planes;
        let planes =
            [load_plane(plane_0), load_plane(plane_1), load_plane(plane_2), load_plane(plane_3)];
        let mask = _mm512_set1_epi32(mask.cast_signed());
        let (window, groups) = groups.split_first()?;
        // 31 bytes back are enough for 32 bits, and the window has 64.
        let mut carry = Carry([_mm512_setzero_si512(); 5]);
        for words in words_of(&planes, window) {
            low_hashes(words, &mut carry);
        }
        for (group_at, group) in groups.iter().enumerate() {
            let mut candidates = 0u64;
            for (at, words) in words_of(&planes, group).into_iter().enumerate() {
                let hashes = low_hashes(words, &mut carry);
                candidates |= u64::from(_mm512_testn_epi32_mask(hashes, mask)) << (16 * at);
            }
            while candidates != 0 {
                let position = 64 * group_at + candidates.trailing_zeros() as usize;
                if is_match(WINDOW_BYTES + position + 1) {
                    return Some(position);
                }
                candidates &= candidates - 1;
            }
        }
        None
    }

    #[target_feature(enable = "avx512f")]
    fn load(bytes: &[u8; 64]) -> __m512i {
        debug_assert_eq!(size_of_val(bytes), size_of::<__m512i>(), "one register");
        // SAFETY: 64 readable bytes, as the type says; the load needs no alignment.
        unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
    }

    #[target_feature(enable = "avx512f")]
    fn load_plane(plane: &[u8; 256]) -> Plane {
        let (quarters, _) = plane.as_chunks::<64>();
        let mut registers = [_mm512_setzero_si512(); 4];
        for (register, quarter) in registers.iter_mut().zip(quarters) {
            *register = load(quarter);
        }
        registers
    }

    /// The low 32 bits of the words of 64 bytes, 16 to a vector, in the order of the bytes.
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    fn words_of(planes: &[Plane; 4], group: &[u8; 64]) -> [__m512i; 4] {
        let indices = _mm512_permutexvar_epi8(load(&UNPACKING_ORDER), load(group));
        let is_high = _mm512_movepi8_mask(indices);
        let [p0, p1, p2, p3] = planes.map(|[a, b, c, d]| {
            // A permutation looks at seven bits of an index, so the eighth chooses between two.
            let low = _mm512_permutex2var_epi8(a, indices, b);
            let high = _mm512_permutex2var_epi8(c, indices, d);
            _mm512_mask_blend_epi8(is_high, low, high)
        });
        let low_01 = _mm512_unpacklo_epi8(p0, p1);
        let high_01 = _mm512_unpackhi_epi8(p0, p1);
        let low_23 = _mm512_unpacklo_epi8(p2, p3);
        let high_23 = _mm512_unpackhi_epi8(p2, p3);
        [
            _mm512_unpacklo_epi16(low_01, low_23),
            _mm512_unpackhi_epi16(low_01, low_23),
            _mm512_unpacklo_epi16(high_01, high_23),
            _mm512_unpackhi_epi16(high_01, high_23),
        ]
    }

    /// The low 32 bits of the hashes at 16 positions. A hash over 2n bytes is the hash over the
    /// last n and that over the n before, shifted left by n; five doublings make it 32 bytes.
    #[target_feature(enable = "avx512f")]
    fn low_hashes(words: __m512i, carry: &mut Carry) -> __m512i {
        let Carry([before_1, before_2, before_4, before_8, before_16]) = *carry;
        let sum_1 = words;
        // `alignr` by 16 - n: the last n lanes of what was before, then all but the last n.
        let back_1 = _mm512_alignr_epi32::<15>(sum_1, before_1);
        let sum_2 = _mm512_add_epi32(sum_1, _mm512_slli_epi32::<1>(back_1));
        let back_2 = _mm512_alignr_epi32::<14>(sum_2, before_2);
        let sum_4 = _mm512_add_epi32(sum_2, _mm512_slli_epi32::<2>(back_2));
        let back_4 = _mm512_alignr_epi32::<12>(sum_4, before_4);
        let sum_8 = _mm512_add_epi32(sum_4, _mm512_slli_epi32::<4>(back_4));
        let back_8 = _mm512_alignr_epi32::<8>(sum_8, before_8);
        let sum_16 = _mm512_add_epi32(sum_8, _mm512_slli_epi32::<8>(back_8));
        let sum_32 = _mm512_add_epi32(sum_16, _mm512_slli_epi32::<16>(before_16));
        *carry = Carry([sum_1, sum_2, sum_4, sum_8, sum_16]);
        sum_32
    }
}
