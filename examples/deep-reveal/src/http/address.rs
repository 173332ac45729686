//! Whose request it is, for limits only: addresses are never stored or logged.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::http::{HeaderMap, HeaderName};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The socket's other end, put into every request by the server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub SocketAddr);

/// The address that limits count by: the socket's, or behind a proxy what that proxy added last to
/// `X-Forwarded-For` (everything before it is the client's own claim).
pub(crate) fn client_address(headers: &HeaderMap, peer: Option<Peer>, behind_proxy: bool) -> IpAddr {
    let socket = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
    let forwarded = || {
        let last = headers.get_all(X_FORWARDED_FOR).into_iter().next_back()?;
        last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
    };
    network(if behind_proxy { forwarded().unwrap_or(socket) } else { socket })
}

/// One household has a whole /64 of IPv6 addresses: they count as one.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn address(forwarded: &[&'static str], behind_proxy: bool) -> String {
        let headers =
            forwarded.iter().map(|v| (X_FORWARDED_FOR, HeaderValue::from_static(v))).collect::<HeaderMap>();
        client_address(&headers, Some(Peer(([10, 0, 0, 1], 9).into())), behind_proxy).to_string()
    }

    #[test]
    fn only_the_last_hop_behind_a_proxy_is_believed() {
        assert_eq!(address(&["1.1.1.1"], false), "10.0.0.1");
        assert_eq!(address(&["1.1.1.1, 2.2.2.2"], true), "2.2.2.2");
        assert_eq!(address(&["1.1.1.1", "3.3.3.3"], true), "3.3.3.3");
        assert_eq!(address(&["1.1.1.1, rubbish"], true), "10.0.0.1");
        assert_eq!(address(&[], true), "10.0.0.1");
    }

    #[test]
    fn ipv6_counts_by_network() {
        assert_eq!(address(&["2001:db8:1:2:3:4:5:6"], true), "2001:db8:1:2::");
        assert_eq!(address(&["::ffff:9.8.7.6"], true), "9.8.7.6");
    }
}
