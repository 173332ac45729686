//! The pages as a browser gets them.

mod accounts;
mod rounds;
#[path = "../web/mod.rs"]
mod web;

use axum::http::StatusCode;
use deep_reveal::http::Rate;
use web::{Browser, Game, no_limits};

/// Starts a round; its path and id.
async fn start(browser: &mut Browser<'_>) -> (String, String) {
    let path = browser.post("/rounds", &[]).await.location().to_owned();
    let id = path.strip_prefix("/rounds/").unwrap().to_owned();
    (path, id)
}

async fn page(browser: &mut Browser<'_>, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    answer.text()
}

/// The opening tags of an element.
fn tags<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let begins = |tag: &&str| tag.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '>', '\n']));
    html.split('<').filter(begins).map(|tag| tag.split('>').next().unwrap()).collect()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()
}

/// What holds for every page, whatever it shows.
fn assert_sound(path: &str, html: &str, language: &str) {
    assert_eq!(attribute(tags(html, "html")[0], "lang"), Some(language), "{path}");
    assert_eq!(tags(html, "h1").len(), 1, "{path} has one heading");
    assert_eq!(tags(html, "main").len(), 1, "{path} has one main part");
    let title = html.split("<title>").nth(1).unwrap().split("</title>").next().unwrap();
    assert!(title.ends_with(" · Deep Reveal") && title.len() > " · Deep Reveal".len() + 2, "{path}: {title}");
    for forbidden in [" style=", "<style", " onclick=", " onload=", "javascript:", "http://", "https://"] {
        assert!(!html.contains(forbidden), "{path} has {forbidden}");
    }
    assert!(
        tags(html, "script").iter().all(|tag| attribute(tag, "src").is_some()),
        "{path} has a script inside"
    );
    assert!(
        tags(html, "img").iter().all(|tag| attribute(tag, "alt").is_some()),
        "{path} has a picture without text"
    );
    for form in html.split("<form").skip(1).map(|form| form.split("</form>").next().unwrap()) {
        assert!(form.contains("method=\"post\"") && form.contains("name=\"token\""), "{path}: {form}");
    }
    let ids: Vec<_> = html.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    for (i, id) in ids.iter().enumerate() {
        assert!(!ids[..i].contains(id), "{path} has {id} twice");
    }
    for input in tags(html, "input").into_iter().chain(tags(html, "textarea")) {
        let kind = attribute(input, "type").unwrap_or("text");
        let labelled = attribute(input, "id").is_some_and(|id| html.contains(&format!("for=\"{id}\"")));
        assert!(labelled || ["hidden", "radio", "checkbox"].contains(&kind), "{path}: {input} has no label");
    }
    for text in html.split('>').filter_map(|rest| rest.split('<').next()) {
        let key = text.contains('-') && text.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        assert!(!key, "{path} shows the key {text}");
    }
}

#[tokio::test]
async fn every_page_is_sound_in_both_languages() {
    let game = Game::new().await;
    let admin = game.admin("root").await;
    for language in ["en", "it"] {
        let mut stranger = game.stranger();
        stranger.post("/language", &[("language", language), ("back", "/")]).await;
        for path in ["/", "/instructions", "/leaderboard", "/privacy", "/login", "/register", "/forgot"] {
            assert_sound(path, &page(&mut stranger, path).await, language);
        }
        let missing = stranger.get("/reset/0").await;
        assert_sound("/reset", &missing.text(), language);
        let missing = stranger.get("/nowhere").await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
        assert_sound("/nowhere", &missing.text(), language);
        let mut browser = game.browser(&admin).await;
        browser.post("/language", &[("language", language), ("back", "/")]).await;
        for path in ["/", "/account", "/questionnaire", "/admin"] {
            assert_sound(path, &page(&mut browser, path).await, language);
        }
        let (path, id) = start(&mut browser).await;
        assert_sound("guess", &page(&mut browser, &path).await, language);
        for hints in 1..=5 {
            browser.post(&format!("{path}/more"), &[("hints", &hints.to_string())]).await;
        }
        let all_shown = page(&mut browser, &path).await;
        assert_sound("all shown", &all_shown, language);
        assert!(all_shown.contains("/giveup") && !all_shown.contains("/more"));
        let row = game.row(&admin.id, &id).await;
        browser.post(&format!("{path}/guess"), &[("class", &row.true_class)]).await;
        assert_sound("describe", &page(&mut browser, &path).await, language);
        browser.post(&format!("{path}/labels"), &[("label", "a word")]).await;
        assert_sound("outcome", &page(&mut browser, &path).await, language);
        assert_sound("/leaderboard", &page(&mut browser, "/leaderboard").await, language);
    }
}

#[tokio::test]
async fn what_players_type_is_escaped() {
    const TYPED: &str = "<script>alert(1)</script>&\"'";
    let game = Game::new().await;
    let player = game.member("<b>bold</b>").await;
    let mut browser = game.browser(&player).await;
    let (path, id) = start(&mut browser).await;
    let row = game.row(&player.id, &id).await;
    browser.post(&format!("{path}/guess"), &[("class", &row.true_class)]).await;
    let long = format!("{TYPED}{}", "x".repeat(80));
    let refused = browser.post(&format!("{path}/labels"), &[("label", &long)]).await.text();
    browser.post(&format!("{path}/labels"), &[("label", TYPED)]).await;
    let outcome = page(&mut browser, &path).await;
    let leaders = page(&mut browser, "/leaderboard").await;
    for html in [&refused, &outcome, &leaders] {
        assert!(!html.contains("<script>alert") && !html.contains("<b>bold"), "{html}");
    }
    assert!(outcome.contains("&#60;script&#62;alert(1)&#60;/script&#62;&#38;&#34;&#39;"), "{outcome}");
    assert!(leaders.contains("&#60;b&#62;bold"));
}

#[tokio::test]
async fn files_of_the_pages_are_there_and_may_be_kept() {
    let game = Game::new().await;
    let mut browser = game.stranger();
    let html = page(&mut browser, "/").await;
    let files = html.split("\"/static/").skip(1).map(|rest| rest.split('"').next().unwrap());
    let files: Vec<_> = files.map(|name| format!("/static/{name}")).collect();
    assert!(files.len() >= 6);
    for file in &files {
        let answer = browser.get(file).await;
        assert_eq!(answer.status, StatusCode::OK, "{file}");
        assert!(answer.header("cache-control").unwrap().contains("immutable"), "{file}");
    }
    let style = browser.get("/static/style.css").await;
    assert!(
        !style.header("cache-control").unwrap().contains("immutable"),
        "it was asked for without a version"
    );
    for font in ["inter-400.woff2", "inter-600.woff2"] {
        assert!(style.text().contains(font));
        assert_eq!(browser.get(&format!("/static/{font}")).await.status, StatusCode::OK);
    }
    let manifest = browser.get("/manifest.webmanifest").await.json();
    for icon in manifest["icons"].as_array().unwrap() {
        assert_eq!(browser.get(icon["src"].as_str().unwrap()).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn administrators_see_progress_and_open_and_close_campaigns() {
    let game = Game::new().await;
    let admin = game.admin("root").await;
    let mut browser = game.browser(&admin).await;
    let campaign = game.store().campaigns().await.unwrap().remove(0);
    let html = page(&mut browser, "/admin").await;
    assert_eq!(tags(&html, "meter").len() as u64, campaign.maps + campaign.controls);
    browser.post(&format!("/admin/campaigns/{}/close", campaign.id), &[]).await;
    assert!(!game.store().campaigns().await.unwrap()[0].open);
    let guest = game.guest().await;
    let nothing = game.browser(&guest).await.post("/rounds", &[]).await;
    assert!(nothing.text().contains("No photos yet"));
    browser.post(&format!("/admin/campaigns/{}/open", campaign.id), &[]).await;
    assert!(game.store().campaigns().await.unwrap()[0].open);
    assert_eq!(browser.post("/admin/campaigns/none/open", &[]).await.status, StatusCode::NOT_FOUND);
    let table = browser.get(&format!("/admin/games.csv?campaign={}", campaign.id)).await;
    assert!(table.text().starts_with("game,player,image,layer,cluster,"));
    assert_eq!(browser.get("/admin/games.csv?campaign=nope").await.status, StatusCode::NOT_FOUND);
    assert!(html.contains("<dd>0.00</dd>"), "labels a map: {html}");
}

#[tokio::test]
async fn a_long_wait_is_told_in_minutes() {
    let mut limits = no_limits();
    limits.resets_to = Rate { burst: 1, every: 897_000 };
    limits.resets = Rate { burst: 2, every: 90_000 };
    let game = Game::with(limits, |_| {}).await;
    let mut browser = game.stranger();
    let mut ask = async |address| browser.post("/forgot", &[("email", address)]).await;
    assert_eq!(ask("ann@example.org").await.status, StatusCode::OK);
    let wait = ask("ann@example.org").await;
    assert_eq!(wait.header("retry-after"), Some("897"));
    assert!(wait.text().contains("in 15 minutes"), "{}", wait.text());
    let wait = ask("bob@example.org").await;
    assert!(wait.text().contains("in 90 seconds"), "{}", wait.text());
}
