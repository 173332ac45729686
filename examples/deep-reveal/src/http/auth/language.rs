//! Choosing the language of the pages.

use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use crate::http::app::App;
use crate::http::cookies::Cookie;
use crate::http::cookies::add_cookie;
use crate::http::error::PageResult;
use crate::http::guarded::Guarded;
use crate::language::Language;

/// The form at the foot of every page.
#[derive(Debug, Deserialize)]
pub(crate) struct LanguageForm {
    language: Language,
    /// The page to come back to.
    #[serde(default)]
    back: String,
}

/// `POST /language`: kept with the player, or in a cookie while there is none.
pub(crate) async fn choose_language(app: App, Guarded(visitor, form): Guarded<LanguageForm>) -> PageResult {
    let mut response = Redirect::to(local_path(&form.back)).into_response();
    if let Some(player) = &visitor.player {
        app.store().set_language(&player.id, form.language.tag()).await?;
    }
    // Also for players: the page after their logout speaks the same language.
    add_cookie(&mut response, app.cookies().set(Cookie::Language, form.language.tag()));
    Ok(response)
}

/// `back` if it is a path of ours: nobody may be sent elsewhere by a form.
fn local_path(back: &str) -> &str {
    let ours = back.starts_with('/') && !back.starts_with("//");
    let plain = back.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if ours && plain { back } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn only_paths_of_ours_are_followed() {
        assert_eq!(local_path("/rounds/abc"), "/rounds/abc");
        for back in ["", "evil", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nb", "/ü"]
        {
            assert_eq!(local_path(back), "/", "{back:?}");
        }
    }
}
