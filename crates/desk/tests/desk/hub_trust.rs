//! The hub's certificate, when the business's own authority issued it.

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use desk::{HubTrust, HubTrustError};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{AlertDescription, ServerConfig};
use tempfile::TempDir;
use tokio::{net::TcpListener, time::timeout};
use tokio_rustls::TlsAcceptor;

use super::world::World;

/// Far longer than it takes, and shorter than a test may run.
const LONG: Duration = Duration::from_secs(60);

/// An authority in a folder, with a certificate of it for a hub on this machine.
struct Authority(TempDir);

impl Authority {
    fn new() -> Self {
        let authority = Self(tempfile::tempdir().unwrap());
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        authority.write("authority.pem", &params.self_signed(&key).unwrap().pem());
        let issuer = Issuer::new(params, key);
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        authority.write("hub.pem", &params.signed_by(&key, &issuer).unwrap().pem());
        authority.write("hub.key", &key.serialize_pem());
        authority
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn tls(&self) -> Arc<ServerConfig> {
        hub::tls_config(&self.path("hub.pem"), &self.path("hub.key")).unwrap()
    }

    fn trust(&self) -> Result<HubTrust, HubTrustError> {
        HubTrust::with_own(&self.path("authority.pem"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_is_reached_whose_authority_is_the_businesss_own_and_another_at_its_place_is_not() {
    let own = Authority::new();
    let mut world = timeout(LONG, World::with_hub(Some(own.tls()), own.trust().unwrap()))
        .await
        .expect("the desk did not reach the hub");
    world.stop_desk().await;
    world.stop_hub().await;

    let impostor = TcpListener::bind("127.0.0.1:0").await.unwrap();
    world.hub_url = format!("https://{}", impostor.local_addr().unwrap());
    world.start_desk_without_hub().await;
    let (stream, _) = timeout(LONG, impostor.accept()).await.unwrap().unwrap();
    // Its authority has the same name and another key.
    let acceptor = TlsAcceptor::from(Authority::new().tls());
    let error = timeout(LONG, acceptor.accept(stream)).await.unwrap().unwrap_err();
    let error = error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>());
    assert_eq!(error, Some(&rustls::Error::AlertReceived(AlertDescription::DecryptError)));
}

#[test]
fn a_file_that_is_no_authoritys_is_named_with_what_to_put_there() {
    let own = Authority::new();
    let said = |text: Option<&str>| {
        match text {
            Some(text) => own.write("authority.pem", text),
            None => fs::remove_file(own.path("authority.pem")).unwrap(),
        }
        own.trust().unwrap_err().to_string()
    };
    let key = fs::read_to_string(own.path("hub.key")).unwrap();
    let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for text in ["", "not a certificate", &key] {
        let said = said(Some(text));
        assert!(said.contains("authority.pem: put ") && said.contains("BEGIN CERTIFICATE"), "{said}");
    }
    assert!(said(Some(damaged)).contains("authority.pem is damaged"));
    assert!(said(None).contains("authority.pem: put "));
}
