//! Whether a request that changes something comes from one of our own pages.

use axum::http::HeaderMap;
use axum::http::header::{HOST, HeaderName, ORIGIN};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What the browser says about the page that sent a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sender {
    /// One of our pages.
    Own,
    /// Somebody else's page, or one that hides who it is.
    Foreign,
    /// Nothing was said: a program, or a browser from before 2020.
    Unknown,
}

/// Reads `Sec-Fetch-Site` and `Origin`; both have to agree where both are there. `url` is the address that players
/// type; a laptop is reached by its other names as well, so an origin that equals the `Host` header will do, which
/// browsers set truthfully.
pub(crate) fn sender(headers: &HeaderMap, url: &str) -> Sender {
    let text = |name| headers.get(name).map(|v| v.to_str().unwrap_or("not text"));
    let fetch = text(SEC_FETCH_SITE).map(|site| site == "same-origin");
    let origin = text(ORIGIN).map(|origin| is_own(origin, url, text(HOST)));
    match (fetch, origin) {
        (None, None) => Sender::Unknown,
        (Some(false), _) | (_, Some(false)) => Sender::Foreign,
        _ => Sender::Own,
    }
}

fn is_own(origin: &str, url: &str, host: Option<&str>) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    // What came without TLS may have been put in by anybody on the way.
    let safe = scheme == "https" || !url.starts_with("https://");
    let named = host.is_some_and(|host| authority.eq_ignore_ascii_case(host));
    origin.eq_ignore_ascii_case(url) || safe && named
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn said(pairs: &[(&'static str, &'static str)], url: &str) -> Sender {
        let entry = |&(k, v): &(&'static str, &'static str)| {
            (HeaderName::from_static(k), HeaderValue::from_static(v))
        };
        sender(&pairs.iter().map(entry).collect(), url)
    }

    #[test]
    fn every_combination_of_headers() {
        use Sender::*;
        let url = "http://localhost:8080";
        let host = ("host", "game.example");
        let (own, other) = (("origin", "https://game.example"), ("origin", "https://evil.example"));
        assert_eq!(said(&[host], url), Unknown);
        assert_eq!(said(&[host, own], url), Own);
        assert_eq!(said(&[host, other], url), Foreign);
        assert_eq!(said(&[host, ("origin", "null")], url), Foreign);
        assert_eq!(said(&[own], url), Foreign);
        for site in ["cross-site", "same-site", "none"] {
            assert_eq!(said(&[host, own, ("sec-fetch-site", site)], url), Foreign, "{site}");
        }
        assert_eq!(said(&[host, ("sec-fetch-site", "same-origin")], url), Own);
        assert_eq!(said(&[host, other, ("sec-fetch-site", "same-origin")], url), Foreign);
    }

    #[test]
    fn a_proxy_may_hide_the_host_and_tls_is_not_left() {
        let url = "https://game.example";
        let origin = |host, origin| said(&[("host", host), ("origin", origin)], url);
        assert_eq!(origin("127.0.0.1:8080", "https://game.example"), Sender::Own);
        assert_eq!(origin("127.0.0.1:8080", "https://game.example:444"), Sender::Foreign);
        assert_eq!(origin("game.example", "http://game.example"), Sender::Foreign);
        assert_eq!(origin("game.example", "https://game.example"), Sender::Own);
    }
}
