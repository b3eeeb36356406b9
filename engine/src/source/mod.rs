//! Read side of the file system: walks folders, captures metadata, opens files (Linux).
//!
//! Everything below a root is reached through folder descriptors, one name at a time, and no
//! symbolic link is followed there; so paths may be longer than `PATH_MAX`, names are bytes, and
//! a folder that is swapped for a link while the walk runs is named and left out.
//!
//! ```no_run
//! use std::sync::Arc;
//! use gleaner_engine::source::{KeepAll, WalkItem, WalkOptions, Walker};
//!
//! let options = WalkOptions { one_file_system: false, selection: Arc::new(KeepAll) };
//! for item in Walker::new(&["/etc".into()], options)? {
//!     if let WalkItem::Failed(failure) = item {
//!         return Err(failure.into());
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod failure;
mod stat;

mod folder;
mod name_list;
mod roots;

mod marker;
mod selection;
mod walk;

mod owner_names;
mod xattrs;

mod capture;
mod open_file;

pub use capture::{Capture, CaptureOptions, Captured, XattrWarning};
pub use failure::{FailureKind, SourceFailure};
pub use folder::Folder;
pub use marker::{Marker, marker_in};
pub use name_list::NameList;
pub use open_file::{Change, DataReader, Extent, OpenFile};
pub use owner_names::OwnerNames;
pub use roots::normalise_roots;
pub use selection::{Candidate, EnterVerdict, KeepAll, Selection, Verdict};
pub use stat::{FileKind, Stat};
pub use walk::{Found, WalkItem, WalkOptions, Walker};

pub(crate) use xattrs::{XattrPlace, proc_path};

#[cfg(test)]
pub(crate) mod tests;
