//! The file that `agent run --config` names.

use std::path::{Path, PathBuf};
use std::time::Duration;

use gleaner_access::{ScopePolicy, SubscriberId, TenantId};
use gleaner_net::{Fingerprint, Trust};
use serde::Deserialize;

use crate::exit_code::{Failure, Kind};
use crate::place::host_and_port;

/// How often a source is listed that does not tell of its changes, if nobody says so.
const EVERY_S_DEFAULT: u64 = 60;

/// What the file says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgentConfig {
    /// `https://HOST:PORT`.
    server: String,
    server_fingerprint: Option<String>,
    ca_cert: Option<PathBuf>,
    /// Folder of the agent: its certificate, and what it knows of its sources.
    pub(crate) state: PathBuf,
    /// Seconds between two listings.
    every: Option<u64>,
    #[serde(rename = "source")]
    pub(crate) sources: Vec<SourceConfig>,
}

/// One source.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceConfig {
    /// Fixed for good: the server knows it by this.
    pub(crate) number: u16,
    pub(crate) kind: String,
    pub(crate) path: PathBuf,
    /// Who may learn of what it holds: `public`, `log`, `owner:N` or `tenant:N`.
    scope: String,
    pub(crate) base_url: Option<String>,
    pub(crate) key_pattern: Option<String>,
    pub(crate) squid_folders: Option<String>,
}

impl AgentConfig {
    /// Reads the file.
    ///
    /// # Errors
    /// Kind `config`.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let failure = |error: &dyn std::fmt::Display| {
            Failure::new(Kind::Config, format!("{}: {error}", path.display()))
        };
        let text = std::fs::read_to_string(path).map_err(|error| failure(&error))?;
        let config: Self = toml::from_str(&text).map_err(|error| failure(&error))?;
        let mut numbers: Vec<u16> = config.sources.iter().map(|source| source.number).collect();
        numbers.sort_unstable();
        if numbers.is_empty() || numbers.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(failure(&"each [[source]] needs a number of its own, and there is one"));
        }
        Ok(config)
    }

    /// Whom to dial.
    ///
    /// # Errors
    /// Kind `config`.
    pub(crate) fn address(&self) -> Result<(String, u16), Failure> {
        let wrong =
            || Failure::new(Kind::Config, format!("{}: not https://HOST:PORT", self.server));
        let rest = self.server.strip_prefix("https://").ok_or_else(wrong)?;
        host_and_port(rest.strip_suffix('/').unwrap_or(rest)).ok_or_else(wrong)
    }

    /// Whom to believe that they are the server.
    ///
    /// # Errors
    /// Kind `config`.
    pub(crate) fn trust(&self) -> Result<Trust, Failure> {
        let failure = |text: String| Failure::new(Kind::Config, text);
        match (&self.server_fingerprint, &self.ca_cert) {
            (Some(pin), None) => pin
                .parse::<Fingerprint>()
                .map(Trust::Fingerprint)
                .map_err(|error| failure(format!("server_fingerprint: {error}"))),
            (None, Some(path)) => {
                let named =
                    |error: &dyn std::fmt::Display| failure(format!("{}: {error}", path.display()));
                let pem = std::fs::read_to_string(path).map_err(|error| named(&error))?;
                Trust::roots_of_pem(&pem).map_err(|error| named(&error))
            }
            _ => Err(failure("give one of server_fingerprint and ca_cert".to_owned())),
        }
    }

    /// Time between two listings.
    pub(crate) fn every(&self) -> Duration {
        Duration::from_secs(self.every.unwrap_or(EVERY_S_DEFAULT).max(1))
    }
}

impl SourceConfig {
    /// Who may learn of what the source holds.
    ///
    /// # Errors
    /// Kind `config`.
    pub(crate) fn scope(&self) -> Result<ScopePolicy, Failure> {
        let number = |text: &str| text.parse::<u64>().ok();
        let policy = match self.scope.split_once(':') {
            None if self.scope == "public" => Some(ScopePolicy::Public),
            None if self.scope == "log" => Some(ScopePolicy::Log),
            Some(("owner", owner)) => {
                number(owner).map(|owner| ScopePolicy::Owner(SubscriberId::new(owner)))
            }
            Some(("tenant", tenant)) => {
                number(tenant).map(|tenant| ScopePolicy::Tenant(TenantId::new(tenant)))
            }
            _ => None,
        };
        policy.ok_or_else(|| {
            let message = format!("scope `{}`: public, log, owner:N or tenant:N", self.scope);
            Failure::new(Kind::Config, message)
        })
    }
}
