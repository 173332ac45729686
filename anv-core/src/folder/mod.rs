//! The saved folder, format 1: what `explain` leaves on disk and every later step starts from.
//!
//! | file | holds |
//! | --- | --- |
//! | `anv.json` | everything but pixels: model, class, layers, weights, clusters |
//! | `maps.safetensors` | one f32 tensor (height, width) a kept cluster, named `layer13.cluster0` |
//! | `image.png` | the photo, upright |
//!
//! A labelled folder has in `anv.json` also `labels` (image name, true class), for each cluster `words` (labels with
//! scores, counts of games) and for each layer `merged_clusters`; what is computed from them is checked on reading.
//!
//! Figures lie beside them; they can be drawn again from the three.

mod atomic;
mod json;
mod labels;
mod pack;
mod read;
mod write;

pub use atomic::{write_file, write_file_synced};
pub use write::is_saved_folder;

/// The format written and read here.
pub const FORMAT: u64 = 1;

const JSON: &str = "anv.json";
const MAPS: &str = "maps.safetensors";
const IMAGE: &str = "image.png";

fn map_key(layer: usize, cluster: usize) -> String {
    format!("layer{layer}.cluster{cluster}")
}

fn sha256_hex(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
