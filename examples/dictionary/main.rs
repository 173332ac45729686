//! A dictionary that a person reviews: proposals with reasons, and taking in what was accepted.
//!
//! ```text
//! cargo run --release --example dictionary -- --games games.csv --dictionary dictionary.csv
//! cargo run --release --example dictionary -- --accept proposals.csv --dictionary dictionary.csv
//! ```

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anv_core::write_file;
use anv_examples::words::skipped_notes;
use anv_examples::{CommandError, DEMO_FOLDER, exit_code, text_table, with_causes, write_demo};
use anv_labels::{
    CleanParams, CleanedGames, Cleaner, Dictionary, Games, Proposal, ProposeParams, ReadOptions, Vocabulary,
    WordNet, propose, write_proposals,
};
use clap::Parser;
use serde_json::json;

/// Propose a dictionary of labels from people's answers; nothing is merged until a person accepts it.
///
/// Proposals go into a table: delete the rows that are wrong (or set `final` to `raw`, and they are not proposed
/// again), then take the rest in with --accept. Without arguments proposals for the demonstration are made.
#[derive(Debug, Parser)]
#[command(name = "dictionary", version, after_help = EXAMPLES)]
struct Args {
    /// People's answers
    #[arg(long, value_name = "CSV")]
    games: Option<PathBuf>,

    /// The dictionary so far; with --accept the one to write, which need not exist
    #[arg(long, value_name = "CSV")]
    dictionary: Option<PathBuf>,

    /// A WordNet folder (index.noun, data.noun, …) to look for synonyms in
    #[arg(long, value_name = "FOLDER")]
    word_net: Option<PathBuf>,

    /// Only games on images of this class; the proposals are for it alone
    #[arg(long, value_name = "NAME")]
    class: Option<String>,

    /// Languages whose inflections are looked for
    #[arg(long, default_value = "en,it", value_delimiter = ',', value_name = "LANGUAGES")]
    languages: Vec<String>,

    /// Take the rows of this reviewed table into the dictionary instead of proposing
    #[arg(long, value_name = "CSV", requires = "dictionary", conflicts_with_all = ["games", "word_net", "class"])]
    accept: Option<PathBuf>,

    /// Skip rows that cannot be used, and say how many and why
    #[arg(long)]
    lenient: bool,

    /// The table of proposals to write
    #[arg(long, default_value = "proposals.csv", value_name = "CSV")]
    out: PathBuf,

    /// Replace a table of proposals that somebody may have reviewed
    #[arg(long)]
    overwrite: bool,

    /// Print the proposals as JSON on stdout instead of the table
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  cargo run --release --example dictionary
  cargo run --release --example dictionary -- --games games.csv --dictionary dictionary.csv --word-net wordnet/dict
  cargo run --release --example dictionary -- --accept proposals.csv --dictionary dictionary.csv";

fn main() -> ExitCode {
    let args = Args::parse();
    exit_code(match &args.accept {
        Some(reviewed) => accept(&args, reviewed),
        None => suggest(&args),
    })
}

/// A table's reader, its error with the file's name, its skipped rows on stderr.
fn read<T>(
    path: &Path,
    name: &str,
    result: anv_labels::Result<(T, anv_labels::Skipped)>,
) -> Result<T, CommandError> {
    let (value, skipped) = result.map_err(|e| anv_examples::words::named(path, &e))?;
    skipped_notes(name, &skipped).iter().for_each(|note| eprintln!("{note}"));
    Ok(value)
}

fn suggest(args: &Args) -> Result<(), CommandError> {
    let options = ReadOptions::default().lenient(args.lenient);
    let (games, dictionary) = match &args.games {
        Some(games) => (games.clone(), args.dictionary.clone()),
        None => {
            let folder = Path::new(DEMO_FOLDER);
            write_demo(folder)?;
            (folder.join("games.csv"), args.dictionary.clone())
        }
    };
    let games = read(&games, "games", Games::read_file(&games, &options))?;
    let dictionary = match &dictionary {
        Some(path) => read(path, "dictionary", Dictionary::read_file(path, &options))?,
        None => Dictionary::default(),
    };
    let cleaned = CleanedGames::new(&games, &Cleaner::new(&CleanParams::default(), &dictionary)?)?;
    let word_net = args.word_net.as_ref().map(WordNet::open).transpose()?;
    let params = ProposeParams { languages: args.languages.clone(), ..ProposeParams::default() };
    let vocabulary = Vocabulary::new(&cleaned, args.class.as_deref());
    let decided = decided(&dictionary, args.class.as_deref());
    let mut proposals = propose(&vocabulary, &params, word_net.as_ref())?;
    proposals.retain(|p| !decided.contains(&*p.raw));
    let mut table = Vec::new();
    write_proposals(&proposals, args.class.as_deref(), &mut table)?;
    match args.overwrite {
        true => keep_others(&args.out)?,
        false => keep_review(&args.out, &table, &dictionary)?,
    }
    write_file(&args.out, &table)?;
    report(args, &proposals, vocabulary.iter().len())
}

/// Words that a person has said what to do with, keeping them included; in lower case, as labels are.
fn decided(dictionary: &Dictionary, class: Option<&str>) -> BTreeSet<String> {
    let entries = dictionary.entries().iter();
    let holds = entries.filter(|e| e.class.is_none() || e.class.as_deref() == class);
    holds.map(|e| e.raw.trim().to_lowercase()).collect()
}

/// Refuses to replace a table that says something else than the new one and is not in the dictionary yet: a person may
/// have deleted or changed rows in it.
fn keep_review(path: &Path, new: &[u8], dictionary: &Dictionary) -> Result<(), CommandError> {
    let Ok(found) = std::fs::read(path) else { return Ok(()) };
    let taken_in = |old: &Dictionary| old.entries().iter().all(|e| dictionary.entries().contains(e));
    let old = Dictionary::read(&*found, &ReadOptions::default());
    match found == new || old.is_ok_and(|(old, _)| taken_in(&old)) {
        true => Ok(()),
        false => Err(format!(
            "{} holds other proposals, perhaps reviewed: --accept it first, name another --out, or --overwrite it",
            path.display()
        )
        .into()),
    }
}

/// Refuses to replace what is no table of proposals at all, even when asked to overwrite one.
fn keep_others(path: &Path) -> Result<(), CommandError> {
    let Ok(found) = std::fs::read(path) else { return Ok(()) };
    let header = found.split(|&b| b == b'\n').next().map(String::from_utf8_lossy).unwrap_or_default();
    let columns: BTreeSet<_> = header.split(',').map(|name| name.trim().trim_matches('"')).collect();
    match found.is_empty() || columns.contains("raw") && columns.contains("final") {
        true => Ok(()),
        false => Err(format!(
            "{} is no table of proposals, so it is not replaced: name another --out",
            path.display()
        )
        .into()),
    }
}

fn report(args: &Args, proposals: &[Proposal], words: usize) -> Result<(), CommandError> {
    if args.json {
        let rows: Vec<_> = proposals
            .iter()
            .map(|p| {
                json!({
                    "raw": p.raw, "final": p.target, "class": args.class, "reason": p.reason.to_string(),
                    "raw_games": p.raw_games, "final_games": p.target_games,
                })
            })
            .collect();
        anv_examples::say!("{}", serde_json::to_string_pretty(&rows)?);
        eprintln!("written to {}", args.out.display());
        return Ok(());
    }
    let rows: Vec<_> = proposals
        .iter()
        .map(|p| {
            vec![
                p.raw.clone(),
                p.raw_games.to_string(),
                p.target.clone(),
                p.target_games.to_string(),
                p.reason.to_string(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        let header = ["raw", "games", "final", "games", "reason"];
        anv_examples::say!("{}", text_table(&header, &[false, true, false, true, false], &rows));
    }
    anv_examples::say!(
        "{} proposals for {words} different labels; nothing is merged until you accept it",
        rows.len()
    );
    anv_examples::say!("review {}, then --accept it", args.out.display());
    Ok(())
}

fn accept(args: &Args, reviewed: &Path) -> Result<(), CommandError> {
    let options = ReadOptions::default().lenient(args.lenient);
    let Some(path) = &args.dictionary else { return Err("--accept needs --dictionary".into()) };
    let before = match path.exists() {
        true => read(path, "dictionary", Dictionary::read_file(path, &options))?,
        false => Dictionary::default(),
    };
    let accepted = read(reviewed, "proposals", Dictionary::read_file(reviewed, &options))?;
    let entries = before.entries().iter().chain(accepted.entries()).cloned();
    // The place of an entry in this list is no line of a file, so the message names both.
    let after = Dictionary::new(entries).map_err(|e| {
        format!("{} and {} do not go together: {}", path.display(), reviewed.display(), with_causes(&e))
    })?;
    let mut table = Vec::new();
    after.write(&mut table)?;
    write_file(path, &table)?;
    let (all, new) = (after.entries().len(), after.entries().len() - before.entries().len());
    if args.json {
        anv_examples::say!("{}", json!({ "entries": all, "new": new }));
        eprintln!("written to {}", path.display());
    } else {
        anv_examples::say!("{new} new entries, {all} in all");
        anv_examples::say!("written to {}", path.display());
    }
    Ok(())
}
