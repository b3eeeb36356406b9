//! Questions that are asked before their turn, and those that answer several at a time.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

/// Questions of one message, at most.
pub const QUESTIONS_MAX: usize = 64;
/// Bytes of one, at most.
pub const QUESTION_BYTES_MAX: usize = 2 << 10;

/// Messages that ask for something, without the numbers of their requests: kind and fields of each.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Questions(#[n(0)] pub Vec<ByteVec>);

/// Asks several questions, one carried out after the other.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Ahead {
    /// The request that is to be answered before; 0 if they are not to wait.
    #[n(0)]
    pub after: u32,
    /// The request that the first of them is; the others follow it.
    #[n(1)]
    pub first: u32,
    /// What is asked.
    #[n(2)]
    pub questions: Questions,
}

/// Asks for the objects below a folder, and for the bytes of the first of them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ListWith {
    /// The folder.
    #[n(0)]
    pub folder: String,
    /// Bytes of all that come.
    #[n(1)]
    pub bytes_max: u64,
}

/// The bytes of the first objects of a list, one after the other as the tail. The last answer to a
/// [`ListWith`], all of whose lists say that more follows.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Objects {
    /// How many.
    #[n(0)]
    pub count: u32,
}

/// Asks for both ends of an object: all of it, if they meet.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Ends {
    /// Which.
    #[n(0)]
    pub name: String,
    /// Bytes of the front.
    #[n(1)]
    pub front: u32,
    /// Bytes of the back.
    #[n(2)]
    pub back: u32,
}
