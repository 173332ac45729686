//! Rounds given out as fast as they are asked for.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::api::Program;
use crate::masks::taken;
use crate::{Args, Failure};

/// How often everybody asks at once; each time they are new guests.
const WAVES: u32 = 20;

/// Rounds a second when all players ask for their first one at the same time, and how long they wait.
pub async fn measure(address: SocketAddr, args: &Args) -> Result<Value, Failure> {
    let (mut took, mut waits) = (Duration::ZERO, Vec::new());
    for wave in 0..WAVES {
        let mut guests = Vec::new();
        for number in 0..args.players as u32 {
            let mut guest = Program::new(address, 1 + wave * args.players as u32 + number);
            let session = taken(guest.post("/guest", &json!({})).await?)?;
            guest.token = session["token"].as_str().unwrap_or_default().to_owned();
            guests.push(guest);
        }
        let start = Instant::now();
        let ask = |mut guest: Program| async move {
            taken(guest.post("/rounds", &Value::Null).await?)?;
            Ok::<_, crate::log::Trouble>(start.elapsed())
        };
        let asking: Vec<_> = guests.into_iter().map(|guest| tokio::spawn(ask(guest))).collect();
        for asked in asking {
            waits.push(asked.await??);
        }
        took += start.elapsed();
    }
    waits.sort();
    let milliseconds =
        |part: usize| waits.get((waits.len() * part / 100).saturating_sub(1)).map(|w| w.as_secs_f64() * 1e3);
    Ok(json!({
        "rounds": waits.len(),
        "rounds_per_second": waits.len() as f64 / took.as_secs_f64(),
        "p50_ms": milliseconds(50),
        "longest_ms": milliseconds(100),
    }))
}
