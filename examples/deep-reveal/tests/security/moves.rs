//! Whatever order moves come in and however often, a round counts once.

use axum::http::{Method, StatusCode};
use deep_reveal::store::Player;
use serde_json::{Value, json};

use crate::web::{Answer, Game, Program, send};

/// Sends one call sixty-four times at once.
async fn storm(game: &Game, program: &Program<'_>, path: &str, body: impl Fn(usize) -> Value) -> Vec<Answer> {
    let calls: Vec<_> = (0..64)
        .map(|i| send(game.router(), program.request(Method::POST, path, Some(body(i)))))
        .map(tokio::spawn)
        .collect();
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.await.unwrap());
    }
    answers
}

fn count(answers: &[Answer], status: StatusCode) -> usize {
    answers.iter().filter(|a| a.status == status).count()
}

async fn started(game: &Game, name: &str) -> (Player, String, String) {
    let ann = game.member(name).await;
    let id = game.program(&ann).await.start().await;
    let truth = game.row(&ann.id, &id).await.true_class;
    (ann, id, truth)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_storm_of_clicks_scores_once() {
    let game = Game::new().await;
    let (ann, id, truth) = started(&game, "Ann").await;
    let program = game.program(&ann).await;
    let answers = storm(&game, &program, &format!("/rounds/{id}/more"), |_| json!({ "hints": 1 })).await;
    assert_eq!(count(&answers, StatusCode::OK), 64);
    assert_eq!(game.row(&ann.id, &id).await.round.hints, 1);
    let answers = storm(&game, &program, &format!("/rounds/{id}/guess"), |_| json!({ "class": truth })).await;
    assert_eq!(count(&answers, StatusCode::OK), 64);
    let answers =
        storm(&game, &program, &format!("/rounds/{id}/labels"), |_| json!({ "labels": ["ears"] })).await;
    assert_eq!(count(&answers, StatusCode::OK), 64);
    let standing = game.store().standing(&ann.id).await.unwrap();
    assert_eq!((standing.score, standing.games, standing.wins, standing.streak), (275, 1, 1, 1));
    let campaign = &game.store().campaigns().await.unwrap()[0];
    assert_eq!(campaign.games, 1);
}

/// Different guesses at once: one is taken, all others are told so.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_guesses_counts() {
    let game = Game::new().await;
    let (ann, id, _) = started(&game, "Ann").await;
    let program = game.program(&ann).await;
    let options = game.row(&ann.id, &id).await.round.options;
    let body = |i: usize| json!({ "class": options[i % options.len()] });
    let answers = storm(&game, &program, &format!("/rounds/{id}/guess"), body).await;
    let taken = game.row(&ann.id, &id).await.round.guess.unwrap();
    for (i, answer) in answers.iter().enumerate() {
        let expected =
            if options[i % options.len()] == taken { StatusCode::OK } else { StatusCode::CONFLICT };
        assert_eq!(answer.status, expected, "{}", answer.text());
    }
    let labels = |i: usize| json!({ "labels": [format!("word {i}")] });
    let answers = storm(&game, &program, &format!("/rounds/{id}/labels"), labels).await;
    assert_eq!(count(&answers, StatusCode::OK), 1, "other words are another move, and it comes too late");
    assert_eq!(game.row(&ann.id, &id).await.round.labels.unwrap().len(), 1);
    assert_eq!(game.store().standing(&ann.id).await.unwrap().games, 1);
}

/// Sixty-four presses on "Play" make one round.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_round_at_a_time() {
    let game = Game::new().await;
    let ann = game.member("Ann").await;
    let program = game.program(&ann).await;
    let answers = storm(&game, &program, "/rounds", |_| Value::Null).await;
    assert_eq!(count(&answers, StatusCode::OK), 64);
    let ids: std::collections::BTreeSet<String> =
        answers.iter().map(|a| a.json()["id"].to_string()).collect();
    assert_eq!(ids.len(), 1);
    let (least, most) = game.store().campaigns().await.unwrap()[0].load;
    assert!(most - least <= 1);
}

/// Moves out of order change nothing, and say why.
#[tokio::test]
async fn reordered_moves_change_nothing() {
    let game = Game::new().await;
    let (ann, id, truth) = started(&game, "Ann").await;
    let program = game.program(&ann).await;
    let refused = async |what: &str, body: Value, code: &str| {
        let before = game.row(&ann.id, &id).await;
        let answer = program.post(&format!("/rounds/{id}/{what}"), body).await;
        assert_eq!(answer.json()["error"]["code"], code, "{what}");
        assert!(answer.status.is_client_error());
        assert_eq!(game.row(&ann.id, &id).await.round, before.round, "{what}");
    };
    let made = async |what: &str, body: Value| {
        let answer = program.post(&format!("/rounds/{id}/{what}"), body).await;
        assert_eq!(answer.status, StatusCode::OK, "{what}: {}", answer.text());
        answer.json()
    };
    refused("labels", json!({ "labels": ["ears"] }), "not_now").await;
    refused("giveup", json!({}), "hints_left").await;
    refused("more", json!({ "hints": 5 }), "stale_hint").await;
    made("more", json!({ "hints": 1 })).await;
    made("more", json!({ "hints": 2 })).await;
    // A double click that arrives late: level 1 was shown, and is not paid again.
    refused("more", json!({ "hints": 1 }), "stale_hint").await;
    assert_eq!(made("more", json!({ "hints": 2 })).await["worth"], 200);
    made("guess", json!({ "class": truth })).await;
    assert_eq!(made("guess", json!({ "class": truth })).await["step"], "describing");
    refused("more", json!({ "hints": 3 }), "not_now").await;
    refused("giveup", json!({}), "not_now").await;
    let done = made("labels", json!({ "labels": ["ears"] })).await;
    assert_eq!(made("labels", json!({ "labels": ["ears"] })).await, done);
    refused("labels", json!({ "labels": ["ears", "tail"] }), "not_now").await;
    made("guess", json!({ "class": truth })).await;
    let standing = game.store().standing(&ann.id).await.unwrap();
    assert_eq!((standing.score, standing.games), (225, 1));
}

/// Two tabs with one round: whatever the slower one sends, its next page shows the round as it is.
#[tokio::test]
async fn two_tabs_see_one_round() {
    let game = Game::new().await;
    let (ann, id, truth) = started(&game, "Ann").await;
    let (mut left, mut right) = (game.browser(&ann).await, game.browser(&ann).await);
    let path = format!("/rounds/{id}");
    let wrong = game.row(&ann.id, &id).await.round.options.into_iter().find(|o| *o != truth).unwrap();
    left.post(&format!("{path}/more"), &[("hints", "1")]).await;
    let stale = right.post(&format!("{path}/more"), &[("hints", "1")]).await;
    assert_eq!((stale.status, stale.location()), (StatusCode::SEE_OTHER, path.as_str()));
    assert_eq!(game.row(&ann.id, &id).await.round.hints, 1);
    left.post(&format!("{path}/guess"), &[("class", &truth)]).await;
    let stale = right.post(&format!("{path}/guess"), &[("class", &wrong)]).await;
    assert_eq!(stale.location(), path);
    assert_eq!(game.row(&ann.id, &id).await.round.guess.as_deref(), Some(truth.as_str()));
    let pages = (left.get(&path).await, right.get(&path).await);
    assert_eq!(pages.0.status, StatusCode::OK);
    assert!(pages.1.text().contains(&format!("action=\"{path}/labels\"")), "the page asks for words now");
    right.post(&format!("{path}/labels"), &[("label", "ears"), ("label", "tail")]).await;
    let late = left.post(&format!("{path}/labels"), &[("label", "other")]).await;
    assert_eq!(late.location(), path);
    assert_eq!(game.row(&ann.id, &id).await.round.labels.unwrap(), ["ears", "tail"]);
    assert_eq!(game.store().standing(&ann.id).await.unwrap().score, 275);
}

/// Nobody makes moves in somebody else's round, and a finished one stays as it is.
#[tokio::test]
async fn a_round_has_one_player() {
    let game = Game::new().await;
    let (ann, id, truth) = started(&game, "Ann").await;
    let eve = game.member("Eve").await;
    let before = game.row(&ann.id, &id).await;
    let program = game.program(&eve).await;
    for (what, body) in [
        ("more", json!({ "hints": 1 })),
        ("guess", json!({ "class": truth })),
        ("labels", json!({ "labels": ["ears"] })),
        ("giveup", json!({})),
    ] {
        let answer = program.post(&format!("/rounds/{id}/{what}"), body).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{what}");
    }
    assert_eq!(game.row(&ann.id, &id).await, before);
}
