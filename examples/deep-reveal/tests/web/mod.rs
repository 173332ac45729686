//! A whole game in a temporary folder, and browsers and programs that use it without a network.

#![allow(dead_code)] // Each test file uses its own part.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use deep_reveal::http::{App, Limits, Rate, Token, router};
use deep_reveal::store::{
    NewCampaign, NewMap, NewMember, NewPhoto, Player, PlayerId, Role, RoundId, RoundRow, Store,
};
use deep_reveal::{Clock, Config, Mailing};
use serde_json::Value;
use tower::ServiceExt;

pub const NOW: i64 = 1_790_000_000_000;
pub const URL: &str = "http://localhost:8080";
pub const CLASSES: [&str; 8] =
    ["tench", "springer", "cassette", "chainsaw", "church", "horn", "truck", "parachute"];
/// Width and height of every photo.
pub const PIXELS: (u32, u32) = (96, 72);
pub const DAY: i64 = 24 * 3600 * 1000;

/// A server without a network.
pub struct Game {
    pub app: App,
    pub clock: Clock,
    pub mail: PathBuf,
    router: Router,
    _folder: tempfile::TempDir,
}

/// An answer with its whole body.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|v| v.to_str().unwrap())
    }

    pub fn location(&self) -> &str {
        self.header(LOCATION.as_str())
            .unwrap_or_else(|| panic!("no location: {} {}", self.status, self.text()))
    }

    /// The value of the first hidden field `token`.
    pub fn form_token(&self) -> String {
        field(&self.text(), "token").unwrap_or_else(|| panic!("no token in {}", self.text()))
    }
}

/// The value of the first input with a name.
pub fn field(html: &str, name: &str) -> Option<String> {
    let named = format!("name=\"{name}\"");
    let tag = html.split('<').find(|tag| tag.starts_with("input") && tag.contains(&named))?;
    Some(tag.split("value=\"").nth(1)?.split('"').next()?.to_owned())
}

/// Limits that no test meets by accident.
pub fn no_limits() -> Limits {
    let free = Rate { burst: 1_000_000, every: 1 };
    let mut limits = Limits::default();
    limits.session = free;
    limits.address = free;
    limits.guests = free;
    limits.registrations = free;
    limits.logins = free;
    limits.logins_as = free;
    limits.logins_name = free;
    limits.resets = free;
    limits.resets_to = free;
    limits
}

impl Game {
    pub async fn new() -> Self {
        Self::with(no_limits(), |_| {}).await
    }

    pub async fn with(limits: Limits, change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mail = folder.path().join("mail");
        let store = Store::open(&folder.path().join("game.db").display().to_string()).await.unwrap();
        store.import(&campaign(), NOW).await.unwrap();
        let mut config = Config {
            listen: ([127, 0, 0, 1], 0).into(),
            url: URL.to_owned(),
            plain_http: false,
            behind_proxy: false,
            mail: Mailing::Folder(mail.clone()),
            mail_from: "Deep Reveal <game@example.org>".to_owned(),
            secret: None,
            rules: Default::default(),
            round_hours: 24.0,
            questionnaire_after: Some(1),
        };
        change(&mut config);
        let clock = Clock::manual(NOW);
        let app = App::with(store, config, clock.clone(), limits).await.unwrap();
        Game { router: router(&app), app, clock, mail, _folder: folder }
    }

    pub fn store(&self) -> &Store {
        self.app.store()
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        send(self.router.clone(), request).await
    }

    /// For requests at the same time.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    pub async fn guest(&self) -> Player {
        self.store().add_guest("en", self.app.now()).await.unwrap()
    }

    /// A member whose password nobody knows: hashes take time.
    pub async fn member(&self, name: &str) -> Player {
        let member = NewMember {
            name: name.to_owned(),
            email: format!("{}@example.org", Token::random().as_str()),
            password_hash: "none".to_owned(),
            language: "en".to_owned(),
        };
        self.store().register(None, &member, self.app.now()).await.unwrap()
    }

    pub async fn admin(&self, name: &str) -> Player {
        let player = self.member(name).await;
        self.store().set_role(&player.id, Role::Admin).await.unwrap();
        player
    }

    /// A session that began without a login.
    pub async fn session(&self, player: &Player) -> Token {
        let (token, now) = (Token::random(), self.app.now());
        self.store().add_session(&token.hash(), &player.id, now, now + 30 * DAY).await.unwrap();
        token
    }

    /// A browser in which a player is logged in.
    pub async fn browser(&self, player: &Player) -> Browser<'_> {
        let mut browser = self.stranger();
        browser.cookies.insert("__Host-anv".to_owned(), self.session(player).await.as_str().to_owned());
        browser
    }

    /// A browser that was never here.
    pub fn stranger(&self) -> Browser<'_> {
        Browser { game: self, cookies: BTreeMap::new() }
    }

    /// A program that calls the API with a player's token.
    pub async fn program(&self, player: &Player) -> Program<'_> {
        Program { game: self, token: Some(self.session(player).await.as_str().to_owned()) }
    }

    /// A program without a token.
    pub fn unknown_program(&self) -> Program<'_> {
        Program { game: self, token: None }
    }

    /// What only the server knows of a round.
    pub async fn row(&self, player: &PlayerId, round: &str) -> RoundRow {
        self.store().round(player, &RoundId::from(round)).await.unwrap().unwrap()
    }

    /// Mails that were written, after all of them were.
    pub async fn mails(&self) -> Vec<String> {
        self.app.finish().await;
        let Ok(folder) = std::fs::read_dir(&self.mail) else { return Vec::new() };
        let mut paths: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        // Long lines of a mail are cut with `=` at their ends.
        paths.iter().map(|p| std::fs::read_to_string(p).unwrap().replace("=\r\n", "")).collect()
    }
}

/// Sends one request; a server that does not answer fails the test.
pub async fn send(router: Router, request: Request<Body>) -> Answer {
    let answer = tokio::time::timeout(Duration::from_secs(60), router.oneshot(request));
    let (parts, body) = answer.await.unwrap().unwrap().into_parts();
    Answer { status: parts.status, headers: parts.headers, body: to_bytes(body, usize::MAX).await.unwrap() }
}

/// A browser: it keeps cookies, says where its forms come from and sends the token of the page.
pub struct Browser<'a> {
    game: &'a Game,
    pub cookies: BTreeMap<String, String>,
}

impl Browser<'_> {
    pub fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let request = Request::builder().method(method.clone()).uri(path).header(HOST, "localhost:8080");
        let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let request = request.header(COOKIE, cookies.join("; "));
        if method.is_safe() {
            request
        } else {
            request.header(ORIGIN, URL).header("sec-fetch-site", "same-origin")
        }
    }

    pub async fn send(&mut self, request: Request<Body>) -> Answer {
        let answer = self.game.send(request).await;
        for set in answer.headers.get_all(SET_COOKIE) {
            let set = set.to_str().unwrap();
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            match set.contains("Max-Age=0") {
                true => drop(self.cookies.remove(name)),
                false => drop(self.cookies.insert(name.to_owned(), value.to_owned())),
            }
        }
        answer
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        let request = self.request(Method::GET, path).body(Body::empty()).unwrap();
        self.send(request).await
    }

    /// The token of this browser's forms.
    pub async fn form_token(&mut self) -> String {
        self.get("/instructions").await.form_token()
    }

    /// Sends a form of a page of ours.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.form_token().await;
        self.post_with(path, fields, &token).await
    }

    /// Sends a form with this token.
    pub async fn post_with(&mut self, path: &str, fields: &[(&str, &str)], token: &str) -> Answer {
        let request = self.form(path, fields, token);
        self.send(request).await
    }

    pub fn form(&self, path: &str, fields: &[(&str, &str)], token: &str) -> Request<Body> {
        let mut all = vec![("token", token)];
        all.extend(fields);
        form_body(self.request(Method::POST, path), &all)
    }
}

pub fn form_body(request: axum::http::request::Builder, fields: &[(&str, &str)]) -> Request<Body> {
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    request.body(Body::from(encode(fields))).unwrap()
}

fn encode(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String { text.bytes().map(|b| format!("%{b:02x}")).collect() };
    fields.iter().map(|(k, v)| format!("{k}={}", escape(v))).collect::<Vec<_>>().join("&")
}

/// A program: it has a token and speaks JSON.
pub struct Program<'a> {
    game: &'a Game,
    pub token: Option<String>,
}

impl Program<'_> {
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.game.send(self.request(method, path, body)).await
    }

    pub fn request(&self, method: Method, path: &str, body: Option<Value>) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        match body {
            Some(body) => request.header(CONTENT_TYPE, "application/json").body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        }
        .unwrap()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(body)).await
    }

    /// Starts or resumes a round; its id.
    pub async fn start(&self) -> String {
        let answer = self.call(Method::POST, "/rounds", None).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.json()["id"].as_str().unwrap().to_owned()
    }
}

/// Twenty photos of eight classes with two maps each, and ten control photos.
fn campaign() -> NewCampaign {
    NewCampaign {
        name: "test".to_owned(),
        easing: false,
        open: true,
        classes: CLASSES.map(String::from).to_vec(),
        photos: (0..30).map(|i| photo(i, i % 3 == 2)).collect(),
    }
}

fn photo(number: u32, control: bool) -> NewPhoto {
    let (width, height) = PIXELS;
    let pixels: Vec<u8> = (0..width * height * 3).map(|i| ((i * 31 + number * 7) % 200 + 50) as u8).collect();
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    NewPhoto {
        name: format!("image-name-{number}.png"),
        sha256: format!("{number:064x}"),
        true_class: CLASSES[number as usize % CLASSES.len()].to_owned(),
        control,
        png,
        maps: (0..if control { 1 } else { 2 }).map(map).collect(),
    }
}

fn map(cluster: u32) -> NewMap {
    // Brightest in one corner.
    let value = |i: u32| 1.0 / (1 + i / 14 * 3 + i % 14 * 4 + cluster) as f32;
    NewMap {
        layer: 13,
        cluster,
        weight_percent: 40.0,
        rows: 14,
        columns: 14,
        values: (0..14 * 14).map(value).collect(),
    }
}
