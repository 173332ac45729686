//! Listening, and ending without cutting anybody off.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;

use super::app::{App, StartError};
use super::connections;
use super::listener::Bounded;
use super::router::router;
use crate::config::{Config, Mailing};

/// How long requests in flight may take once the server was told to end; longer than any of them is allowed to.
const GRACE: Duration = Duration::from_secs(20);

/// Listens; port 0 is any that is free, and the listener knows which.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| StartError::Listen { address, source })
}

/// Serves the game on a listener until SIGTERM or control-C; before, `ready` is called
/// with a few lines that say where to open it and where mails go.
pub async fn serve(listener: TcpListener, app: App, ready: impl FnOnce(&str)) -> Result<(), StartError> {
    let address = listener.local_addr().unwrap_or(app.config().listen);
    ready(&welcome(app.config(), address));
    serve_on(listener, app, stop_signal()).await;
    Ok(())
}

fn welcome(config: &Config, address: SocketAddr) -> String {
    let mut lines = vec![format!("Deep Reveal is ready: open {} (listening on {address})", config.url)];
    if let Mailing::Folder(folder) = &config.mail {
        lines.push(format!("Mails are written to {}", folder.display()));
    }
    lines.join("\n")
}

/// Serves on a listener until `stop`, then finishes the requests in flight and the mails on their way.
pub async fn serve_on(listener: TcpListener, app: App, stop: impl Future<Output = ()> + Send + 'static) {
    let (told, telling) = tokio::sync::oneshot::channel();
    let stop = async move {
        stop.await;
        let _ = told.send(());
    };
    let serving = connections::serve(Bounded::new(listener), router(&app), connections::HEAD, stop);
    let overdue = async {
        match telling.await {
            Ok(()) => tokio::time::sleep(GRACE).await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = serving => {}
        () = overdue => tracing::warn!("a connection did not end in time and was cut off"),
    }
    if tokio::time::timeout(GRACE, app.finish()).await.is_err() {
        tracing::warn!("a mail was not sent in time");
    }
}

async fn stop_signal() {
    let interrupt = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!("control-C is not heard: {error}");
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(error) => {
                tracing::error!("SIGTERM is not heard: {error}");
                std::future::pending::<()>().await;
            }
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! { () = interrupt => {}, () = terminate => {} }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_lines_say_what_matters() {
        let mut config = Config {
            listen: ([127, 0, 0, 1], 8080).into(),
            url: "http://localhost:8080".to_owned(),
            plain_http: false,
            behind_proxy: false,
            mail: Mailing::Folder("mail".into()),
            mail_from: String::new(),
            secret: None,
            rules: Default::default(),
            round_hours: 24.0,
            questionnaire_after: None,
        };
        let text = welcome(&config, config.listen);
        assert_eq!(
            text.lines().collect::<Vec<_>>(),
            [
                "Deep Reveal is ready: open http://localhost:8080 (listening on 127.0.0.1:8080)",
                "Mails are written to mail"
            ]
        );
        config.mail = Mailing::Smtp("smtp://me:secret@host".to_owned());
        assert_eq!(welcome(&config, config.listen).lines().count(), 1);
    }
}
