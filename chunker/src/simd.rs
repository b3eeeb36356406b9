//! What needs `unsafe`: an empty block of assembly, a hint to the cache and the AVX-512 filter. All
//! are reached only through safe functions, and the safety facts stand at each block.
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

/// Asks for the cache line `distance` bytes behind the start of `bytes`, whether or not they reach
/// there: what is scanned in several places at once is no pattern that a processor foresees.
#[inline(always)]
pub(crate) fn fetch_ahead(bytes: &[u8], distance: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

        // SAFETY: a hint, which neither reads nor faults whatever the address, and `wrapping_add`
        // makes an address without a claim about it; so there is nothing to assert.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(bytes.as_ptr().wrapping_add(distance).cast()) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (bytes, distance);
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

        pub(crate) fn filter(
            &self,
            _planes: &Planes,
            _block: &[u8],
            _mask: u32,
            _steps: &mut [u16],
        ) {
            match *self {}
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod vbmi {
    use std::arch::x86_64::{
        __m128i, __m512i, _mm_loadu_si128, _mm512_add_epi32, _mm512_castsi128_si512,
        _mm512_inserti32x4, _mm512_loadu_si512, _mm512_mask_permutexvar_epi8, _mm512_movepi8_mask,
        _mm512_permutexvar_epi8, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_setzero_si512,
        _mm512_test_epi8_mask, _mm512_testn_epi32_mask, _mm512_unpackhi_epi8,
        _mm512_unpackhi_epi16, _mm512_unpacklo_epi8, _mm512_unpacklo_epi16,
    };

    use super::{Planes, fetch_ahead};
    use crate::candidates::{STREAMS, WARM_UP_BYTES};
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

        /// Finds where the low 32 bits of the hash have no bit of `mask`: fills the steps of
        /// [`Candidates`](crate::candidates::Candidates). Fetches
        /// the next block.
        ///
        /// `block` is a window of 64 bytes and a multiple of 256 bytes behind it.
        #[expect(clippy::unused_self, reason = "the value is the proof that this may be called")]
        pub(crate) fn filter(&self, planes: &Planes, block: &[u8], mask: u32, steps: &mut [u16]) {
            debug_assert!(Self::detect().is_some(), "a value of this type proves it");
            // SAFETY: the function asks for nothing but the processor features, which a value of
            // this type proves.
            unsafe { filter(planes, block, mask, steps) }
        }
    }

    /// A plane in four registers, entries 0 to 63 in the first.
    type Plane = [__m512i; 4];

    /// Bytes that a stream moves on by in a turn of the loop.
    const TURN_BYTES: usize = 16;

    /// A vector of hashes has one lane for each stream, so that all of them take a step in the way
    /// that one hash does.
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    fn filter(planes: &Planes, block: &[u8], mask: u32, steps: &mut [u16]) {
        let stream_bytes = (block.len() - WINDOW_BYTES) / STREAMS;
        let (turns, rest) = steps.as_chunks_mut::<TURN_BYTES>();
        debug_assert!(rest.is_empty(), "{stream_bytes} bytes a stream");
        debug_assert_eq!(turns.len() * TURN_BYTES, WARM_UP_BYTES + stream_bytes, "a step a byte");
        let [plane_0, plane_1, plane_2, plane_3] = planes;
        let planes =
            [load_plane(plane_0), load_plane(plane_1), load_plane(plane_2), load_plane(plane_3)];
        let mask = _mm512_set1_epi32(mask.cast_signed());
        let mut hashes = _mm512_setzero_si512();
        for (turn, steps) in turns.iter_mut().enumerate() {
            for line in 0..STREAMS * TURN_BYTES / 64 {
                fetch_ahead(block, block.len() + STREAMS * TURN_BYTES * turn + 64 * line);
            }
            let from = WINDOW_BYTES - WARM_UP_BYTES + TURN_BYTES * turn;
            let indices =
                transpose(load_streams(block.get(from..).unwrap_or_default(), stream_bytes));
            let (steps, _) = steps.as_chunks_mut::<4>();
            for (indices, steps) in indices.into_iter().zip(steps) {
                for (words, step) in words_of(&planes, indices).into_iter().zip(steps) {
                    hashes = _mm512_add_epi32(_mm512_add_epi32(hashes, hashes), words);
                    *step = _mm512_testn_epi32_mask(hashes, mask);
                }
            }
        }
    }

    /// The next bytes of each stream. Those of stream `4 q + v` go to quarter `q` of vector `v`.
    ///
    /// No closures that take vectors here or below: they are not compiled into their callers.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn load_streams(streams: &[u8], stream_bytes: usize) -> [__m512i; 4] {
        let last_ends = stream_bytes.saturating_mul(STREAMS - 1).saturating_add(TURN_BYTES);
        assert!(last_ends <= streams.len(), "all streams are there");
        let load = |stream: usize| {
            debug_assert!(stream < STREAMS, "stream {stream}");
            debug_assert_eq!(size_of::<__m128i>(), TURN_BYTES, "one register");
            // SAFETY: the assertion above says that there are 16 readable bytes behind the start of
            // the last stream, so also behind that of any other; the load needs no alignment.
            unsafe { _mm_loadu_si128(streams.as_ptr().add(stream * stream_bytes).cast()) }
        };
        let mut vectors = [_mm512_setzero_si512(); 4];
        for (at, vector) in vectors.iter_mut().enumerate() {
            let quarters = _mm512_castsi128_si512(load(at));
            let quarters = _mm512_inserti32x4::<1>(quarters, load(4 + at));
            let quarters = _mm512_inserti32x4::<2>(quarters, load(8 + at));
            *vector = _mm512_inserti32x4::<3>(quarters, load(12 + at));
        }
        vectors
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn load_64(bytes: &[u8; 64]) -> __m512i {
        debug_assert_eq!(size_of_val(bytes), size_of::<__m512i>(), "one register");
        // SAFETY: 64 readable bytes, as the type says; the load needs no alignment.
        unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn load_plane(plane: &[u8; 256]) -> Plane {
        let (quarters, _) = plane.as_chunks::<64>();
        let mut registers = [_mm512_setzero_si512(); 4];
        for (register, quarter) in registers.iter_mut().zip(quarters) {
            *register = load_64(quarter);
        }
        registers
    }

    /// Within each quarter of 16 bytes: brings byte `4 v + e` of vector `w` to byte `4 e + w` of
    /// vector `v`. So 16 bytes of 16 streams become 16 steps, four to a vector, and the four bytes
    /// of 64 words become 64 words.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn transpose([a, b, c, d]: [__m512i; 4]) -> [__m512i; 4] {
        let low_ab = _mm512_unpacklo_epi8(a, b);
        let high_ab = _mm512_unpackhi_epi8(a, b);
        let low_cd = _mm512_unpacklo_epi8(c, d);
        let high_cd = _mm512_unpackhi_epi8(c, d);
        [
            _mm512_unpacklo_epi16(low_ab, low_cd),
            _mm512_unpackhi_epi16(low_ab, low_cd),
            _mm512_unpacklo_epi16(high_ab, high_cd),
            _mm512_unpackhi_epi16(high_ab, high_cd),
        ]
    }

    /// The low 32 bits of the words of four steps, a vector for each step.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    fn words_of(planes: &[Plane; 4], indices: __m512i) -> [__m512i; 4] {
        // A permutation looks at the low six bits of an index; the other two choose the register.
        let bit_6 = _mm512_test_epi8_mask(indices, _mm512_set1_epi8(0x40));
        let bit_7 = _mm512_movepi8_mask(indices);
        let both = bit_6 & bit_7;
        let mut bytes_of_planes = [_mm512_setzero_si512(); 4];
        for (bytes, [a, b, c, d]) in bytes_of_planes.iter_mut().zip(planes) {
            *bytes = _mm512_permutexvar_epi8(indices, *a);
            *bytes = _mm512_mask_permutexvar_epi8(*bytes, bit_6, indices, *b);
            *bytes = _mm512_mask_permutexvar_epi8(*bytes, bit_7, indices, *c);
            *bytes = _mm512_mask_permutexvar_epi8(*bytes, both, indices, *d);
        }
        transpose(bytes_of_planes)
    }
}
