//! Styles, script, fonts and pictures, part of the program.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::Json;
use axum::extract::{Path, Query};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

macro_rules! asset {
    ($name:literal, $kind:literal) => {
        ($name, $kind, include_bytes!(concat!("../../static/", $name)).as_slice())
    };
    ($name:literal, $kind:literal, $path:literal) => {
        ($name, $kind, include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../", $path)).as_slice())
    };
}

/// Name, type and content.
static ASSETS: [(&str, &str, &[u8]); 10] = [
    asset!("style.css", "text/css; charset=utf-8"),
    asset!("game.js", "text/javascript; charset=utf-8"),
    asset!("icon.svg", "image/svg+xml"),
    asset!("icon-192.png", "image/png"),
    asset!("icon-512.png", "image/png"),
    asset!("example-0.jpg", "image/jpeg"),
    asset!("example-3.jpg", "image/jpeg"),
    asset!("example-whole.jpg", "image/jpeg"),
    asset!("inter-400.woff2", "font/woff2", "anv-mask/assets/Inter-Regular-Latin.woff2"),
    asset!("inter-600.woff2", "font/woff2", "anv-mask/assets/Inter-SemiBold-Latin.woff2"),
];

/// The start of each content's hash.
static VERSIONS: LazyLock<HashMap<&str, String>> = LazyLock::new(|| {
    let version = |bytes: &[u8]| Sha256::digest(bytes).iter().take(6).map(|b| format!("{b:02x}")).collect();
    ASSETS.iter().map(|&(name, _, bytes)| (name, version(bytes))).collect()
});

/// Where a browser finds a file; it may keep what it finds there for ever.
pub(super) fn url(name: &str) -> String {
    match VERSIONS.get(name) {
        Some(version) => format!("/static/{name}?v={version}"),
        None => format!("/static/{name}"),
    }
}

/// The version that a page asks for.
#[derive(Debug, Deserialize)]
pub(crate) struct Version {
    v: Option<String>,
}

/// `GET /static/{name}`.
pub(crate) async fn static_file(Path(name): Path<String>, Query(asked): Query<Version>) -> Response {
    let Some((name, kind, bytes)) = ASSETS.iter().find(|(known, ..)| *known == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // The stylesheet names the fonts without a version; a page of an older server may ask for another one.
    let current = asked.v.is_some() && asked.v.as_ref() == VERSIONS.get(name);
    let keep = if current { "public, max-age=31536000, immutable" } else { "public, max-age=86400" };
    let headers = HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CACHE_CONTROL, HeaderValue::from_static(keep)),
    ]);
    (headers, *bytes).into_response()
}

/// `GET /manifest.webmanifest`: with it a phone offers to keep the game among its apps.
pub(crate) async fn manifest() -> Response {
    let icon = |name: &str, kind: &str, sizes: &str, purpose: &str| -> Value {
        json!({ "src": url(name), "type": kind, "sizes": sizes, "purpose": purpose })
    };
    let manifest = json!({
        "id": "/",
        "name": "Deep Reveal",
        "short_name": "Deep Reveal",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#0b0c10",
        "theme_color": "#0b0c10",
        "icons": [
            icon("icon.svg", "image/svg+xml", "any", "any"),
            icon("icon-192.png", "image/png", "192x192", "any"),
            icon("icon-512.png", "image/png", "512x512", "any maskable"),
        ],
    });
    let headers = [(CONTENT_TYPE, "application/manifest+json"), (CACHE_CONTROL, "public, max-age=86400")];
    (headers, Json(manifest)).into_response()
}
