//! What the command line takes.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};

/// Deep Reveal: a web game in which people guess what a masked photo shows and type what they recognised.
///
/// Started without a command it serves the game: with an empty database, a first campaign of packaged photos is loaded,
/// ready to play in the browser.
#[derive(Debug, Parser)]
#[command(name = "deep-reveal", version, subcommand_help_heading = "Commands")]
pub(super) struct Arguments {
    /// Where everything is kept: a SQLite file, or postgres://USER:PASSWORD@HOST/NAME for several servers
    #[arg(
        long,
        global = true,
        env = "DEEP_REVEAL_DATABASE",
        hide_env_values = true,
        default_value = "deep-reveal.db",
        value_name = "FILE|URL"
    )]
    pub(super) database: String,
    #[command(flatten)]
    pub(super) serve: ServeArgs,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serve the game (also without a command)
    Serve(Box<ServeArgs>),
    /// Make a campaign from saved folders, or add photos to one
    Import(ImportArgs),
    /// Write every finished game to a .csv, .json or .parquet file
    Export {
        /// The file to write; `label` reads .csv
        file: PathBuf,
        /// Only the games of this campaign
        #[arg(long, value_name = "NAME")]
        campaign: Option<String>,
        /// Replace the file when it is there
        #[arg(long)]
        overwrite: bool,
    },
    /// See and change campaigns, players' trust and roles
    Admin {
        #[command(subcommand)]
        command: AdminCommand,
    },
    /// Copy a SQLite database to a new file while the game goes on
    Backup {
        /// The file to make
        file: PathBuf,
    },
    /// Put a backup in the place of a SQLite database; the server must be stopped
    Restore {
        /// The file that `backup` made
        file: PathBuf,
    },
}

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Serving")]
pub(super) struct ServeArgs {
    /// Address and port to listen on; 0.0.0.0:8080 lets other machines in
    #[arg(
        long,
        env = "DEEP_REVEAL_LISTEN",
        hide_env_values = true,
        default_value = "127.0.0.1:8080",
        value_parser = listen,
        value_name = "ADDRESS:PORT"
    )]
    pub(super) listen: SocketAddr,
    /// What players type into the browser, as https://play.example.org; by default this machine's address
    #[arg(long, env = "DEEP_REVEAL_URL", hide_env_values = true)]
    pub(super) url: Option<String>,
    /// Cookies without TLS, for a classroom; on this machine alone (127.0.0.1) they always are
    #[arg(long, env = "DEEP_REVEAL_PLAIN_HTTP", hide_env_values = true, value_parser = BoolishValueParser::new())]
    pub(super) plain_http: bool,
    /// A reverse proxy stands before the server: X-Forwarded-For tells who asks
    #[arg(long, env = "DEEP_REVEAL_BEHIND_PROXY", hide_env_values = true, value_parser = BoolishValueParser::new())]
    pub(super) behind_proxy: bool,
    /// Mail server for password resets, as smtps://USER:PASSWORD@HOST
    #[arg(
        long,
        env = "DEEP_REVEAL_SMTP",
        hide_env_values = true,
        value_name = "URL",
        conflicts_with = "mail_folder"
    )]
    pub(super) smtp: Option<String>,
    /// Without a mail server: the folder that mails are written to
    #[arg(
        long,
        env = "DEEP_REVEAL_MAIL_FOLDER",
        hide_env_values = true,
        default_value = "deep-reveal-mails",
        value_name = "FOLDER"
    )]
    pub(super) mail_folder: PathBuf,
    /// Sender of mails
    #[arg(
        long,
        env = "DEEP_REVEAL_MAIL_FROM",
        hide_env_values = true,
        default_value = "Deep Reveal <deep-reveal@localhost>",
        value_name = "ADDRESS"
    )]
    pub(super) mail_from: String,
    /// File with a secret of at least 32 characters; by default the database has one
    #[arg(long, env = "DEEP_REVEAL_SECRET_FILE", hide_env_values = true, value_name = "FILE")]
    pub(super) secret_file: Option<PathBuf>,
    /// Hours until an untouched round is given to somebody else
    #[arg(
        long,
        env = "DEEP_REVEAL_ROUND_HOURS",
        hide_env_values = true,
        default_value_t = 24.0,
        value_name = "HOURS"
    )]
    pub(super) round_hours: f64,
    /// Share of control games after a player's third game, which always is one, 0 to 1
    #[arg(
        long,
        env = "DEEP_REVEAL_CONTROL_RATE",
        hide_env_values = true,
        default_value_t = 0.07,
        value_name = "SHARE"
    )]
    pub(super) control_rate: f64,
    /// Games after which players are asked for the questionnaire; 0 for never
    #[arg(
        long,
        env = "DEEP_REVEAL_QUESTIONNAIRE_AFTER",
        hide_env_values = true,
        default_value_t = 10,
        value_name = "GAMES"
    )]
    pub(super) questionnaire_after: u64,
    /// Log: error, warn, info (a line a request) or debug
    #[arg(
        long,
        env = "DEEP_REVEAL_LOG",
        hide_env_values = true,
        default_value = "warn",
        value_name = "LEVEL"
    )]
    pub(super) log: tracing::Level,
}

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// Folders that `explain` wrote, or folders of such folders
    #[arg(required = true)]
    pub(super) folders: Vec<PathBuf>,
    /// Name of the campaign; photos are added to one that is there
    #[arg(long)]
    pub(super) name: String,
    /// Image or folder of a control photo: easy to recognise, it shows who may be trusted; may be repeated
    #[arg(long, value_name = "IMAGE")]
    pub(super) control: Vec<String>,
    /// Lighter maps start one hint further
    #[arg(long)]
    pub(super) easing: bool,
    /// File of the classes that options are drawn from, one a line; by default those of the explained model
    #[arg(long, value_name = "FILE")]
    pub(super) classes: Option<PathBuf>,
    /// Do not serve the photos before `admin open`
    #[arg(long)]
    pub(super) closed: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum AdminCommand {
    /// Let a member see and change campaigns in the browser
    Grant {
        /// User name or e-mail address
        name: String,
    },
    /// Take that away again
    Revoke {
        /// User name or e-mail address
        name: String,
    },
    /// List the campaigns
    Campaigns,
    /// Serve a campaign's photos
    Open {
        /// Name of the campaign
        campaign: String,
    },
    /// Serve them no more; rounds begun are finished
    Close {
        /// Name of the campaign
        campaign: String,
    },
    /// How far each map is
    Progress {
        /// Name of the campaign; by default all
        campaign: Option<String>,
    },
    /// Games, wins, losses, labels and hints (Table 5 of the thesis)
    Table {
        /// Name of the campaign; by default all together
        campaign: Option<String>,
    },
    /// Control games of every player who met one
    Trust,
    /// System Usability Scale, NASA-TLX, rating and comments
    Questionnaire,
}

/// An address to listen on; a name, such as localhost, is looked up.
fn listen(text: &str) -> Result<SocketAddr, String> {
    let found = text.to_socket_addrs().ok().and_then(|found| {
        let found: Vec<SocketAddr> = found.collect();
        found.iter().find(|address| address.is_ipv4()).or(found.first()).copied()
    });
    found.ok_or_else(|| "expected an address of this machine with a port, such as 127.0.0.1:8080".into())
}

/// The command line; ends the program with a message when it cannot be read.
pub(super) fn parse() -> Arguments {
    let matches = Arguments::command().get_matches();
    match read(&matches) {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    }
}

fn read(matches: &ArgMatches) -> Result<Arguments, clap::Error> {
    // What only a server takes must not be passed over in silence when it stands before another command.
    let server = ServeArgs::augment_args(clap::Command::new("serve"));
    let given = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    if let (Some(command), Some(arg)) =
        (matches.subcommand_name(), server.get_arguments().find(|arg| given(arg.get_id().as_str())))
    {
        let arg = arg.get_long().unwrap_or_default();
        let text = format!("`--{arg}` stands before `{command}`: expected it after `serve`, or no command");
        return Err(Arguments::command().error(ErrorKind::ArgumentConflict, text));
    }
    Arguments::from_arg_matches(matches)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Arguments, String> {
        let matches =
            Arguments::command().try_get_matches_from(line.split(' ')).map_err(|e| e.to_string())?;
        read(&matches).map_err(|e| e.to_string())
    }

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn serving_needs_no_command() {
        let bare = parsed("deep-reveal").unwrap();
        assert!(bare.command.is_none());
        assert_eq!((bare.database.as_str(), bare.serve.listen.port()), ("deep-reveal.db", 8080));
        let told = parsed("deep-reveal --listen 0.0.0.0:80 --plain-http").unwrap();
        assert!(told.serve.plain_http && told.serve.listen.port() == 80);
        let named = parsed("deep-reveal serve --listen 0.0.0.0:81 --database a.db").unwrap();
        assert_eq!(named.database, "a.db");
        assert!(matches!(named.command, Some(Command::Serve(args)) if args.listen.port() == 81));
        let other = parsed("deep-reveal --database b.db admin campaigns").unwrap();
        assert_eq!(other.database, "b.db");
    }

    #[test]
    fn addresses_may_be_names() {
        let told = parsed("deep-reveal --listen localhost:81").unwrap();
        assert!(told.serve.listen.ip().is_loopback() && told.serve.listen.port() == 81);
        assert!(parsed("deep-reveal --listen localhost").unwrap_err().contains("127.0.0.1:8080"));
    }

    #[test]
    fn what_would_be_ignored_is_refused() {
        let error = parsed("deep-reveal --round-hours 3 import folder --name a").unwrap_err();
        assert!(error.contains("--round-hours"), "{error}");
        assert!(parsed("deep-reveal --smtp smtp://a --mail-folder b").is_err());
    }
}
