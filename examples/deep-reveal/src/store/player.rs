//! Players: guests, members, administrators.

use super::PlayerId;

/// What a player may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Play.
    Player,
    /// Play, and see and change campaigns.
    Admin,
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
