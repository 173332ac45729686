//! Many players at once, over loopback.
//!
//! ```text
//! cargo bench -p deep-reveal --bench load                      # 500 players in the browser for a minute
//! cargo bench -p deep-reveal --bench load -- --api --players 800 --seconds 120
//! cargo bench -p deep-reveal --bench load -- --photos 200 --side 512
//! cargo bench -p deep-reveal --bench load -- --url http://127.0.0.1:8080
//! cargo bench -p deep-reveal --bench load -- --masks           # masked pictures as fast as they come
//! cargo bench -p deep-reveal --bench load -- --rounds          # rounds given out to all players at once
//! ```
//!
//! Without `--url` it starts the server of the same build on a new database. It stands for the reverse proxy and all
//! browsers behind it, so each player has an address of their own; a server of `--url` needs `--behind-proxy`.

mod api;
mod browser;
mod campaign;
mod connection;
mod log;
mod masks;
mod page;
mod rounds;
mod server;
mod table;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use tokio::time::Instant;

use log::{Log, Trouble};
use server::Server;

/// Why the load could not be put on.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Puts a load on the game's server and says how long answers took.
#[derive(Parser)]
#[command(name = "load")]
struct Args {
    /// Players at once
    #[arg(long, default_value_t = 500)]
    players: usize,
    /// How long they play
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Seconds in which they come, one after another
    #[arg(long, default_value_t = 10)]
    arrive: u64,
    /// Milliseconds that a player looks and thinks at each step
    #[arg(long, default_value_t = 2000)]
    think: u64,
    /// Players are programs that use the API, instead of browsers that load pages
    #[arg(long)]
    api: bool,
    /// A server that runs already, such as http://127.0.0.1:8080, behind a proxy for all it knows
    #[arg(long, conflicts_with_all = ["database", "photos"])]
    url: Option<String>,
    /// Where the server to be started keeps everything; by default in a new file
    #[arg(long)]
    database: Option<String>,
    /// Play so many photos, made from the packaged ones, instead of those themselves
    #[arg(long)]
    photos: Option<usize>,
    /// Longest side of those photos, in pixels
    #[arg(long, default_value_t = 256)]
    side: u32,
    /// Ask for masked pictures as fast as they come, each first when it must be made and then when it is kept
    #[arg(long, conflicts_with = "api")]
    masks: bool,
    /// Ask for a round for all players at the same time, again and again with new ones
    #[arg(long, conflicts_with_all = ["api", "masks"])]
    rounds: bool,
    /// With --masks: write pictures and what they are made from to this folder, and print JSON
    #[arg(long, value_name = "FOLDER", requires = "masks", conflicts_with = "url")]
    dump: Option<PathBuf>,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
}

/// What all players know.
struct World {
    address: SocketAddr,
    think: Duration,
    end: Instant,
    log: Log,
}

fn main() -> Result<(), Failure> {
    let args = Args::parse();
    // One thread: it leaves most of the machine to the server.
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run(&args))
}

async fn run(args: &Args) -> Result<(), Failure> {
    let server = match &args.url {
        Some(url) => Server::running(url)?,
        None => Server::start(args).await?,
    };
    if args.masks {
        let found = masks::measure(&server, args).await?;
        println!("{found}");
        return Ok(());
    }
    if args.rounds {
        println!("{}", rounds::measure(server.address, args).await?);
        return Ok(());
    }
    let start = Instant::now();
    let world = Arc::new(World {
        address: server.address,
        think: Duration::from_millis(args.think),
        end: start + Duration::from_secs(args.seconds),
        log: Log::new(start),
    });
    let wait = Duration::from_secs(args.arrive) / args.players.max(1) as u32;
    let playing: Vec<_> = (0..args.players as u32)
        .map(|number| {
            let (world, api) = (world.clone(), args.api);
            tokio::spawn(async move {
                tokio::time::sleep(wait * number).await;
                match api {
                    true => api::play(&world).await,
                    false => browser::play(&world).await,
                }
            })
        })
        .collect();
    for player in playing {
        player.await?;
    }
    table::print(args, &world.log, &server);
    match world.log.troubles().is_empty() {
        true => Ok(()),
        false => Err("some requests failed".into()),
    }
}

impl World {
    /// A player looks at a step; `false` when it is time to go.
    async fn think(&self) -> bool {
        tokio::time::sleep_until((Instant::now() + self.think).min(self.end)).await;
        Instant::now() < self.end
    }

    /// After a trouble a player waits as long as for a step and begins again.
    async fn recover(&self, trouble: Trouble) {
        self.log.trouble(trouble);
        self.think().await;
    }
}
