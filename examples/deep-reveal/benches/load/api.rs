//! A player's program: calls of the API and the pictures that they name.

use std::net::{Ipv4Addr, SocketAddr};

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::World;
use crate::connection::{Answer, Connection};
use crate::log::{Kind, Trouble};

/// Plays until the end; who has met every photo leaves, and another program begins.
pub async fn play(world: &World) {
    while Instant::now() < world.end {
        if let Err(trouble) = visit(world).await {
            world.recover(trouble).await;
        }
    }
}

async fn visit(world: &World) -> Result<(), Trouble> {
    let mut player = Player { world, program: Program::new(world.address, world.log.visitor()) };
    let begun = player.call("/guest", json!({})).await?;
    player.program.token = begun["token"].as_str().unwrap_or_default().to_owned();
    while world.think().await {
        let mut round = player.call("/rounds", Value::Null).await?;
        loop {
            let id = round["id"].as_str().unwrap_or_default().to_owned();
            if id.is_empty() {
                return Ok(());
            }
            let hints = round["hints"].as_u64().unwrap_or_default();
            let (what, body) = match round["step"].as_str() {
                Some("guessing") if hints < 5 && rand::random() => ("more", json!({ "hints": hints + 1 })),
                Some("guessing") => {
                    ("guess", json!({ "class": round["options"][rand::random_range(0..6usize)] }))
                }
                Some("describing") => ("labels", json!({ "labels": ["a round thing", "ears"] })),
                _ => break,
            };
            player.picture(round["picture"].as_str(), Kind::Mask).await?;
            if !world.think().await {
                return Ok(());
            }
            round = player.call(&format!("/rounds/{id}/{what}"), body).await?;
        }
        player.picture(round["outcome"]["photo"].as_str(), Kind::Photo).await?;
        world.log.round();
    }
    Ok(())
}

struct Player<'a> {
    world: &'a World,
    program: Program,
}

impl Player<'_> {
    /// What a call answers; `Null` when no photo is left.
    async fn call(&mut self, path: &str, body: Value) -> Result<Value, Trouble> {
        let asked = Instant::now();
        let answer = self.program.post(path, &body).await?;
        self.world.log.answer(Kind::Call, asked.elapsed(), answer.body.len());
        match answer.status {
            200 | 201 => Ok(serde_json::from_slice(&answer.body).unwrap_or_default()),
            409 if path == "/rounds" => Ok(Value::Null),
            status => Err(Trouble(format!("{}: {status}", Kind::Call.title()))),
        }
    }

    async fn picture(&mut self, path: Option<&str>, kind: Kind) -> Result<(), Trouble> {
        let path = path.ok_or_else(|| Trouble::new("a round without a picture"))?;
        let asked = Instant::now();
        let answer = self.program.get(path).await?;
        self.world.log.answer(kind, asked.elapsed(), answer.body.len());
        match answer.status {
            200 => Ok(()),
            status => Err(Trouble(format!("{}: {status}", kind.title()))),
        }
    }
}

/// A connection and a session.
pub struct Program {
    connection: Connection,
    address: Ipv4Addr,
    pub token: String,
}

impl Program {
    pub fn new(server: SocketAddr, number: u32) -> Self {
        let address = Ipv4Addr::from_bits(0x0a00_0000 + number);
        Self { connection: Connection::new(server), address, token: String::new() }
    }

    /// `path` begins after `/api/v1`.
    pub async fn post(&mut self, path: &str, body: &Value) -> Result<Answer, Trouble> {
        let (kind, text) = match body {
            Value::Null => ("", String::new()),
            body => ("content-type: application/json\r\n", body.to_string()),
        };
        let head = self.head("POST", &format!("/api/v1{path}"));
        Ok(self.connection.send(&format!("{head}{kind}"), &text).await?)
    }

    /// `path` is whole.
    pub async fn get(&mut self, path: &str) -> Result<Answer, Trouble> {
        let head = self.head("GET", path);
        Ok(self.connection.send(&head, "").await?)
    }

    fn head(&self, method: &str, path: &str) -> String {
        let session = match self.token.is_empty() {
            true => String::new(),
            false => format!("authorization: Bearer {}\r\n", self.token),
        };
        format!("{method} {path} HTTP/1.1\r\nx-forwarded-for: {}\r\n{session}", self.address)
    }
}
