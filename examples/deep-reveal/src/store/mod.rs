//! All that is kept: players, sessions, campaigns, rounds, in SQLite or PostgreSQL.
//!
//! The SQL here is one text for both; what differs between them is in `dialect.rs`. All times are Unix milliseconds
//! that the caller passes in.

mod campaign;
mod ids;
mod player;
mod questionnaire;
mod round;
mod statistics;

use anv_labels::{GameRules, Move};

use crate::{Error, Result};

pub use campaign::{CampaignRow, Imported, MapProgress, NewCampaign, NewMap, NewPhoto};
pub use ids::{CampaignId, MapId, PhotoId, PlayerId, RoundId};
pub use player::{Leader, NewMember, Player, Role, Standing};
pub use questionnaire::{Answers, QuestionnaireResult};
pub use round::{PictureSource, PlayOutcome, Reserved, RoundRow};
pub use statistics::{Counts, Trust};

/// The database; cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    round_ms: i64,
}

impl Store {
    /// Opens a database, makes it when it is a file that is not there, and brings its tables up to date.
    ///
    /// # Errors
    /// [`Error::DatabaseUrl`] for an address of another kind, [`Error::Database`] when it cannot be opened.
    pub async fn open(url: &str) -> Result<Self> {
        todo!()
    }

    /// Sets after how many hours an untouched round is given to somebody else; 24 unless set.
    #[must_use]
    pub fn round_hours(self, hours: f64) -> Self {
        todo!()
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        todo!()
    }

    /// A secret for signing, made once and shared by all servers.
    pub async fn secret(&self) -> Result<[u8; 32]> {
        todo!()
    }

    /// Makes a guest.
    pub async fn add_guest(&self, language: &str, now: i64) -> Result<Player> {
        todo!()
    }
    /// Makes a member; a guest keeps its row and so its history.
    ///
    /// # Errors
    /// [`Error::NameTaken`], [`Error::EmailTaken`]; [`Error::NoPlayer`] when the guest is gone or a member already.
    pub async fn register(
        &self,
        from_guest: Option<&PlayerId>,
        member: &NewMember,
        now: i64,
    ) -> Result<Player> {
        todo!()
    }
    /// A player.
    pub async fn player(&self, id: &PlayerId) -> Result<Option<Player>> {
        todo!()
    }
    /// The member of a user name or e-mail address, whatever its case.
    pub async fn find_member(&self, name_or_email: &str) -> Result<Option<Player>> {
        todo!()
    }
    /// Id and password hash of the member of a user name or e-mail address, whatever its case.
    pub async fn credentials(&self, name_or_email: &str) -> Result<Option<(PlayerId, String)>> {
        todo!()
    }
    /// Sets a member's password hash.
    pub async fn set_password(&self, id: &PlayerId, hash: &str) -> Result<()> {
        todo!()
    }
    /// Sets a player's language.
    pub async fn set_language(&self, id: &PlayerId, language: &str) -> Result<()> {
        todo!()
    }
    /// Sets whether the leaderboard shows a player.
    pub async fn set_listed(&self, id: &PlayerId, listed: bool) -> Result<()> {
        todo!()
    }
    /// Sets what a player may do.
    pub async fn set_role(&self, id: &PlayerId, role: Role) -> Result<()> {
        todo!()
    }
    /// Deletes a player and everything of theirs: rounds, labels, sessions, answers.
    pub async fn delete_player(&self, id: &PlayerId) -> Result<()> {
        todo!()
    }
    /// Score, games and streaks of a player.
    pub async fn standing(&self, id: &PlayerId) -> Result<Standing> {
        todo!()
    }
    /// The members with the highest scores who agreed to be shown and have finished a game.
    pub async fn leaderboard(&self, most: u32) -> Result<Vec<Leader>> {
        todo!()
    }

    /// Starts a session; `token_hash` is the hash of its token, in hex.
    pub async fn add_session(
        &self,
        token_hash: &str,
        player: &PlayerId,
        now: i64,
        expires: i64,
    ) -> Result<()> {
        todo!()
    }
    /// The player of a session that has not expired.
    pub async fn session(&self, token_hash: &str, now: i64) -> Result<Option<Player>> {
        todo!()
    }
    /// Ends a session.
    pub async fn end_session(&self, token_hash: &str) -> Result<()> {
        todo!()
    }
    /// Ends all sessions of a player.
    pub async fn end_sessions(&self, player: &PlayerId) -> Result<()> {
        todo!()
    }
    /// Keeps a token for setting a new password; earlier ones of the player end.
    pub async fn add_reset(&self, token_hash: &str, player: &PlayerId, now: i64, expires: i64) -> Result<()> {
        todo!()
    }
    /// The player of a token for setting a new password that has not expired; it stays.
    pub async fn find_reset(&self, token_hash: &str, now: i64) -> Result<Option<PlayerId>> {
        todo!()
    }
    /// Takes a token for setting a new password: it works once.
    pub async fn use_reset(&self, token_hash: &str, now: i64) -> Result<Option<PlayerId>> {
        todo!()
    }

    /// The round that a player wants to play: the open one, or a new one on the map with the fewest games among those
    /// whose photo the player never met.
    pub async fn reserve(
        &self,
        player: &PlayerId,
        rules: &GameRules,
        seed: u64,
        now: i64,
    ) -> Result<Reserved> {
        todo!()
    }
    /// The round that a player has not finished, to resume.
    pub async fn open_round(&self, player: &PlayerId) -> Result<Option<RoundRow>> {
        todo!()
    }
    /// A round of the player; of nobody else.
    pub async fn round(&self, player: &PlayerId, round: &RoundId) -> Result<Option<RoundRow>> {
        todo!()
    }
    /// Makes a move; when it finishes the round, points, streak and counts change with it or not at all.
    pub async fn play(
        &self,
        player: &PlayerId,
        round: &RoundId,
        rules: &GameRules,
        mv: &Move,
        now: i64,
    ) -> Result<PlayOutcome> {
        todo!()
    }
    /// Photo and map of a masked picture.
    pub async fn picture_source(&self, map: &MapId) -> Result<Option<PictureSource>> {
        todo!()
    }
    /// A photo as PNG.
    pub async fn photo(&self, photo: &PhotoId) -> Result<Option<Vec<u8>>> {
        todo!()
    }

    /// Keeps a player's answers to the questionnaire; earlier ones are replaced.
    ///
    /// # Errors
    /// [`Error::Labels`] or [`Error::Parameter`] for an answer outside its range.
    pub async fn answer(&self, player: &PlayerId, answers: &Answers, now: i64) -> Result<()> {
        todo!()
    }
    /// Whether a player has answered the questionnaire.
    pub async fn has_answered(&self, player: &PlayerId) -> Result<bool> {
        todo!()
    }
    /// What all answers say together.
    pub async fn questionnaire(&self) -> Result<QuestionnaireResult> {
        todo!()
    }

    /// All campaigns, oldest first.
    pub async fn campaigns(&self) -> Result<Vec<CampaignRow>> {
        todo!()
    }
    /// Adds a campaign, or photos to the campaign of that name; all or nothing.
    ///
    /// # Errors
    /// [`Error::Campaign`] when it has no classes or a photo without maps, or other classes than the campaign of that name.
    pub async fn import(&self, campaign: &NewCampaign, now: i64) -> Result<Imported> {
        todo!()
    }
    /// Opens or closes a campaign; rounds begun are finished all the same.
    ///
    /// # Errors
    /// [`Error::NoCampaign`].
    pub async fn set_open(&self, campaign: &CampaignId, open: bool) -> Result<()> {
        todo!()
    }
    /// How far each map of a campaign is, in the order of photo, layer and cluster.
    pub async fn progress(&self, campaign: &CampaignId) -> Result<Vec<MapProgress>> {
        todo!()
    }
    /// Live counts of one campaign or all.
    pub async fn counts(&self, campaign: Option<&CampaignId>) -> Result<Counts> {
        todo!()
    }
    /// The control games of every player who finished one, failed ones first.
    pub async fn trust(&self) -> Result<Vec<Trust>> {
        todo!()
    }
}
