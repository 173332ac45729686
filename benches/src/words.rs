//! Seeded games of any number, and the way from them to global explanations, in steps that can be timed.

use std::io::{self, Write};

use anv_core::{Aggregator, GlobalExplanation, LabeledImage};
use anv_examples::CommandError;
use anv_global::{GlobalAggregator, GlobalParams};
use anv_labels::{
    CleanParams, CleanedGames, Cleaner, ClusterTable, Dictionary, Entry, Games, ScoreParams, Scores,
    SharedBestLabel,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Games a cluster, clusters a layer and layers an image: about those of the thesis (Table 5).
const GAMES: usize = 5;
const CLUSTERS: usize = 4;
const LAYERS: usize = 9;
const FIRST_LAYER: usize = 5;

const CLASSES: [&str; 10] = [
    "chainsaw",
    "church",
    "tench",
    "parachute",
    "gas pump",
    "golf ball",
    "truck",
    "french horn",
    "cassette player",
    "springer",
];

/// What players type; a third of it needs cleaning.
const WORDS: [&str; 15] = [
    "motor",
    "sawchain",
    "handle",
    "Tree",
    "the green",
    "log",
    "grass",
    "wood",
    "an orange glove",
    "2 wheels",
    "roof",
    "column",
    "pilaster",
    "sky",
    "bell tower",
];

/// What the dictionary of the benches makes of some of them.
pub const DICTIONARY: [(&str, &str); 3] =
    [("pilaster", "column"), ("wheels", "wheel"), ("bell tower", "tower")];

/// Writes `rows` games as `games.csv`: 5 a cluster, 4 clusters a layer, 9 layers an image, 10 classes.
///
/// # Errors
/// What the output said.
pub fn write_games(rows: usize, mut output: impl Write) -> io::Result<()> {
    let mut random = ChaCha8Rng::seed_from_u64(4);
    let players = rows / 40 + 1;
    writeln!(output, "game,player,image,layer,cluster,true_class,guessed_class,hints_used,labels")?;
    for game in 0..rows {
        let (image, layer, cluster) = place(game / GAMES);
        let class = CLASSES[image % CLASSES.len()];
        let guess = match random.random_range(0..30) {
            0 => "",
            1 | 2 => CLASSES[(image + 1) % CLASSES.len()],
            _ => class,
        };
        let hints =
            if guess.is_empty() { 5 } else { random.random_range(0..6).min(random.random_range(0..6)) };
        let player = random.random_range(0..players);
        write!(output, "{game},p{player},img{image},{layer},{cluster},{class},{guess},{hints},")?;
        // People look at the same thing: words of a cluster are near each other.
        let first = (game / GAMES * 7) % WORDS.len();
        for label in 0..random.random_range(0..3) {
            let word = WORDS[(first + random.random_range(0..4)) % WORDS.len()];
            write!(output, "{}{word}", if label > 0 { ";" } else { "" })?;
        }
        writeln!(output)?;
    }
    output.flush()
}

/// Writes the clusters that `rows` games are on as `clusters.csv`.
///
/// # Errors
/// What the output said.
pub fn write_clusters(rows: usize, mut output: impl Write) -> io::Result<()> {
    writeln!(output, "image,layer,cluster,weight_percent,class")?;
    for number in 0..rows.div_ceil(GAMES) {
        let (image, layer, cluster) = place(number);
        let weight = 25.0 - 5.0 * cluster as f64 + (image % 7) as f64 / 4.0;
        writeln!(output, "img{image},{layer},{cluster},{weight},{}", CLASSES[image % CLASSES.len()])?;
    }
    output.flush()
}

fn place(cluster: usize) -> (usize, usize, usize) {
    let layer = cluster / CLUSTERS;
    (layer / LAYERS, FIRST_LAYER + layer % LAYERS, cluster % CLUSTERS)
}

/// Cleans with the stop-words of two languages and the benches' dictionary.
///
/// # Errors
/// None with these settings.
pub fn cleaner() -> Result<Cleaner, CommandError> {
    let dictionary = Dictionary::new(DICTIONARY.map(|(raw, label)| Entry::new(raw, label)))?;
    Ok(Cleaner::new(&CleanParams::default(), &dictionary)?)
}

/// Final labels of every game.
///
/// # Errors
/// More labels than can be numbered.
pub fn cleaned(games: &Games) -> Result<CleanedGames<'_>, CommandError> {
    Ok(CleanedGames::new(games, &cleaner()?)?)
}

/// Scores of every cluster (eq. 3.2).
///
/// # Errors
/// None with these settings.
pub fn scores<'g>(cleaned: &'g CleanedGames<'g>) -> Result<Scores<'g>, CommandError> {
    Ok(Scores::new(cleaned, &ScoreParams::default())?)
}

/// Labelled and merged images (Algorithm 1), one by one.
pub fn merged<'a>(
    clusters: &'a ClusterTable,
    scores: &'a Scores<'_>,
) -> impl Iterator<Item = anv_core::Result<LabeledImage>> + 'a {
    clusters.labeled("", scores, &SharedBestLabel)
}

/// Global explanations of all classes, three layers a group; `resamples` are those of the intervals.
///
/// # Errors
/// The first image that cannot be counted.
pub fn global(
    images: impl Iterator<Item = anv_core::Result<LabeledImage>>,
    resamples: usize,
) -> Result<Vec<GlobalExplanation>, CommandError> {
    let params = GlobalParams { resamples, ..GlobalParams::default() };
    let mut aggregator = GlobalAggregator::new(params)?;
    for image in images {
        aggregator.add(&image?)?;
    }
    Ok(aggregator.finish()?)
}
