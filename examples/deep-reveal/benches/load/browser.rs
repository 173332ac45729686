//! A player in a browser: pages, their pictures, forms and cookies.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use tokio::time::Instant;

use crate::World;
use crate::connection::{Answer, Connection};
use crate::log::{Kind, Trouble};
use crate::page::{Page, assets, token};

/// Plays until the end; who has met every photo leaves, and somebody else sits down.
pub async fn play(world: &World) {
    while Instant::now() < world.end {
        if let Err(trouble) = Browser::new(world).visit().await {
            world.recover(trouble).await;
        }
    }
}

struct Browser<'a> {
    world: &'a World,
    connection: Connection,
    address: Ipv4Addr,
    cookies: BTreeMap<String, String>,
    cached: BTreeSet<String>,
}

impl<'a> Browser<'a> {
    fn new(world: &'a World) -> Self {
        Self {
            world,
            connection: Connection::new(world.address),
            address: Ipv4Addr::from_bits(0x0a00_0000 + world.log.visitor()),
            cookies: BTreeMap::new(),
            cached: BTreeSet::new(),
        }
    }

    async fn visit(&mut self) -> Result<(), Trouble> {
        let mut html = self.page("/").await?;
        if !self.world.think().await {
            return Ok(());
        }
        html = self.form(&html, "/guest", &[]).await?;
        while self.world.think().await {
            html = self.form(&html, "/rounds", &[]).await?;
            let Some(outcome) = self.round(html).await? else { return Ok(()) };
            html = outcome;
        }
        Ok(())
    }

    /// Plays a round from its first page on; the page with its outcome, or `None` when there is no round or no time.
    async fn round(&mut self, mut html: String) -> Result<Option<String>, Trouble> {
        loop {
            match Page::read(&html) {
                Page::Other => return Ok(None),
                Page::Outcome { photo } => {
                    self.get(&photo, Kind::Photo).await?;
                    self.world.log.round();
                    return Ok(Some(html));
                }
                Page::Guess { round, picture, options, more } => {
                    self.get(&picture, Kind::Mask).await?;
                    if !self.world.think().await {
                        return Ok(None);
                    }
                    let (path, field) = match more {
                        Some(hints) if rand::random() => ("more", ("hints", hints)),
                        None if rand::random_ratio(1, 4) => ("giveup", ("hints", String::new())),
                        _ if options.is_empty() => return Err(Trouble::new("a page without options")),
                        _ => ("guess", ("class", options[rand::random_range(0..options.len())].clone())),
                    };
                    let path = format!("/rounds/{round}/{path}");
                    html = self.form(&html, &path, &[(field.0, &field.1)]).await?;
                }
                Page::Describe { round, picture } => {
                    self.get(&picture, Kind::Mask).await?;
                    if !self.world.think().await {
                        return Ok(None);
                    }
                    let path = format!("/rounds/{round}/labels");
                    html = self.form(&html, &path, &[("label", "a round thing"), ("label", "ears")]).await?;
                }
            }
        }
    }

    /// Loads a page and what belongs to it.
    async fn page(&mut self, path: &str) -> Result<String, Trouble> {
        let answer = self.get(path, Kind::Page).await?;
        let html = answer.text().to_owned();
        for asset in assets(&html) {
            if self.cached.insert(asset.to_owned()) {
                self.get(asset, Kind::Asset).await?;
            }
        }
        Ok(html)
    }

    async fn get(&mut self, path: &str, kind: Kind) -> Result<Answer, Trouble> {
        let answer = self.send("GET", path, "", "", kind).await?;
        match answer.status {
            200 => Ok(answer),
            status => Err(Trouble(format!("{}: {status}", kind.title()))),
        }
    }

    /// Sends a form of a page, and loads the page that it leads to.
    async fn form(&mut self, html: &str, path: &str, fields: &[(&str, &str)]) -> Result<String, Trouble> {
        let token = token(html).ok_or_else(|| Trouble::new("a page without a token"))?;
        let mut body = format!("token={}", escape(token));
        for (name, value) in fields {
            body += &format!("&{name}={}", escape(value));
        }
        let headers = format!(
            "origin: http://{}\r\nsec-fetch-site: same-origin\r\ncontent-type: application/x-www-form-urlencoded\r\n",
            self.world.address
        );
        let answer = self.send("POST", path, &headers, &body, Kind::Form).await?;
        match (answer.status, answer.headers("location").next()) {
            (303, Some(to)) => {
                let to = to.to_owned();
                self.page(&to).await
            }
            // A message: every photo was met.
            (200, _) => Ok(answer.text().to_owned()),
            (status, _) => Err(Trouble(format!("{}: {status}", Kind::Form.title()))),
        }
    }

    async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        body: &str,
        kind: Kind,
    ) -> Result<Answer, Trouble> {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nx-forwarded-for: {}\r\ncookie: {}\r\n{headers}",
            self.address,
            cookies.join("; ")
        );
        let asked = Instant::now();
        let answer = self.connection.send(&head, body).await?;
        self.world.log.answer(kind, asked.elapsed(), answer.body.len());
        for cookie in answer.headers("set-cookie") {
            if let Some((name, value)) = cookie.split(';').next().and_then(|pair| pair.split_once('=')) {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(answer)
    }
}

fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte.is_ascii_alphanumeric() {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}
