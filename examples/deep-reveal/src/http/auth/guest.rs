//! Playing without an account.

use crate::http::accounts;
use crate::http::app::App;
use crate::http::bearer::Bearer;
use crate::http::error::PageResult;
use crate::http::guarded::{Fields, Guarded};
use crate::http::sessions::begin_with_cookie;
use crate::http::visitor::Client;

/// `POST /guest`; who has a session keeps it.
pub(crate) async fn play_as_guest(
    app: App,
    bearer: Bearer,
    client: Client,
    Guarded(visitor, _): Guarded<Fields>,
) -> PageResult {
    if visitor.player.is_some() {
        return Ok(super::home());
    }
    let player = accounts::add_guest(&app, client.0, visitor.language).await?;
    Ok(begin_with_cookie(&app, &player.id, &bearer, super::home()).await?)
}
