//! Rounds on the pages.

use anv_core::ndarray::ArrayView2;
use anv_core::{PhotoLimits, decode_photo};
use anv_mask::MaskParams;
use axum::http::StatusCode;
use deep_reveal::play::CONTROL_LEVELS;

use crate::web::{DAY, Game};
use crate::{page, start};

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
