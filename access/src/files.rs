//! Sources that are files of this machine: the file system as an access server's files need it,
//! the engine that scans, watches and opens, and the two formats that are neither web nor mail.

pub(crate) mod access_fs;
pub(crate) mod rooted_fs;
#[cfg(any(test, feature = "test-util"))]
pub(crate) mod memory_fs;
pub(crate) mod file_format;
pub(crate) mod pins;
pub(crate) mod file_reader;
pub(crate) mod file_source;
pub(crate) mod tree_format;
pub(crate) mod oci_format;
