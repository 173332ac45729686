//! The pages as a browser gets them.

mod web;

use anv_core::ndarray::ArrayView2;
use anv_core::{PhotoLimits, decode_photo};
use anv_mask::MaskParams;
use axum::http::StatusCode;
use deep_reveal::http::Rate;
use deep_reveal::play::CONTROL_LEVELS;
use web::{Answer, Browser, DAY, Game, no_limits};

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
async fn a_page_tells_no_option_from_another() {
    let game = Game::new().await;
    let player = game.guest().await;
    let mut browser = game.browser(&player).await;
    let (path, id) = start(&mut browser).await;
    let row = game.row(&player.id, &id).await;
    let html = page(&mut browser, &path).await;
    for class in &row.round.options {
        assert_eq!(html.matches(class.as_str()).count(), 2, "{class}: a value and its text");
    }
    for secret in [row.map_id.as_str(), row.photo_id.as_str(), "photo.png", "control", "image-name"] {
        assert!(!html.contains(secret), "{secret} is in the page");
    }
    let others: Vec<_> = row.round.options.iter().filter(|class| **class != row.true_class).collect();
    browser.post(&format!("{path}/guess"), &[("class", others[0])]).await;
    let html = page(&mut browser, &path).await;
    assert!(!html.contains(&row.true_class), "the truth is told before the end");
}

/// The levels of a round's masks against the whole set of anv-mask.
#[tokio::test]
async fn pictures_are_the_masks_of_the_full_set_and_come_one_by_one() {
    let game = Game::new().await;
    let player = game.guest().await;
    let mut browser = game.browser(&player).await;
    let mut kinds = Vec::new();
    for _ in 0..3 {
        let (path, id) = start(&mut browser).await;
        let row = game.row(&player.id, &id).await;
        let source = game.store().mask_source(&row.map_id).await.unwrap().unwrap();
        let png = game.store().photo(&row.photo_id).await.unwrap().unwrap();
        let photo = decode_photo(&png, "photo", &PhotoLimits::default()).unwrap();
        let params = MaskParams::default();
        let params = if row.control { params.levels(CONTROL_LEVELS) } else { params };
        let map = ArrayView2::from_shape((source.rows, source.columns), &source.values).unwrap();
        for mask in params.masks(map, photo.width(), photo.height()).unwrap() {
            let level = mask.level();
            if level > 0 {
                let early = browser.get(&format!("{path}/picture/{level}.png")).await;
                assert_eq!(early.status, StatusCode::NOT_FOUND);
                browser.post(&format!("{path}/more"), &[("hints", &level.to_string())]).await;
            }
            let answer = browser.get(&format!("{path}/picture/{level}.png")).await;
            assert_eq!(answer.header("cache-control"), Some("private, no-store"));
            let shown = decode_photo(&answer.body, "picture", &PhotoLimits::default()).unwrap();
            assert_eq!(shown, mask.apply(&photo).unwrap(), "level {level}");
        }
        assert_eq!(browser.get(&format!("{path}/photo.png")).await.status, StatusCode::NOT_FOUND);
        browser.post(&format!("{path}/giveup"), &[]).await;
        assert_eq!(browser.get(&format!("{path}/photo.png")).await.body, png);
        kinds.push(row.control);
    }
    assert_eq!(kinds, [false, false, true], "the third is a control round");
}

#[tokio::test]
async fn labels_without_scripts_are_one_field_with_commas() {
    let game = Game::new().await;
    let player = game.guest().await;
    let mut browser = game.browser(&player).await;
    let (path, id) = start(&mut browser).await;
    let class = game.row(&player.id, &id).await.round.options[0].clone();
    browser.post(&format!("{path}/guess"), &[("class", &class)]).await;
    browser
        .post(&format!("{path}/labels"), &[("label", "long  ears, wet nose;Long ears,,"), ("label", "tail")])
        .await;
    let labels = game.row(&player.id, &id).await.round.labels.unwrap();
    assert_eq!(labels, ["long ears", "wet nose", "tail"]);
}

#[tokio::test]
async fn labels_that_are_refused_can_be_corrected() {
    let game = Game::new().await;
    let player = game.guest().await;
    let mut browser = game.browser(&player).await;
    let (path, id) = start(&mut browser).await;
    let class = game.row(&player.id, &id).await.round.options[0].clone();
    browser.post(&format!("{path}/guess"), &[("class", &class)]).await;
    let many = (0..13).map(|n| format!("word {n}")).collect::<Vec<_>>().join(",");
    let answer = browser.post(&format!("{path}/labels"), &[("label", &many)]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("12 are the most") && answer.text().contains("word 0, word 1, "));
    assert!(answer.text().contains("aria-invalid=\"true\""));
    browser.post(&format!("{path}/labels"), &[("label", "what was typed"), ("skip", "1")]).await;
    assert_eq!(game.row(&player.id, &id).await.round.labels.unwrap(), [""; 0]);
}

#[tokio::test]
async fn the_outcome_adds_up() {
    let game = Game::new().await;
    let player = game.guest().await;
    let mut browser = game.browser(&player).await;
    for (streak, total) in [(1, 325), (2, 335)] {
        let (path, id) = start(&mut browser).await;
        let class = game.row(&player.id, &id).await.true_class;
        browser.post(&format!("{path}/guess"), &[("class", &class)]).await;
        browser.post(&format!("{path}/labels"), &[("label", "ear")]).await;
        let html = page(&mut browser, &path).await;
        assert!(html.contains(&format!("<dd>{total}</dd>")), "{html}");
        assert!(html.contains(if streak == 1 { "Your streak begins" } else { "2 in a row" }), "{html}");
    }
    let home = page(&mut browser, "/").await;
    assert!(home.contains("<dd>660</dd>") && home.contains("100 %"), "{home}");
}

#[tokio::test]
async fn a_round_waits_and_ends_when_nobody_comes_back() {
    let game = Game::new().await;
    let player = game.guest().await;
    let mut browser = game.browser(&player).await;
    assert!(page(&mut browser, "/").await.contains("Play<small>"));
    let (path, _) = start(&mut browser).await;
    assert!(page(&mut browser, "/").await.contains("Back to your round"));
    assert_eq!(start(&mut browser).await.0, path);
    game.clock.advance(2 * DAY);
    let (next, _) = start(&mut browser).await;
    assert_ne!(next, path);
    assert!(page(&mut browser, &path).await.contains("This round is over"));
}

#[tokio::test]
async fn everything_is_deleted_only_when_the_player_is_sure() {
    let game = Game::new().await;
    let player = game.member("ann").await;
    let mut browser = game.browser(&player).await;
    let unsure = browser.post("/account", &[("do", "delete")]).await;
    assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unsure.text().contains("Please tick the box"));
    let gone = browser.post("/account", &[("do", "delete"), ("sure", "1")]).await;
    assert_eq!(gone.status, StatusCode::OK);
    assert!(gone.text().contains("is deleted"));
    assert_eq!(game.store().player(&player.id).await.unwrap(), None);
    assert_eq!(browser.get("/account").await.location(), "/");
}

#[tokio::test]
async fn settings_are_kept() {
    let game = Game::new().await;
    let player = game.member("ann").await;
    let mut browser = game.browser(&player).await;
    browser.post("/account", &[("do", "save"), ("language", "it")]).await;
    let player = game.store().player(&player.id).await.unwrap().unwrap();
    assert_eq!((player.language.as_str(), player.listed), ("it", false));
    assert!(page(&mut browser, "/account?saved=1").await.contains("Salvato."));
    assert!(page(&mut browser, "/leaderboard").await.contains("non comparire"));
}

async fn answer(browser: &mut Browser<'_>, sus_10: &str) -> Answer {
    let mut fields: Vec<(String, &str)> = (1..=9).map(|n| (format!("sus-{n}"), "4")).collect();
    fields.extend((1..=6).map(|n| (format!("tlx-{n}"), "10")));
    fields.extend([("sus-10".into(), sus_10), ("rating".into(), "5"), ("comment".into(), " nice ")]);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    browser.post("/questionnaire", &fields).await
}

#[tokio::test]
async fn the_questionnaire_is_asked_once_and_after_a_game() {
    let game = Game::new().await;
    let player = game.guest().await;
    let mut browser = game.browser(&player).await;
    assert!(page(&mut browser, "/questionnaire").await.contains("Play a little more"));
    assert!(!page(&mut browser, "/").await.contains("/questionnaire"));
    answer(&mut browser, "4").await;
    assert!(!game.store().has_answered(&player.id).await.unwrap(), "too early");
    let (path, id) = start(&mut browser).await;
    let class = game.row(&player.id, &id).await.true_class;
    browser.post(&format!("{path}/guess"), &[("class", &class)]).await;
    browser.post(&format!("{path}/labels"), &[("skip", "1")]).await;
    assert!(page(&mut browser, "/").await.contains("/questionnaire"));
    for wrong in ["", "0", "6", "x"] {
        let refused = answer(&mut browser, wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert_eq!(refused.text().matches(" checked").count(), 16, "what was answered stays");
    }
    assert_eq!(answer(&mut browser, "4").await.status, StatusCode::SEE_OTHER);
    assert!(page(&mut browser, "/questionnaire").await.contains("Thank you!"));
    let result = game.store().questionnaire().await.unwrap();
    assert_eq!((result.players, result.sus, result.tlx, result.rating), (1, 50.0, 100.0, 5.0));
    assert_eq!(result.comments, ["nice"]);
}

/// A campaign may have fewer photos than the questionnaire waits for.
#[tokio::test]
async fn who_has_met_every_photo_is_told_and_asked_at_once() {
    let game = Game::with(no_limits(), |config| config.questionnaire_after = Some(100)).await;
    let player = game.guest().await;
    let mut browser = game.browser(&player).await;
    let over = loop {
        let home = page(&mut browser, "/").await;
        let answer = browser.post("/rounds", &[]).await;
        if answer.status != StatusCode::SEE_OTHER {
            assert!(
                !home.contains("action=\"/rounds\"") && home.contains("You have met every photo"),
                "{home}"
            );
            assert!(home.contains("href=\"/questionnaire\""), "{home}");
            break answer.text();
        }
        let path = answer.location().to_owned();
        let class = game.row(&player.id, &path["/rounds/".len()..]).await.true_class;
        browser.post(&format!("{path}/guess"), &[("class", &class)]).await;
        assert!(page(&mut browser, "/").await.contains("Back to your round"));
        browser.post(&format!("{path}/labels"), &[("skip", "1")]).await;
    };
    assert!(over.contains("You have met every photo") && over.contains("href=\"/questionnaire\""), "{over}");
    assert_eq!(answer(&mut browser, "4").await.status, StatusCode::SEE_OTHER);
    assert!(game.store().has_answered(&player.id).await.unwrap());
    let thanks = page(&mut browser, "/questionnaire").await;
    assert!(thanks.contains("Thank you!") && !thanks.contains("action=\"/rounds\""), "{thanks}");
    assert!(!page(&mut browser, "/").await.contains("href=\"/questionnaire\""), "it is asked once");
}

#[tokio::test]
async fn who_has_not_played_is_not_asked_when_there_is_nothing() {
    let game = Game::new().await;
    let campaign = game.store().campaigns().await.unwrap().remove(0);
    game.store().set_open(&campaign.id, false).await.unwrap();
    let player = game.guest().await;
    let mut browser = game.browser(&player).await;
    let home = page(&mut browser, "/").await;
    assert!(home.contains("No photos yet") && !home.contains("action=\"/rounds\""), "{home}");
    assert!(!home.contains("href=\"/questionnaire\""), "{home}");
    assert!(!page(&mut browser, "/questionnaire").await.contains("action=\"/questionnaire\""));
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

/// What a guest has is lost with the session, so one tap is not enough.
#[tokio::test]
async fn a_guest_is_asked_before_logging_out() {
    let game = Game::new().await;
    let player = game.guest().await;
    let mut browser = game.browser(&player).await;
    assert_eq!(browser.post("/logout", &[]).await.location(), "/logout");
    for language in ["en", "it"] {
        browser.post("/language", &[("language", language), ("back", "/logout")]).await;
        let question = page(&mut browser, "/logout").await;
        assert_sound("/logout", &question, language);
        assert!(question.contains("href=\"/register\"") && question.contains("name=\"sure\""), "{question}");
        assert_sound("/login", &page(&mut browser, "/login").await, language);
    }
    assert!(page(&mut browser, "/login").await.contains("Crea un profilo per conservarle"));
    assert!(!page(&mut game.stranger(), "/login").await.contains("You play as a guest"));
    assert_eq!(browser.get("/account").await.status, StatusCode::OK, "nothing is lost so far");
    assert_eq!(browser.post("/logout", &[("sure", "1")]).await.location(), "/");
    assert_eq!(browser.get("/account").await.location(), "/");
}

#[tokio::test]
async fn the_first_page_of_the_first_round_says_how_it_goes() {
    const LINE: &str = "Only a few spots are shown";
    let game = Game::new().await;
    let player = game.guest().await;
    let mut browser = game.browser(&player).await;
    let (path, id) = start(&mut browser).await;
    assert!(page(&mut browser, &path).await.contains(LINE));
    browser.post(&format!("{path}/more"), &[("hints", "1")]).await;
    assert!(!page(&mut browser, &path).await.contains(LINE), "the player found out");
    let class = game.row(&player.id, &id).await.true_class;
    browser.post(&format!("{path}/guess"), &[("class", &class)]).await;
    browser.post(&format!("{path}/labels"), &[("skip", "1")]).await;
    let (path, _) = start(&mut browser).await;
    assert!(!page(&mut browser, &path).await.contains(LINE));
}

#[tokio::test]
async fn a_page_of_a_session_that_is_over_says_so() {
    let game = Game::new().await;
    let player = game.guest().await;
    let mut browser = game.browser(&player).await;
    let token = browser.form_token().await;
    let (path, _) = start(&mut browser).await;
    browser.post("/account", &[("do", "delete"), ("sure", "1")]).await;
    let more = format!("{path}/more");
    let answer = browser.post_with(&more, &[("hints", "1")], &token).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.text().contains("deleted the account in this browser"), "{}", answer.text());
    let answer = browser.post_with(&more, &[("hints", "1")], "0").await;
    assert!(answer.text().contains("This page was too old"), "{}", answer.text());
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
