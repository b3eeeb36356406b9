//! From flags to a repository behind a backup server.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use gleaner_engine::Cancel;
use gleaner_net::{ClientTls, Fingerprint, Limits, Token, Trust, system_time};
use gleaner_service::{Dial, Error, Line, Login, PROTOCOL, RemoteStorage, Session};
use gleaner_store::{Storage, SystemClock};
use zeroize::Zeroizing;

use crate::args::Global;
use crate::context::Context;
use crate::exit_code::{Failure, Kind};
use crate::output::Output;
use crate::password::secret_file;
use crate::place::ServerAddress;

/// How long an address of a server may take to answer.
const CONNECT: Duration = Duration::from_secs(10);

/// How long another session is tried when one was cut, where `--wait-for-server` does not say.
const PATIENCE: Duration = Duration::from_mins(5);

/// Logs in to the server; the line lasts as long as the storage.
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
    let dialler =
        Dialler { address: address.clone(), tls, token, cancel: context.signals.cancel.clone() };
    let patience = global.wait_for_server.unwrap_or(PATIENCE);
    let line = Line::open(Box::new(dialler), Arc::new(SystemClock::new()), patience);
    let line = line.map_err(|error| {
        let mut failure = Failure::from(error);
        failure.message = format!("{}:{}: {}", address.host, address.port, failure.message);
        failure
    })?;
    let line = context.line.get_or_init(|| Arc::new(line));
    Ok(Arc::new(RemoteStorage::on(Arc::clone(line))))
}

/// Logs in again and again as the same subscriber.
struct Dialler {
    address: ServerAddress,
    tls: ClientTls,
    token: Token,
    cancel: Cancel,
}

impl Dial for Dialler {
    fn dial(&self, after: Option<&Session>) -> gleaner_service::Result<Session> {
        let Self { address: ServerAddress { host, port, tenant, .. }, tls, token, .. } = self;
        let socket = gleaner_net::dial(host, *port, CONNECT)?;
        let program = concat!("gleaner ", env!("CARGO_PKG_VERSION"));
        let login = Login { tenant, token: Some(token), program, after };
        Session::begin(socket, host, tls, &Limits::default(), &login)
    }

    fn is_wanted(&self) -> bool {
        !self.cancel.is_cancelled()
    }
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
