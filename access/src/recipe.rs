//! Recipes: how a subscriber's bytes come out of a server's object.
//!
//! A server keeps a page compressed, a mail with its attachments as base64, a package whose files
//! the subscriber unpacked. A [`Recipe`] is the list of [`Step`]s that leads from the bytes as they
//! are stored to the bytes as the subscriber has them. It is published beside the chunks it gave
//! and run again when they are pulled, so **a version of a recipe gives the same bytes for ever**:
//! the decoders' own choices (what follows the end of a stream, which white space counts) are fixed
//! where they are made, and vectors hold them.
//!
//! All steps run under [`Limits`](crate::Limits), on bytes that are hostile. Why containers are
//! walked by code of our own: `docs/decisions/0012-recipes-and-their-decoders.md`.

mod step;
mod encoding;
mod display;
mod budget;
mod input;
mod decompress;
mod transform;
mod line_ends;
mod transfer_encoding;
mod segments;
mod zip_directory;
mod tar_members;
mod ar_members;
mod stage;
mod run;
mod base64_lines;
mod ranges;
mod refetch;
mod sniff;
mod walk;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod test_inputs;

pub use ranges::RangeReader;
pub use refetch::{RefetchOptions, Refetcher};
pub use run::Decoded;
pub use stage::Fetch;
pub use step::{Extent, PartEncoding, Recipe, Step, Validator};
pub use walk::{Hints, Offer, Visit, offers, walk};
