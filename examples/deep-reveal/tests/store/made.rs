//! Campaigns and games made up for the tests.

use anv_labels::{GameRules, Move};
use deep_reveal::store::*;

/// A campaign of `photos` photos of `maps` maps each, and `controls` control photos.
pub fn campaign(name: &str, photos: usize, maps: usize, controls: usize) -> NewCampaign {
    let classes: Vec<String> = (0..10).map(|i| format!("class {i}")).collect();
    let photo = |number: usize, control: bool| NewPhoto {
        name: format!("{name}-{number}.png"),
        sha256: format!("{name}-{number}"),
        true_class: classes[number % 10].clone(),
        control,
        png: format!("picture {number}").into_bytes(),
        maps: (0..if control { 1 } else { maps })
            .map(|cluster| NewMap {
                layer: 13,
                cluster: cluster as u32,
                weight_percent: 10.0 + cluster as f64,
                rows: 2,
                columns: 3,
                values: vec![0.0, 1.0, 2.0, 3.0, 4.0, number as f32],
            })
            .collect(),
    };
    NewCampaign {
        name: name.into(),
        easing: false,
        open: true,
        photos: (0..photos + controls).map(|number| photo(number, number >= photos)).collect(),
        classes,
    }
}

pub async fn member(store: &Store, name: &str) -> Player {
    let new = NewMember {
        name: name.into(),
        email: format!("{name}@example.org"),
        password_hash: "hash".into(),
        language: "en".into(),
    };
    store.register(None, &new, 0).await.unwrap()
}

/// A round for the player that must be there.
pub async fn begin(store: &Store, player: &PlayerId, rules: &GameRules, seed: u64, now: i64) -> RoundRow {
    match store.reserve(player, rules, seed, now).await.unwrap() {
        Reserved::Round(row, _) => row,
        Reserved::NothingLeft => panic!("nothing is left to play"),
    }
}

pub async fn play(store: &Store, row: &RoundRow, rules: &GameRules, mv: Move, now: i64) -> RoundRow {
    match store.play(&row.player, &row.id, rules, &mv, now).await.unwrap() {
        PlayOutcome::Changed(row) => row,
        other => panic!("{mv:?} gave {other:?}"),
    }
}

/// Plays the round to its end with the class and labels.
pub async fn finish(
    store: &Store,
    row: &RoundRow,
    rules: &GameRules,
    class: &str,
    labels: &[&str],
    now: i64,
) -> RoundRow {
    let row = play(store, row, rules, Move::Guess(class.into()), now).await;
    let labels = labels.iter().map(|l| (*l).to_owned()).collect();
    play(store, &row, rules, Move::Describe(labels), now).await
}

/// Plays the round to its end and wins.
pub async fn win(store: &Store, row: &RoundRow, rules: &GameRules, now: i64) -> RoundRow {
    finish(store, row, rules, &row.true_class.clone(), &["ears"], now).await
}

pub fn wrong(row: &RoundRow) -> String {
    row.round.options.iter().find(|o| **o != row.true_class).unwrap().clone()
}

/// Every finished game.
pub async fn exported(store: &Store) -> Vec<GameRow> {
    let mut games = Vec::new();
    let take = |game| {
        games.push(game);
        Ok(())
    };
    store.export(None, take).await.unwrap();
    games
}
