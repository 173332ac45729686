//! A PostgreSQL server that a test may kill and start again.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::postgres::{as_user, is_root, programs, user};

/// Its data, and the socket, lie in a folder of the test's; it ends with the value.
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
}

impl Cluster {
    /// Starts one in an empty folder; `None` when PostgreSQL is not installed.
    pub fn start(folder: &Path) -> Option<Self> {
        let cluster = Self { programs: programs()?, folder: folder.to_owned() };
        if is_root() {
            assert!(Command::new("chown").arg(user()).arg(folder).status().unwrap().success());
        }
        // Small segments of its log, so that a small disk has room for some.
        let arguments = ["-U", "game", "-A", "trust", "-E", "UTF8", "--locale=C", "--wal-segsize=1", "-D"];
        assert!(cluster.quiet("initdb", &arguments), "initdb failed");
        cluster.start_again();
        Some(cluster)
    }

    /// Where its database is.
    pub fn url(&self) -> String {
        format!("postgres://game@localhost/postgres?host={}", self.folder.display())
    }

    /// Starts it after it ended, however that was.
    pub fn start_again(&self) {
        let options = format!("-k {} -c listen_addresses= -c max_wal_size=8MB", self.folder.display());
        let log = self.folder.join("log");
        let arguments = ["-w", "-t", "60", "-o", &options, "-l", log.to_str().unwrap(), "start", "-D"];
        let begun = Instant::now();
        // What a killed one left behind ends in a moment and is in the way until then.
        while !self.quiet("pg_ctl", &arguments) {
            let log = std::fs::read_to_string(&log).unwrap_or_default();
            assert!(begun.elapsed() < Duration::from_secs(60), "PostgreSQL does not start: {log}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Whether it takes connections.
    pub fn is_ready(&self) -> bool {
        let mut command = as_user(self.programs.join("pg_isready"));
        command.args(["-q", "-h"]).arg(&self.folder).current_dir("/").status().unwrap().success()
    }

    /// Ends it as a power cut would, but for what the system has still in memory.
    pub fn kill(&self) {
        let file = std::fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap();
        let process = file.lines().next().unwrap();
        assert!(Command::new("kill").args(["-9", process]).status().unwrap().success());
    }

    /// Runs a program on the data; what it says goes nowhere, since a server that it starts would keep the pipe open.
    fn quiet(&self, program: &str, arguments: &[&str]) -> bool {
        let mut command = as_user(self.programs.join(program));
        command.args(arguments).arg(self.folder.join("data")).current_dir("/");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.quiet("pg_ctl", &["-m", "immediate", "-w", "stop", "-D"]);
    }
}
