//! A certificate with its key.

use std::fmt;

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::fingerprint::Fingerprint;

/// Who one is on the network: a chain of certificates, the own one first, and its private key.
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    pem: Pem,
}

struct Pem {
    certificates: String,
    key: Zeroizing<String>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fingerprint = self.fingerprint();
        f.debug_struct("Identity").field("fingerprint", &fingerprint).finish_non_exhaustive()
    }
}

impl Identity {
    /// Makes a key (ECDSA P-256) and a certificate that it signs itself, for these DNS names and
    /// IP addresses, or for none: whoever is known by its fingerprint needs no name. It does not
    /// expire: what ends its use is that its pin is taken away.
    ///
    /// # Errors
    /// [`Error::BadCertificate`] for a name that is none.
    pub fn generate(common_name: &str, names: &[String]) -> Result<Self> {
        let bad = |error: rcgen::Error| bad("the certificate to make", &error);
        let key = KeyPair::generate().map_err(bad)?;
        let mut params = CertificateParams::new(names).map_err(bad)?;
        params.distinguished_name.push(DnType::CommonName, common_name);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let certificate = params.self_signed(&key).map_err(bad)?;
        Self::from_pem(&certificate.pem(), &Zeroizing::new(key.serialize_pem()))
    }

    /// Takes a chain of certificates, the own one first, and the own one's key (PKCS #8, PKCS #1
    /// or SEC 1).
    ///
    /// # Errors
    /// [`Error::BadCertificate`] if there is none, or the key is another one's.
    pub fn from_pem(certificates: &str, key: &str) -> Result<Self> {
        let chain = certificates_of("the certificate", certificates)?;
        let private = PrivateKeyDer::from_pem_slice(key.as_bytes())
            .map_err(|error| bad("the private key", &error))?;
        let signing = rustls::crypto::aws_lc_rs::sign::any_supported_type(&private)
            .map_err(|error| bad("the private key", &error))?;
        rustls::sign::CertifiedKey::new(chain.clone(), signing)
            .keys_match()
            .map_err(|error| bad("the private key", &error))?;
        let pem =
            Pem { certificates: certificates.to_owned(), key: Zeroizing::new(key.to_owned()) };
        Ok(Self { chain, key: private, pem })
    }

    /// The name of the own certificate.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.chain.first().map_or(Fingerprint::from_bytes([0; 32]), Fingerprint::of)
    }

    /// The certificates, to be shown to anybody.
    #[must_use]
    pub fn certificates_pem(&self) -> &str {
        &self.pem.certificates
    }

    /// The private key, to be kept in a file of mode 0600.
    #[must_use]
    pub fn key_pem(&self) -> &str {
        &self.pem.key
    }

    pub(crate) fn chain(&self) -> Vec<CertificateDer<'static>> {
        self.chain.clone()
    }

    pub(crate) fn key(&self) -> PrivateKeyDer<'static> {
        self.key.clone_key()
    }
}

/// All certificates of a text; at least one.
pub(crate) fn certificates_of(
    what: &'static str,
    pem: &str,
) -> Result<Vec<CertificateDer<'static>>> {
    let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| bad(what, &error))?;
    if certificates.is_empty() {
        return Err(bad(what, &"there is no PEM section CERTIFICATE"));
    }
    Ok(certificates)
}

pub(crate) fn bad(what: &'static str, why: &dyn fmt::Display) -> Error {
    Error::BadCertificate { what, why: why.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_comes_back_from_its_pem() {
        let made = Identity::generate("server", &["localhost".to_owned()]).unwrap();
        let read = Identity::from_pem(made.certificates_pem(), made.key_pem()).unwrap();
        assert_eq!(made.fingerprint(), read.fingerprint());
        let other = Identity::generate("server", &["localhost".to_owned()]).unwrap();
        assert_ne!(made.fingerprint(), other.fingerprint(), "keys are not the same twice");
    }

    #[test]
    fn key_of_another_certificate_is_refused() {
        let [a, b] = ["a", "b"].map(|name| Identity::generate(name, &[]).unwrap());
        let error = Identity::from_pem(a.certificates_pem(), b.key_pem()).unwrap_err();
        assert!(matches!(error, Error::BadCertificate { what: "the private key", .. }), "{error}");
    }

    #[test]
    fn text_without_certificate_or_key_is_refused() {
        let a = Identity::generate("a", &[]).unwrap();
        for (certificates, key) in [
            ("", a.key_pem()),
            (a.key_pem(), a.key_pem()),
            (a.certificates_pem(), ""),
            (a.certificates_pem(), a.certificates_pem()),
            ("-----BEGIN CERTIFICATE-----\nAAAA", a.key_pem()),
        ] {
            assert!(Identity::from_pem(certificates, key).is_err());
        }
        assert!(Identity::generate("a", &["no name \u{e4}".to_owned()]).is_err());
    }

    #[test]
    fn debug_output_shows_no_key() {
        let made = Identity::generate("server", &[]).unwrap();
        let shown = format!("{made:?}");
        assert!(shown.contains(&made.fingerprint().to_string()));
        let secret = made.key_pem().lines().nth(1).unwrap();
        assert!(!shown.contains(&secret[..20]));
    }
}
