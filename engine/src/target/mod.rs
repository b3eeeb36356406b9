//! Write side of a restore: makes entries below one folder and nowhere else (Linux).
//!
//! The target folder is opened once; everything below it is reached through folder descriptors,
//! one checked name at a time, without following a link. Files are written under a temporary
//! name and get their own by a rename, so no foreign inode is ever written to. Metadata goes
//! through descriptors, owner first, times last; what the system refuses is a warning.
//!
//! ```no_run
//! use std::path::Path;
//! use std::sync::Arc;
//! use gleaner_engine::source::OwnerNames;
//! use gleaner_engine::target::{
//!     FolderLookup, OverwritePolicy, OwnerMode, RestoreTarget, TargetOptions,
//! };
//!
//! let options = TargetOptions {
//!     overwrite: OverwritePolicy::Always,
//!     owners: OwnerMode::Numeric,
//!     special_files: true,
//!     xattrs: true,
//!     lookup: FolderLookup::Openat2,
//!     temp_seed: [7; 8],
//! };
//! let target = RestoreTarget::open(Path::new("/tmp/back"), options, Arc::new(OwnerNames::new()))?;
//! let file = target.root().create_file()?;
//! file.write_at(b"hello", 0)?;
//! file.publish(b"greeting", &gleaner_store::Metadata { mode: 0o644, ..Default::default() })?;
//! # Ok::<(), gleaner_engine::target::TargetError>(())
//! ```

mod error;
mod overwrite;
mod options;

mod metadata;
mod folder;
mod place;

mod existing_file;
mod temp_file;
mod node;
mod remove;

mod restore_target;
mod parked_folder;

pub use error::TargetError;
pub use existing_file::ExistingFile;
pub use folder::TargetFolder;
pub use metadata::{MetadataPart, MetadataWarning};
pub use options::{FolderLookup, OwnerMode, TargetOptions};
pub use overwrite::{Decision, OverwritePolicy, Wanted};
pub use parked_folder::ParkedFolder;
pub use place::{MadeFile, Placed};
pub use restore_target::RestoreTarget;
pub use temp_file::{ParkedFile, TempFile};

#[cfg(test)]
mod tests;
