//! From flags to a repository behind a backup server.

use std::net::{TcpStream, ToSocketAddrs as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use gleaner_net::{ClientTls, Fingerprint, Limits, Token, Trust, system_time};
use gleaner_service::{Error, Login, PROTOCOL, RemoteStorage, Session};
use gleaner_store::Storage;
use zeroize::Zeroizing;

use crate::args::Global;
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::output::Output;
use crate::password::secret_file;
use crate::place::ServerAddress;

/// How long an address of a server may take to answer.
const CONNECT: Duration = Duration::from_secs(10);

/// Logs in to the server; the session lasts as long as the storage.
///
/// # Errors
/// Kinds `usage` and `config` for the flags, `network`, `guard` for a server that is not the one
/// that was named, `no_password`, `rejected` and `newer_wire`.
pub(crate) fn remote_storage(
    context: &Context,
    address: &ServerAddress,
) -> Result<Arc<dyn Storage>, Failure> {
    let Context { output, global, .. } = context;
    let trust = trust(global)?;
    let Some(path) = &global.token_file else {
        let message = "the server asks who you are; give --token-file";
        return Err(Failure::new(Kind::NoPassword, message));
    };
    let token = token(output, path)?;
    let tls = ClientTls::new(&trust, None, PROTOCOL, system_time());
    let tls = tls.map_err(|error| Failure::from(Error::from(error)))?;
    let login = Login {
        tenant: &address.tenant,
        token: Some(&token),
        program: concat!("gleaner ", env!("CARGO_PKG_VERSION")),
    };
    let socket = dial(address)?;
    let session = Session::begin(socket, &address.host, &tls, &Limits::default(), &login);
    let session = session.map_err(|error| {
        let mut failure = Failure::from(error);
        failure.message = format!("{}:{}: {}", address.host, address.port, failure.message);
        failure
    })?;
    let session = context.session.get_or_init(|| Arc::new(session));
    Ok(Arc::new(RemoteStorage::new(Arc::clone(session))))
}

fn dial(address: &ServerAddress) -> Result<TcpStream, Failure> {
    let named = format!("{}:{}", address.host, address.port);
    let failure =
        |error: &dyn std::fmt::Display| Failure::new(Kind::Network, format!("{named}: {error}"));
    let addresses = (address.host.as_str(), address.port).to_socket_addrs();
    let mut failed = failure(&"the name has no address");
    for address in addresses.map_err(|error| failure(&error))? {
        match TcpStream::connect_timeout(&address, CONNECT) {
            Ok(socket) => return Ok(socket),
            Err(error) => failed = failure(&error),
        }
    }
    Err(failed)
}

/// Whom to believe that they are the server.
fn trust(global: &Global) -> Result<Trust, Failure> {
    match (&global.server_fingerprint, &global.ca_cert) {
        (Some(fingerprint), None) => fingerprint
            .parse::<Fingerprint>()
            .map(Trust::Fingerprint)
            .map_err(|error| Failure::usage(format!("--server-fingerprint: {error}"))),
        (None, Some(path)) => Trust::roots_of_pem(&text_file(path)?)
            .map_err(|error| Failure::new(Kind::Config, format!("{}: {error}", path.display()))),
        (None, None) => Err(Failure::usage(
            "say how to know the server: --server-fingerprint, which it prints, or --ca-cert",
        )),
        (Some(_), Some(_)) => Err(Failure::usage("both --server-fingerprint and --ca-cert")),
    }
}

fn token(output: &Output, path: &Path) -> Result<Token, Failure> {
    let line = secret_file("token", path, output)?;
    let text = std::str::from_utf8(&line).ok();
    text.and_then(|text| text.parse().ok()).ok_or_else(|| {
        let message = format!("token file {}: its first line is no token", path.display());
        Failure::new(Kind::NoPassword, message)
    })
}

fn text_file(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let text = std::fs::read_to_string(path);
    text.map(Zeroizing::new)
        .map_err(|error| Failure::new(Kind::Config, format!("{}: {error}", path.display())))
}
