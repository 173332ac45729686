//! Campaigns: photos and their cluster maps.

use super::CampaignId;

/// A campaign and how far it is.
#[derive(Debug, Clone, PartialEq)]
pub struct CampaignRow {
    /// Which campaign.
    pub id: CampaignId,
    /// Its name; unique.
    pub name: String,
    /// Whether its photos are served.
    pub open: bool,
    /// Whether lighter maps start one hint further.
    pub easing: bool,
    /// When it was imported, in Unix milliseconds.
    pub created: i64,
    /// Photos, without control photos.
    pub photos: u64,
    /// Control photos.
    pub controls: u64,
    /// Maps to label, without those of control photos.
    pub maps: u64,
    /// Finished games on those maps.
    pub games: u64,
    /// Fewest and most games that count towards the balance of a map, reserved ones included.
    pub load: (u64, u64),
}

/// A campaign to import, or photos to add to one.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCampaign {
    /// Its name.
    pub name: String,
    /// Whether lighter maps start one hint further.
    pub easing: bool,
    /// Whether its photos are served at once.
    pub open: bool,
    /// The classes that options are drawn from.
    pub classes: Vec<String>,
    /// The photos.
    pub photos: Vec<NewPhoto>,
}

/// A photo of a [`NewCampaign`].
#[derive(Debug, Clone, PartialEq)]
pub struct NewPhoto {
    /// The image's name in `games.csv`.
    pub name: String,
    /// SHA-256 of size and pixels, in hex: the same photo has the same one in every campaign.
    pub sha256: String,
    /// What it shows.
    pub true_class: String,
    /// Whether it is a control photo.
    pub control: bool,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The photo as PNG.
    pub png: Vec<u8>,
    /// Its maps; of a control photo, the one to play.
    pub maps: Vec<NewMap>,
}

/// A cluster map of a [`NewPhoto`].
#[derive(Debug, Clone, PartialEq)]
pub struct NewMap {
    /// Number of the layer, from 1.
    pub layer: u32,
    /// Place of the cluster in its layer, from 0.
    pub cluster: u32,
    /// Percent of the layer's weight.
    pub weight_percent: f64,
    /// Rows of the map.
    pub rows: usize,
    /// Columns of the map.
    pub columns: usize,
    /// The map, row by row.
    pub values: Vec<f32>,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The campaign.
    pub campaign: CampaignId,
    /// Photos added.
    pub photos: usize,
    /// Of those, control photos.
    pub controls: usize,
    /// Maps added, without those of control photos.
    pub maps: usize,
    /// Names of photos that the campaign had already: they were left as they are.
    pub known: Vec<String>,
}

/// How far a map is.
#[derive(Debug, Clone, PartialEq)]
pub struct MapProgress {
    /// Name of the photo.
    pub image: String,
    /// What it shows.
    pub true_class: String,
    /// Number of the layer.
    pub layer: u32,
    /// Place of the cluster in its layer.
    pub cluster: u32,
    /// Percent of the layer's weight.
    pub weight_percent: f64,
    /// Whether its photo is a control photo.
    pub control: bool,
    /// Games finished.
    pub games: u64,
    /// Of those, won.
    pub wins: u64,
    /// Labels given.
    pub labels: u64,
    /// Games finished or reserved now.
    pub load: u64,
}
