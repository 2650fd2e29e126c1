//! TLS by rustls, from files.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
};

/// Why TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The certificate file cannot be read, is not PEM, or has no certificate in it.
    #[error(
        "cannot read a certificate from {0}: put the server's certificate there, then those of its issuers, in PEM \
         (-----BEGIN CERTIFICATE-----)"
    )]
    Certificates(PathBuf, #[source] pem::Error),
    /// A certificate in the file is none.
    #[error("a certificate in {0} is damaged: copy the file from its authority again")]
    DamagedCertificate(PathBuf, #[source] rustls::Error),
    /// The key file cannot be read, is not PEM, or has no private key in it that is open.
    #[error(
        "cannot read a private key from {0}: put the certificate's key there in PEM, without a password \
         (-----BEGIN PRIVATE KEY-----)"
    )]
    Key(PathBuf, #[source] pem::Error),
    /// The key is damaged or of a kind that rustls does not use.
    #[error(
        "the private key in {0} is of no use: make an ECDSA, Ed25519 or RSA key, and a certificate for it"
    )]
    UnusableKey(PathBuf, #[source] rustls::Error),
    /// The key is another certificate's.
    #[error(
        "the private key in {key} is not that of the first certificate in {certificates}: name two files that belong \
         together, and put the server's certificate before those of its issuers"
    )]
    Unfit {
        /// Where the certificates are.
        certificates: PathBuf,
        /// Where the key is.
        key: PathBuf,
        /// What rustls says.
        #[source]
        source: rustls::Error,
    },
    /// This build of rustls has no version of TLS to offer.
    #[error("TLS cannot be set up")]
    Versions(#[source] rustls::Error),
}

/// TLS 1.2 and 1.3 with these files, for HTTP/2 and HTTP/1.1 (ALPN, RFC 7301). They are read once.
///
/// # Errors
/// [`TlsError`], naming the file and what to put there.
pub fn tls_config(certificates: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = chain(certificates)?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| TlsError::Key(key.to_owned(), error))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Versions)?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(|error| blame(certificates, key, error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn chain(certificates: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(certificates).and_then(Iterator::collect);
    match chain {
        Ok(chain) if chain.is_empty() => Err(pem::Error::NoItemsFound),
        chain => chain,
    }
    .map_err(|error| TlsError::Certificates(certificates.to_owned(), error))
}

/// Which of the two files is wrong.
fn blame(certificates: &Path, key: &Path, error: rustls::Error) -> TlsError {
    match error {
        rustls::Error::InconsistentKeys(_) => {
            TlsError::Unfit { certificates: certificates.to_owned(), key: key.to_owned(), source: error }
        }
        rustls::Error::InvalidCertificate(_) => TlsError::DamagedCertificate(certificates.to_owned(), error),
        error => TlsError::UnusableKey(key.to_owned(), error),
    }
}
