//! Whose word the desk takes for the hub's certificate.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{
        CertificateDer,
        pem::{self, PemObject},
    },
};
use tokio_tungstenite::Connector;

/// The authorities that may vouch for the hub: the system's, and beside them the business's own if it has one.
#[derive(Clone, Debug, Default)]
pub struct HubTrust {
    /// None for the system's alone, which are then read anew for each connection.
    with_own: Option<Arc<ClientConfig>>,
}

/// Why an authority's file is of no use.
#[derive(Debug, thiserror::Error)]
pub enum HubTrustError {
    /// It cannot be read, is not PEM, or has no certificate in it.
    #[error(
        "cannot read a certificate from {0}: put that of the authority which issued the hub's certificate there, in \
         PEM (-----BEGIN CERTIFICATE-----)"
    )]
    Certificates(PathBuf, #[source] pem::Error),
    /// A certificate in it is none.
    #[error("a certificate in {0} is damaged: copy the file from its authority again")]
    Damaged(PathBuf, #[source] rustls::Error),
    /// This build of rustls has no version of TLS to offer.
    #[error("TLS cannot be set up")]
    Versions(#[source] rustls::Error),
}

impl HubTrust {
    /// The system's authorities and those in this PEM file. Both are read once.
    ///
    /// # Errors
    /// [`HubTrustError`], naming the file and what to put there.
    pub fn with_own(file: &Path) -> Result<Self, HubTrustError> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(file)? {
            roots.add(certificate).map_err(|error| HubTrustError::Damaged(file.to_owned(), error))?;
        }
        // A system without any, such as a small container, is no fault here.
        let system = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(system.certs);
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(HubTrustError::Versions)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { with_own: Some(Arc::new(config)) })
    }

    /// None for the WebSocket library's own way, which is the system's authorities.
    pub(crate) fn connector(&self) -> Option<Connector> {
        self.with_own.clone().map(Connector::Rustls)
    }
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, HubTrustError> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    match certificates {
        Ok(certificates) if certificates.is_empty() => Err(pem::Error::NoItemsFound),
        certificates => certificates,
    }
    .map_err(|error| HubTrustError::Certificates(file.to_owned(), error))
}
