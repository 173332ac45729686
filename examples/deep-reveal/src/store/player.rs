//! Players: guests, members, administrators.

use sqlx::any::{Any, AnyArguments, AnyRow};
use sqlx::query::Query;
use unicode_normalization::UnicodeNormalization;

use super::row::Columns;
use super::{PlayerId, Store};
use crate::{Error, Result};

/// What a player may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Play.
    Player,
    /// Play, and see and change campaigns.
    Admin,
}

impl Role {
    fn as_text(self) -> &'static str {
        match self {
            Self::Player => "player",
            Self::Admin => "admin",
        }
    }

    fn from_text(text: &str) -> Result<Self> {
        match text {
            "player" => Ok(Self::Player),
            "admin" => Ok(Self::Admin),
            other => Err(Error::Damaged { what: "role", reason: format!("`{other}` is no role") }),
        }
    }
}

/// A player, without the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Player {
    /// Who.
    pub id: PlayerId,
    /// User name; `None` for a guest.
    pub name: Option<String>,
    /// E-mail address; `None` for a guest.
    pub email: Option<String>,
    /// What the player may do.
    pub role: Role,
    /// Language of the pages, such as `en`.
    pub language: String,
    /// Whether the leaderboard shows the player.
    pub listed: bool,
    /// When the player first came, in Unix milliseconds.
    pub created: i64,
    /// Score, games and streaks.
    pub standing: Standing,
}

impl Player {
    /// Whether the player plays without an account.
    pub fn is_guest(&self) -> bool {
        self.name.is_none()
    }

    /// Whether the player may see and change campaigns.
    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }
}

/// What a player has achieved; rounds that expired do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Points in all.
    pub score: u64,
    /// Games finished.
    pub games: u64,
    /// Games won.
    pub wins: u64,
    /// Wins in a row up to now.
    pub streak: u32,
    /// Most wins in a row.
    pub best_streak: u32,
}

/// A guest or visitor who becomes a member. Name and address must not be empty; how they look is checked by the caller.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// User name; unique whatever its case.
    pub name: String,
    /// E-mail address; unique whatever its case.
    pub email: String,
    /// The password's hash in PHC format.
    pub password_hash: String,
    /// Language of the pages.
    pub language: String,
}

/// A line of the leaderboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leader {
    /// Who.
    pub id: PlayerId,
    /// User name.
    pub name: String,
    /// Score, games and streaks.
    pub standing: Standing,
}

/// The columns of a [`Player`], for queries that have the table `player`.
macro_rules! player_columns {
    () => {
        "player.id, player.name, player.email, player.role, player.language, player.listed, player.created, \
         player.score, player.games, player.wins, player.streak, player.best_streak"
    };
}
pub(super) use player_columns;

/// A row with the columns of `player_columns`.
pub(super) fn player_from(row: &AnyRow) -> Result<Player> {
    Ok(Player {
        id: row.text("id")?.into(),
        name: row.maybe_text("name")?,
        email: row.maybe_text("email")?,
        role: Role::from_text(&row.text("role")?)?,
        language: row.text("language")?,
        listed: row.flag("listed")?,
        created: row.time("created")?,
        standing: standing_from(row)?,
    })
}

fn standing_from(row: &AnyRow) -> Result<Standing> {
    Ok(Standing {
        score: row.count("score")?,
        games: row.count("games")?,
        wins: row.count("wins")?,
        streak: row.small("streak")?,
        best_streak: row.small("best_streak")?,
    })
}

/// What tells two names or addresses apart: not case, nor how Unicode writes the same letters.
pub(super) fn key(name: &str) -> String {
    name.trim().chars().filter(|c| !c.is_control()).nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

impl Store {
    /// Makes a guest.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn add_guest(&self, language: &str, now: i64) -> Result<Player> {
        let id = PlayerId::random();
        let query = sqlx::query(
            "INSERT INTO player (id, role, language, listed, created) VALUES ($1, 'player', $2, 0, $3)",
        );
        self.change("make a guest", query.bind(id.as_str()).bind(language).bind(now)).await?;
        self.existing(&id).await
    }

    /// Makes a member; a guest keeps its row and so its history. Members are listed unless they say otherwise.
    ///
    /// # Errors
    /// [`Error::NameTaken`] and [`Error::EmailTaken`], [`Error::NoPlayer`] when the guest is gone or is no guest any
    /// more, [`Error::Parameter`] for a name or address that cannot be told from the other.
    pub async fn register(
        &self,
        from_guest: Option<&PlayerId>,
        member: &NewMember,
        now: i64,
    ) -> Result<Player> {
        let (name_key, email_key) = (key(&member.name), key(&member.email));
        let wrong =
            |name, found: &str, expected| Err(Error::Parameter { name, found: found.into(), expected });
        let control = |text: &str| text.chars().any(char::is_control);
        if name_key.is_empty() || name_key.contains('@') || control(&member.name) {
            return wrong(
                "the user name",
                &member.name,
                "some characters, none of them @ or a control character",
            );
        }
        if !email_key.contains('@') || control(&member.email) {
            return wrong(
                "the e-mail address",
                &member.email,
                "an address with @, without control characters",
            );
        }
        let new = PlayerId::random();
        let id = from_guest.unwrap_or(&new);
        let sql = match from_guest {
            Some(_) => {
                "UPDATE player SET name = $2, name_key = $3, email = $4, email_key = $5, password_hash = $6, \
                 language = $7, listed = 1 WHERE id = $1 AND name IS NULL AND $8 IS NOT NULL"
            }
            None => {
                "INSERT INTO player (id, name, name_key, email, email_key, password_hash, language, listed, role, \
                 created) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, 'player', $8)"
            }
        };
        let query = sqlx::query(sql)
            .bind(id.as_str())
            .bind(member.name.trim())
            .bind(name_key)
            .bind(member.email.trim())
            .bind(email_key)
            .bind(&*member.password_hash)
            .bind(&*member.language)
            .bind(now);
        match self.change("register a member", query).await.map_err(taken)? {
            0 => Err(Error::NoPlayer { found: id.to_string() }),
            _ => self.existing(id).await,
        }
    }

    /// A player.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn player(&self, id: &PlayerId) -> Result<Option<Player>> {
        const SQL: &str = concat!("SELECT ", player_columns!(), " FROM player WHERE id = $1");
        let row = sqlx::query(SQL).bind(id.as_str()).fetch_optional(self.readers()).await;
        row.map_err(self.failed("read a player"))?.as_ref().map(player_from).transpose()
    }

    /// The member of a user name or e-mail address, whatever its case.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn find_member(&self, name_or_email: &str) -> Result<Option<Player>> {
        match self.credentials(name_or_email).await? {
            Some((id, _)) => self.player(&id).await,
            None => Ok(None),
        }
    }

    /// Sets a player's language.
    ///
    /// # Errors
    /// [`Error::NoPlayer`] when there is no such player.
    pub async fn set_language(&self, id: &PlayerId, language: &str) -> Result<()> {
        let sql = "UPDATE player SET language = $2 WHERE id = $1";
        self.set(id, sqlx::query(sql).bind(id.as_str()).bind(language)).await
    }

    /// Sets whether the leaderboard shows a player.
    ///
    /// # Errors
    /// [`Error::NoPlayer`] when there is no such player.
    pub async fn set_listed(&self, id: &PlayerId, listed: bool) -> Result<()> {
        let sql = "UPDATE player SET listed = $2 WHERE id = $1";
        self.set(id, sqlx::query(sql).bind(id.as_str()).bind(i64::from(listed))).await
    }

    /// Sets what a member may do.
    ///
    /// # Errors
    /// [`Error::NoPlayer`] when there is no such member.
    pub async fn set_role(&self, id: &PlayerId, role: Role) -> Result<()> {
        let sql = "UPDATE player SET role = $2 WHERE id = $1 AND name IS NOT NULL";
        self.set(id, sqlx::query(sql).bind(id.as_str()).bind(role.as_text())).await
    }

    /// Deletes a player and everything of theirs: rounds, labels, sessions, answers.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn delete_player(&self, id: &PlayerId) -> Result<()> {
        let mut tries = 0;
        loop {
            match self.try_delete(id).await {
                Err(error) if self.again(&error, &mut tries).await => {}
                result => return result,
            }
        }
    }

    async fn try_delete(&self, id: &PlayerId) -> Result<()> {
        // A meeting of a player and a photo is one round, so no map loses more than one game.
        const LOADS: &str = "UPDATE map SET load = load - 1 \
             WHERE id IN (SELECT map FROM round WHERE player = $1 AND expired = 0)";
        // Nobody is given a round meanwhile.
        let (_turn, mut writing) = self.take_turn().await?;
        for sql in [LOADS, "DELETE FROM player WHERE id = $1"] {
            let done = sqlx::query(sql).bind(id.as_str()).execute(writing.connection()).await;
            done.map_err(self.failed("delete a player"))?;
        }
        writing.commit().await
    }

    /// Score, games and streaks of a player.
    ///
    /// # Errors
    /// [`Error::NoPlayer`] when there is no such player.
    pub async fn standing(&self, id: &PlayerId) -> Result<Standing> {
        self.existing(id).await.map(|player| player.standing)
    }

    /// The members with the highest scores who agreed to be shown and have finished a game.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn leaderboard(&self, most: u32) -> Result<Vec<Leader>> {
        let rows = sqlx::query(
            "SELECT id, name, score, games, wins, streak, best_streak FROM player \
             WHERE listed = 1 AND name IS NOT NULL AND games > 0 ORDER BY score DESC, created LIMIT $1",
        )
        .bind(i64::from(most))
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("read the leaderboard"))?;
        let leader = |row: &AnyRow| {
            Ok(Leader { id: row.text("id")?.into(), name: row.text("name")?, standing: standing_from(row)? })
        };
        rows.iter().map(leader).collect()
    }

    async fn existing(&self, id: &PlayerId) -> Result<Player> {
        self.player(id).await?.ok_or_else(|| Error::NoPlayer { found: id.to_string() })
    }

    pub(super) async fn set(&self, id: &PlayerId, query: Query<'_, Any, AnyArguments>) -> Result<()> {
        match self.change("change a player", query).await? {
            0 => Err(Error::NoPlayer { found: id.to_string() }),
            _ => Ok(()),
        }
    }
}

/// Tells which of the two unique keys stood against a member.
fn taken(error: Error) -> Error {
    let Error::Database { source, .. } = &error else { return error };
    let Some(found) = source.as_database_error().filter(|e| e.is_unique_violation()) else { return error };
    // SQLite names the column in the message, PostgreSQL the index.
    let place = format!("{} {}", found.constraint().unwrap_or_default(), found.message());
    match place.contains("email_key") {
        true => Error::EmailTaken,
        false if place.contains("name_key") => Error::NameTaken,
        false => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_fold_case_and_forms() {
        assert_eq!(key(" Ann "), key("aNN"));
        assert_eq!(key("ÉVA"), key("e\u{301}va"));
        assert_eq!(key("ﬁne"), key("FINE"));
        assert_ne!(key("ann"), key("anna"));
    }
}
