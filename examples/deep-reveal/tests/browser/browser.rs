//! Chromium without a window.

use std::io::{BufRead, BufReader, Write};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Condvar, Mutex};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::webdriver::Session;

const PROGRAMS: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];

/// How a browser differs from one at a desk.
#[derive(Debug, Clone, Copy, Default)]
pub struct Kind {
    /// A screen to touch, 390 by 844.
    pub phone: bool,
    /// Pages may run no scripts.
    pub no_scripts: bool,
    /// What the browser asks for.
    pub italian: bool,
    /// Write down all that comes over the network.
    pub listening: bool,
}

/// A browser of its own, with nothing in it; gone when it is dropped.
pub struct Browser {
    session: Session,
    _driver: Driver,
    _profile: TempDir,
    _seat: Seat,
}

/// The program between these tests and the browser.
struct Driver {
    child: Child,
    // It must be able to go on writing.
    says: BufReader<ChildStdout>,
}

impl Deref for Browser {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.session.close();
    }
}

/// A browser is many processes: few at once, however many tests run.
struct Seat;

const MOST_BROWSERS: usize = 4;
static TAKEN: Mutex<usize> = Mutex::new(0);
static LEFT: Condvar = Condvar::new();

impl Seat {
    fn take() -> Self {
        let taken = TAKEN.lock().unwrap();
        *LEFT.wait_while(taken, |taken| *taken >= MOST_BROWSERS).unwrap() += 1;
        Seat
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        *TAKEN.lock().unwrap() -= 1;
        LEFT.notify_one();
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program(names: &[&str]) -> Option<PathBuf> {
    let folders: Vec<_> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    let paths = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    paths.into_iter().find(|path| path.is_file())
}

impl Browser {
    /// `None`, and a line that says so, where there is no Chromium.
    pub fn new(kind: Kind) -> Option<Self> {
        let (Some(chromium), Some(driver)) = (program(&PROGRAMS), program(&["chromedriver"])) else {
            // Past the test harness, which keeps back what a test that does not fail prints.
            let _ = writeln!(std::io::stderr(), "skipped: chromium and chromedriver are not both in PATH");
            return None;
        };
        let seat = Seat::take();
        let profile = tempfile::tempdir().unwrap();
        let mut driver = Driver::start(&driver, profile.path());
        let session = Session::new(&driver.address(), &capabilities(kind, &chromium, &profile));
        session.tell("/timeouts", json!({ "script": 30_000, "pageLoad": 30_000 }));
        // As in a window that somebody looks at.
        session.devtools("Emulation.setFocusEmulationEnabled", json!({ "enabled": true }));
        Some(Browser { session, _driver: driver, _profile: profile, _seat: seat })
    }

    /// Another size of the window, in pixels of the page.
    pub fn resize(&self, (width, height): (u32, u32)) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.devtools("Emulation.setDeviceMetricsOverride", size);
    }

    /// The whole page as PNG, what is below the window's edge included.
    pub fn picture(&self) -> Vec<u8> {
        let script = "return [document.documentElement.clientWidth, document.documentElement.scrollHeight];";
        let size = self.run(script, json!([]));
        let clip = json!({ "x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1 });
        let wish = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        from_base64(self.devtools("Page.captureScreenshot", wish)["data"].as_str().unwrap())
    }

    /// Light or dark, without motion.
    pub fn prefer(&self, scheme: &str) {
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features }));
    }
}

impl Driver {
    /// Whatever it and the browser leave behind is in `folder`.
    fn start(path: &Path, folder: &Path) -> Self {
        let mut command = Command::new(path);
        command.env("TMPDIR", folder);
        command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let says = BufReader::new(child.stdout.take().unwrap());
        Driver { child, says }
    }

    /// Its address, from what it says when it is ready.
    fn address(&mut self) -> String {
        let mut line = String::new();
        while self.says.read_line(&mut line).unwrap() > 0 {
            if let Some((_, port)) = line.trim().rsplit_once("successfully on port ") {
                return format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
            }
            line.clear();
        }
        panic!("chromedriver ended before it was ready");
    }
}

fn capabilities(kind: Kind, chromium: &Path, profile: &TempDir) -> Value {
    let mut args: Vec<String> = [
        "headless=new",
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
        "disable-dev-shm-usage",
        "window-size=1280,800",
    ]
    .map(|flag| format!("--{flag}"))
    .into();
    args.push(format!("--user-data-dir={}", profile.path().display()));
    args.push(format!("--accept-lang={}", if kind.italian { "it-IT,it" } else { "en-US,en" }));
    let mut chrome = json!({ "binary": chromium, "args": args });
    if kind.no_scripts {
        chrome["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
    }
    if kind.phone {
        let metrics = json!({ "width": 390, "height": 844, "pixelRatio": 1.0, "touch": true });
        chrome["mobileEmulation"] = json!({ "deviceMetrics": metrics });
    }
    let mut all = json!({ "browserName": "chrome", "goog:chromeOptions": chrome });
    if kind.listening {
        all["goog:loggingPrefs"] = json!({ "performance": "ALL" });
    }
    all
}

fn from_base64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut values = [0; 256];
    (0..64).for_each(|value| values[usize::from(DIGITS[value])] = value as u32);
    let digits: Vec<u8> = text.bytes().filter(|digit| *digit != b'=').collect();
    let bytes = digits.chunks(4).flat_map(|four| {
        let bits = four.iter().fold(0, |bits, digit| bits << 6 | values[usize::from(*digit)]);
        let bits = bits << (6 * (4 - four.len()));
        [(bits >> 16) as u8, (bits >> 8) as u8, bits as u8].into_iter().take(four.len() - 1)
    });
    bytes.collect()
}
