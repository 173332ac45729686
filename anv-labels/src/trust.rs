//! Control games: who may be trusted.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::game::Outcome;
use crate::games::Games;

/// Which games are control games: masked so little that everybody who looks wins them (thesis 4.4).
///
/// Games whose row says so (column `control`) always are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ControlParams {
    /// Images whose games are control games.
    pub images: BTreeSet<String>,
    /// Keep the labels of control games; by default they decide trust and nothing else.
    pub keep: bool,
}

impl ControlParams {
    /// Makes every game on `image` a control game.
    #[must_use]
    pub fn image(mut self, image: impl Into<String>) -> Self {
        self.images.insert(image.into());
        self
    }
}

/// What the control games decided.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TrustReport {
    /// Players in all.
    pub players: u64,
    /// Players who met a control game.
    pub checked: u64,
    /// Players who failed one, with their games, control games included; all were left out.
    pub failed: BTreeMap<String, u64>,
    /// Games of those players.
    pub dropped_games: u64,
    /// Control games of all other players; left out as well unless they are kept.
    pub control_games: u64,
}

impl Games {
    /// Leaves out every player who lost or gave up a control game, with all their games (thesis 5.1.3), and the
    /// control games themselves.
    ///
    /// ```
    /// use anv_labels::{ControlParams, Games, ReadOptions};
    /// let csv = "game,player,image,layer,cluster,true_class,guessed_class,hints_used,labels\n\
    ///            1,ann,easy.jpg,1,0,tench,tench,0,fish\n\
    ///            2,ann,a.jpg,13,0,church,church,0,roof\n\
    ///            3,bob,a.jpg,13,0,church,church,0,asdf\n\
    ///            4,bob,easy.jpg,1,0,tench,church,0,asdf\n";
    /// let (mut games, _) = Games::read(csv.as_bytes(), &ReadOptions::default())?;
    /// let report = games.apply_control(&ControlParams::default().image("easy.jpg"));
    /// assert_eq!(report.failed["bob"], 2);
    /// assert_eq!(games.len(), 1);
    /// # Ok::<(), anv_labels::Error>(())
    /// ```
    pub fn apply_control(&mut self, params: &ControlParams) -> TrustReport {
        let images: BTreeSet<u32> = params.images.iter().filter_map(|i| self.names.find(i)).collect();
        let is_control = |games: &Games, cluster: u32, marked: bool| {
            marked || images.contains(&games.clusters[cluster as usize].image)
        };
        let (mut players, mut checked, mut failed) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
        for game in self.iter() {
            players.insert(game.row.player);
            if is_control(self, game.row.cluster, game.row.control) {
                checked.insert(game.row.player);
                if game.outcome() != Outcome::Win {
                    failed.insert(game.row.player, 0u64);
                }
            }
        }
        let mut control_games = 0;
        let mut rows = std::mem::take(&mut self.rows);
        rows.retain(|row| {
            if let Some(games) = failed.get_mut(&row.player) {
                *games += 1;
                return false;
            }
            let control = is_control(self, row.cluster, row.control);
            control_games += u64::from(control);
            params.keep || !control
        });
        self.rows = rows;
        TrustReport {
            players: players.len() as u64,
            checked: checked.len() as u64,
            dropped_games: failed.values().sum(),
            failed: failed.into_iter().map(|(p, games)| (self.names.get(p).to_owned(), games)).collect(),
            control_games,
        }
    }
}
