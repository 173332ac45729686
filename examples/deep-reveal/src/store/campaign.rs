//! Campaigns: photos and their cluster maps.

use sqlx::any::AnyRow;

use super::row::Columns;
use super::{CampaignId, MapId, Store};
use crate::{Error, Result};

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
    /// Which map.
    pub id: MapId,
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

impl Store {
    /// All campaigns, oldest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn campaigns(&self) -> Result<Vec<CampaignRow>> {
        let rows = sqlx::query(
            "SELECT id, name, open, easing, created, \
             (SELECT COUNT(*) FROM photo WHERE campaign = campaign.id AND control = 0) AS photos, \
             (SELECT COUNT(*) FROM photo WHERE campaign = campaign.id AND control = 1) AS controls, \
             (SELECT COUNT(*) FROM map WHERE campaign = campaign.id AND control = 0) AS maps, \
             (SELECT COUNT(*) FROM round WHERE campaign = campaign.id AND control = 0 AND finished IS NOT NULL) \
             AS games, \
             (SELECT COALESCE(MIN(load), 0) FROM map WHERE campaign = campaign.id AND control = 0) AS least, \
             (SELECT COALESCE(MAX(load), 0) FROM map WHERE campaign = campaign.id AND control = 0) AS most \
             FROM campaign ORDER BY created, name",
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("read the campaigns"))?;
        let campaign = |row: &AnyRow| {
            Ok(CampaignRow {
                id: row.text("id")?.into(),
                name: row.text("name")?,
                open: row.flag("open")?,
                easing: row.flag("easing")?,
                created: row.time("created")?,
                photos: row.count("photos")?,
                controls: row.count("controls")?,
                maps: row.count("maps")?,
                games: row.count("games")?,
                load: (row.count("least")?, row.count("most")?),
            })
        };
        rows.iter().map(campaign).collect()
    }

    /// Opens or closes a campaign; rounds begun are finished all the same.
    ///
    /// # Errors
    /// [`Error::NoCampaign`] when there is no such campaign.
    pub async fn set_open(&self, campaign: &CampaignId, open: bool) -> Result<()> {
        // Nobody is given a round of a campaign that is half closed.
        let (_turn, mut writing) = self.take_turn().await?;
        let mut changed = 0;
        for sql in
            ["UPDATE map SET open = $2 WHERE campaign = $1", "UPDATE campaign SET open = $2 WHERE id = $1"]
        {
            let query = sqlx::query(sql).bind(campaign.as_str()).bind(i64::from(open));
            let result = query.execute(writing.connection()).await;
            changed = result.map_err(self.failed("open or close a campaign"))?.rows_affected();
        }
        writing.commit().await?;
        match changed {
            0 => Err(Error::NoCampaign { found: campaign.to_string() }),
            _ => Ok(()),
        }
    }

    /// How far each map of a campaign is, by photo, layer and cluster.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn progress(&self, campaign: &CampaignId) -> Result<Vec<MapProgress>> {
        let rows = sqlx::query(
            "SELECT map.id, photo.name, photo.true_class, map.layer, map.cluster, map.weight_percent, map.control, map.load, \
             COUNT(round.id) AS games, \
             CAST(COALESCE(SUM(CASE WHEN round.ending = 'won' THEN 1 ELSE 0 END), 0) AS BIGINT) AS wins, \
             CAST(COALESCE(SUM(round.n_labels), 0) AS BIGINT) AS labels \
             FROM map JOIN photo ON photo.id = map.photo \
             LEFT JOIN round ON round.map = map.id AND round.finished IS NOT NULL WHERE map.campaign = $1 \
             GROUP BY map.id, photo.name, photo.true_class, map.layer, map.cluster, map.weight_percent, \
             map.control, map.load ORDER BY photo.name, map.layer, map.cluster",
        )
        .bind(campaign.as_str())
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("read the progress"))?;
        let progress = |row: &AnyRow| {
            Ok(MapProgress {
                id: row.text("id")?.into(),
                image: row.text("name")?,
                true_class: row.text("true_class")?,
                layer: row.small("layer")?,
                cluster: row.small("cluster")?,
                weight_percent: row.float("weight_percent")?,
                control: row.flag("control")?,
                games: row.count("games")?,
                wins: row.count("wins")?,
                labels: row.count("labels")?,
                load: row.count("load")?,
            })
        };
        rows.iter().map(progress).collect()
    }
}
