//! Calls of a storage, and their answers. What they promise is the contract of
//! `gleaner_store::Storage`; names are checked where they arrive.

use minicbor::decode::{Decoder, Error};
use minicbor::{Decode, Encode};

/// Names in one message, at most.
pub const LIST_OBJECTS_MAX: usize = 4096;
/// Bytes of the names in one message, at most.
pub const LIST_BYTES_MAX: usize = 256 << 10;

/// A list whose length is looked at before there is room for it.
fn decode_list<'b, Ctx, T: Decode<'b, Ctx>>(
    decoder: &mut Decoder<'b>,
    context: &mut Ctx,
) -> Result<Vec<T>, Error> {
    let length = decoder.array()?;
    let length = length.and_then(|length| usize::try_from(length).ok());
    match length {
        Some(length) if length <= LIST_OBJECTS_MAX => {
            (0..length).map(|_| decoder.decode_with(context)).collect()
        }
        _ => Err(Error::message("a list that is too long")),
    }
}

/// Begins an object.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Put {
    /// Its name.
    #[n(0)]
    pub name: String,
    /// Bytes of all its pieces.
    #[n(1)]
    pub bytes: u64,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PutDone {
    /// False if the name was taken.
    #[n(0)]
    pub is_created: bool,
}

/// Asks for a length.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Stat {
    /// Of which object.
    #[n(0)]
    pub name: String,
}

/// A length.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Length {
    /// In bytes.
    #[n(0)]
    pub bytes: u64,
}

/// Asks for an object of at most so many bytes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Get {
    /// Its name.
    #[n(0)]
    pub name: String,
    /// More is an error.
    #[n(1)]
    pub bytes_max: u64,
}

/// Asks for a part of an object.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ReadAt {
    /// Its name.
    #[n(0)]
    pub name: String,
    /// Where the part begins.
    #[n(1)]
    pub offset: u64,
    /// Its length.
    #[n(2)]
    pub bytes: u32,
}

/// Bytes of an object.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Data {
    /// Of the whole object, of which the tail may be the first piece only; of a part, its length.
    #[n(0)]
    pub bytes: u64,
}

/// Asks for what is below a folder.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct List {
    /// The folder.
    #[n(0)]
    pub folder: String,
}

/// One object of a list.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ListedObject {
    /// Its full name.
    #[n(0)]
    pub name: String,
    /// Its length.
    #[n(1)]
    pub bytes: u64,
}

/// Objects of a list, in its order.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Names {
    /// At most [`LIST_OBJECTS_MAX`].
    #[n(0)]
    #[cbor(decode_with = "decode_list")]
    pub objects: Vec<ListedObject>,
    /// Another message with more of them follows.
    #[n(1)]
    pub more: bool,
}

/// Makes objects durable.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Settle {
    /// Which.
    #[n(0)]
    #[cbor(decode_with = "decode_list")]
    pub names: Vec<String>,
}

/// Removes objects.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Delete {
    /// Which.
    #[n(0)]
    #[cbor(decode_with = "decode_list")]
    pub names: Vec<String>,
}

/// Asks for the highest version of a versioned object.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Latest {
    /// Its name.
    #[n(0)]
    pub name: String,
}

/// The highest version of a versioned object; the tail is all of it, or nothing if that is more
/// than a message holds.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Versioned {
    /// Its number; `None` if there is none.
    #[n(0)]
    pub version: Option<u64>,
    /// Its length.
    #[n(1)]
    pub bytes: u64,
}

/// Writes the next version of a versioned object.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Update {
    /// Its name.
    #[n(0)]
    pub name: String,
    /// The version that has to be the highest; `None` if there has to be none.
    #[n(1)]
    pub expected: Option<u64>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Updated {
    /// The version that was written; `None` if another one was the highest.
    #[n(0)]
    pub version: Option<u64>,
}

/// Removes versions of a versioned object, lowest first.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DeleteVersions {
    /// Its name.
    #[n(0)]
    pub name: String,
    /// How many of the highest stay.
    #[n(1)]
    pub kept: u64,
}

/// Gives an object another name.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Rename {
    /// The one that it has.
    #[n(0)]
    pub from: String,
    /// The one that it gets.
    #[n(1)]
    pub to: String,
}
