//! A mail relay (RFC 5321) on a socket, as far as the desk's side of it needs: EHLO, STARTTLS, AUTH PLAIN, one mail.

use std::{
    fs,
    sync::{Arc, Mutex},
};

use data_encoding::BASE64;
use desk::{MailOptions, MailSecurity};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufStream},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

/// A mail that was taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mail {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) data: String,
    pub(crate) account: Option<String>,
}

impl Mail {
    /// The six digits that stand alone on a line.
    pub(crate) fn code(&self) -> String {
        let code = |line: &&str| line.len() == 6 && line.bytes().all(|octet| octet.is_ascii_digit());
        self.data.lines().find(code).expect("a code").to_owned()
    }
}

/// What it does with a recipient.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taking {
    Mails,
    Nothing,
}

pub(crate) struct Relay {
    port: u16,
    mails: Arc<Mutex<Vec<Mail>>>,
    authority: Vec<u8>,
}

struct Talk {
    mails: Arc<Mutex<Vec<Mail>>>,
    taking: Taking,
    starttls: bool,
}

impl Relay {
    /// On this machine and in plain.
    pub(crate) async fn start(taking: Taking) -> Self {
        Self::with(MailSecurity::None, taking).await
    }

    pub(crate) async fn with(security: MailSecurity, taking: Taking) -> Self {
        let (tls, authority) = certificate();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mails: Arc<Mutex<Vec<Mail>>> = Arc::default();
        let seen = Arc::clone(&mails);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let talk =
                    Talk { mails: Arc::clone(&seen), taking, starttls: security == MailSecurity::StartTls };
                let acceptor = TlsAcceptor::from(Arc::clone(&tls));
                tokio::spawn(async move {
                    if security == MailSecurity::Tls {
                        let Ok(stream) = acceptor.accept(stream).await else { return };
                        let _ = talk.greet(stream).await;
                    } else if let Ok(Some(stream)) = talk.greet(stream).await {
                        let Ok(stream) = acceptor.accept(stream).await else { return };
                        let talk = Talk { starttls: false, ..talk };
                        let _ = talk.go_on(stream).await;
                    }
                });
            }
        });
        Self { port, mails, authority }
    }

    pub(crate) fn options(&self, security: MailSecurity) -> MailOptions {
        let account = match security {
            MailSecurity::None => None,
            MailSecurity::Tls | MailSecurity::StartTls => {
                Some(("desk".to_owned(), "secret".to_owned().into()))
            }
        };
        MailOptions {
            host: "127.0.0.1".into(),
            port: self.port,
            security,
            account,
            from: "Wrenfield <support@shop.example>".parse().unwrap(),
            authority: Some(self.authority.clone()),
        }
    }

    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.mails.lock().unwrap().clone()
    }

    pub(crate) fn last_code(&self) -> String {
        self.mails().last().expect("a mail").code()
    }
}

impl Talk {
    async fn greet<S: AsyncRead + AsyncWrite + Unpin>(&self, mut stream: S) -> std::io::Result<Option<S>> {
        stream.write_all(b"220 relay ESMTP\r\n").await?;
        self.go_on(stream).await
    }

    /// Gives the stream back where TLS begins on it.
    async fn go_on<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S) -> std::io::Result<Option<S>> {
        let mut stream = BufStream::new(stream);
        let mut mail = Mail::default();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(None);
            }
            let line = line.trim_end();
            let address = || line.split_once('<').unwrap().1.split_once('>').unwrap().0.to_owned();
            let answer: &str = match line.split([' ', ':']).next().unwrap() {
                "EHLO" if self.starttls => "250-relay\r\n250 STARTTLS\r\n",
                "EHLO" => "250-relay\r\n250 AUTH PLAIN\r\n",
                "STARTTLS" => {
                    stream.write_all(b"220 go\r\n").await?;
                    stream.flush().await?;
                    return Ok(Some(stream.into_inner()));
                }
                "AUTH" => {
                    let given = BASE64.decode(line.rsplit(' ').next().unwrap().as_bytes()).unwrap();
                    mail.account = Some(String::from_utf8(given).unwrap().replace('\0', "/"));
                    "235 welcome\r\n"
                }
                "MAIL" => {
                    mail.from = address();
                    "250 ok\r\n"
                }
                "RCPT" if self.taking == Taking::Nothing => "550 no such customer cus-jonas@example.com\r\n",
                "RCPT" => {
                    mail.to.push(address());
                    "250 ok\r\n"
                }
                "DATA" => {
                    stream.write_all(b"354 go\r\n").await?;
                    stream.flush().await?;
                    loop {
                        let mut line = String::new();
                        stream.read_line(&mut line).await?;
                        if line == ".\r\n" {
                            break;
                        }
                        mail.data.push_str(&line);
                    }
                    self.mails.lock().unwrap().push(mail.clone());
                    "250 taken\r\n"
                }
                "QUIT" => "221 bye\r\n",
                other => panic!("{other}"),
            };
            stream.write_all(answer.as_bytes()).await?;
            stream.flush().await?;
        }
    }
}

/// For 127.0.0.1, and the authority that signed it.
fn certificate() -> (Arc<ServerConfig>, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let authority = params.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let (certificate_file, key_file) = (folder.path().join("relay.pem"), folder.path().join("relay.key"));
    fs::write(&certificate_file, params.signed_by(&key, &issuer).unwrap().pem()).unwrap();
    fs::write(&key_file, key.serialize_pem()).unwrap();
    // The second test in a process finds the provider installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut tls = ServerConfig::clone(&hub::tls_config(&certificate_file, &key_file).unwrap());
    tls.alpn_protocols.clear();
    (Arc::new(tls), authority.into_bytes())
}
