//! A player's program.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use ureq::Agent;

/// Status and body of an answer.
pub type Reply = (u16, Value);

/// No answer came, or half of one: the connection broke.
#[derive(Debug)]
pub struct Trouble(#[allow(dead_code)] String);

/// A guest, with a session that any server knows.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    address: String,
    pub token: String,
}

impl Client {
    /// A new guest.
    pub fn guest(base: &str) -> Result<Self, Trouble> {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .build()
            .new_agent();
        let [_, a, b, c] = NUMBER.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        let mut client = Self { agent, address: format!("10.{a}.{b}.{c}"), token: String::new() };
        let (status, body) = client.post(base, "/guest", json!({ "language": "en" }))?;
        assert_eq!(status, 201, "{body}");
        client.token = body["token"].as_str().unwrap().to_owned();
        Ok(client)
    }

    pub fn get(&self, base: &str, path: &str) -> Result<Reply, Trouble> {
        let mut request = self.agent.get(format!("{base}/api/v1{path}"));
        request = request.header("x-forwarded-for", &self.address);
        read(request.header("authorization", format!("Bearer {}", self.token)).call())
    }

    pub fn post(&self, base: &str, path: &str, body: Value) -> Result<Reply, Trouble> {
        let mut request = self.agent.post(format!("{base}/api/v1{path}"));
        request = request.header("x-forwarded-for", &self.address);
        if !self.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        read(match body {
            Value::Null => request.send_empty(),
            body => request.send_json(body),
        })
    }

    /// A move that must be taken; the round after it.
    pub fn play(&self, base: &str, id: &str, what: &str, body: Value) -> Value {
        let (status, round) = self.post(base, &format!("/rounds/{id}/{what}"), body).unwrap();
        assert_eq!(status, 200, "{what}: {round}");
        round
    }

    /// Starts or resumes a round; `None` when no photo is left.
    pub fn start(&self, base: &str) -> Option<Value> {
        match self.post(base, "/rounds", Value::Null).unwrap() {
            (200, round) => Some(round),
            (409, _) => None,
            other => panic!("{other:?}"),
        }
    }
}

fn read(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Reply, Trouble> {
    let mut answer = answer.map_err(|e| Trouble(e.to_string()))?;
    let status = answer.status().as_u16();
    let is_json = answer.headers().get("content-type").is_some_and(|v| v == "application/json");
    let bytes = answer.body_mut().read_to_vec().map_err(|e| Trouble(e.to_string()))?;
    Ok((status, if is_json { serde_json::from_slice(&bytes).unwrap() } else { Value::Null }))
}
