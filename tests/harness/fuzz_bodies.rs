//! What the fuzz targets call. They live here, without libFuzzer, so that the suite replays the
//! committed corpora on the stable toolchain: a finding stays a regression test.
//!
//! A body takes any bytes, panics on a finding and must not depend on anything but its argument.

mod access_logs;
mod chunk_boundaries;
mod chunk_case;
mod chunk_slices;
mod chunk_streams;
mod filter_snapshot;
mod mail;
mod object_container;
mod pack_parts;
mod pack_salvage;
mod parity;
mod recipes;
mod tree_stream;
mod web_caches;
mod wire_messages;

pub use access_logs::{
    agent_journal, log_acng, log_apache, log_nginx, log_squid, log_vsftpd, object_row,
};
pub use chunk_boundaries::chunk_boundaries;
pub use chunk_slices::chunk_slices;
pub use chunk_streams::chunk_streams;
pub use filter_snapshot::filter_snapshot;
pub use mail::{dbox, mail_facts, mail_parts, maildir_name, mbox, stored_mail, uidlist};
pub use object_container::{condemned, config, epoch, key_slot, lease, manifest, object_container};
pub use pack_parts::{block, frame, pack_directory, pack_header, trailer};
pub use pack_salvage::pack_salvage;
pub use parity::parity;
pub use recipes::{
    recipe_ar, recipe_codings, recipe_encoding, recipe_mime, recipe_tar, recipe_zip,
};
pub use tree_stream::{chunk_runs, tree_item};
pub use web_caches::{acng_head, apache_header, http_message, nginx_file, squid_file, swap_state};
pub use wire_messages::{wire_message, wire_tail};

/// What a target calls.
pub type Body = fn(&[u8]);

/// Every target by the name that it has in `fuzz/Cargo.toml` and below `fuzz/corpus/`.
pub const TARGETS: &[(&str, Body)] = &[
    ("acng_head", acng_head),
    ("agent_journal", agent_journal),
    ("apache_header", apache_header),
    ("block", block),
    ("chunk_boundaries", chunk_boundaries),
    ("chunk_runs", chunk_runs),
    ("chunk_slices", chunk_slices),
    ("chunk_streams", chunk_streams),
    ("condemned", condemned),
    ("config", config),
    ("dbox", dbox),
    ("epoch", epoch),
    ("filter_snapshot", filter_snapshot),
    ("frame", frame),
    ("http_message", http_message),
    ("key_slot", key_slot),
    ("lease", lease),
    ("log_acng", log_acng),
    ("log_apache", log_apache),
    ("log_nginx", log_nginx),
    ("log_squid", log_squid),
    ("log_vsftpd", log_vsftpd),
    ("mail_facts", mail_facts),
    ("mail_parts", mail_parts),
    ("maildir_name", maildir_name),
    ("manifest", manifest),
    ("mbox", mbox),
    ("nginx_file", nginx_file),
    ("object_container", object_container),
    ("object_row", object_row),
    ("pack_directory", pack_directory),
    ("pack_header", pack_header),
    ("pack_salvage", pack_salvage),
    ("parity", parity),
    ("recipe_ar", recipe_ar),
    ("recipe_codings", recipe_codings),
    ("recipe_encoding", recipe_encoding),
    ("recipe_mime", recipe_mime),
    ("recipe_tar", recipe_tar),
    ("recipe_zip", recipe_zip),
    ("squid_file", squid_file),
    ("stored_mail", stored_mail),
    ("swap_state", swap_state),
    ("trailer", trailer),
    ("tree_item", tree_item),
    ("uidlist", uidlist),
    ("wire_message", wire_message),
    ("wire_tail", wire_tail),
];

/// Runs the target of that name; false if there is none.
pub fn replay(target: &str, input: &[u8]) -> bool {
    match TARGETS.iter().find(|(name, _)| *name == target) {
        Some((_, body)) => {
            body(input);
            true
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_inputs_are_cases_of_every_target() {
        for (name, body) in TARGETS {
            for count in 0..200 {
                for byte in [0, 1, 0x80, 0xa0, 0xff] {
                    body(&vec![byte; count]);
                }
            }
            assert!(replay(name, b""));
        }
        assert!(!replay("no such target", b""));
    }
}
