//! Lines of `serve`, `tenant` and `token`.

use serde::Serialize;

/// A server, or an agent, can be reached.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ListeningLine {
    pub(crate) role: &'static str,
    pub(crate) address: String,
    /// SHA-256 of its certificate.
    pub(crate) fingerprint: String,
}

/// Where operators ask how a server is doing.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MetricsLine {
    pub(crate) address: String,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct AgentLine {
    /// SHA-256 of it.
    pub(crate) certificate: String,
    pub(crate) sources: Vec<u16>,
    pub(crate) made: String,
    pub(crate) label: String,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct TenantLine {
    pub(crate) tenant: String,
    pub(crate) made: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) quota_bytes: Option<u64>,
    pub(crate) tokens: u64,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct TokenLine {
    /// The first 16 hex digits of its hash.
    pub(crate) id: String,
    pub(crate) tenant: String,
    pub(crate) rights: Vec<String>,
    pub(crate) made: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires: Option<String>,
    pub(crate) label: String,
}

/// The only line that holds a token.
#[derive(Clone, Serialize)]
pub(crate) struct NewTokenLine<'t> {
    #[serde(flatten)]
    pub(crate) line: TokenLine,
    pub(crate) token: &'t str,
}

impl std::fmt::Debug for NewTokenLine<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewTokenLine").field("line", &self.line).finish_non_exhaustive()
    }
}
