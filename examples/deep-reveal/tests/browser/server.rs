//! The program itself, with a database and mails of its own.

use std::fs::File;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use deep_reveal::store::Store;
use tempfile::TempDir;
use tokio::runtime::Runtime;

const PROGRAM: &str = env!("CARGO_BIN_EXE_deep-reveal");

/// A server that plays the packaged campaign; gone when it is dropped.
pub struct Server {
    pub store: Store,
    pub folder: TempDir,
    runtime: Runtime,
    port: u16,
    child: Option<Child>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("{}", std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default());
        }
    }
}

impl Server {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = serve(port, &folder);
        // The server makes the database; it is there once somebody is answered.
        let store = runtime.block_on(Store::open(database(&folder).to_str().unwrap())).unwrap();
        Server { store, folder, runtime, port, child: Some(child) }
    }

    /// As `kill -9` does it.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Starts it again at the same address, on the same database.
    pub fn again(&mut self) {
        self.child = Some(serve(self.port, &self.folder));
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// What a question to the store comes to.
    pub fn get<T>(&self, answer: impl Future<Output = deep_reveal::Result<T>>) -> T {
        self.runtime.block_on(answer).unwrap()
    }

    /// Runs another command on the same database; what it prints.
    pub fn command(&self, args: &[&str]) -> String {
        let database = database(&self.folder);
        let output = Command::new(PROGRAM).arg("--database").arg(database).args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Rows of `games.csv`, with the names of their columns.
    pub fn export(&self) -> Vec<Vec<(String, String)>> {
        let path = self.folder.path().join("games.csv");
        self.command(&["export", "--overwrite", path.to_str().unwrap()]);
        let mut reader = csv::Reader::from_path(path).unwrap();
        let names = reader.headers().unwrap().clone();
        let row = |row: csv::StringRecord| {
            names.iter().zip(row.iter()).map(|(name, field)| (name.to_owned(), field.to_owned())).collect()
        };
        reader.records().map(|record| row(record.unwrap())).collect()
    }

    /// The text of the only mail, as soon as it is there.
    pub fn mail(&self) -> String {
        let begun = Instant::now();
        let is_mail = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "eml");
        loop {
            let files = std::fs::read_dir(self.folder.path().join("mails")).into_iter().flatten();
            if let Some(path) = files.map(|file| file.unwrap().path()).find(is_mail) {
                // Long lines of a mail are cut with `=` at their ends.
                return std::fs::read_to_string(path).unwrap().replace("=\r\n", "");
            }
            assert!(begun.elapsed() < Duration::from_secs(10), "no mail came");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// A field of a row.
pub fn field<'a>(row: &'a [(String, String)], name: &str) -> &'a str {
    &row.iter().find(|(column, _)| column == name).unwrap().1
}

pub fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

fn database(folder: &TempDir) -> PathBuf {
    folder.path().join("game.db")
}

fn serve(port: u16, folder: &TempDir) -> Child {
    let mut command = Command::new(PROGRAM);
    command.args(["--listen", &format!("127.0.0.1:{port}"), "--questionnaire-after", "1"]);
    command.arg("--database").arg(database(folder)).arg("--mail-folder").arg(folder.path().join("mails"));
    let log = File::options().create(true).append(true).open(folder.path().join("log")).unwrap();
    let mut child = command.stderr(log).spawn().unwrap();
    let begun = Instant::now();
    while ureq::get(format!("http://127.0.0.1:{port}/healthz")).call().is_err() {
        if let Some(status) = child.try_wait().unwrap() {
            panic!("the server ended: {status}");
        }
        if begun.elapsed() > Duration::from_secs(60) {
            let _ = child.kill();
            panic!("the server does not answer");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}
