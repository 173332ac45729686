//! A PostgreSQL server of our own, on a socket in a temporary folder; it stops when the tests' process ends.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection};

/// Starts the server, says where its socket is, and stops it when nobody holds the input any more.
const SCRIPT: &str = r#"
set -e
folder=$(mktemp -d "${TMPDIR:-/tmp}/deep-reveal-postgres.XXXXXX")
trap 'rm -rf "$folder"' EXIT
"$1/initdb" -D "$folder/data" -U game -A trust -E UTF8 --locale=C >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
"$1/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c fsync="$2" -c max_connections=200 >>"$folder/log" 2>&1 &
server=$!
until "$1/pg_isready" -q -h "$folder"; do
    kill -0 $server || { cat "$folder/log" >&2; exit 1; }
    sleep 0.1
done
echo "$folder"
cat >/dev/null
kill -INT $server
wait $server || true
"#;

struct Server {
    /// Holds the script's input open.
    _child: Child,
    folder: String,
}

/// A new database's address; `None` when PostgreSQL is not installed.
pub async fn database() -> Option<String> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server = SERVER.get_or_init(|| programs().map(|programs| start(&programs))).as_ref()?;
    let name = format!("game{}", NUMBER.fetch_add(1, Ordering::SeqCst));
    sqlx::any::install_default_drivers();
    let url = |name: &str| format!("postgres://game@localhost/{name}?host={}", server.folder);
    let mut connection = sqlx::AnyConnection::connect(&url("postgres")).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    Some(url(&name))
}

/// The folder of PostgreSQL's programs, the highest version's where Debian has several.
pub fn programs() -> Option<PathBuf> {
    let has = |folder: &Path| ["initdb", "postgres", "pg_isready"].iter().all(|p| folder.join(p).exists());
    let version = |folder: &PathBuf| folder.parent()?.file_name()?.to_str()?.parse::<u32>().ok();
    let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    debian.sort_by_key(version);
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian.into_iter().rev().chain(std::env::split_paths(&path)).find(|folder| has(folder))
}

fn start(programs: &Path) -> Server {
    let mut command = as_user("sh");
    let fsync = std::env::var("DEEP_REVEAL_TEST_FSYNC").unwrap_or_else(|_| "off".into());
    let mut child = command
        .args(["-c", SCRIPT, "postgres"])
        .arg(programs)
        .arg(fsync)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut folder = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut folder).unwrap();
    assert!(!folder.trim().is_empty(), "PostgreSQL did not start");
    Server { _child: child, folder: folder.trim().to_owned() }
}

/// A command as a user who may run PostgreSQL, which root may not.
pub fn as_user(program: impl AsRef<std::ffi::OsStr>) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", user(), "--"]).arg(program);
    command
}

/// Who runs PostgreSQL where root starts it.
pub fn user() -> &'static str {
    if knows("postgres") { "postgres" } else { "nobody" }
}

pub fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

fn knows(user: &str) -> bool {
    Command::new("id").arg(user).output().unwrap().status.success()
}
