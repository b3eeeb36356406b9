//! What a client changes.

use gleaner_store::{ObjectName, Version};

/// A request that changes what is stored, whose effect matters if it is sent twice.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change<'c> {
    /// Makes the folders of a repository.
    CreateLayout,
    /// Creates an object of these parts.
    Put(&'c ObjectName, &'c [&'c [u8]]),
    /// Makes objects durable, as many as fit a message.
    Settle(&'c [ObjectName]),
    /// Removes objects, as many as fit a message.
    Delete(&'c [ObjectName]),
    /// Gives an object another name.
    Rename(&'c ObjectName, &'c ObjectName),
    /// Writes the version of an object after the one that is expected.
    Update(&'c ObjectName, Option<Version>, &'c [u8]),
    /// Removes all versions of an object but so many of the highest.
    DeleteVersions(&'c ObjectName, u64),
}
