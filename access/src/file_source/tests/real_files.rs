//! The engine on the operating system's files.
