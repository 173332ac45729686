//! Who asks: found out once per request, before any page.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::{ConnectInfo, FromRef, FromRequestParts, Request, State};
use axum::http::header::{ACCEPT_LANGUAGE, ALLOW, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::Response;

use super::address::{Peer, client_address};
use super::app::App;
use super::bearer::Bearer;
use super::cookies::{Cookie, add_cookie};
use super::error::PageError;
use super::limits::Action;
use super::origin::{Sender, sender};
use super::problem::Problem;
use super::sessions;
use super::token::Token;
use super::visited::left;
use crate::language::Language;
use crate::store::Player;

/// Whoever asks for a page.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The player's language, else the one chosen before, else the browser's.
    pub language: Language,
    /// The player whose session it is, guest or registered.
    pub player: Option<Player>,
    /// What the hidden field `token` of every form must hold.
    pub csrf: String,
}

/// A visitor with a session; everybody else is sent to the front page.
#[derive(Debug, Clone)]
pub struct PlayerSession {
    /// The visitor.
    pub visitor: Visitor,
    /// Their player.
    pub player: Player,
}

/// A player with the role of an administrator; for everybody else the page does not exist.
#[derive(Debug, Clone)]
pub struct AdminSession {
    /// The visitor.
    pub visitor: Visitor,
    /// Their player.
    pub player: Player,
}

/// The address that limits count by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Client(pub(crate) IpAddr);

/// Finds out who asks, refuses those who ask too often and foreign forms, and puts error pages into bare errors.
pub(crate) async fn visit(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let client = client(&app, &request);
    let (mut visitor, mut bearer) = stranger(&app, request.headers());
    let ready = admit(&app, request.method(), request.headers(), client).await;
    let ready = match ready {
        Ok(Some((player, token))) => {
            visitor.language = Language::from_tag(&player.language).unwrap_or(visitor.language);
            visitor.csrf = app.form_key().sign(&token);
            visitor.player = Some(player);
            bearer = Bearer { token, session: true, new: false };
            Ok(())
        }
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    let mut response = match ready {
        Ok(()) => {
            let extensions = request.extensions_mut();
            extensions.insert(client);
            extensions.insert(bearer.clone());
            extensions.insert(visitor.clone());
            next.run(request).await
        }
        Err(error) => axum::response::IntoResponse::into_response(error),
    };
    response = with_error_page(&visitor, response);
    if bearer.new && is_html(&response) {
        add_cookie(&mut response, app.cookies().set(Cookie::Visit, bearer.token.as_str()));
    }
    response
}

/// The address of a request, for limits.
pub(crate) fn client(app: &App, request: &Request) -> Client {
    let peer = request.extensions().get::<ConnectInfo<Peer>>().map(|info| info.0);
    Client(client_address(request.headers(), peer, app.config().behind_proxy))
}

/// The checks that come before everything, and the session.
async fn admit(
    app: &App,
    method: &Method,
    headers: &HeaderMap,
    client: Client,
) -> Result<Option<(Player, Token)>, PageError> {
    let now = app.now();
    app.limiter().check(Action::Address(client.0), now)?;
    let token = app.cookies().get(headers, Cookie::Session).and_then(Token::parse);
    if let Some(token) = &token {
        app.limiter().check(Action::Session(token.as_str()), now)?;
    }
    if !method.is_safe() && sender(headers, &app.config().url) != Sender::Own {
        return Err(Problem::StalePage.into());
    }
    let Some(token) = token else { return Ok(None) };
    let player = sessions::find(app, &token).await?;
    Ok(player.map(|player| (player, token)))
}

/// The visitor without a session.
fn stranger(app: &App, headers: &HeaderMap) -> (Visitor, Bearer) {
    let kept = app.cookies().get(headers, Cookie::Visit).and_then(Token::parse);
    let new = kept.is_none();
    let token = kept.unwrap_or_else(Token::random);
    let visitor =
        Visitor { language: language(app, headers), player: None, csrf: app.form_key().sign(&token) };
    (visitor, Bearer { token, session: false, new })
}

/// The language of a visitor without a session.
pub(crate) fn language(app: &App, headers: &HeaderMap) -> Language {
    let chosen = app.cookies().get(headers, Cookie::Language).and_then(Language::from_tag);
    let accepted = || headers.get(ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).map(Language::preferred);
    chosen.or_else(accepted).unwrap_or_default()
}

fn with_error_page(visitor: &Visitor, response: Response) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() || is_html(&response) {
        return response;
    }
    let problem = response.extensions().get::<Problem>().copied();
    let problem = problem.unwrap_or_else(|| Problem::of_status(status));
    let mut page = crate::pages::problem_page(visitor, problem);
    problem.mark(&mut page);
    // What the address does take.
    if let Some(methods) = response.headers().get(ALLOW) {
        page.headers_mut().insert(ALLOW, methods.clone());
    }
    page
}

fn is_html(response: &Response) -> bool {
    response.headers().get(CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"text/html"))
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        left(parts)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        left(parts)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PlayerSession {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        let visitor: Visitor = left(parts)?;
        let player = visitor.player.clone().ok_or(PageError::SignIn)?;
        Ok(PlayerSession { visitor, player })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for AdminSession {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        let visitor: Visitor = left(parts)?;
        let player = visitor.player.clone().filter(Player::is_admin).ok_or_else(PageError::not_found)?;
        Ok(AdminSession { visitor, player })
    }
}

/// The app is everywhere at hand.
impl<S> FromRequestParts<S> for App
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(App::from_ref(state))
    }
}
