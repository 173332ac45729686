//! Just enough HTTP for a server that sends whole bodies: a request at a time over a connection that is kept.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;

/// An answer.
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// Every value of a header, by its name in lower case.
    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.head.lines().filter_map(move |line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_default()
    }
}

/// A connection to the server.
pub struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
}

/// No answer of the server takes longer.
const PATIENCE: Duration = Duration::from_secs(30);

impl Connection {
    pub fn new(address: SocketAddr) -> Self {
        Self { address, stream: None }
    }

    /// Sends a request; `head` is its first line and headers, without those about body and host.
    pub async fn send(&mut self, head: &str, body: &str) -> io::Result<Answer> {
        let request = format!("{head}host: {}\r\ncontent-length: {}\r\n\r\n{body}", self.address, body.len());
        let answer = tokio::time::timeout(PATIENCE, self.exchange(request.as_bytes())).await;
        let answer = answer.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()));
        if answer.is_err() {
            self.stream = None;
        }
        answer
    }

    async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            empty => {
                let stream = TcpStream::connect(self.address).await?;
                stream.set_nodelay(true)?;
                empty.insert(stream)
            }
        };
        write(stream, request).await?;
        read(stream).await
    }
}

async fn write(stream: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        stream.writable().await?;
        match stream.try_write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

async fn read(stream: &TcpStream) -> io::Result<Answer> {
    let mut bytes = Vec::new();
    let end = loop {
        read_some(stream, &mut bytes).await?;
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
    };
    let strange = || io::Error::new(ErrorKind::InvalidData, "not an answer of HTTP/1.1 with a length");
    let head = String::from_utf8(bytes[..end].to_vec()).map_err(|_| strange())?;
    let status =
        head.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok()).ok_or_else(strange)?;
    let mut answer = Answer { status, head, body: bytes.split_off(end + 4) };
    let length = answer.headers("content-length").next().map_or(Some(0), |length| length.parse().ok());
    let length: usize = length.ok_or_else(strange)?;
    while answer.body.len() < length {
        read_some(stream, &mut answer.body).await?;
    }
    match answer.body.len() == length {
        true => Ok(answer),
        false => Err(strange()),
    }
}

async fn read_some(stream: &TcpStream, bytes: &mut Vec<u8>) -> io::Result<()> {
    let mut chunk = [0; 32 * 1024];
    loop {
        stream.readable().await?;
        match stream.try_read(&mut chunk) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                bytes.extend_from_slice(&chunk[..read]);
                return Ok(());
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
}
