//! Labels and report for the terminal.

use anv_core::LabeledImage;
use anv_examples::words::Report;
use anv_examples::{number, printable, text_table};

/// Players listed; the report has all.
const PLAYERS: usize = 10;
/// Images listed; the tables on disk have all.
const IMAGES: usize = 20;

/// Prints a table an image, and what there is to say about games and players.
pub fn print(images: &[LabeledImage], report: &Report) {
    for image in images.iter().take(IMAGES) {
        print_image(image);
    }
    if images.len() > IMAGES {
        anv_examples::say!("… {} more images in labels.csv\n", images.len() - IMAGES);
    }
    print_games(report);
    print_players(report);
}

fn print_image(image: &LabeledImage) {
    let wrong = match (&image.truth, image.is_wrong()) {
        (Some(truth), true) => format!(", but it shows {}", printable(truth)),
        _ => String::new(),
    };
    anv_examples::say!("{}  →  {}{wrong}", printable(&image.image), printable(&image.class));
    let mut rows = Vec::new();
    for layer in &image.layers {
        for cluster in &layer.clusters {
            let members: Vec<_> = cluster.member_numbers().map(|m| m.to_string()).collect();
            let others = cluster.labels.iter().skip(1).take(4);
            let others: Vec<_> = others.map(|l| format!("{} {:.2}", l.label, l.score)).collect();
            rows.push(vec![
                layer.layer.to_string(),
                format!("{:.1} %", cluster.weight_percent),
                members.join("+"),
                cluster.shown().unwrap_or("(no label)").to_owned(),
                number(cluster.labels.first().map(|l| l.score), 2),
                others.join(", "),
            ]);
        }
    }
    let header = ["layer", "weight", "clusters", "label", "score", "others"];
    anv_examples::say!("{}", text_table(&header, &[true, true, false, false, true, false], &rows));
}

fn print_games(report: &Report) {
    let (games, labels, trust) = (&report.games, &report.labels, &report.trust);
    anv_examples::say!(
        "{} games: {} won, {} lost, {} given up; {} hints a game",
        games.games,
        games.wins,
        games.losses,
        games.resigns,
        number(games.hints_per_game, 2)
    );
    anv_examples::say!(
        "{} players, {} met a control game, {} failed and were left out with {} games",
        trust.players,
        trust.checked,
        trust.failed.len(),
        trust.dropped_games
    );
    anv_examples::say!(
        "{} raw labels → {} labels, {} different; {} rewrites in rewrites.csv",
        games.raw_labels,
        labels.labels,
        labels.unique_labels,
        report.rewrites
    );
    anv_examples::say!("{} cluster maps → {} after merging", labels.cluster_maps, labels.merged_maps);
    anv_examples::say!(
        "agreement on labels: Krippendorff's alpha (MASI) {}",
        report.agreement.alpha.map_or_else(|| "not defined".into(), |a| format!("{a:.3}"))
    );
    match &report.guesses {
        Some(guesses) => {
            let known = guesses.images.iter().filter(|i| i.true_class.is_some());
            let right = known.clone().filter(|i| i.true_class.as_ref() == Some(&i.class)).count();
            anv_examples::say!(
                "guesses taken together (Dawid-Skene): right on {right} of {} images",
                known.count()
            );
        }
        None => {
            anv_examples::say!("guesses taken together: {}", report.no_guesses.as_deref().unwrap_or("none"))
        }
    }
    anv_examples::say!();
}

fn print_players(report: &Report) {
    let right = |player: &str| {
        let guesses = report.guesses.iter().flat_map(|g| &g.players);
        guesses.filter(|p| p.player == player).find_map(|p| p.right)
    };
    let percent = |share: Option<f64>| share.map_or_else(|| "–".into(), |s| format!("{:.0} %", 100.0 * s));
    let rows: Vec<_> = report
        .players
        .iter()
        .take(PLAYERS)
        .map(|p| {
            vec![
                p.player.clone(),
                p.games.to_string(),
                p.wins.to_string(),
                percent(p.agreement),
                percent(right(&p.player)),
            ]
        })
        .collect();
    let header = ["player", "games", "won", "gave a best label", "guesses right (Dawid-Skene)"];
    anv_examples::say!("{}", text_table(&header, &[false, true, true, true, true], &rows).trim_end());
    match report.players.len().saturating_sub(PLAYERS) {
        0 => anv_examples::say!(),
        more => anv_examples::say!("… {more} more in report.json\n"),
    }
}
