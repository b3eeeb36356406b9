//! What one line of an access log says, whichever server wrote it.

use std::net::IpAddr;

/// How much of an object a transfer was of, as far as the log proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Amount {
    /// A range of it.
    Part,
    /// This many bytes, from anywhere: all of it if it has no more.
    Bytes(u64),
    /// All of it.
    Whole,
}

/// What a line proves about its client and its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deed {
    /// Nothing: refused, failed, another method, or a log that clients can write into.
    Nothing,
    /// The object went to the client.
    Served(Amount),
    /// The object came from the client.
    Uploaded(Amount),
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When the request ended; nanoseconds since 1970-01-01T00:00:00Z.
    pub time_ns: i64,
    /// Who asked, as the server's connection says; an IPv4 address is never in its IPv6 form.
    pub client: IpAddr,
    /// Who the server authenticated; `None` if nobody.
    pub user: Option<Vec<u8>>,
    /// The host that was asked for, which the client claims; empty if it is not logged.
    pub host: Vec<u8>,
    /// The object, by a name that the server gives it: see the format's own page.
    pub key: Vec<u8>,
    /// The method as it was sent; empty where the protocol has none.
    pub method: Vec<u8>,
    /// The status of the answer, where there is one.
    pub status: Option<u16>,
    /// Bytes sent, or received in an upload; some servers count headers too.
    pub bytes: Option<u64>,
    /// What the cache did, in the server's own words; empty if it is not logged.
    pub cache: Vec<u8>,
    /// Whether the request carried Authorization, or Cookie where that is logged.
    pub carries_credentials: bool,
    /// What it proves.
    pub deed: Deed,
}

/// What an answer to an HTTP request proves: GET with 200 or 203 and, for a part, 206; PUT with
/// 201 or 204. Methods are case-sensitive.
pub(super) fn deed_of_http(method: &[u8], status: u16) -> Deed {
    match (method, status) {
        (b"GET", 200 | 203) => Deed::Served(Amount::Whole),
        (b"GET", 206) => Deed::Served(Amount::Part),
        (b"PUT", 201 | 204) => Deed::Uploaded(Amount::Whole),
        _ => Deed::Nothing,
    }
}
