//! Accounts, settings and the questionnaire on the pages.

use axum::http::StatusCode;

use crate::web::{Answer, Browser, Game, no_limits};
use crate::{assert_sound, page, start};

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
