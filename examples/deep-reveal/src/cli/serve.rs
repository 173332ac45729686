//! `serve`.

use std::io::{IsTerminal, stderr};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::path::Path;

use anv_labels::GameRules;
use sha2::{Digest, Sha256};

use super::args::ServeArgs;
use super::{CommandError, now};
use crate::campaign::packaged_campaign;
use crate::config::{Config, Mailing};
use crate::http::App;
use crate::mail::prepare_folder;
use crate::store::Store;
use crate::{Error, Result, http};

pub(super) async fn serve(database: &str, args: &ServeArgs) -> Result<(), CommandError> {
    tracing_subscriber::fmt()
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal())
        .with_max_level(args.log)
        .init();
    // What is wrong with the arguments is said before a database is made.
    let mut args = args.clone();
    config(&args)?;
    // The port may only be known now, and is part of the address that players type.
    let listener = http::listen(args.listen).await?;
    args.listen = listener.local_addr().unwrap_or(args.listen);
    let config = config(&args)?;
    if let Mailing::Folder(folder) = &config.mail {
        prepare_folder(folder)?;
    }
    let store = Store::open(database).await?;
    warn_of_readers(database);
    if store.campaigns().await?.is_empty() {
        let campaign = packaged_campaign()?;
        let imported = store.import(&campaign, now()).await?;
        // Another server may have been faster.
        if imported.photos > 0 {
            eprintln!(
                "the first campaign is loaded: {} photos, {} maps to label and {} control photos",
                imported.photos - imported.controls,
                imported.maps,
                imported.controls
            );
        }
    }
    let app = App::new(store.clone(), config).await?;
    http::serve(listener, app, |line| eprintln!("{line}")).await?;
    store.close().await;
    Ok(())
}

/// A database has secrets and addresses in it; who made it readable may have had a reason.
fn warn_of_readers(database: &str) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(database).map_or(0, |file| file.permissions().mode());
        if mode & 0o007 != 0 {
            eprintln!("warning: every user of this machine can read {database}: expected `chmod 600`");
        }
    }
}

fn config(args: &ServeArgs) -> Result<Config> {
    let wrong = |name, found: String, expected| Err(Error::Parameter { name, found, expected });
    let rules = GameRules::default().control_rate(args.control_rate);
    rules.check()?;
    if !args.round_hours.is_finite() || !(0.01..=10_000.0).contains(&args.round_hours) {
        return wrong("--round-hours", args.round_hours.to_string(), "0.01 to 10000");
    }
    let url = match &args.url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => format!("http://{}", reachable(args.listen)),
    };
    let Some(host) = host(&url) else {
        return wrong("--url", format!("`{url}`"), "http://HOST or https://HOST, without a path");
    };
    let is_https = url.starts_with("https://");
    if is_https && args.plain_http {
        return wrong("--plain-http", format!("given with {url}"), "a --url that starts with http://");
    }
    // Not every browser keeps a secure cookie of http://127.0.0.1, and nothing leaves the machine.
    let is_alone = is_this_machine(host) && args.listen.ip().is_loopback();
    let plain_http = args.plain_http || !is_https && is_alone;
    if !is_https && !plain_http {
        let found = format!("{url}, listening on {}: sessions could be overheard", args.listen);
        return wrong(
            "the address",
            found,
            "--url https://… behind a reverse proxy, or --plain-http in a classroom",
        );
    }
    Ok(Config {
        listen: args.listen,
        url,
        plain_http,
        behind_proxy: args.behind_proxy,
        mail: match &args.smtp {
            Some(url) => Mailing::Smtp(url.clone()),
            None => Mailing::Folder(args.mail_folder.clone()),
        },
        mail_from: args.mail_from.clone(),
        secret: args.secret_file.as_deref().map(read_secret).transpose()?,
        rules,
        round_hours: args.round_hours,
        questionnaire_after: (args.questionnaire_after > 0).then_some(args.questionnaire_after),
    })
}

/// Host of an address without path, or `None` when it is none.
fn host(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let wrong = |c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '@');
    if rest.is_empty() || rest.contains(wrong) {
        return None;
    }
    match rest.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map(|(host, _)| host),
        None => rest.split(':').next().filter(|host| !host.is_empty()),
    }
}

fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The address under which others reach a server that listens on all of its machine's.
fn reachable(listen: SocketAddr) -> SocketAddr {
    if !listen.ip().is_unspecified() {
        return listen;
    }
    // Nothing is sent: the system says from which address it would send to the outside.
    let own = UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
        socket.connect("192.0.2.1:9")?;
        socket.local_addr()
    });
    SocketAddr::new(own.map_or(IpAddr::from([127, 0, 0, 1]), |address| address.ip()), listen.port())
}

fn read_secret(path: &Path) -> Result<[u8; 32]> {
    let text = std::fs::read(path).map_err(Error::io("read", path))?;
    let text = text.trim_ascii();
    match text.len() {
        32.. => Ok(Sha256::digest(text).into()),
        found => Err(Error::Parameter {
            name: "the secret",
            found: format!("{found} characters long"),
            expected: "at least 32, as `openssl rand -hex 32` makes them",
        }),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::args::Arguments;

    fn configured(line: &str) -> Result<Config, String> {
        let arguments = Arguments::try_parse_from(format!("deep-reveal {line}").split_whitespace());
        config(&arguments.unwrap().serve).map_err(|e| e.to_string())
    }

    #[test]
    fn cookies_are_plain_on_this_machine_or_when_asked_for() {
        let local = configured("").unwrap();
        assert_eq!((local.url.as_str(), local.plain_http), ("http://127.0.0.1:8080", true));
        let public = configured("--url https://play.example.org/").unwrap();
        assert_eq!((public.url.as_str(), public.plain_http), ("https://play.example.org", false));
        let room = configured("--listen 10.0.0.7:80 --plain-http").unwrap();
        assert_eq!((room.url.as_str(), room.plain_http), ("http://10.0.0.7:80", true));
        assert!(configured("--listen 10.0.0.7:80").unwrap_err().contains("overheard"));
        assert!(configured("--url http://play.example.org").is_err());
        let open = configured("--listen 0.0.0.0:8160 --url http://localhost:8160").unwrap_err();
        assert!(open.contains("0.0.0.0:8160"), "{open}");
        assert!(configured("--url https://play.example.org --plain-http").is_err());
        assert!(configured("--listen 0.0.0.0:8080 --plain-http").unwrap().url.ends_with(":8080"));
    }

    #[test]
    fn addresses_have_a_host_and_no_path() {
        assert_eq!(host("http://[::1]:80"), Some("::1"));
        assert_eq!(host("https://a.b:8"), Some("a.b"));
        for url in ["a.b", "ftp://a", "https://", "https://a/b", "https://:80", "https://u@a", "http://a b"] {
            assert_eq!(host(url), None, "{url}");
        }
    }

    #[test]
    fn numbers_are_checked() {
        assert!(configured("--control-rate 1.5").unwrap_err().contains("1.5"));
        assert!(configured("--round-hours 0").unwrap_err().contains("--round-hours"));
        assert_eq!(configured("--questionnaire-after 0").unwrap().questionnaire_after, None);
        let rules = configured("--control-rate 0.2").unwrap().rules;
        assert_eq!(rules, GameRules::default().control_rate(0.2));
    }

    #[test]
    fn a_secret_must_be_long() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, "short\n").unwrap();
        assert!(read_secret(file.path()).unwrap_err().to_string().contains("5 characters"));
        let long = "0123456789abcdef0123456789abcdef";
        std::fs::write(&file, long).unwrap();
        let secret = read_secret(file.path()).unwrap();
        std::fs::write(&file, format!("{long}\n")).unwrap();
        assert_eq!(read_secret(file.path()).unwrap(), secret);
    }
}
