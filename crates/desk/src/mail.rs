//! Mails to customers: one-time codes, through the business's own relay (RFC 5321, RFC 8314).
//!
//! A mail holds what its purpose needs and nothing of the conversation; there is no link in it.

use std::{
    str::FromStr,
    time::{Duration, SystemTime},
};

use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};
use protocol::Timestamp;
use zeroize::Zeroizing;

/// The relay that takes mails from the desk.
#[derive(Clone)]
pub struct MailOptions {
    /// Its host name; with TLS its certificate must be for this name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// What protects the connection.
    pub security: MailSecurity,
    /// The name and the password with which the desk signs in, when the relay wants that.
    pub account: Option<(String, Zeroizing<String>)>,
    /// The sender.
    pub from: MailSender,
    /// The certificate (PEM) of an authority that may vouch for the relay beside the system's.
    pub authority: Option<Vec<u8>>,
}

/// What protects the connection to the relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailSecurity {
    /// TLS from the first octet.
    Tls,
    /// STARTTLS before anything is said; a relay that does not offer it gets nothing.
    StartTls,
    /// Nothing: for a relay on this machine.
    None,
}

/// The sender of mails: an address, also with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailSender(Mailbox);

impl FromStr for MailSender {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        text.parse().map(Self).map_err(|_| ())
    }
}

impl FromStr for MailSecurity {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "tls" => Ok(Self::Tls),
            "starttls" => Ok(Self::StartTls),
            "none" => Ok(Self::None),
            _ => Err(()),
        }
    }
}

/// The relay cannot be used as it is configured.
#[derive(Debug, thiserror::Error)]
pub enum MailSetupError {
    /// Its name or the authority's certificate is not of their form.
    #[error("the mail relay's host name or authority cannot be used")]
    Tls,
}

/// A mail was not taken by the relay. What the relay said is left out, since it may name the address.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MailError {
    #[error("no mail relay is configured")]
    NotConfigured,
    #[error("the mail cannot be written")]
    Form,
    #[error("the mail relay does not answer, or did not take the mail")]
    Relay,
}

/// How long the relay may take for one mail.
const PATIENCE: Duration = Duration::from_secs(10);

/// An address to which a mail can be sent: one, without control characters, in plain ASCII or an international domain.
pub(crate) struct Recipient(Address);

impl Recipient {
    /// `None` for what is no address; a line break in it would begin another command or header.
    pub(crate) fn new(address: &str) -> Option<Self> {
        let plain = address.len() <= 254 && !address.chars().any(|c| c.is_control() || c.is_whitespace());
        address.parse().ok().filter(|_| plain).map(Self)
    }

    /// The address as it may be shown to whoever is in the chat: `m***@example.org`.
    pub(crate) fn shown(&self) -> String {
        let first = self.0.user().chars().next().unwrap_or('*');
        format!("{first}***@{}", self.0.domain())
    }
}

/// What is written.
pub(crate) struct Letter {
    pub(crate) subject: String,
    pub(crate) body: Zeroizing<String>,
    /// When it is written.
    pub(crate) at: Timestamp,
    /// A random name, of letters and digits.
    pub(crate) id: String,
}

/// Sends mails.
#[derive(Clone)]
pub(crate) struct Mailer {
    relay: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    pub(crate) fn new(options: &MailOptions) -> Result<Self, MailSetupError> {
        let tls = || {
            let mut tls = TlsParameters::builder(options.host.clone());
            if let Some(pem) = &options.authority {
                tls = tls.add_root_certificate(Certificate::from_pem(pem).map_err(|_| MailSetupError::Tls)?);
            }
            tls.build_rustls().map_err(|_| MailSetupError::Tls)
        };
        let tls = match options.security {
            MailSecurity::Tls => Tls::Wrapper(tls()?),
            MailSecurity::StartTls => Tls::Required(tls()?),
            MailSecurity::None => Tls::None,
        };
        let mut relay = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(options.host.clone())
            .port(options.port)
            .tls(tls)
            .timeout(Some(PATIENCE));
        if let Some((user, password)) = &options.account {
            relay = relay.credentials(Credentials::new(user.clone(), password.to_string()));
        }
        Ok(Self { relay: relay.build(), from: options.from.0.clone() })
    }

    /// Returns once the relay has taken it.
    pub(crate) async fn send(&self, to: Recipient, letter: Letter) -> Result<(), MailError> {
        let at = Duration::from_millis(u64::try_from(letter.at.0).unwrap_or_default());
        let name = HeaderName::new_from_ascii_str("Auto-Submitted");
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.0))
            .subject(letter.subject)
            .date(SystemTime::UNIX_EPOCH + at)
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            // RFC 3834: no holiday notice shall answer it.
            .raw_header(HeaderValue::new(name, "auto-generated".to_owned()))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.body.to_string())
            .map_err(|_| MailError::Form)?;
        // Each wait of the library is bounded on its own; a relay that goes on in drips is not.
        let sent = tokio::time::timeout(PATIENCE * 2, self.relay.send(message)).await;
        sent.ok().and_then(Result::ok).map(drop).ok_or(MailError::Relay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_could_be_more_than_one_is_none() {
        let bad = [
            "",
            "marta",
            "marta@",
            "@example.org",
            "marta@example.org\r\nBcc: eve@example.com",
            "marta@example.org\nRCPT TO:<eve@example.com>",
            "marta@example.org, eve@example.com",
            "Marta <marta@example.org>",
            "marta @example.org",
            "marta@example.org\0",
            "marta@exam\u{2028}ple.org",
        ];
        for address in bad {
            assert!(Recipient::new(address).is_none(), "{address:?}");
        }
        assert_eq!(Recipient::new("marta@example.org").unwrap().shown(), "m***@example.org");
        assert_eq!(Recipient::new("x@example.org").unwrap().shown(), "x***@example.org");
    }
}
