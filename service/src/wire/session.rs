//! How a session begins.

use std::fmt;

use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use super::ahead::Questions;
use super::failure::Refusal;

/// Bytes of a session's number.
pub const SESSION_BYTES: usize = 16;

/// Who a client is.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Hello {
    /// Versions that it speaks.
    #[n(0)]
    pub versions: Vec<u16>,
    /// Whose data it is about.
    #[n(1)]
    pub tenant: String,
    /// The text of its token; empty if it is known by its certificate.
    #[n(2)]
    pub token: String,
    /// Name and version of the program, for logs.
    #[n(3)]
    pub program: String,
    /// The nonce of the session that this one comes after, if that one was cut. The server ends
    /// it, and this one may remove what that one might.
    #[n(4)]
    pub after: Option<ByteArray<32>>,
    /// What it is going to ask, numbered from 1, in that order, if it comes after no session.
    #[n(5)]
    pub ahead: Option<Questions>,
}

impl fmt::Debug for Hello {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Of what it says of another session, who knows it gets that one's place.
        let Self { versions, tenant, program, .. } = self;
        f.debug_struct("Hello")
            .field("versions", versions)
            .field("tenant", tenant)
            .field("program", program)
            .finish_non_exhaustive()
    }
}

impl Drop for Hello {
    fn drop(&mut self) {
        drop(Zeroizing::new(std::mem::take(&mut self.token)));
    }
}

/// What a session has.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Welcome {
    /// Version of all further messages, one of those that the client speaks.
    #[n(0)]
    pub version: u16,
    /// The session's number, for logs of both ends.
    #[n(1)]
    pub session: ByteArray<SESSION_BYTES>,
    /// 256 random bits that no other session has, and that nobody else is told: who knows them may
    /// come after this session.
    #[n(2)]
    pub nonce: ByteArray<32>,
    /// Bytes of an object, at most.
    #[n(3)]
    pub object_bytes_max: u64,
    /// The server's clock in nanoseconds since 1970.
    #[n(4)]
    pub now_ns: i64,
    /// Bytes of a frame that it takes, at most.
    #[n(5)]
    pub frame_bytes_max: u32,
    /// Requests that may be on their way at a time.
    #[n(6)]
    pub requests_max: u32,
    /// What became of the requests of the session before is known: they can be recalled, and those
    /// that cannot were not carried out.
    #[n(7)]
    pub knows_before: bool,
    /// The repository has its folders, durably.
    #[n(8)]
    pub has_layout: bool,
    /// What the URLs begin with of increments that may be had nearby.
    #[n(9)]
    pub nearby: Vec<String>,
}

impl fmt::Debug for Welcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the nonce: who knows it may come after this session.
        let Self { version, session, .. } = self;
        f.debug_struct("Welcome")
            .field("version", version)
            .field("session", session)
            .finish_non_exhaustive()
    }
}

/// Asks what a request was answered whose answer did not come: one of a session before.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Recall {
    /// Its number.
    #[n(0)]
    pub request: u32,
}

/// Why there is no session, or none any more.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Refused {
    /// Why.
    #[n(0)]
    pub refusal: Refusal,
}
