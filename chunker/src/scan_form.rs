//! The forms of the boundary scan, as a caller names them.

use crate::simd;

/// How boundaries are searched for. All forms find the same ones; they differ in speed and in the
/// processors they run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScanForm {
    /// Two lanes, any processor.
    Lanes,
    /// Two lanes with a shorter chain of instructions; x86-64.
    X86Lanes,
    /// A filter over 16 positions at once, or lanes where the mask is too weak for it; x86-64 with
    /// AVX-512 VBMI.
    Avx512Vbmi,
}

impl ScanForm {
    /// The forms that this processor can run; the last one is used unless another is asked for.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let mut forms = vec![Self::Lanes];
        if cfg!(target_arch = "x86_64") {
            forms.push(Self::X86Lanes);
        }
        if simd::Vbmi::detect().is_some() {
            forms.push(Self::Avx512Vbmi);
        }
        forms
    }
}
