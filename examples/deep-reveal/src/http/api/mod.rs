//! The game as JSON under `/api/v1`, with its OpenAPI document made from the code.

mod caller;
mod error;
mod me;
mod questionnaire;
mod rounds;
mod sessions;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
pub(crate) use caller::call;
use error::ApiError;

/// Where it lies.
pub(crate) const PREFIX: &str = "/api/v1";
/// Where its document lies.
pub(crate) const DOCUMENT: &str = "/api/v1/openapi.json";

/// The head of the document; the rest comes from the handlers.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Deep Reveal",
        description = "Everything that a player can do. Sessions are bearer tokens, or cookies with the header \
                       `x-csrf-token` on every call that changes something. Moves may be sent again: they count once. \
                       Errors are `{\"error\": {\"code\", \"message\"}}`; 429 and 503 say with `Retry-After` when to \
                       come again."
    ),
    security(("bearer" = []), ("cookie" = [])),
    modifiers(&Schemes)
)]
struct Document;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let cookie = ApiKeyValue::with_description("__Host-anv", "set by calls with `\"cookie\": true`");
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// The routes and their document.
pub(crate) fn api() -> (Router<App>, utoipa::openapi::OpenApi) {
    let routes = OpenApiRouter::new()
        .routes(routes!(sessions::sign_in, sessions::sign_out))
        .routes(routes!(sessions::add_guest))
        .routes(routes!(sessions::add_player))
        .routes(routes!(sessions::add_reset))
        .routes(routes!(sessions::use_reset))
        .routes(routes!(sessions::change_password))
        .routes(routes!(me::show_me, me::change_me, me::delete_me))
        .routes(routes!(me::leaderboard))
        .routes(routes!(rounds::start_round))
        .routes(routes!(rounds::show_round))
        .routes(routes!(rounds::show_more))
        .routes(routes!(rounds::guess))
        .routes(routes!(rounds::describe))
        .routes(routes!(rounds::give_up))
        .routes(routes!(rounds::picture))
        .routes(routes!(rounds::photo))
        .routes(routes!(questionnaire::show_questionnaire, questionnaire::answer));
    let (router, document) =
        OpenApiRouter::with_openapi(Document::openapi()).nest(PREFIX, routes).split_for_parts();
    let text = Bytes::from(document.to_json().unwrap_or_default());
    let serve = move || async move {
        let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "public, max-age=3600")];
        (headers, text).into_response()
    };
    let missing = || async { ApiError::NotFound };
    (router.route(DOCUMENT, get(serve)).route("/api/{*rest}", axum::routing::any(missing)), document)
}

/// The API's OpenAPI document, as JSON.
#[must_use]
pub fn openapi() -> String {
    api().1.to_json().unwrap_or_default()
}

/// The address here of what the pages have at `path`.
fn at(path: &str) -> String {
    format!("{PREFIX}{path}")
}
