//! Forms that change something.

use std::sync::Once;

use axum::Form;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::Method;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::app::App;
use super::bearer::Bearer;
use super::error::PageError;
use super::problem::Problem;
use super::token::Token;
use super::visitor::Visitor;

/// A form that came from one of our pages, made for this very visitor: the origin was checked by the layer around
/// all pages, the hidden field `token` is checked here.
#[derive(Debug, Clone)]
pub struct Guarded<T>(pub Visitor, pub T);

/// All fields of a form, for those that may repeat: `Guarded<Fields>`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first value of a field.
    #[must_use]
    pub fn one(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a field, in the form's order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl<T: DeserializeOwned> FromRequest<App> for Guarded<T> {
    type Rejection = PageError;

    async fn from_request(request: Request, app: &App) -> Result<Self, PageError> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, app).await?;
        let bearer = Bearer::from_request_parts(&mut parts, app).await?;
        let content_type = parts.headers.get(CONTENT_TYPE).cloned();
        let body = Bytes::from_request(Request::from_parts(parts, body), app)
            .await
            .map_err(|rejection| Problem::of_status(rejection.status()))?;
        let fields: Fields = decode(&body, content_type.clone()).await?;
        let token = fields.one("token").unwrap_or_default();
        if !app.form_key().verify(&bearer.token, token) {
            if bearer.new {
                tell_of_lost_cookies();
            }
            // A token that looks like one was right for whoever loaded the page.
            let known = Token::parse(token).is_some();
            return Err(if known { Problem::SessionChanged } else { Problem::StalePage }.into());
        }
        Ok(Guarded(visitor, decode(&body, content_type).await?))
    }
}

/// A form without any cookie: the page that it came from set one, but the browser did not keep it.
fn tell_of_lost_cookies() {
    static TOLD: Once = Once::new();
    TOLD.call_once(|| {
        tracing::warn!(
            "a browser keeps no cookies: players who come over the network without TLS need a server \
             started with --plain-http"
        );
    });
}

async fn decode<T: DeserializeOwned>(
    body: &Bytes,
    content_type: Option<HeaderValue>,
) -> Result<T, PageError> {
    let mut request = Request::new(axum::body::Body::from(body.clone()));
    *request.method_mut() = Method::POST;
    if let Some(content_type) = content_type {
        request.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    Ok(Form::<T>::from_request(request, &()).await?.0)
}
