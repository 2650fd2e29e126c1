//! Under which addresses the console may be opened.

use std::str::FromStr;

use url::Url;

/// An address of the console as a browser's `Origin` header writes it, for example `http://127.0.0.1:7441`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleAddress {
    origin: String,
    authority: String,
    transport: Transport,
}

/// Whether cookies can be kept to encrypted connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transport {
    /// `http`: a loopback address, or TLS that ends nowhere.
    Plain,
    /// `https`.
    Tls,
}

/// Text that is not an address of a console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a console's address is http:// or https://, a host and if need be a port, and nothing after it")]
pub struct AddressError;

impl ConsoleAddress {
    /// As a browser names it.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Host and port as the `Host` header names them.
    pub(super) fn authority(&self) -> &str {
        &self.authority
    }

    pub(super) fn transport(&self) -> Transport {
        self.transport
    }
}

impl FromStr for ConsoleAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let url = Url::parse(text).map_err(|_| AddressError)?;
        let transport = match url.scheme() {
            "http" => Transport::Plain,
            "https" => Transport::Tls,
            _ => return Err(AddressError),
        };
        let origin = url.origin().ascii_serialization();
        // Whatever follows the host (a path, a name, a question) is not part of an origin.
        if text.trim_end_matches('/') != origin {
            return Err(AddressError);
        }
        let authority =
            origin.split_once("://").map(|(_, authority)| authority.to_owned()).ok_or(AddressError)?;
        Ok(Self { origin, authority, transport })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_scheme_host_and_port_and_nothing_more() {
        let address: ConsoleAddress = "https://desk.example:8443/".parse().unwrap();
        assert_eq!(address.origin(), "https://desk.example:8443");
        assert_eq!(address.authority(), "desk.example:8443");
        assert_eq!(address.transport(), Transport::Tls);
        for wrong in ["", "desk.example", "ftp://desk.example", "http://a/b", "http://me@a", "http://a?b"] {
            assert_eq!(wrong.parse::<ConsoleAddress>(), Err(AddressError), "{wrong}");
        }
    }
}
