//! As much of WebDriver (<https://www.w3.org/TR/webdriver2/>) as these tests need, and Chromium's own way in beside it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// The name under which elements travel.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// How long something may take to appear.
const PATIENCE: Duration = Duration::from_secs(20);

/// One browser, through a driver.
pub struct Session {
    agent: ureq::Agent,
    url: String,
}

/// Keys without a character.
pub mod key {
    pub const TAB: &str = "\u{E004}";
    pub const ENTER: &str = "\u{E007}";
    pub const SPACE: &str = " ";
    pub const DOWN: &str = "\u{E015}";
    pub const BACKSPACE: &str = "\u{E003}";
}

impl Session {
    /// Opens a browser; `driver` is the driver's address.
    pub fn new(driver: &str, capabilities: &Value) -> Self {
        let agent = ureq::Agent::config_builder().http_status_as_error(false);
        let agent = agent.timeout_global(Some(Duration::from_secs(60))).build().new_agent();
        let mut session = Session { agent, url: format!("{driver}/session") };
        let wish = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let made = session.send("", Some(wish)).unwrap_or_else(|e| panic!("no browser: {e}"));
        session.url = format!("{}/{}", session.url, made["sessionId"].as_str().expect("a session has an id"));
        session
    }

    /// A command with a body is posted, one without asks; what the driver refuses is an error.
    fn send(&self, command: &str, body: Option<Value>) -> Result<Value, String> {
        let url = format!("{}{command}", self.url);
        let answer = match body {
            Some(body) => self.agent.post(&url).send_json(body),
            None => self.agent.get(&url).call(),
        };
        let mut answer = answer.map_err(|e| format!("{command}: {e}"))?;
        let text = answer.body_mut().with_config().limit(64 << 20).read_json::<Value>();
        let mut text = text.map_err(|e| format!("{command}: {e}"))?;
        match text["value"]["error"].as_str() {
            Some(error) => {
                let message = text["value"]["message"].as_str().unwrap_or_default();
                Err(format!("{command}: {error}: {}", message.lines().next().unwrap_or_default()))
            }
            None => Ok(text["value"].take()),
        }
    }

    pub fn ask(&self, command: &str) -> Value {
        self.send(command, None).unwrap_or_else(|e| panic!("{e}"))
    }

    pub fn tell(&self, command: &str, body: Value) -> Value {
        self.send(command, Some(body)).unwrap_or_else(|e| panic!("{e}"))
    }

    pub fn open(&self, url: &str) {
        self.tell("/url", json!({ "url": url }));
    }

    /// Runs the body of a function in the page; its value.
    pub fn run(&self, script: &str, args: Value) -> Value {
        self.tell("/execute/sync", json!({ "script": script, "args": args }))
    }

    /// Runs the body of an asynchronous function in the page; its value.
    pub fn run_async(&self, script: &str, args: Value) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             (async (...args) => {{ {script} }})(...arguments).then(done, (e) => done(`failed: ${{e}}`));"
        );
        self.tell("/execute/async", json!({ "script": script, "args": args }))
    }

    /// A command of the DevTools protocol.
    pub fn devtools(&self, command: &str, params: Value) -> Value {
        self.tell("/goog/cdp/execute", json!({ "cmd": command, "params": params }))
    }

    /// Tries until it succeeds; what is wrong at last fails the test.
    pub fn until<T>(&self, what: &str, mut attempt: impl FnMut() -> Result<T, String>) -> T {
        let begun = Instant::now();
        loop {
            match attempt() {
                Ok(value) => return value,
                Err(e) if begun.elapsed() > PATIENCE => {
                    let page = self.send("/url", None).unwrap_or_default();
                    let text = json!({ "script": "return document.body.innerText;", "args": [] });
                    let text = self.send("/execute/sync", Some(text)).unwrap_or_default();
                    panic!("{what}: {e}\nat {page}: {}", text.as_str().unwrap_or_default());
                }
                Err(_) => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    fn find(&self, css: &str) -> Result<String, String> {
        let found = self.send("/element", Some(json!({ "using": "css selector", "value": css })))?;
        Ok(found[ELEMENT].as_str().unwrap_or_default().to_owned())
    }

    /// Does something with an element that is there or soon will be.
    fn with(&self, css: &str, act: impl Fn(&str) -> Result<Value, String>) -> Value {
        self.until(css, || act(&format!("/element/{}", self.find(css)?)))
    }

    /// Waits until an element is there.
    pub fn wait(&self, css: &str) {
        self.with(css, |_| Ok(Value::Null));
    }

    /// Clicks where the element is seen: what covers it would get the click, and fail the test.
    pub fn click(&self, css: &str) {
        self.with(css, |element| self.send(&format!("{element}/click"), Some(json!({}))));
    }

    /// Types into a field, or onto the keys while a field is in focus.
    pub fn write(&self, css: &str, text: &str) {
        self.with(css, |element| self.send(&format!("{element}/value"), Some(json!({ "text": text }))));
    }

    /// Empties a field.
    pub fn clear(&self, css: &str) {
        self.with(css, |element| self.send(&format!("{element}/clear"), Some(json!({}))));
    }

    /// The text of an element, also while it is fading in.
    pub fn text(&self, css: &str) -> String {
        self.wait(css);
        let text = self.run("return document.querySelector(arguments[0])?.innerText ?? '';", json!([css]));
        text.as_str().unwrap_or_default().trim().to_owned()
    }

    /// The value of an attribute; empty where there is none.
    pub fn attribute(&self, css: &str, name: &str) -> String {
        let value = self.with(css, |element| self.send(&format!("{element}/attribute/{name}"), None));
        value.as_str().unwrap_or_default().to_owned()
    }

    /// How many elements there are now.
    pub fn count(&self, css: &str) -> usize {
        let found = self.tell("/elements", json!({ "using": "css selector", "value": css }));
        found.as_array().map_or(0, Vec::len)
    }

    /// Presses keys one after the other, wherever the focus is.
    pub fn press<'a>(&self, keys: impl IntoIterator<Item = &'a str>) {
        let strokes = keys
            .into_iter()
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key })));
        let strokes: Vec<Value> = strokes.collect();
        self.tell("/actions", json!({ "actions": [{ "type": "key", "id": "keys", "actions": strokes }] }));
    }

    /// Ends the browser.
    pub fn close(&self) {
        let _ = self.agent.delete(&self.url).call();
    }
}
