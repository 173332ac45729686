//! Who calls: a bearer of a token in a header, or a browser with its cookie.

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::http::header::{ALLOW, AUTHORIZATION, CONTENT_TYPE, HeaderName};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;

use super::error::{ApiError, ApiResult};
use crate::http::app::App;
use crate::http::cookies::Cookie;
use crate::http::limits::Action;
use crate::http::origin::{Sender, sender};
use crate::http::problem::Problem;
use crate::http::sessions;
use crate::http::token::Token;
use crate::http::visitor::{Client, client, language};
use crate::language::Language;
use crate::store::Player;

pub(crate) const CSRF_HEADER: HeaderName = HeaderName::from_static("x-csrf-token");

/// Whoever calls.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The player of the session.
    pub(crate) player: Option<Player>,
    /// The session's token.
    pub(crate) token: Option<Token>,
    /// The address that limits count by.
    pub(crate) client: Client,
    /// The language that the caller would like.
    pub(crate) language: Language,
}

/// A caller with a session.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    pub(crate) player: Player,
    pub(crate) token: Token,
}

/// A body of JSON.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

/// Finds out who calls, refuses those who call too often and forged calls, and puts bodies into bare errors.
pub(crate) async fn call(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let client = client(&app, &request);
    let response = match admit(&app, request.method(), request.headers(), client).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(error) => error.into_response(),
    };
    let status = response.status();
    let bare = status.is_client_error() || status.is_server_error();
    let json = response.headers().get(CONTENT_TYPE).is_some_and(|v| v == "application/json");
    if !bare || json {
        return response;
    }
    let problem = response.extensions().get::<Problem>().copied();
    let mut answer = ApiError::from(problem.unwrap_or_else(|| Problem::of_status(status))).into_response();
    if let Some(methods) = response.headers().get(ALLOW) {
        answer.headers_mut().insert(ALLOW, methods.clone());
    }
    answer
}

async fn admit(app: &App, method: &Method, headers: &HeaderMap, client: Client) -> ApiResult<Caller> {
    let now = app.now();
    app.limiter().check(Action::Address(client.0), now)?;
    let bearer = bearer(headers)?;
    let by_header = bearer.is_some();
    let cookie = || app.cookies().get(headers, Cookie::Session).and_then(Token::parse);
    let token = bearer.or_else(cookie);
    let mut caller = Caller { player: None, token: None, client, language: language(app, headers) };
    if let Some(token) = token {
        app.limiter().check(Action::Session(token.as_str()), now)?;
        caller.player = sessions::find(app, &token).await?;
        caller.token = caller.player.is_some().then_some(token);
    }
    if by_header && caller.player.is_none() {
        return Err(ApiError::NotSignedIn);
    }
    if !method.is_safe() && !by_header {
        refuse_forged(app, headers, caller.token.as_ref())?;
    }
    Ok(caller)
}

/// A page of somebody else can send a cookie along, but neither name itself ours nor know the token.
fn refuse_forged(app: &App, headers: &HeaderMap, token: Option<&Token>) -> ApiResult<()> {
    let foreign = sender(headers, &app.config().url) == Sender::Foreign;
    let field = headers.get(CSRF_HEADER).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let bound = token.is_none_or(|token| app.form_key().verify(token, field));
    if foreign || !bound { Err(ApiError::Forged) } else { Ok(()) }
}

fn bearer(headers: &HeaderMap) -> ApiResult<Option<Token>> {
    // Another scheme is somebody else's business: a proxy's before a private server.
    let value = headers.get(AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.split_once(' '));
    match value.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")) {
        Some((_, token)) => Token::parse(token.trim()).map(Some).ok_or(ApiError::NotSignedIn),
        None => Ok(None),
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> ApiResult<Self> {
        parts.extensions.get().cloned().ok_or(ApiError::NotSignedIn)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Signed {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> ApiResult<Self> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let (player, token) = caller.player.zip(caller.token).ok_or(ApiError::NotSignedIn)?;
        Ok(Signed { player, token })
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> ApiResult<Self> {
        Ok(Body(Json::<T>::from_request(request, state).await?.0))
    }
}
