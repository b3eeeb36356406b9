//! Where reading of a log stands.

/// Where reading stands: all that has to survive a restart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPosition {
    /// Device of the file.
    pub dev: u64,
    /// Inode number of the file.
    pub ino: u64,
    /// Where the first line begins that was not read.
    pub offset: u64,
    /// Up to 256 bytes before that place: if they differ, the file was written anew.
    pub recent: Vec<u8>,
    /// When the file was changed last, as far as it was read; nanoseconds since 1970.
    pub mtime_ns: i64,
    /// Whether a gap lies before this place of which no poll has told yet.
    pub gap_is_untold: bool,
    /// Whether rotations of this log were seen to be counted from 0, so that one without a log of
    /// that number lacks it.
    pub counts_from_nought: bool,
}
