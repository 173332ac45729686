//! Cookies: three of them, all of this host only and out of reach of scripts.

use axum::http::HeaderMap;
use axum::http::header::{COOKIE, HeaderValue, SET_COOKIE};
use axum::response::Response;

/// Which cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// The session's token.
    Session,
    /// Ties the forms of a visitor without a session to the browser that asked for them.
    Visit,
    /// The language that a visitor without a session chose.
    Language,
}

/// How cookies are named and marked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cookies {
    secure: bool,
}

/// The longest that browsers keep a cookie; the server ends sessions by its own clock.
const KEPT_SECONDS: u32 = 400 * 24 * 3600;

impl Cookies {
    /// `secure` cookies carry the `__Host-` prefix and travel over TLS (or to localhost) only.
    pub(crate) fn new(secure: bool) -> Self {
        Cookies { secure }
    }

    fn name(self, cookie: Cookie) -> &'static str {
        match (cookie, self.secure) {
            (Cookie::Session, true) => "__Host-anv",
            (Cookie::Session, false) => "anv",
            (Cookie::Visit, true) => "__Host-anv-visit",
            (Cookie::Visit, false) => "anv-visit",
            (Cookie::Language, true) => "__Host-anv-language",
            (Cookie::Language, false) => "anv-language",
        }
    }

    /// The cookie's value in a request; of two with one name the first counts.
    pub(crate) fn get(self, headers: &HeaderMap, cookie: Cookie) -> Option<&str> {
        let name = self.name(cookie);
        let lines = headers.get_all(COOKIE).into_iter().filter_map(|v| v.to_str().ok());
        lines.flat_map(|line| line.split(';')).find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then_some(value)
        })
    }

    /// The header that sets a cookie; `value` consists of letters, digits and `-` in all its uses.
    pub(crate) fn set(self, cookie: Cookie, value: &str) -> Option<HeaderValue> {
        self.header(cookie, value, KEPT_SECONDS)
    }

    /// The header that deletes a cookie.
    pub(crate) fn clear(self, cookie: Cookie) -> Option<HeaderValue> {
        self.header(cookie, "", 0)
    }

    fn header(self, cookie: Cookie, value: &str, seconds: u32) -> Option<HeaderValue> {
        let secure = if self.secure { "; Secure" } else { "" };
        let name = self.name(cookie);
        let line = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::try_from(line).ok()
    }
}

/// Adds a cookie's header.
pub(crate) fn add_cookie(response: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&'static str]) -> HeaderMap {
        lines.iter().map(|line| (COOKIE, HeaderValue::from_static(line))).collect()
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let sent = headers(&["a=1; __Host-anv=abc", "__Host-anv=second; __Host-anv-visit=v"]);
        let cookies = Cookies::new(true);
        assert_eq!(cookies.get(&sent, Cookie::Session), Some("abc"));
        assert_eq!(cookies.get(&sent, Cookie::Visit), Some("v"));
        assert_eq!(cookies.get(&sent, Cookie::Language), None);
        assert_eq!(Cookies::new(false).get(&sent, Cookie::Session), None);
    }

    #[test]
    fn attributes_are_those_that_the_prefix_demands() {
        let set = Cookies::new(true).set(Cookie::Session, "abc").unwrap();
        let expected = "__Host-anv=abc; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax; Secure";
        assert_eq!(set.to_str().unwrap(), expected);
        let plain = Cookies::new(false).clear(Cookie::Session).unwrap();
        assert_eq!(plain.to_str().unwrap(), "anv=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    }
}
