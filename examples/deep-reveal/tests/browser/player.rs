//! Somebody at a browser who plays.

use deep_reveal::http::Token;
use deep_reveal::store::{Player, RoundRow};
use serde_json::{Value, json};

use crate::browser::{Browser, Kind};
use crate::server::{Server, now};

/// A browser at the game's front page.
pub struct Visit<'a> {
    pub server: &'a Server,
    pub browser: Browser,
}

impl std::ops::Deref for Visit<'_> {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        &self.browser
    }
}

impl<'a> Visit<'a> {
    pub fn new(server: &'a Server, kind: Kind) -> Option<Self> {
        let visit = Visit::with(server, Browser::new(kind)?);
        visit.go("/");
        Some(visit)
    }

    /// Goes on with a browser at the page where it is.
    pub fn with(server: &'a Server, browser: Browser) -> Self {
        Visit { server, browser }
    }

    /// The browser, at the page where it is.
    pub fn leave(self) -> Browser {
        self.browser
    }

    pub fn go(&self, path: &str) {
        self.open(&self.server.url(path));
    }

    pub fn path(&self) -> String {
        let url = self.ask("/url");
        let url = url.as_str().unwrap();
        url.strip_prefix(&self.server.url("")).unwrap_or_else(|| panic!("{url} is not ours")).to_owned()
    }

    /// Waits for the page at a path.
    pub fn arrive(&self, path: &str) {
        self.until(path, || match self.path() {
            here if here == path => Ok(()),
            here => Err(format!("at {here}")),
        });
    }

    pub fn play_as_guest(&self) {
        self.click("form[action='/guest'] button");
        self.wait("form[action='/rounds']");
    }

    /// The next round, or the open one, from any page that leads there.
    pub fn start(&self) {
        self.click("form[action='/rounds'] button");
        self.wait("main[data-live]");
    }

    pub fn start_from(&self, path: &str) {
        self.go(path);
        self.start();
    }

    pub fn show_more(&self) {
        let before = self.hints();
        self.click("form[data-more] button");
        self.shows(before + 1);
    }

    /// How many hints the page shows; -1 where it is no such page.
    pub fn hints(&self) -> i32 {
        i32::try_from(self.count(".steps .lit")).unwrap() - 1
    }

    /// Waits until so many hints are shown, with their picture.
    pub fn shows(&self, hints: i32) {
        self.until("the next picture", || match self.hints() {
            shown if shown == hints => Ok(()),
            shown => Err(format!("{shown} hints are shown")),
        });
        self.sees_picture();
    }

    /// Waits until the picture is there; its width and height.
    pub fn sees_picture(&self) -> (u64, u64) {
        let size = "const picture = document.querySelector('.stage > img');
            return picture && picture.complete ? [picture.naturalWidth, picture.naturalHeight] : null;";
        self.until("the picture", || match self.run(size, json!([])) {
            Value::Array(size) if size[0].as_u64() > Some(0) => {
                Ok((size[0].as_u64().unwrap(), size[1].as_u64().unwrap()))
            }
            size => Err(size.to_string()),
        })
    }

    pub fn choose(&self, class: &str) {
        self.click(&format!(".options button[value='{class}']"));
        self.wait("form.words");
    }

    pub fn done(&self) {
        self.click("button[name=done]");
        self.wait(".verdict");
    }

    /// A whole round that is won at once.
    pub fn win(&self, words: &str) {
        self.start();
        self.choose(&self.row().true_class);
        self.write("#label", words);
        self.done();
    }

    /// Session of this browser, which pages cannot read.
    pub fn cookie(&self) -> Token {
        let cookie = self.ask("/cookie/anv");
        assert_eq!((&cookie["httpOnly"], &cookie["sameSite"]), (&json!(true), &json!("Lax")));
        Token::parse(cookie["value"].as_str().unwrap()).unwrap()
    }

    pub fn player(&self) -> Player {
        self.server.get(self.server.store.session(&self.cookie().hash(), now())).expect("somebody plays here")
    }

    /// What only the server knows of the open round.
    pub fn row(&self) -> RoundRow {
        let player = self.player().id;
        self.server.get(self.server.store.open_round(&player)).expect("a round is open")
    }

    /// An option that is wrong.
    pub fn wrong(&self) -> String {
        let row = self.row();
        row.round.options.iter().find(|option| **option != row.true_class).unwrap().clone()
    }

    /// What the server answers this browser, past its cache.
    pub fn fetch(&self, path: &str) -> Vec<u8> {
        let request =
            ureq::get(self.server.url(path)).header("cookie", format!("anv={}", self.cookie().as_str()));
        request.call().unwrap().body_mut().read_to_vec().unwrap()
    }
}
