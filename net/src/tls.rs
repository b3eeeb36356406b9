//! Both ends of a TLS connection, and whom they believe.

use std::net::TcpStream;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::time_provider::{DefaultTimeProvider, TimeProvider};
use rustls::{
    CertificateError, ClientConfig, ClientConnection, RootCertStore, ServerConfig,
    ServerConnection, version,
};

use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::fingerprint::Fingerprint;
use crate::identity::{Identity, bad, certificates_of};
use crate::limits::Limits;
use crate::pinned::{KnownLater, PinnedServer};

/// Where TLS takes the time from by which certificates are valid or not.
pub type TimeSource = Arc<dyn TimeProvider>;

/// The machine's clock.
#[must_use]
pub fn system_time() -> TimeSource {
    Arc::new(DefaultTimeProvider)
}

/// Which servers a client believes.
#[derive(Debug, Clone)]
pub enum Trust {
    /// The one with this certificate, whatever that says of names, times and signers.
    Fingerprint(Fingerprint),
    /// Those whose certificate is valid for the name that was dialled, by one of these roots.
    Roots(Vec<CertificateDer<'static>>),
}

impl Trust {
    /// Roots of a PEM file.
    ///
    /// # Errors
    /// [`Error::BadCertificate`] if there is none.
    pub fn roots_of_pem(pem: &str) -> Result<Self> {
        certificates_of("the CA certificate", pem).map(Self::Roots)
    }
}

/// Which certificates a server asks its clients for. Any that the client has the key of passes:
/// what a fingerprint may do is the service's to say ([`Connection::peer`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clients {
    /// None: they log in with a token.
    NeedNone,
    /// They may bring one.
    MayBring,
    /// Who has none does not get through the handshake.
    MustBring,
}

/// A client's half, made once and used for any number of connections.
#[derive(Debug, Clone)]
pub struct ClientTls {
    config: Arc<ClientConfig>,
    expected: Option<Fingerprint>,
    other: Arc<Mutex<Option<Fingerprint>>>,
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

impl ClientTls {
    /// `protocol` is the ALPN name of what is spoken inside; both ends need the same.
    ///
    /// # Errors
    /// [`Error::BadCertificate`] for roots that are none.
    pub fn new(
        trust: &Trust,
        identity: Option<&Identity>,
        protocol: &[u8],
        time: TimeSource,
    ) -> Result<Self> {
        let provider = provider();
        let builder = ClientConfig::builder_with_details(Arc::clone(&provider), time)
            .with_protocol_versions(&[&version::TLS13])?;
        let (mut expected, mut other) = (None, Arc::default());
        let builder = match trust {
            Trust::Fingerprint(fingerprint) => {
                let pinned = PinnedServer::new(*fingerprint, provider);
                (expected, other) = (Some(*fingerprint), Arc::clone(&pinned.other));
                builder.dangerous().with_custom_certificate_verifier(Arc::new(pinned))
            }
            Trust::Roots(certificates) => {
                let mut roots = RootCertStore::empty();
                for certificate in certificates {
                    roots
                        .add(certificate.clone())
                        .map_err(|error| bad("the CA certificate", &error))?;
                }
                let verifier =
                    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
                        .build()
                        .map_err(|error| bad("the CA certificate", &error))?;
                builder.with_webpki_verifier(verifier)
            }
        };
        let mut config = match identity {
            Some(identity) => builder.with_client_auth_cert(identity.chain(), identity.key())?,
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = vec![protocol.to_vec()];
        Ok(Self { config: Arc::new(config), expected, other })
    }

    /// What people can do something with, in place of what the handshake says of a wrong pin.
    fn explain(&self, error: Error) -> Error {
        let is_pin = matches!(
            error,
            Error::Tls(rustls::Error::InvalidCertificate(
                CertificateError::ApplicationVerificationFailure
            ))
        );
        let found = *self.other.lock().unwrap_or_else(PoisonError::into_inner);
        match (self.expected, found) {
            (Some(expected), Some(found)) if is_pin => Error::OtherCertificate { expected, found },
            _ => error,
        }
    }
}

/// A server's half, made once and used for all connections.
#[derive(Debug, Clone)]
pub struct ServerTls {
    config: Arc<ServerConfig>,
}

impl ServerTls {
    /// As [`ClientTls::new`].
    ///
    /// # Errors
    /// [`Error::Tls`] for an identity that cannot be used.
    pub fn new(
        identity: &Identity,
        clients: Clients,
        protocol: &[u8],
        time: TimeSource,
    ) -> Result<Self> {
        let provider = provider();
        let builder = ServerConfig::builder_with_details(Arc::clone(&provider), time)
            .with_protocol_versions(&[&version::TLS13])?;
        let is_required = clients == Clients::MustBring;
        let builder = match clients {
            Clients::NeedNone => builder.with_no_client_auth(),
            Clients::MayBring | Clients::MustBring => {
                builder.with_client_cert_verifier(Arc::new(KnownLater { is_required, provider }))
            }
        };
        let mut config = builder.with_single_cert(identity.chain(), identity.key())?;
        config.alpn_protocols = vec![protocol.to_vec()];
        Ok(Self { config: Arc::new(config) })
    }
}

/// Makes the handshake of a client on a socket that was dialled for `host`, a DNS name or an IP
/// address.
///
/// # Errors
/// [`Error::OtherCertificate`] for a wrong pin; [`Error::Tls`] if the server is not who it has to
/// be, or refuses this client; [`Error::TimedOut`]; the socket's. A server that asks for a
/// certificate may refuse this one only after the handshake: then the first frame says so.
pub fn connect(
    socket: TcpStream,
    host: &str,
    tls: &ClientTls,
    limits: &Limits,
) -> Result<Connection> {
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| Error::BadText { what: "DNS name or IP address" })?;
    let client = ClientConnection::new(Arc::clone(&tls.config), name)?;
    Connection::handshake(client.into(), socket, limits).map_err(|error| tls.explain(error))
}

/// Makes the handshake of a server.
///
/// # Errors
/// As [`connect`].
pub fn accept(socket: TcpStream, tls: &ServerTls, limits: &Limits) -> Result<Connection> {
    let server = ServerConnection::new(Arc::clone(&tls.config))?;
    Connection::handshake(server.into(), socket, limits)
}

#[cfg(test)]
mod tests;
