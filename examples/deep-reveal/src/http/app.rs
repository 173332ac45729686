//! What all handlers share.

use std::sync::Arc;

use anv_labels::GameRules;

use super::background::Background;
use super::cookies::Cookies;
use super::limits::{Limiter, Limits};
use super::token::FormKey;
use crate::clock::Clock;
use crate::config::Config;
use crate::mail::{MailError, Mailer};
use crate::password::{PasswordError, Passwords};
use crate::play::{PictureLimits, Play};
use crate::store::Store;

/// The running game; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    store: Store,
    play: Play,
    config: Config,
    clock: Clock,
    passwords: Passwords,
    mailer: Mailer,
    limiter: Limiter,
    form_key: FormKey,
    cookies: Cookies,
    background: Background,
}

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The database.
    #[error(transparent)]
    Store(#[from] crate::Error),
    /// Mail.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// The password hash.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The secret.
    #[error("secret cannot be used as a key")]
    Secret,
    /// The address is taken, or not this machine's.
    #[error("cannot listen on {address}")]
    Listen {
        /// Where.
        address: std::net::SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

impl App {
    /// Makes ready to serve the game of `store`.
    pub async fn new(store: Store, config: Config) -> Result<Self, StartError> {
        Self::with(store, config, Clock::System, Limits::default()).await
    }

    /// With another clock and other limits, for tests.
    pub async fn with(
        store: Store,
        config: Config,
        clock: Clock,
        limits: Limits,
    ) -> Result<Self, StartError> {
        let store = store.round_hours(config.round_hours);
        let secret = match config.secret {
            Some(secret) => secret,
            None => store.secret().await?,
        };
        Ok(App(Arc::new(Inner {
            passwords: Passwords::new()?,
            mailer: Mailer::new(&config.mail, &config.mail_from)?,
            limiter: Limiter::new(limits),
            form_key: FormKey::new(&secret).ok_or(StartError::Secret)?,
            cookies: Cookies::new(!config.plain_http),
            background: Background::new(),
            play: Play::new(store.clone(), config.rules.clone(), PictureLimits::default())?,
            store,
            config,
            clock,
        })))
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// What a player can do.
    pub fn play(&self) -> &Play {
        &self.0.play
    }

    /// The numbers of the game.
    pub fn rules(&self) -> &GameRules {
        &self.0.config.rules
    }

    /// What the server was told when it started.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Milliseconds since 1970.
    pub fn now(&self) -> i64 {
        self.0.clock.now()
    }

    /// A seed for a decision of the rules.
    pub fn random_seed(&self) -> u64 {
        crate::random::random_seed()
    }

    /// Makes and checks password hashes.
    pub fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    /// Waits for mails that are on their way.
    pub async fn finish(&self) {
        self.0.background.finish().await;
    }

    pub(crate) fn mailer(&self) -> &Mailer {
        &self.0.mailer
    }

    pub(crate) fn limiter(&self) -> &Limiter {
        &self.0.limiter
    }

    pub(crate) fn form_key(&self) -> &FormKey {
        &self.0.form_key
    }

    pub(crate) fn cookies(&self) -> Cookies {
        self.0.cookies
    }

    pub(crate) fn background(&self) -> &Background {
        &self.0.background
    }

    /// Whether players reach the game over TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.0.config.url.starts_with("https://")
    }
}
