//! Whether two repositories name chunks alike.

use gleaner_store::RepositoryConfig;

/// True if the same bytes are cut into the same chunks with the same ids in both: one domain key,
/// or none in both, and the same parameters.
///
/// With one key and other parameters the ids would be right too, but later backups into the target
/// would find none of the chunks that were copied.
pub(crate) fn share_domain(from: &RepositoryConfig, to: &RepositoryConfig) -> bool {
    from.domain_id == to.domain_id
        && from.domain_key == to.domain_key
        && from.gear_digest == to.gear_digest
        && from.chunker == to.chunker
}
