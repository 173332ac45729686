//! The commands.

mod admin;
mod args;
mod campaigns;
mod serve;
mod table;

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use args::{AdminCommand, Arguments, Command};

use crate::store::{CampaignRow, Store};
use crate::{Error, Result};

/// What a command says when it fails.
type CommandError = Box<dyn std::error::Error + Send + Sync>;

/// Runs the command line: exit code 0, or 2 with one line on stderr that names every cause.
pub fn main() -> ExitCode {
    let arguments = args::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(run(arguments)),
        Err(error) => Err(error.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", with_causes(error.as_ref()));
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), CommandError> {
    let database = arguments.database;
    match arguments.command {
        None => serve::serve(&database, &arguments.serve).await,
        Some(Command::Serve(args)) => serve::serve(&database, &args).await,
        Some(Command::Import(args)) => say(&campaigns::import(&database, args).await?),
        Some(Command::Export { file, campaign, overwrite }) => {
            say(&campaigns::export(&open(&database).await?, &file, campaign.as_deref(), overwrite).await?)
        }
        Some(Command::Backup { file }) => say(&backup(&open(&database).await?, file).await?),
        Some(Command::Restore { file }) => say(&restore(&database, &file).await?),
        Some(Command::Admin { command }) => say(&administer(&open(&database).await?, command).await?),
    }
}

async fn administer(store: &Store, command: AdminCommand) -> Result<String> {
    match command {
        AdminCommand::Grant { name } => admin::set_admin(store, &name, true).await,
        AdminCommand::Revoke { name } => admin::set_admin(store, &name, false).await,
        AdminCommand::Campaigns => admin::campaigns(store).await,
        AdminCommand::Open { campaign } => admin::set_open(store, &campaign, true).await,
        AdminCommand::Close { campaign } => admin::set_open(store, &campaign, false).await,
        AdminCommand::Progress { campaign } => admin::progress(store, campaign.as_deref()).await,
        AdminCommand::Table { campaign } => admin::counts(store, campaign.as_deref()).await,
        AdminCommand::Trust => admin::trust(store).await,
        AdminCommand::Questionnaire => admin::questionnaire(store).await,
    }
}

async fn backup(store: &Store, file: PathBuf) -> Result<String> {
    store.backup(&file).await?;
    Ok(format!(
        "backed up to {0}; to go back to it, stop the server and run `deep-reveal restore {0}`",
        file.display()
    ))
}

async fn restore(database: &str, file: &Path) -> Result<String> {
    let text = format!("{} is the database now: start the server", file.display());
    Ok(match crate::store::restore(database, file).await? {
        Some(old) => format!("{text}\nthe one that it replaced is kept as {}", old.display()),
        None => text,
    })
}

/// A database that a command looks into: it must be there, so that a slip in its name makes no empty one.
async fn open(database: &str) -> Result<Store> {
    match missing(database) {
        Some(path) => Err(Error::NoFile { path: path.into() }),
        None => Store::open(database).await,
    }
}

/// The file of a database that is not there yet.
fn missing(database: &str) -> Option<&Path> {
    let path =
        database.strip_prefix("sqlite://").or_else(|| database.strip_prefix("sqlite:")).unwrap_or(database);
    let is_file = !path.contains("://");
    Some(Path::new(path)).filter(|path| is_file && !path.exists())
}

/// The campaign of a name.
async fn find_campaign(store: &Store, name: &str) -> Result<CampaignRow> {
    let campaigns = store.campaigns().await?;
    let found = campaigns.into_iter().find(|campaign| campaign.name == name);
    found.ok_or_else(|| Error::NoCampaign { found: name.to_owned() })
}

/// Prints to a reader that may have gone away, such as `head`.
fn say(text: &str) -> Result<(), CommandError> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// The message followed by those of its causes that it does not already repeat.
fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<sqlx::Error>() {
            // Told by our own error.
            break;
        }
        let message = inner.to_string();
        if !text.contains(&message) {
            text = format!("{text}: {message}");
        }
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;
    use crate::http::StartError;

    #[test]
    fn causes_are_named_once() {
        let source = std::io::Error::other("the plug is out");
        let address = std::net::SocketAddr::from(([127, 0, 0, 1], 80));
        let error = StartError::Listen { address, source };
        assert!(error.source().is_some());
        assert_eq!(with_causes(&error), "cannot listen on 127.0.0.1:80: the plug is out");
        let source = std::io::Error::other("the plug is out");
        let error = Error::Io { action: "read", path: "a".into(), source };
        assert_eq!(with_causes(&error), "cannot read a: the plug is out");
    }
}
