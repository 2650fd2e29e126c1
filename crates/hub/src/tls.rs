//! TLS by rustls, from files.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

/// Why TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The certificate file holds no certificate chain in PEM.
    #[error("cannot read a certificate chain (PEM) from {0}")]
    Certificates(PathBuf, #[source] Option<rustls::pki_types::pem::Error>),
    /// The key file holds no private key in PEM.
    #[error("cannot read a private key (PEM) from {0}")]
    Key(PathBuf, #[source] rustls::pki_types::pem::Error),
    /// Key and certificate do not fit, or are of a kind that rustls does not use.
    #[error("the certificate and the private key do not go together")]
    Unfit(#[source] rustls::Error),
}

/// TLS 1.2 and 1.3 with these files, for HTTP/2 and HTTP/1.1.
///
/// # Errors
/// [`TlsError`], naming the file.
pub fn tls_config(certificates: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let bad = |error| TlsError::Certificates(certificates.to_owned(), error);
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificates)
        .and_then(Iterator::collect)
        .map_err(|error| bad(Some(error)))?;
    if chain.is_empty() {
        return Err(bad(None));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| TlsError::Key(key.to_owned(), error))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, private))
        .map_err(TlsError::Unfit)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
