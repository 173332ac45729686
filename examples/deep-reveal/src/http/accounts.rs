//! Accounts: what pages and API do alike.

use std::net::IpAddr;

use unicode_normalization::UnicodeNormalization;

use super::app::App;
use super::error::log_failure;
use super::fields::{self, FieldProblem};
use super::limits::{Action, TooOften};
use super::token::Token;
use crate::Error;
use crate::language::Language;
use crate::mail::MailError;
use crate::password::PasswordError;
use crate::store::{NewMember, Player, PlayerId};

/// How long a link for a new password works.
const RESET_LIFETIME: i64 = 3600 * 1000;

/// Why something with an account did not work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AccountError {
    /// No such name, or another password: which of them, nobody learns.
    #[error("user name and password do not match")]
    Wrong,
    /// The link for a new password was used, is too old or never was.
    #[error("link for a new password does not work any more")]
    DeadLink,
    #[error(transparent)]
    Field(#[from] FieldProblem),
    #[error("too many tries: expected {} seconds of waiting", .0.seconds)]
    TooOften(TooOften),
    #[error("server is busy")]
    Busy,
    #[error(transparent)]
    Password(PasswordError),
    #[error(transparent)]
    Store(Error),
}

type Result<T> = std::result::Result<T, AccountError>;

/// Makes a guest.
pub(crate) async fn add_guest(app: &App, client: IpAddr, language: Language) -> Result<Player> {
    app.limiter().check(Action::Guest(client), app.now())?;
    Ok(app.store().add_guest(language.tag(), app.now()).await?)
}

/// The player of a name (or address) and password. Both ways to be wrong cost one hash and read the same.
pub(crate) async fn log_in(app: &App, client: IpAddr, name: &str, password: &str) -> Result<Player> {
    // What is longer than any name or password is cut: it is wrong all the same, and takes as long.
    let (name, password): (String, String) =
        (fields::tidy(&start(name, 300)), start(password, 300).nfc().collect());
    let key = name.to_lowercase();
    let now = app.now();
    app.limiter().check(Action::Login(client), now)?;
    app.limiter().check(Action::LoginAs(client, &key), now)?;
    app.limiter().check(Action::LoginName(&key), now)?;
    let (id, hash) = app.store().credentials(&name).await?.unzip();
    let right = app.passwords().verify(&password, hash).await?;
    match id.filter(|_| right) {
        Some(id) => app.store().player(&id).await?.ok_or(AccountError::Wrong),
        None => Err(AccountError::Wrong),
    }
}

fn start(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

/// What somebody types to register.
#[derive(Debug)]
pub(crate) struct Registration<'a> {
    pub(crate) name: &'a str,
    pub(crate) email: &'a str,
    pub(crate) password: &'a str,
    pub(crate) language: Language,
}

/// Makes a member, of a guest if there is one.
pub(crate) async fn register(
    app: &App,
    client: IpAddr,
    guest: Option<&PlayerId>,
    typed: &Registration<'_>,
) -> Result<Player> {
    let (name, email) = (fields::name(typed.name)?, fields::email(typed.email)?);
    let password = fields::password(typed.password, &name, &email)?;
    app.limiter().check(Action::Register(client), app.now())?;
    let password_hash = app.passwords().hash(&password).await?;
    let member = NewMember { name, email, password_hash, language: typed.language.tag().to_owned() };
    match app.store().register(guest, &member, app.now()).await {
        Ok(player) => {
            // What opened the guest does not open the member.
            app.store().end_sessions(&player.id).await?;
            Ok(player)
        }
        Err(Error::NameTaken) => Err(FieldProblem::NameTaken.into()),
        Err(Error::EmailTaken) => Err(FieldProblem::EmailTaken.into()),
        Err(other) => Err(other.into()),
    }
}

/// Sends a link for a new password, if anybody has that address. Nothing that the answer waits for depends on it.
pub(crate) async fn ask_for_reset(app: &App, client: IpAddr, address: &str) -> Result<()> {
    let address = fields::tidy(&start(address, 300));
    let now = app.now();
    app.limiter().check(Action::Reset(client), now)?;
    app.limiter().check(Action::ResetTo(&address.to_lowercase()), now)?;
    let mailing = app.clone();
    let started = app.background().start(async move {
        if let Err(error) = send_reset(&mailing, &address).await {
            log_failure(&error);
        }
    });
    if started { Ok(()) } else { Err(AccountError::Busy) }
}

#[derive(Debug, thiserror::Error)]
#[error("link for a new password was not sent")]
enum ResetMailError {
    Store(#[from] Error),
    Mail(#[from] MailError),
}

async fn send_reset(app: &App, address: &str) -> std::result::Result<(), ResetMailError> {
    let Some(player) = app.store().find_member(address).await? else { return Ok(()) };
    let Player { id, name: Some(name), email: Some(email), language, .. } = player else { return Ok(()) };
    let (token, now) = (Token::random(), app.now());
    app.store().add_reset(&token.hash(), &id, now, now + RESET_LIFETIME).await?;
    let language = Language::from_tag(&language).unwrap_or_default();
    let link = format!("{}/reset/{}", app.config().url, token.as_str());
    let text = language.say("mail-reset").with("name", name).with("link", link).to_string();
    Ok(app.mailer().send(&email, &language.text("mail-reset-subject"), text).await?)
}

/// Whose link for a new password it is.
pub(crate) async fn find_reset(app: &App, token: &str) -> Result<(Token, PlayerId)> {
    let token = Token::parse(token).ok_or(AccountError::DeadLink)?;
    let player = app.store().find_reset(&token.hash(), app.now()).await?;
    player.map(|player| (token, player)).ok_or(AccountError::DeadLink)
}

/// Sets a new password, once per link, and ends all sessions of the player.
pub(crate) async fn reset(app: &App, client: IpAddr, token: &str, typed: &str) -> Result<PlayerId> {
    app.limiter().check(Action::Login(client), app.now())?;
    let (token, id) = find_reset(app, token).await?;
    let player = app.store().player(&id).await?.ok_or(AccountError::DeadLink)?;
    let (name, email) = (player.name.unwrap_or_default(), player.email.unwrap_or_default());
    let password = fields::password(typed, &name, &email)?;
    let hash = app.passwords().hash(&password).await?;
    // Two requests with one link may both have come so far; one of them takes it.
    let id = app.store().use_reset(&token.hash(), app.now()).await?.ok_or(AccountError::DeadLink)?;
    app.store().set_password(&id, &hash).await?;
    app.store().end_sessions(&id).await?;
    Ok(id)
}

/// Sets another password of a member who types the old one as well, and ends all sessions of the player: who was in
/// without knowing it is out. Links for a new password end too.
pub(crate) async fn change_password(
    app: &App,
    client: IpAddr,
    player: &Player,
    old: &str,
    typed: &str,
) -> Result<()> {
    let (name, email) = match (&player.name, &player.email) {
        (Some(name), Some(email)) => (name, email),
        _ => return Err(AccountError::Wrong),
    };
    let (key, now) = (name.to_lowercase(), app.now());
    // A stolen session gives no more tries than the login.
    app.limiter().check(Action::Login(client), now)?;
    app.limiter().check(Action::LoginAs(client, &key), now)?;
    app.limiter().check(Action::LoginName(&key), now)?;
    let (_, before) = app.store().credentials(name).await?.ok_or(AccountError::Wrong)?;
    let old: String = start(old, 300).nfc().collect();
    if !app.passwords().verify(&old, Some(before.clone())).await? {
        return Err(AccountError::Wrong);
    }
    let password = fields::password(typed, name, email)?;
    let hash = app.passwords().hash(&password).await?;
    // Somebody else may have set one meanwhile: then the old one is another one.
    match app.store().change_password(&player.id, &before, &hash).await? {
        true => Ok(()),
        false => Err(AccountError::Wrong),
    }
}

impl From<TooOften> for AccountError {
    fn from(error: TooOften) -> Self {
        AccountError::TooOften(error)
    }
}

impl From<PasswordError> for AccountError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy { .. } => AccountError::Busy,
            other => AccountError::Password(other),
        }
    }
}

impl From<Error> for AccountError {
    fn from(error: Error) -> Self {
        AccountError::Store(error)
    }
}
