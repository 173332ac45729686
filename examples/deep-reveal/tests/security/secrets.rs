//! Answer, hint count and next mask never reach the browser early.

use axum::http::StatusCode;
use deep_reveal::store::Player;
use serde_json::json;

use crate::web::{Answer, CLASSES, Game, PIXELS};

/// Everything that an answer says: headers and body.
fn all(answer: &Answer) -> String {
    format!("{:?}\n{}", answer.headers, answer.text())
}

/// Whatever names the photo is not there, and the true class is not told apart from the other options.
async fn assert_closed(game: &Game, player: &Player, id: &str, answer: &Answer) {
    let row = game.row(&player.id, id).await;
    let said = all(answer);
    for secret in
        ["image-name", row.map_id.as_str(), row.photo_id.as_str(), row.campaign.as_str(), "true_class\":\""]
    {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
    let count = |class: &String| said.matches(class.as_str()).count();
    let counts: Vec<_> =
        row.round.options.iter().filter(|o| row.round.guess.as_ref() != Some(*o)).map(count).collect();
    assert!(counts.iter().all(|c| *c == counts[0]), "{counts:?} of {:?} in {said}", row.round.options);
    let others = CLASSES.iter().filter(|c| !row.round.options.iter().any(|o| o == *c));
    for class in others {
        assert!(!said.contains(class), "{class} in {said}");
    }
    for header in ["etag", "last-modified", "content-disposition"] {
        assert!(answer.headers.get(header).is_none(), "{header}");
    }
}

/// Plays rounds to the end, ordinary and control ones, and looks at all that could be asked for at every step.
#[tokio::test]
async fn nothing_is_told_before_the_end() {
    let game = Game::new().await;
    let ann = game.member("Ann").await;
    let (mut browser, program) = (game.browser(&ann).await, game.program(&ann).await);
    let mut controls = 0;
    for _ in 0..4 {
        let started = browser.post("/rounds", &[]).await;
        let path = started.location().to_owned();
        let id = path.rsplit('/').next().unwrap().to_owned();
        assert_closed(&game, &ann, &id, &started).await;
        for hints in 0..=5u8 {
            assert_closed(&game, &ann, &id, &browser.get(&path).await).await;
            assert_closed(&game, &ann, &id, &browser.get("/").await).await;
            assert_closed(&game, &ann, &id, &program.get(&path).await).await;
            for level in 0..=6u8 {
                let expected = if level <= hints { StatusCode::OK } else { StatusCode::NOT_FOUND };
                for answer in [
                    browser.get(&format!("{path}/picture/{level}.png")).await,
                    program.get(&format!("{path}/picture/{level}.png")).await,
                ] {
                    assert_eq!(answer.status, expected, "{level} at {hints}");
                    assert_eq!(answer.header("cache-control"), Some("private, no-store"));
                }
            }
            assert_eq!(browser.get(&format!("{path}/photo.png")).await.status, StatusCode::NOT_FOUND);
            assert_eq!(program.get(&format!("{path}/photo.png")).await.status, StatusCode::NOT_FOUND);
            if hints < 5 {
                let more = program.post(&format!("{path}/more"), json!({ "hints": hints + 1 })).await;
                assert_closed(&game, &ann, &id, &more).await;
            }
        }
        let row = game.row(&ann.id, &id).await;
        controls += usize::from(row.control);
        let guess = row.round.options.iter().find(|o| **o != row.true_class).unwrap();
        let guessed = browser.post(&format!("{path}/guess"), &[("class", guess)]).await;
        assert_closed(&game, &ann, &id, &guessed).await;
        assert_closed(&game, &ann, &id, &browser.get(&path).await).await;
        assert_closed(&game, &ann, &id, &program.get(&path).await).await;
        assert_eq!(browser.get(&format!("{path}/photo.png")).await.status, StatusCode::NOT_FOUND);
        browser.post(&format!("{path}/labels"), &[("label", "ears")]).await;
        let photo = browser.get(&format!("{path}/photo.png")).await;
        assert_eq!(
            (photo.status, photo.header("cache-control")),
            (StatusCode::OK, Some("private, no-store"))
        );
        assert_eq!(program.get(&path).await.json()["outcome"]["true_class"], row.true_class.as_str());
    }
    assert!(controls > 0, "the third round is a control round");
}

/// A control round is a round like any other: the same headers, fields and picture sizes.
#[tokio::test]
async fn control_rounds_look_like_others() {
    let game = Game::new().await;
    let ann = game.member("Ann").await;
    let program = game.program(&ann).await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        let id = program.start().await;
        let row = game.row(&ann.id, &id).await;
        let answer = program.get(&format!("/rounds/{id}")).await;
        let keys: Vec<String> = answer.json().as_object().unwrap().keys().cloned().collect();
        let headers: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        let picture = program.get(&format!("/rounds/{id}/picture/0.png")).await;
        let picture_headers: Vec<String> = picture.headers.keys().map(ToString::to_string).collect();
        seen.push((row.control, (keys, headers, picture_headers, size(&picture))));
        program.post(&format!("/rounds/{id}/guess"), json!({ "class": row.true_class })).await;
        program.post(&format!("/rounds/{id}/labels"), json!({ "labels": [] })).await;
    }
    assert_eq!(seen.iter().map(|(control, _)| *control).collect::<Vec<_>>(), [false, false, true]);
    assert!(seen.iter().all(|(_, looks)| *looks == seen[0].1), "{seen:?}");
}

/// Width and height of a PNG.
fn size(picture: &Answer) -> (u32, u32) {
    let reader = png::Decoder::new(std::io::Cursor::new(picture.body.clone())).read_info().unwrap();
    (reader.info().width, reader.info().height)
}

/// Masks of one photo have one size, show more with each level, and hold nothing but pixels.
#[tokio::test]
async fn pictures_differ_in_their_pixels_only() {
    let game = Game::new().await;
    let ann = game.member("Ann").await;
    let program = game.program(&ann).await;
    let id = program.start().await;
    let mut last = 0;
    for level in 0..=5u8 {
        if level > 0 {
            program.post(&format!("/rounds/{id}/more"), json!({ "hints": level })).await;
        }
        let picture = program.get(&format!("/rounds/{id}/picture/{level}.png")).await;
        assert_eq!(size(&picture), PIXELS);
        for chunk in [b"tEXt", b"iTXt", b"zTXt", b"eXIf", b"tIME"] {
            assert!(!picture.body.windows(4).any(|w| w == chunk), "{chunk:?}");
        }
        let mut reader = png::Decoder::new(std::io::Cursor::new(picture.body.clone())).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        let shown = pixels.chunks(3).filter(|pixel| pixel.iter().any(|c| *c > 0)).count();
        assert!(shown > last && shown < (PIXELS.0 * PIXELS.1) as usize, "{shown} after {last}");
        last = shown;
    }
}

/// Whether a guess was right cannot be seen before the words are given: not in the round, not in the score.
#[tokio::test]
async fn a_guess_is_not_judged_early() {
    let game = Game::new().await;
    let mut seen = Vec::new();
    for right in [true, false] {
        let ann = game.member(&format!("Ann {right}")).await;
        let program = game.program(&ann).await;
        let id = program.start().await;
        let row = game.row(&ann.id, &id).await;
        let guess = row.round.options.iter().find(|o| (**o == row.true_class) == right).unwrap();
        let me = program.get("/me").await.json();
        let answer = program.post(&format!("/rounds/{id}/guess"), json!({ "class": guess })).await;
        assert_eq!(program.get("/me").await.json(), me);
        let mut round = answer.json();
        for own in ["id", "guess", "options", "picture"] {
            round.as_object_mut().unwrap().remove(own).unwrap();
        }
        seen.push((answer.headers.clone(), round));
        let labels = program.post(&format!("/rounds/{id}/labels"), json!({ "labels": [] })).await.json();
        assert_eq!(labels["outcome"]["ending"], if right { "won" } else { "lost" });
    }
    let lengths: Vec<_> = seen.iter_mut().map(|(headers, _)| headers.remove("content-length")).collect();
    assert!(lengths.iter().all(Option::is_some));
    assert_eq!(seen[0], seen[1]);
}

/// Odd names of levels are no way around.
#[tokio::test]
async fn levels_have_one_name() {
    let game = Game::new().await;
    let ann = game.member("Ann").await;
    let program = game.program(&ann).await;
    let id = program.start().await;
    for level in [
        "5.png",
        "1.png",
        "255.png",
        "256.png",
        "-1.png",
        "0",
        "0.jpg",
        "0.png.png",
        "%30.png%00",
        "..%2fphoto.png",
    ] {
        let answer = program.get(&format!("/rounds/{id}/picture/{level}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{level}");
    }
    assert_eq!(program.get(&format!("/rounds/{id}/picture/0.png")).await.status, StatusCode::OK);
}
