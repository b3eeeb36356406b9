//! Web caches: their formats on disk, Squid's store, the HTTP that they speak and keep, and the
//! probe of a cache that can only be asked.

pub(crate) mod public_bar;
pub(crate) mod empty_query;
mod url_host;
pub(crate) mod http_date;
pub(crate) mod http_fields;
mod http_checksum;
pub(crate) mod http_message;
pub(crate) mod url_pattern;
pub(crate) mod slice_key;
pub(crate) mod nginx_header;
pub(crate) mod nginx_format;
pub(crate) mod squid_object;
pub(crate) mod swap_state;
pub(crate) mod apache_header;
pub(crate) mod apache_format;
pub(crate) mod acng_head;
pub(crate) mod acng_format;
mod probe_url;
pub(crate) mod http_exchange;
mod swap_log;
mod squid_file;
pub(crate) mod squid_source;
pub(crate) mod canary;
pub(crate) mod http_source;
#[cfg(test)]
pub(crate) mod cache_stage;
#[cfg(test)]
mod cache_conformance;
