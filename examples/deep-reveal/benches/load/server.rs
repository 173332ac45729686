//! The server under load.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, ToSocketAddrs};
use std::process::{Child, Command, Stdio};

use deep_reveal::store::Store;
use tempfile::TempDir;

use crate::campaign::campaign;
use crate::{Args, Failure};

/// A server; one that was started here is ended when it is dropped.
pub struct Server {
    pub address: SocketAddr,
    pub database: String,
    child: Option<Child>,
    _folder: Option<TempDir>,
}

impl Server {
    /// One that somebody else has started.
    pub fn running(url: &str) -> Result<Self, Failure> {
        let host = url.strip_prefix("http://").ok_or("--url: expected http://HOST:PORT")?;
        let address = host.trim_end_matches('/').to_socket_addrs()?.next().ok_or("--url: no such host")?;
        Ok(Self { address, database: String::new(), child: None, _folder: None })
    }

    /// The server of this build, on a new database or the one of the arguments.
    pub async fn start(args: &Args) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("load.db").to_string_lossy().into_owned();
        let database = args.database.clone().unwrap_or(file);
        if let Some(photos) = args.photos {
            let store = Store::open(&database).await?;
            store.import(&campaign(photos, args.side)?, 0).await?;
            store.close().await;
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_deep-reveal"))
            .args([
                "--database",
                &database,
                "--listen",
                "127.0.0.1:0",
                "--url",
                "http://127.0.0.1",
                "--behind-proxy",
            ])
            .arg("--mail-folder")
            .arg(folder.path())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(child.stderr.take().ok_or("no stderr")?).lines();
        let address = loop {
            let line = lines.next().ok_or("the server does not start")??;
            if let Some(address) = line.split_once("listening on ").and_then(|(_, a)| a.strip_suffix(')')) {
                break address.parse()?;
            }
        };
        // What it has to say is worth seeing.
        std::thread::spawn(move || {
            let said = lines.map_while(Result::ok).filter(|line| !line.starts_with("Mails are"));
            said.for_each(|line| eprintln!("server: {line}"));
        });
        Ok(Self { address, database, child: Some(child), _folder: Some(folder) })
    }

    /// Peak memory in MiB, where the system tells.
    pub fn peak_mib(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.as_ref()?.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        Some(line.split_whitespace().next()?.parse::<f64>().ok()? / 1024.0)
    }

    /// Seconds of processor time that it used, where the system tells.
    pub fn cpu_seconds(&self) -> Option<f64> {
        cpu_seconds(&self.child.as_ref()?.id().to_string())
    }
}

/// Seconds of processor time of a process, or `self`.
pub fn cpu_seconds(process: &str) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    // User and system time, in hundredths of a second on every Linux.
    Some((fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?) / 100.0)
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
