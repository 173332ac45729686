//! The real server, on a real socket.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use deep_reveal::http::serve_on;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::web::Game;

async fn start(game: &Game) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let stopped = async move { stopped.await.unwrap_or_default() };
    (address, stop, tokio::spawn(serve_on(listener, game.app.clone(), stopped)))
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// What is in flight when the server is told to end is answered; then the socket is closed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_finishes_what_it_began() {
    let game = Game::new().await;
    let (address, stop, server) = start(&game).await;
    let answered = tokio::task::spawn_blocking(move || {
        let mut stream = connect(address);
        stream
            .write_all(b"POST /api/v1/guest HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n")
            .unwrap();
        stream.write_all(b"content-length: 2\r\n\r\n{").unwrap();
        std::thread::sleep(Duration::from_millis(200));
        stop.send(()).unwrap();
        std::thread::sleep(Duration::from_millis(200));
        stream.write_all(b"}").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    });
    let text = answered.await.unwrap();
    assert!(text.starts_with("HTTP/1.1 201"), "{text}");
    tokio::time::timeout(Duration::from_secs(10), server).await.unwrap().unwrap();
    assert!(TcpStream::connect(address).is_err());
}

/// A client that never finishes its request does not keep the server from ending.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stuck_client_is_cut_off() {
    let game = Game::new().await;
    let (address, stop, server) = start(&game).await;
    let mut stuck = connect(address);
    stuck.write_all(b"GET / HTTP/1.1\r\nhost:").unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(25), server).await.unwrap().unwrap();
}

/// Each socket's own address is the one that counts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_have_addresses() {
    let mut limits = crate::web::no_limits();
    limits.address.burst = 2;
    limits.address.every = 60_000;
    let game = Game::with(limits, |_| {}).await;
    let (address, stop, server) = start(&game).await;
    let statuses = tokio::task::spawn_blocking(move || {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
        let get =
            |_| agent.get(format!("http://{address}/api/v1/leaderboard")).call().unwrap().status().as_u16();
        (0..3).map(get).collect::<Vec<_>>()
    });
    assert_eq!(statuses.await.unwrap(), [200, 200, 429]);
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(20), server).await.unwrap().unwrap();
}

/// A body without an end is cut off, also where its length is not told before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_of_unknown_length_have_an_end() {
    let game = Game::new().await;
    let (address, stop, server) = start(&game).await;
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = connect(address);
        let head = "POST /logout HTTP/1.1\r\nhost: x\r\norigin: http://x\r\ntransfer-encoding: chunked\r\n\
                    content-type: application/x-www-form-urlencoded\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        // The server may have closed the connection before the last of these.
        let chunk = format!("1000\r\n{}\r\n", "x".repeat(4096));
        let _ = (0..17).try_for_each(|_| stream.write_all(chunk.as_bytes()));
        let mut text = [0; 12];
        stream.read_exact(&mut text).unwrap();
        String::from_utf8(text.to_vec()).unwrap()
    });
    assert_eq!(answer.await.unwrap(), "HTTP/1.1 413");
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(20), server).await.unwrap().unwrap();
}
