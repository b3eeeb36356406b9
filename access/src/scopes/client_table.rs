//! Which subscriber stood behind an address or a user name, and when.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::time::Duration;

use crate::error::Error;
use crate::scope::SubscriberId;
use crate::scopes::access_log::LogLine;

#[cfg(test)]
mod tests;

/// Who a server sees.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Client {
    /// Whoever comes from a network: an address with its full length, 32 or 128, is one client.
    Network {
        /// An address in it.
        address: IpAddr,
        /// Bits that all its addresses share.
        prefix_len: u8,
    },
    /// A user whom the server authenticated.
    User(Vec<u8>),
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRow {
    /// The client.
    pub client: Client,
    /// From when on, nanoseconds since 1970.
    pub from_ns: i64,
    /// Until when, not included; `None` if it still holds.
    pub to_ns: Option<i64>,
    /// Who it is; `None` for somebody who is not enrolled: others share the address.
    pub subscriber: Option<SubscriberId>,
}

/// The table. What two subscribers share at one time belongs to neither.
#[derive(Debug, Default)]
pub struct ClientTable {
    spans: HashMap<ClientKey, Vec<Span>>,
    /// The lengths of the networks of each family that have rows.
    prefix_lens: BTreeSet<(bool, u8)>,
    guard_ns: i64,
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum ClientKey {
    Network { is_v4: bool, prefix_len: u8, bits: u128 },
    User(Vec<u8>),
}

#[derive(Debug, Clone, Copy)]
struct Span {
    from_ns: i64,
    to_ns: i64,
    subscriber: Option<SubscriberId>,
}

impl ClientTable {
    /// Takes the rows. Around a change of hands an address gives no scope for `guard` on either
    /// side: a request is logged when it ends, and two clocks differ.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] if a prefix is longer than its address, or a row ends before it
    /// begins.
    pub fn new(rows: Vec<ClientRow>, guard: Duration) -> Result<Self, Error> {
        let guard_ns = i64::try_from(guard.as_nanos()).unwrap_or(i64::MAX);
        let mut table = Self { guard_ns, ..Self::default() };
        for row in rows {
            table.add(row)?;
        }
        Ok(table)
    }

    fn add(&mut self, row: ClientRow) -> Result<(), Error> {
        let refuse = |problem: &str| {
            Err(Error::Configuration { option: "clients", problem: problem.to_owned() })
        };
        let to_ns = row.to_ns.unwrap_or(i64::MAX);
        if to_ns < row.from_ns {
            return refuse("a row ends before it begins");
        }
        let key = match row.client {
            Client::User(name) => ClientKey::User(name),
            Client::Network { address, prefix_len } => {
                let (address, prefix_len) = canonical(address, prefix_len);
                let Some(key) = network(address, prefix_len) else {
                    return refuse("a prefix is longer than its address");
                };
                self.prefix_lens.insert((address.is_ipv4(), prefix_len));
                key
            }
        };
        let span = Span { from_ns: row.from_ns, to_ns, subscriber: row.subscriber };
        self.spans.entry(key).or_default().push(span);
        Ok(())
    }

    /// All subscribers that have a row.
    #[must_use]
    pub fn enrolled(&self) -> BTreeSet<SubscriberId> {
        self.spans.values().flatten().filter_map(|span| span.subscriber).collect()
    }

    /// The one subscriber whose client a line shows; `None` if there is none or may be another. An
    /// authenticated user is who it is, wherever it comes from, and an unknown one is nobody.
    #[must_use]
    pub fn subscriber_of(&self, line: &LogLine) -> Option<SubscriberId> {
        if let Some(user) = &line.user {
            let spans = self.spans.get(&ClientKey::User(user.clone()))?;
            return only_one(spans.iter(), line.time_ns, 0);
        }
        let address = line.client.to_canonical();
        let lens = self.prefix_lens.iter().filter(|(is_v4, _)| *is_v4 == address.is_ipv4());
        let keys = lens.filter_map(|&(_, prefix_len)| network(address, prefix_len));
        let spans = keys.filter_map(|key| self.spans.get(&key)).flatten();
        only_one(spans, line.time_ns, self.guard_ns)
    }
}

/// Whose all the spans are that touch the time within the guard; one of them must hold it.
fn only_one<'a>(
    spans: impl Iterator<Item = &'a Span>,
    time_ns: i64,
    guard_ns: i64,
) -> Option<SubscriberId> {
    let (before, after) = (time_ns.saturating_sub(guard_ns), time_ns.saturating_add(guard_ns));
    let mut found: Option<Option<SubscriberId>> = None;
    let mut holds = false;
    for span in spans.filter(|span| span.from_ns <= after && before < span.to_ns) {
        if found.is_some_and(|found| found != span.subscriber) {
            return None;
        }
        found = Some(span.subscriber);
        holds |= span.from_ns <= time_ns && time_ns < span.to_ns;
    }
    found.flatten().filter(|_| holds)
}

/// An IPv4 network in its own form, also where it was written as an IPv6 one.
fn canonical(address: IpAddr, prefix_len: u8) -> (IpAddr, u8) {
    match address.to_canonical() {
        v4 @ IpAddr::V4(_) if address.is_ipv6() && prefix_len >= 96 => {
            (v4, prefix_len.saturating_sub(96))
        }
        v4 @ IpAddr::V4(_) if address.is_ipv4() => (v4, prefix_len),
        _ => (address, prefix_len),
    }
}

fn network(address: IpAddr, prefix_len: u8) -> Option<ClientKey> {
    let (bits, width) = match address {
        IpAddr::V4(v4) => (u128::from(v4.to_bits()), 32_u8),
        IpAddr::V6(v6) => (v6.to_bits(), 128),
    };
    let host_bits = width.checked_sub(prefix_len)?;
    let bits = bits.checked_shr(host_bits.into()).unwrap_or(0);
    Some(ClientKey::Network { is_v4: address.is_ipv4(), prefix_len, bits })
}
