//! `HOST:PORT`.

use std::fmt;
use std::str::FromStr;

/// A port of a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Name or number of the machine.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no address: expected HOST:PORT, such as localhost:50050");
        let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
        let port = port.parse().ok().filter(|&port| port > 0).ok_or_else(wrong)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if host.is_empty() || !host.chars().all(plain) {
            return Err(wrong());
        }
        Ok(Self { host: host.to_owned(), port })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn host_and_port() {
        let address: Address = "node-1.example:50050".parse().unwrap();
        assert_eq!((address.host.as_str(), address.port), ("node-1.example", 50050));
        assert_eq!(address.to_string(), "node-1.example:50050");
        for wrong in ["", "host", ":1", "host:", "host:0", "host:70000", "df://host:1", "a b:1"] {
            assert!(wrong.parse::<Address>().is_err(), "{wrong}");
        }
    }
}
