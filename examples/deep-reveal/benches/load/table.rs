//! What came out, as a table.

use std::time::Duration;

use crate::server::{Server, cpu_seconds};
use crate::{Args, Log};

pub fn print(args: &Args, log: &Log, server: &Server) {
    let who = if args.api { "programs" } else { "browsers" };
    println!("{} {who} for {} s, {} ms a step:\n", args.players, args.seconds, args.think);
    println!("| | requests | a second | p50, ms | p95, ms | p99, ms | longest, ms | MiB |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for (kind, took, bytes) in log.kinds() {
        let at = |share: f64| took[((took.len() as f64 * share).ceil() as usize).clamp(1, took.len()) - 1];
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        println!(
            "| {} | {} | {:.0} | {:.1} | {:.1} | {:.1} | {:.1} | {:.0} |",
            kind.title(),
            took.len(),
            took.len() as f64 / args.seconds as f64,
            ms(at(0.5)),
            ms(at(0.95)),
            ms(at(0.99)),
            ms(at(1.0)),
            bytes as f64 / f64::from(1 << 20)
        );
    }
    let half = Duration::from_secs(args.seconds) / 2;
    let (rounds, late) = log.rounds(half);
    println!(
        "\n{rounds} rounds finished, {:.0} a minute in the second half.",
        late as f64 / half.as_secs_f64() * 60.0
    );
    if let (Some(peak), Some(theirs), Some(ours)) =
        (server.peak_mib(), server.cpu_seconds(), cpu_seconds("self"))
    {
        println!("Server: {peak:.0} MiB at most, {theirs:.1} s of processor time; the players: {ours:.1} s.");
    }
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("Load average at the end: {}.", load.split(' ').take(3).collect::<Vec<_>>().join(" "));
    let troubles = log.troubles();
    println!("Errors: {}.", troubles.iter().map(|(_, times)| times).sum::<u32>());
    for (what, times) in troubles {
        println!("  {times} times {what}");
    }
}
