//! The players with the most points.

use askama::Template;

use super::frame::{Frame, html, win_rate};
use crate::http::{App, PageResult, Visitor};
use crate::store::{Leader, Standing};

/// As many as in the thesis (4.4.1).
const MOST: u32 = 50;

#[derive(Template)]
#[template(path = "leaderboard.html")]
struct LeaderboardPage {
    page: Frame,
    rows: Vec<Row>,
}

struct Row {
    rank: usize,
    name: String,
    standing: Standing,
    rate: u64,
    /// Whether it is the visitor's own.
    own: bool,
}

/// `GET /leaderboard`.
pub(crate) async fn leaderboard(app: App, visitor: Visitor) -> PageResult {
    let leaders = app.store().leaderboard(MOST).await?;
    let own = visitor.player.as_ref().map(|player| &player.id);
    html(&LeaderboardPage {
        page: Frame::new(&visitor, "/leaderboard"),
        rows: rows(&leaders, |leader| own == Some(&leader.id)),
    })
}

/// Players with the same score share a rank.
fn rows(leaders: &[Leader], is_own: impl Fn(&Leader) -> bool) -> Vec<Row> {
    let rank = |score| 1 + leaders.iter().filter(|other| other.standing.score > score).count();
    let row = |leader: &Leader| Row {
        rank: rank(leader.standing.score),
        name: leader.name.clone(),
        standing: leader.standing,
        rate: win_rate(&leader.standing).unwrap_or_default(),
        own: is_own(leader),
    };
    leaders.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_scores_share_a_rank() {
        let leader = |name: &str, score| Leader {
            id: name.into(),
            name: name.into(),
            standing: Standing { score, games: 3, wins: 2, ..Standing::default() },
        };
        let leaders = [leader("a", 30), leader("b", 20), leader("c", 20), leader("d", 10)];
        let rows = rows(&leaders, |leader| leader.name == "c");
        assert_eq!(rows.iter().map(|row| row.rank).collect::<Vec<_>>(), [1, 2, 2, 4]);
        assert_eq!((rows[2].own, rows[1].own, rows[0].rate), (true, false, 67));
    }
}
