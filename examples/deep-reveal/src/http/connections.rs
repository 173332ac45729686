//! Connections are served: each for itself, with a bound on how long a request may take to be said.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tower::ServiceExt;

use super::address::Peer;
use super::listener::{Bounded, Connection};

/// A request's head must be there in this time, else a few clients that send a letter now and then would hold all
/// connections. It is also how long a connection may wait for its next request.
pub(crate) const HEAD: Duration = Duration::from_secs(30);

/// Serves every connection until `stop`, then waits for the requests in flight.
pub(crate) async fn serve(
    mut listener: Bounded,
    router: Router,
    head: Duration,
    stop: impl Future<Output = ()>,
) {
    let connections = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        serve_one(stream, peer, &router, head, &connections);
    }
    // The port is free for another server while requests end here.
    drop(listener);
    connections.shutdown().await;
}

fn serve_one(
    stream: Connection,
    peer: SocketAddr,
    router: &Router,
    head: Duration,
    connections: &GracefulShutdown,
) {
    let router = router.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(Peer(peer)));
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .serve_connection(TokioIo::new(stream), service);
    let watched = connections.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = watched.await {
            tracing::debug!("connection ended: {error}");
        }
    });
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::time::{Instant, sleep, timeout};

    use super::*;

    const SHORT: Duration = Duration::from_millis(400);

    async fn server() -> (SocketAddr, tokio::sync::oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let slow = || async {
            sleep(SHORT).await;
            "late"
        };
        let router = Router::new().route("/", get(|| async { "here" })).route("/slow", get(slow));
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let serving = tokio::spawn(serve(Bounded::new(listener), router, SHORT, async {
            let _ = stopped.await;
        }));
        (address, stop, serving)
    }

    async fn answer(stream: &mut TcpStream) -> String {
        let mut text = vec![0; 1024];
        let n = stream.read(&mut text).await.unwrap_or(0);
        String::from_utf8(text[..n].to_vec()).unwrap()
    }

    /// A head that comes a letter at a time is not waited for, although something comes all the time.
    #[tokio::test]
    async fn slow_heads_are_cut_off() {
        let (address, _stop, _) = server().await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        let start = Instant::now();
        let head = format!("GET / HTTP/1.1\r\nhost: a\r\nx: {}", "a".repeat(10_000));
        for byte in head.bytes() {
            sleep(Duration::from_millis(20)).await;
            if stream.write_all(&[byte]).await.is_err() {
                break;
            }
            assert!(start.elapsed() < 10 * SHORT, "it is still waited for");
        }
        assert!(start.elapsed() >= SHORT);
        // Others are served meanwhile and after.
        let mut other = TcpStream::connect(address).await.unwrap();
        other.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        assert!(answer(&mut other).await.ends_with("here"));
    }

    /// An answer may take longer than a head, and a stop waits for it.
    #[tokio::test]
    async fn answers_may_take_their_time_and_are_finished() {
        let (address, stop, serving) = server().await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /slow HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        sleep(SHORT / 4).await;
        stop.send(()).unwrap();
        assert!(answer(&mut stream).await.ends_with("late"));
        timeout(10 * SHORT, serving).await.unwrap().unwrap();
        assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
    }
}
