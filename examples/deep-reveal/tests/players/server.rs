//! The server's process.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long a server may take to be ready, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server; killed when it is dropped.
pub struct Server {
    child: Child,
    lines: Mutex<Receiver<String>>,
    /// Where it listens, as `http://127.0.0.1:1234`.
    pub base: String,
}

impl Server {
    /// Starts one and waits until it listens. Each player may have an address of their own, in `X-Forwarded-For`.
    pub fn start(database: &str) -> Self {
        let mut server = Self::spawn(database);
        server.wait_until_ready();
        server
    }

    /// Starts one and waits for nothing.
    pub fn spawn(database: &str) -> Self {
        let mails = std::env::temp_dir().join("deep-reveal-test-mails");
        let mut child = Command::new(env!("CARGO_BIN_EXE_deep-reveal"))
            .args(["--database", database, "--listen", "127.0.0.1:0", "--behind-proxy"])
            .args(["--url", "http://127.0.0.1", "--log", "error", "--mail-folder"])
            .arg(mails)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|l| sender.send(l)));
        Self { child, lines: Mutex::new(lines), base: String::new() }
    }

    /// Waits until it listens.
    pub fn wait_until_ready(&mut self) {
        let (started, mut said) = (Instant::now(), Vec::new());
        while started.elapsed() < PATIENCE {
            match self.lines.get_mut().unwrap().recv_timeout(Duration::from_millis(100)) {
                Ok(line) => {
                    let address = line.split_once("listening on ").and_then(|(_, a)| a.strip_suffix(')'));
                    if let Some(address) = address {
                        self.base = format!("http://{address}");
                        return;
                    }
                    said.push(line);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        panic!("the server does not start: {said:?}");
    }

    /// Ends it as a power cut would: nothing is finished, nothing is told to anybody.
    pub fn kill(mut self) {
        self.end();
    }

    /// The errors that it logged.
    pub fn errors(&self) -> Vec<String> {
        self.lines.lock().unwrap().try_iter().filter(|line| line.contains("ERROR")).collect()
    }

    fn end(&mut self) {
        // On Unix this is SIGKILL. One that has ended by itself is an error that the players have met already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// Runs a command of the program; what it prints.
pub fn command(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_deep-reveal")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
