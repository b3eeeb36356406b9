//! Who was served what: access logs, the clients' addresses in time, and the ledger of both.

pub(crate) mod access_log;
pub(crate) mod client_table;
pub(crate) mod log_key;
pub(crate) mod scope_ledger;
