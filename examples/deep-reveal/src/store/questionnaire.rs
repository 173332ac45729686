//! The questionnaire (thesis Appendix D).

use anv_labels::{sus_score, tlx_score};

use super::row::{Columns, to_json};
use super::{PlayerId, Store};
use crate::{Error, Result};

/// A player's answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// System Usability Scale: ten of 1 to 5.
    pub sus: [u8; 10],
    /// NASA-TLX: six of 0 to 10.
    pub tlx: [u8; 6],
    /// Experience overall, 1 to 5.
    pub rating: u8,
    /// Free text; may be empty.
    pub comment: String,
}

/// What all answers say together (thesis Table 7).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct QuestionnaireResult {
    /// Players who answered.
    pub players: u64,
    /// Mean System Usability Scale, 0 to 100.
    pub sus: f64,
    /// Mean unweighted NASA-TLX, 0 to 100.
    pub tlx: f64,
    /// Mean rating, 1 to 5.
    pub rating: f64,
    /// Free texts that are not empty, latest first, without names.
    pub comments: Vec<String>,
}

impl Store {
    /// Keeps a player's answers; earlier ones are replaced.
    ///
    /// # Errors
    /// [`Error::Labels`] or [`Error::Parameter`] for an answer outside its range.
    pub async fn answer(&self, player: &PlayerId, answers: &Answers, now: i64) -> Result<()> {
        let (sus, tlx) = (sus_score(&answers.sus)?, tlx_score(&answers.tlx)?);
        if !(1..=5).contains(&answers.rating) {
            let found = answers.rating.to_string();
            return Err(Error::Parameter { name: "the rating", found, expected: "1 to 5" });
        }
        // PostgreSQL takes no NUL.
        let comment = answers.comment.replace('\0', "");
        let query = sqlx::query(
            "INSERT INTO questionnaire (player, answers, sus, tlx, rating, comment, answered) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (player) DO UPDATE SET answers = excluded.answers, \
             sus = excluded.sus, tlx = excluded.tlx, rating = excluded.rating, comment = excluded.comment, \
             answered = excluded.answered",
        )
        .bind(player.as_str())
        .bind(to_json("questionnaire", &(answers.sus, answers.tlx))?)
        .bind(sus)
        .bind(tlx)
        .bind(i64::from(answers.rating))
        .bind(comment.trim())
        .bind(now);
        self.change("store the answers", query).await.map(|_| ())
    }

    /// Whether a player has answered.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn has_answered(&self, player: &PlayerId) -> Result<bool> {
        let query = sqlx::query("SELECT player FROM questionnaire WHERE player = $1").bind(player.as_str());
        let row = query.fetch_optional(self.readers()).await.map_err(self.failed("read the answers"))?;
        Ok(row.is_some())
    }

    /// What all answers say together; zeros when there are none.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn questionnaire(&self) -> Result<QuestionnaireResult> {
        let failed = self.failed("read the answers");
        let row = sqlx::query(
            "SELECT COUNT(*) AS players, COALESCE(AVG(sus), 0.0) AS sus, COALESCE(AVG(tlx), 0.0) AS tlx, \
             COALESCE(AVG(CAST(rating AS DOUBLE PRECISION)), 0.0) AS rating FROM questionnaire",
        )
        .fetch_one(self.readers())
        .await
        .map_err(&failed)?;
        let comments = sqlx::query(
            "SELECT comment FROM questionnaire WHERE comment <> '' ORDER BY answered DESC, player",
        )
        .fetch_all(self.readers())
        .await
        .map_err(&failed)?;
        Ok(QuestionnaireResult {
            players: row.count("players")?,
            sus: row.float("sus")?,
            tlx: row.float("tlx")?,
            rating: row.float("rating")?,
            comments: comments.iter().map(|row| row.text("comment")).collect::<Result<_>>()?,
        })
    }
}
