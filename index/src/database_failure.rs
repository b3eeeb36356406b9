//! What an error of RocksDB means for the caller.

use gleaner_chunker::ErrorKind;

use crate::error::Error;

/// Wraps an error of a running database.
pub(crate) fn failure(source: rocksdb::Error) -> Error {
    let kind = kind_of(&source.kind(), source.as_ref());
    Error::Database { kind, source: Box::new(source) }
}

/// Wraps an error of opening a database that exists and is locked by us: an argument can then only
/// be invalid because a file or a family is not what it was.
pub(crate) fn open_failure(source: rocksdb::Error) -> Error {
    let kind = match kind_of(&source.kind(), source.as_ref()) {
        ErrorKind::Bug => ErrorKind::Corrupt,
        kind => kind,
    };
    Error::Database { kind, source: Box::new(source) }
}

// The crate passes RocksDB's status on as text, so the cause of an I/O error has to be read from
// the system's message in it. LC_MESSAGES does not change these: RocksDB never calls setlocale.
fn kind_of(kind: &rocksdb::ErrorKind, message: &str) -> ErrorKind {
    use rocksdb::ErrorKind as Db;
    match kind {
        Db::Corruption | Db::NotFound => ErrorKind::Corrupt,
        Db::IOError => io_kind(message),
        // A table or a WAL of a newer RocksDB, or a flipped bit in what says so.
        Db::NotSupported => ErrorKind::UnsupportedVersion,
        Db::MergeInProgress
        | Db::Incomplete
        | Db::ShutdownInProgress
        | Db::TimedOut
        | Db::Aborted
        | Db::Busy
        | Db::Expired
        | Db::TryAgain => ErrorKind::Retry,
        Db::InvalidArgument | Db::CompactionTooLarge | Db::ColumnFamilyDropped | Db::Unknown => {
            ErrorKind::Bug
        }
    }
}

fn io_kind(message: &str) -> ErrorKind {
    const CAUSES: [(&str, ErrorKind); 8] = [
        ("No space left on device", ErrorKind::Full),
        ("Disk quota exceeded", ErrorKind::Full),
        ("Permission denied", ErrorKind::Denied),
        ("Read-only file system", ErrorKind::Denied),
        ("While lock file", ErrorKind::Locked),
        ("lock hold by current process", ErrorKind::Locked),
        // A file that the manifest names and that is not there.
        ("No such file or directory", ErrorKind::Corrupt),
        ("Is a directory", ErrorKind::Corrupt),
    ];
    let cause = CAUSES.iter().find(|(words, _)| message.contains(words));
    cause.map_or(ErrorKind::Retry, |&(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    //! Goal: causes that ask for different actions stay apart although RocksDB gives text alone.
    //! The texts are RocksDB 11.8.1's; the damage and lock tests meet real ones.

    use gleaner_chunker::ErrorKind;
    use rocksdb::ErrorKind as Db;

    use super::kind_of;

    #[test]
    fn io_errors_are_told_apart_by_their_cause() {
        let kind = |message| kind_of(&Db::IOError, message);
        let full = "IO error: No space left on device: While appending to file: /x/000012.sst: \
                    No space left on device";
        assert_eq!(kind(full), ErrorKind::Full);
        let locked = "IO error: While lock file: /x/LOCK: Resource temporarily unavailable";
        assert_eq!(kind(locked), ErrorKind::Locked);
        let missing = "IO error: No such file or directory: While open a file for random read: \
                       /x/000009.sst: No such file or directory";
        assert_eq!(kind(missing), ErrorKind::Corrupt);
        assert_eq!(kind("IO error: While fsync: /x: Input/output error"), ErrorKind::Retry);
        assert_eq!(kind_of(&Db::Corruption, "Corruption: block checksum"), ErrorKind::Corrupt);
    }
}
