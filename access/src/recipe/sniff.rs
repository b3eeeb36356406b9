//! What bytes are, told by how they begin. Names are not looked at.

use std::io::Read;

use super::ar_members;
use super::budget::Budget;
use super::decompress::decompress;
use super::input::Input;
use super::step::Step;
use super::tar_members::begins_tar;
use super::zip_directory;

/// Bytes that [`form_of`] looks at.
pub(crate) const HEAD_BYTES: usize = 512;

/// A form that offers more than itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    /// By this step.
    Compressed(Step),
    Zip,
    Tar,
    Ar,
}

/// The form of what begins with `head`.
pub(crate) fn form_of(head: &[u8]) -> Option<Form> {
    let begins = |magic: &[u8]| head.starts_with(magic);
    if begins(zip_directory::LOCAL_MAGIC) {
        return Some(Form::Zip);
    }
    if begins(ar_members::MAGIC) {
        return Some(Form::Ar);
    }
    if let Some(step) = compression_of(head) {
        return Some(Form::Compressed(step));
    }
    begins_tar(head).then_some(Form::Tar)
}

/// The step that decompresses what begins with `head`, for forms that have a magic number.
pub(crate) fn compression_of(head: &[u8]) -> Option<Step> {
    let magics: [(&[u8], Step); 3] = [
        (&[0x1f, 0x8b, 8], Step::Gunzip),
        (&[0x28, 0xb5, 0x2f, 0xfd], Step::Unzstd),
        (b"\xfd7zXZ\0", Step::Unxz),
    ];
    magics.into_iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, step)| step)
}

/// True if `head` is the beginning of a compressed tar archive, which `step` decompresses.
///
/// It has to hold the first block of the compressed stream, which zstd makes of up to 128 KiB.
pub(crate) fn begins_compressed_tar(head: &[u8], step: &Step, budget: &Budget<'_>) -> bool {
    let budget = budget.fresh();
    let input = Input::of_body(Box::new(head), true, &budget);
    let Ok(mut decoder) = decompress(step, input) else { return false };
    let mut block = [0; HEAD_BYTES];
    decoder.read_exact(&mut block).is_ok() && begins_tar(&block)
}
