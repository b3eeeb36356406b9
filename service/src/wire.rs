//! The messages of `docs/protocol.md`: one in each frame.
//!
//! A frame's bytes are the kind of the message (u16, little-endian), the number of the request that
//! it is about (u32, little-endian), the message's fields as one CBOR map with small integer keys,
//! and, of the kinds that have one, a tail: the bytes of an object, uncopied.
//!
//! Fields that a reader does not know are skipped; what must be understood has a kind of its own
//! or comes with another version. Nothing is allocated by a length that is only declared.

mod agents;
mod ahead;
mod failure;
mod offers;
pub mod packed;
mod session;
mod storage;

use std::fmt;

use minicbor::{Decode, Encode};

pub use agents::{
    AGENT_SOURCES_MAX, AgentHello, AgentWelcome, FeedAnswered, FeedDelta, FeedHello, FeedLease,
    FeedNext, FeedSnapshot, PULL_BYTES_MAX, Pull, Pulled, RangeCode,
};
pub use ahead::{Ahead, Ends, ListWith, Objects, QUESTION_BYTES_MAX, QUESTIONS_MAX, Questions};
pub use failure::{Failure, Forbidden, Refusal};
pub use offers::{
    Answer, Answered, OFFER_BYTES_MAX, OFFER_CHUNKS_MAX, OFFER_TAIL_BYTES_MAX, Offer, OfferedChunk,
    OwnChunk, PROOF_BYTES, STRETCHES_MAX, Stretch, Word, identifier_of, pack_stretches, proof_key,
    proof_of, unpack_stretches,
};
pub use session::{Hello, Recall, Refused, SESSION_BYTES, Welcome};
pub use storage::{
    Data, Delete, DeleteVersions, Get, LIST_BYTES_MAX, LIST_OBJECTS_MAX, Latest, Length, List,
    ListedObject, Names, Put, PutDone, ReadAt, Rename, Settle, Stat, Update, Updated, Versioned,
};

/// The one version of the messages that there is.
pub const VERSION: u16 = 1;
/// Bytes before a message's fields.
const HEAD_BYTES: usize = 6;
/// Bytes of a first message, at most.
pub const HELLO_BYTES_MAX: u32 = 4 << 10;
/// Bytes of an object that go into one message, at most: small messages wait for no more.
pub const PIECE_BYTES_MAX: usize = 1 << 20;
/// Bytes of an object that comes with its [`Put`], at most.
pub const INLINE_BYTES_MAX: u64 = 64 << 10;
/// Room that the head and the fields of a message with a tail leave in a frame, at most.
pub const TAIL_ROOM_BYTES: usize = 4 << 10;

/// Why bytes are no message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WireError {
    /// The frame ends before the fields do, or these are not what the kind says.
    #[error("a message of kind {kind} that cannot be decoded")]
    Fields {
        /// The kind; 0 if not even that is there.
        kind: u16,
    },
    /// Bytes behind the fields of a kind that has no tail.
    #[error("{bytes} bytes behind a message of kind {kind}")]
    Trailing {
        /// The kind.
        kind: u16,
        /// How many.
        bytes: usize,
    },
    /// A kind that this version does not have.
    #[error("a message of unknown kind {kind}")]
    Kind {
        /// The kind.
        kind: u16,
    },
    /// A message that does not come at this place.
    #[error("a message of kind {kind} out of place")]
    OutOfPlace {
        /// The kind.
        kind: u16,
    },
}

macro_rules! messages {
    ($($(#[$doc:meta])* $kind:literal $name:ident $(($fields:ty))? $tail:ident;)*) => {
        /// A message without its tail.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Message {
            $($(#[$doc])* $name $(($fields))?,)*
        }

        impl Message {
            /// The number of its kind.
            #[must_use]
            pub const fn kind(&self) -> u16 {
                match self {
                    $(messages!(@pattern $name $($fields)?) => $kind,)*
                }
            }

            const fn has_tail(kind: u16) -> bool {
                match kind {
                    $($kind => messages!(@tail $tail),)*
                    _ => false,
                }
            }

            fn encode_fields(&self, out: &mut Vec<u8>) {
                match self {
                    $(messages!(@bound $name fields $($fields)?) =>
                        messages!(@encode fields out $($fields)?),)*
                }
            }

            fn decode_fields(kind: u16, bytes: &[u8]) -> Result<(Self, usize), WireError> {
                match kind {
                    $($kind => messages!(@decode kind bytes $name $($fields)?),)*
                    _ => Err(WireError::Kind { kind }),
                }
            }
        }
    };
    (@pattern $name:ident) => { Self::$name };
    (@pattern $name:ident $fields:ty) => { Self::$name(_) };
    (@bound $name:ident $bound:ident) => { Self::$name };
    (@bound $name:ident $bound:ident $fields:ty) => { Self::$name($bound) };
    (@encode $bound:ident $out:ident) => { {} };
    (@encode $bound:ident $out:ident $fields:ty) => { encode($bound, $out) };
    (@decode $kind:ident $bytes:ident $name:ident) => { Ok((Self::$name, 0)) };
    (@decode $kind:ident $bytes:ident $name:ident $fields:ty) => {
        decode::<$fields>($kind, $bytes).map(|(fields, end)| (Self::$name(fields), end))
    };
    (@tail tail) => { true };
    (@tail no_tail) => { false };
}

messages! {
    /// Client: who it is and what it speaks. The first message.
    1 Hello(Hello) no_tail;
    /// Server: the session has begun. The answer.
    2 Welcome(Welcome) no_tail;
    /// Server: it has not, or it has ended. The last message.
    3 Refused(Refused) no_tail;
    /// The request failed.
    4 Failed(Failure) no_tail;
    /// The request was carried out; there is nothing to say of it.
    5 Done no_tail;
    /// Makes the folders of a repository.
    16 CreateLayout no_tail;
    /// Brings a small object whole, as the tail, or asks whether there is room for a large one.
    17 Put(Put) tail;
    /// The next piece of a large object.
    18 PutMore tail;
    /// Whether it was created.
    19 PutDone(PutDone) no_tail;
    /// Asks for an object's length.
    20 Stat(Stat) no_tail;
    /// An object's length.
    21 Length(Length) no_tail;
    /// Asks for a whole object, or its first piece.
    22 Get(Get) no_tail;
    /// Asks for a part of an object.
    23 ReadAt(ReadAt) no_tail;
    /// What was asked for.
    24 Data(Data) tail;
    /// Asks for the objects below a folder.
    25 List(List) no_tail;
    /// Some of them, or the last.
    26 Names(Names) no_tail;
    /// Makes objects durable that were seen.
    27 Settle(Settle) no_tail;
    /// Removes objects.
    28 Delete(Delete) no_tail;
    /// Gives an object another name.
    29 Rename(Rename) no_tail;
    /// There is room for the object: its pieces may come.
    30 Go no_tail;
    /// Client: what became of a request of a session before?
    31 Recall(Recall) no_tail;
    /// Server: it was not carried out.
    32 NotCarriedOut no_tail;
    /// Server: nobody knows any more.
    33 Forgotten no_tail;
    /// Asks for the highest version of a versioned object.
    34 Latest(Latest) no_tail;
    /// That version.
    35 Versioned(Versioned) tail;
    /// Writes the next version of a versioned object, which is the tail.
    36 Update(Update) tail;
    /// What became of it.
    37 Updated(Updated) no_tail;
    /// Removes versions of a versioned object.
    38 DeleteVersions(DeleteVersions) no_tail;
    /// Asks several questions, before their turn.
    39 Ahead(Ahead) no_tail;
    /// Asks for the objects below a folder, and for the bytes of the first of them.
    40 ListWith(ListWith) no_tail;
    /// Asks for both ends of an object.
    41 Ends(Ends) no_tail;
    /// The bytes of the first objects of a list.
    42 Objects(Objects) tail;
    /// Client: what it has identified, to be looked for nearby.
    43 Offer(Offer) tail;
    /// Server: what was found of it.
    44 Answered(Answered) no_tail;
    /// Agent: who it is. The first message.
    64 AgentHello(AgentHello) no_tail;
    /// Server: the session has begun. The answer.
    65 AgentWelcome(AgentWelcome) no_tail;
    /// Agent: a source introduces itself.
    66 FeedHello(FeedHello) no_tail;
    /// Agent: a part of what a source holds.
    67 FeedSnapshot(FeedSnapshot) tail;
    /// Agent: what changed at a source.
    68 FeedDelta(FeedDelta) tail;
    /// Agent: a source is there.
    69 FeedLease(FeedLease) no_tail;
    /// Server: what a source is to send next. The answer to the four before.
    70 FeedAnswered(FeedAnswered) no_tail;
    /// Server: asks for bytes of a source.
    71 Pull(Pull) tail;
    /// Agent: some of them.
    72 Pulled(Pulled) tail;
}

fn encode<T: Encode<()>>(fields: &T, out: &mut Vec<u8>) {
    minicbor::encode(fields, out).expect("writing to a Vec cannot fail");
}

fn decode<T: for<'b> Decode<'b, ()>>(kind: u16, bytes: &[u8]) -> Result<(T, usize), WireError> {
    let mut decoder = minicbor::Decoder::new(bytes);
    let fields = decoder.decode().map_err(|_| WireError::Fields { kind })?;
    Ok((fields, decoder.position()))
}

/// Bytes of an object that go into one message where frames have at most so many bytes.
#[must_use]
pub const fn piece_bytes(frame_bytes_max: u32) -> usize {
    let room = (frame_bytes_max as usize).saturating_sub(TAIL_ROOM_BYTES);
    if room < PIECE_BYTES_MAX { room } else { PIECE_BYTES_MAX }
}

/// A message as it came, with its tail.
#[derive(Clone, PartialEq, Eq)]
pub struct Received {
    /// The request that it is about.
    pub request: u32,
    /// The message.
    pub message: Message,
    frame: Vec<u8>,
    tail: usize,
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The frame of a login has the token in it.
        let Self { request, message, .. } = self;
        f.debug_struct("Received").field("request", request).field("message", message).finish()
    }
}

impl Received {
    /// Reads a frame.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn decode(frame: Vec<u8>) -> Result<Self, WireError> {
        let (head, fields) =
            frame.split_first_chunk::<HEAD_BYTES>().ok_or(WireError::Fields { kind: 0 })?;
        let [k0, k1, r0, r1, r2, r3] = *head;
        let kind = u16::from_le_bytes([k0, k1]);
        let (message, end) = Message::decode_fields(kind, fields)?;
        let tail = HEAD_BYTES + end;
        if !Message::has_tail(kind) && tail < frame.len() {
            return Err(WireError::Trailing { kind, bytes: frame.len() - tail });
        }
        Ok(Self { request: u32::from_le_bytes([r0, r1, r2, r3]), message, frame, tail })
    }

    /// A message without a tail that did not come over the wire.
    pub(crate) const fn made(message: Message) -> Self {
        Self { request: 0, message, frame: Vec::new(), tail: 0 }
    }

    /// What is behind the fields.
    #[must_use]
    pub fn tail(&self) -> &[u8] {
        self.frame.get(self.tail..).unwrap_or_default()
    }

    /// The error of a message that does not come here.
    #[must_use]
    pub const fn out_of_place(&self) -> WireError {
        WireError::OutOfPlace { kind: self.message.kind() }
    }
}

impl Questions {
    /// Writes them down.
    #[must_use]
    pub fn of(questions: &[Message]) -> Self {
        let one = |question: &Message| {
            let mut bytes = question.kind().to_le_bytes().to_vec();
            question.encode_fields(&mut bytes);
            bytes.into()
        };
        Self(questions.iter().map(one).collect())
    }

    /// Reads them.
    ///
    /// # Errors
    /// [`WireError`] of the first that is none: of a kind that asks for nothing, too.
    pub fn decode(&self) -> Result<Vec<Message>, WireError> {
        self.0.iter().map(|bytes| decode_question(bytes)).collect()
    }
}

fn decode_question(bytes: &[u8]) -> Result<Message, WireError> {
    let (kind, fields) = bytes.split_first_chunk().ok_or(WireError::Fields { kind: 0 })?;
    let kind = u16::from_le_bytes(*kind);
    if bytes.len() > QUESTION_BYTES_MAX {
        return Err(WireError::Fields { kind });
    }
    let (message, end) = Message::decode_fields(kind, fields)?;
    match fields.len() - end {
        0 if message.is_question() => Ok(message),
        0 => Err(WireError::OutOfPlace { kind }),
        bytes => Err(WireError::Trailing { kind, bytes }),
    }
}

impl Message {
    /// Whether it asks for something and changes nothing.
    #[must_use]
    pub const fn is_question(&self) -> bool {
        matches!(
            self,
            Self::Stat(_)
                | Self::Get(_)
                | Self::ReadAt(_)
                | Self::List(_)
                | Self::Latest(_)
                | Self::ListWith(_)
                | Self::Ends(_)
        )
    }
}

/// The bytes of a message before its tail.
#[must_use]
pub fn head_of(request: u32, message: &Message) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(64);
    bytes.extend_from_slice(&message.kind().to_le_bytes());
    bytes.extend_from_slice(&request.to_le_bytes());
    message.encode_fields(&mut bytes);
    bytes
}

/// Cuts a list into pages that fit messages: by number, and by the bytes that `bytes_of` gives.
pub(crate) fn pages<T>(items: &[T], bytes_max: usize, bytes_of: impl Fn(&T) -> usize) -> Vec<&[T]> {
    // Besides its bytes a name has at most 16 of encoding and of its length.
    const EACH: usize = 16;
    let bytes_max = bytes_max.min(LIST_BYTES_MAX);
    let (mut pages, mut rest) = (Vec::new(), items);
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = rest.iter().take(LIST_OBJECTS_MAX).take_while(|item| {
            bytes += bytes_of(item) + EACH;
            bytes <= bytes_max
        });
        let (page, later) = rest.split_at(fits.count().max(1));
        pages.push(page);
        rest = later;
    }
    pages
}

#[cfg(test)]
mod tests;
