//! How snapshots are copied.

/// How snapshots are copied.
#[derive(Debug, Clone)]
pub struct CopyOptions {
    /// Host name for the leases.
    pub host: String,
    /// Declare a lease in the source, so that no prune takes away what is being read. False only
    /// for media that cannot be written.
    pub lease: bool,
    /// Read and count, and write nothing to either repository.
    pub dry_run: bool,
}
