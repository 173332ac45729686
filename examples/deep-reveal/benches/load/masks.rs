//! Masked pictures as fast as they come.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use deep_reveal::http::Token;
use deep_reveal::store::Store;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::api::Program;
use crate::log::Trouble;
use crate::server::Server;
use crate::{Args, Failure};

/// Rounds whose pictures are asked for, each on a map of its own as long as there are as many; few enough that the server
/// keeps all their pictures.
const ROUNDS: u32 = 300;
/// Pictures asked for at the same time.
const AT_ONCE: usize = 8;
const LEVELS: u8 = 6;
/// How often each is asked for when it is kept. All in all a session stays below its limit of requests.
const AGAIN: usize = 5;
/// Rounds that are written out.
const DUMPED: usize = 30;

struct Round {
    program: Program,
    id: String,
}

/// Pictures a second: each of them the first time, when it is made, and further times, when it is kept.
pub async fn measure(server: &Server, args: &Args) -> Result<Value, Failure> {
    let cpu = || server.cpu_seconds().unwrap_or_default();
    let mut rounds = Vec::new();
    for number in 1..=ROUNDS {
        rounds.push(begin(server.address, number).await?);
    }
    let mut groups: Vec<Vec<Round>> = (0..AT_ONCE).map(|_| Vec::new()).collect();
    for (number, round) in rounds.into_iter().enumerate() {
        groups[number % AT_ONCE].push(round);
    }
    let before = cpu();
    let (made, bytes) = ask(&mut groups, 1).await?;
    let between = cpu();
    let (kept, _) = ask(&mut groups, AGAIN).await?;
    let after = cpu();
    let pictures = f64::from(ROUNDS) * f64::from(LEVELS);
    let mut dumped = 0;
    if let Some(folder) = &args.dump {
        let store = Store::open(&server.database).await?;
        for round in groups.iter_mut().flatten().take(DUMPED) {
            dump(&store, round, &folder.join(dumped.to_string())).await?;
            dumped += 1;
        }
    }
    Ok(json!({
        "pictures": pictures,
        "mean_bytes": bytes as f64 / pictures,
        "made_per_second": pictures / made.as_secs_f64(),
        "kept_per_second": pictures * AGAIN as f64 / kept.as_secs_f64(),
        "made_cpu_ms": (between - before) / pictures * 1000.0,
        "kept_cpu_ms": (after - between) / (pictures * AGAIN as f64) * 1000.0,
        "dumped": dumped,
    }))
}

/// A new guest with a round of which all levels may be seen.
async fn begin(address: SocketAddr, number: u32) -> Result<Round, Trouble> {
    let mut program = Program::new(address, number);
    let session = taken(program.post("/guest", &json!({})).await?)?;
    program.token = session["token"].as_str().unwrap_or_default().to_owned();
    let round = taken(program.post("/rounds", &Value::Null).await?)?;
    let id = round["id"].as_str().unwrap_or_default().to_owned();
    for hints in 1..LEVELS {
        taken(program.post(&format!("/rounds/{id}/more"), &json!({ "hints": hints })).await?)?;
    }
    Ok(Round { program, id })
}

/// What a call answers when it succeeds.
pub fn taken(answer: crate::connection::Answer) -> Result<Value, Trouble> {
    match answer.status {
        200 | 201 => Ok(serde_json::from_slice(&answer.body).unwrap_or_default()),
        status => Err(Trouble(format!("{status}: {}", answer.text()))),
    }
}

/// Asks for every picture `times`, a group at a time on each connection; how long it took, and all bytes.
async fn ask(groups: &mut [Vec<Round>], times: usize) -> Result<(Duration, usize), Failure> {
    let start = Instant::now();
    let asking: Vec<_> = groups
        .iter_mut()
        .map(|group| {
            let mut group = std::mem::take(group);
            tokio::spawn(async move {
                let mut bytes = 0;
                for _ in 0..times {
                    for round in &mut group {
                        for level in 0..LEVELS {
                            bytes += round.picture(level).await?.len();
                        }
                    }
                }
                Ok::<_, Trouble>((group, bytes))
            })
        })
        .collect();
    let mut sum = 0;
    for (place, asked) in groups.iter_mut().zip(asking) {
        let (group, bytes) = asked.await??;
        *place = group;
        sum += bytes;
    }
    Ok((start.elapsed(), sum))
}

impl Round {
    async fn picture(&mut self, level: u8) -> Result<Vec<u8>, Trouble> {
        let path = format!("/api/v1/rounds/{}/picture/{level}.png", self.id);
        let answer = self.program.get(&path).await?;
        match answer.status {
            200 => Ok(answer.body),
            status => Err(Trouble(format!("mask: {status}"))),
        }
    }
}

/// Photo, map and pictures of a round, for another program to make the same.
async fn dump(store: &Store, round: &mut Round, folder: &Path) -> Result<(), Failure> {
    let hash = Token::parse(&round.program.token).ok_or("no token")?.hash();
    let player = store.session(&hash, 0).await?.ok_or("no session")?;
    let row = store.round(&player.id, &round.id.clone().into()).await?.ok_or("no round")?;
    let source = store.mask_source(&row.map_id).await?.ok_or("no map")?;
    let photo = store.photo(&row.photo_id).await?.ok_or("no photo")?;
    fs::create_dir_all(folder)?;
    fs::write(folder.join("photo.png"), &photo)?;
    let map = json!({ "rows": source.rows, "columns": source.columns, "values": source.values });
    fs::write(folder.join("map.json"), map.to_string())?;
    for level in 0..LEVELS {
        fs::write(folder.join(format!("{level}.png")), round.picture(level).await?)?;
    }
    Ok(())
}
