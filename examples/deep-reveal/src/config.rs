//! What a server is told when it starts.

use std::net::SocketAddr;
use std::path::PathBuf;

use anv_labels::GameRules;

/// Everything that a server is told when it starts; plain data, made by the command line.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address that players type, without a slash at its end: `https://play.example.org`. Mails link to it and
    /// forms are accepted from it.
    pub url: String,
    /// Cookies without `Secure`, for a classroom without TLS.
    pub plain_http: bool,
    /// Whether a reverse proxy stands before the server: then `X-Forwarded-For` tells who asks.
    pub behind_proxy: bool,
    /// How mails leave.
    pub mail: Mailing,
    /// Sender of mails, such as `Deep Reveal <deep-reveal@example.org>`.
    pub mail_from: String,
    /// A secret of 32 bytes to use instead of the one in the database.
    pub secret: Option<[u8; 32]>,
    /// The numbers of the game.
    pub rules: GameRules,
    /// Hours after which an untouched round is given to somebody else.
    pub round_hours: f64,
    /// Games after which a player is asked for the questionnaire; `None` for never.
    pub questionnaire_after: Option<u64>,
}

/// How mails leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mailing {
    /// Each mail becomes a file of this folder.
    Folder(PathBuf),
    /// Over SMTP, by a URL such as `smtps://user:password@mail.example.org`.
    Smtp(String),
}
