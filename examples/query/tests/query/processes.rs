//! The processes of a Ballista cluster.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};

/// A process that is ended with the test.
struct Process(Child);

impl Process {
    /// Starts it and waits for the line that says it is there.
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains(" at 127.0.0.1:"), "{line}");
        Self(child)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port that is free, and the one after it: an executor takes two.
fn ports() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Tests of other processes look elsewhere.
    let own = 20_000 + (std::process::id() % 10_000) as u16;
    loop {
        let port = own + NEXT.fetch_add(2, Ordering::Relaxed);
        let free = |port| TcpListener::bind(("127.0.0.1", port)).is_ok();
        if free(port) && free(port + 1) {
            return port;
        }
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_query"));
    command.args(arguments);
    command
}

/// One scheduler and two executors on this machine.
pub struct Cluster {
    /// Where its scheduler is.
    pub scheduler: String,
    _processes: Vec<Process>,
}

impl Cluster {
    pub fn start() -> Self {
        let scheduler = format!("127.0.0.1:{}", ports());
        let mut processes = vec![Process::start(&mut command(&["scheduler", "--bind", &scheduler]))];
        for _ in 0..2 {
            let bind = format!("127.0.0.1:{}", ports());
            let arguments = ["executor", "--scheduler", &scheduler, "--bind", &bind, "--cores", "1"];
            processes.push(Process::start(&mut command(&arguments)));
        }
        Self { scheduler, _processes: processes }
    }
}
