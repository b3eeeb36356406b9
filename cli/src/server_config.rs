//! Where a server's things are: flags, and the file that `--config` names.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use gleaner_net::Identity;
use gleaner_service::ServerFolder;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::args::ServerArgs;
use crate::exit_code::{Failure, Kind};

/// Where a server listens if nobody says where.
const LISTEN_DEFAULT: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 7443);

/// What the file says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServerConfig {
    data: Option<PathBuf>,
    listen: Option<SocketAddr>,
    metrics: Option<SocketAddr>,
    /// Names and addresses in the certificate that is made at the first start.
    #[serde(default)]
    names: Vec<String>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
}

impl ServerConfig {
    /// Reads the file, and puts the flags above it.
    ///
    /// # Errors
    /// Kinds `config` and `usage`.
    pub(crate) fn read(args: &ServerArgs) -> Result<Self, Failure> {
        let mut config = match &args.config {
            None => Self::default(),
            Some(path) => {
                let failure = |error: &dyn std::fmt::Display| {
                    Failure::new(Kind::Config, format!("{}: {error}", path.display()))
                };
                let text = std::fs::read_to_string(path).map_err(|error| failure(&error))?;
                toml::from_str(&text).map_err(|error| failure(&error))?
            }
        };
        if let Some(data) = &args.data {
            config.data = Some(data.clone());
        }
        if config.certificate.is_some() != config.key.is_some() {
            let message = "`certificate` and `key` belong together";
            return Err(Failure::new(Kind::Config, message));
        }
        Ok(config)
    }

    fn data(&self) -> Result<&PathBuf, Failure> {
        self.data.as_ref().ok_or_else(|| {
            Failure::usage(
                "name the server's folder with --data, or a file that does with --config",
            )
        })
    }

    /// The server's folder, made if it is missing.
    ///
    /// # Errors
    /// Kind `usage` if nobody says where; those of the operating system.
    pub(crate) fn create_folder(&self) -> Result<ServerFolder, Failure> {
        Ok(ServerFolder::create(self.data()?)?)
    }

    /// The server's folder, which must be there.
    ///
    /// # Errors
    /// As [`Self::create_folder`].
    pub(crate) fn folder(&self) -> Result<ServerFolder, Failure> {
        Ok(ServerFolder::open(self.data()?)?)
    }

    /// Where to listen.
    pub(crate) fn listen(&self, flag: Option<SocketAddr>) -> SocketAddr {
        flag.or(self.listen).unwrap_or(LISTEN_DEFAULT.into())
    }

    /// Where operators ask, if anywhere.
    pub(crate) fn metrics(&self, flag: Option<SocketAddr>) -> Option<SocketAddr> {
        flag.or(self.metrics)
    }

    /// As whom the server shows itself.
    ///
    /// # Errors
    /// Kind `config` for a certificate or key that cannot be used.
    pub(crate) fn identity(&self, folder: &ServerFolder) -> Result<Identity, Failure> {
        let (Some(certificate), Some(key)) = (&self.certificate, &self.key) else {
            return Ok(folder.identity(&self.names)?);
        };
        let read = |path: &PathBuf| {
            std::fs::read_to_string(path)
                .map(Zeroizing::new)
                .map_err(|error| Failure::new(Kind::Config, format!("{}: {error}", path.display())))
        };
        Identity::from_pem(&read(certificate)?, &read(key)?).map_err(|error| {
            Failure::new(Kind::Config, format!("{}: {error}", certificate.display()))
        })
    }
}
