//! Campaigns in.

use std::collections::BTreeSet;

use super::open::Writing;
use super::round::to_le;
use super::row::{Columns, from_json, to_json};
use super::{CampaignId, Imported, MapId, NewCampaign, NewMap, NewPhoto, PhotoId, Store};
use crate::{Error, Result};

/// Characters of a campaign's name.
const LONGEST_NAME: usize = 100;

/// The campaign that photos are put into.
struct Target {
    id: CampaignId,
    open: bool,
}

impl Store {
    /// Adds a campaign, or photos to the campaign of that name; all or nothing. A photo that the campaign has already
    /// is left as it is. A campaign that was there keeps its easing and whether it is open: asked for easing, for a closed
    /// campaign or for control photos that it has otherwise, it refuses.
    ///
    /// # Errors
    /// [`Error::Campaign`] says what is wrong with classes, photos or maps, or why they do not fit to the campaign of
    /// that name.
    pub async fn import(&self, campaign: &NewCampaign, now: i64) -> Result<Imported> {
        check(campaign).map_err(|reason| refused(campaign, reason))?;
        let mut tries = 0;
        loop {
            match self.try_import(campaign, now).await {
                Err(error) if self.again(&error, &mut tries).await => {}
                result => return result,
            }
        }
    }

    async fn try_import(&self, campaign: &NewCampaign, now: i64) -> Result<Imported> {
        // Two imports at once would not see each other's photos.
        let (_turn, mut writing) = self.take_turn().await?;
        let target = self.target(&mut writing, campaign, now).await?;
        let mut imported =
            Imported { campaign: target.id.clone(), photos: 0, controls: 0, maps: 0, known: Vec::new() };
        for photo in &campaign.photos {
            if self.is_known(&mut writing, &target, campaign, photo).await? {
                imported.known.push(photo.name.clone());
                continue;
            }
            self.add_photo(&mut writing, &target, photo).await?;
            imported.photos += 1;
            imported.controls += usize::from(photo.control);
            imported.maps += if photo.control { 0 } else { photo.maps.len() };
        }
        sqlx::query(
            "UPDATE campaign SET mean_weight = COALESCE((SELECT AVG(weight_percent) FROM map \
             WHERE campaign = $1 AND control = 0), 0) WHERE id = $1",
        )
        .bind(target.id.as_str())
        .execute(writing.connection())
        .await
        .map_err(self.failed("weigh a campaign"))?;
        writing.commit().await?;
        Ok(imported)
    }

    async fn target(&self, writing: &mut Writing<'_>, campaign: &NewCampaign, now: i64) -> Result<Target> {
        let failed = self.failed("import a campaign");
        let row = sqlx::query("SELECT id, open, easing, classes FROM campaign WHERE name = $1")
            .bind(&*campaign.name)
            .fetch_optional(writing.connection())
            .await
            .map_err(&failed)?;
        if let Some(row) = row {
            let classes: Vec<String> = from_json("list of classes", &row.text("classes")?)?;
            if classes != campaign.classes {
                let reason = "its classes are not those of the campaign of that name: expected another name";
                return Err(refused(campaign, reason.into()));
            }
            if campaign.easing && !row.flag("easing")? {
                let reason = "the campaign of that name is there, without easing: expected no --easing, or another name";
                return Err(refused(campaign, reason.into()));
            }
            if !campaign.open && row.flag("open")? {
                let reason = "the campaign of that name is there and open: expected it to be closed first (`admin close`), or no --closed";
                return Err(refused(campaign, reason.into()));
            }
            return Ok(Target { id: row.text("id")?.into(), open: row.flag("open")? });
        }
        let id = CampaignId::random();
        sqlx::query(
            "INSERT INTO campaign (id, name, open, easing, classes, mean_weight, created) \
             VALUES ($1, $2, $3, $4, $5, 0, $6)",
        )
        .bind(id.as_str())
        .bind(&*campaign.name)
        .bind(i64::from(campaign.open))
        .bind(i64::from(campaign.easing))
        .bind(to_json("list of classes", &campaign.classes)?)
        .bind(now)
        .execute(writing.connection())
        .await
        .map_err(&failed)?;
        Ok(Target { id, open: campaign.open })
    }

    async fn is_known(
        &self,
        writing: &mut Writing<'_>,
        target: &Target,
        campaign: &NewCampaign,
        photo: &NewPhoto,
    ) -> Result<bool> {
        let rows = sqlx::query(
            "SELECT name, sha256, control FROM photo WHERE campaign = $1 AND (sha256 = $2 OR name = $3)",
        )
        .bind(target.id.as_str())
        .bind(&*photo.sha256)
        .bind(&*photo.name)
        .fetch_all(writing.connection())
        .await
        .map_err(self.failed("look for a photo"))?;
        for row in &rows {
            if row.text("sha256")? == photo.sha256 {
                if photo.control && !row.flag("control")? {
                    let reason = format!(
                        "`{}` is there already and is no control photo: expected no --control for it, or another campaign",
                        photo.name
                    );
                    return Err(refused(campaign, reason));
                }
                return Ok(true);
            }
        }
        match rows.is_empty() {
            true => Ok(false),
            false => {
                let reason =
                    format!("two different photos are called `{}`: expected other names", photo.name);
                Err(refused(campaign, reason))
            }
        }
    }

    async fn add_photo(&self, writing: &mut Writing<'_>, target: &Target, photo: &NewPhoto) -> Result<()> {
        let failed = self.failed("store a photo");
        let id = PhotoId::random();
        sqlx::query(
            "INSERT INTO photo (id, campaign, name, sha256, true_class, control) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id.as_str())
        .bind(target.id.as_str())
        .bind(&*photo.name)
        .bind(&*photo.sha256)
        .bind(&*photo.true_class)
        .bind(i64::from(photo.control))
        .execute(writing.connection())
        .await
        .map_err(&failed)?;
        sqlx::query("INSERT INTO picture (photo, png) VALUES ($1, $2)")
            .bind(id.as_str())
            .bind(&*photo.png)
            .execute(writing.connection())
            .await
            .map_err(&failed)?;
        for map in &photo.maps {
            self.add_map(writing, target, photo, &id, map).await?;
        }
        Ok(())
    }

    async fn add_map(
        &self,
        writing: &mut Writing<'_>,
        target: &Target,
        photo: &NewPhoto,
        photo_id: &PhotoId,
        map: &NewMap,
    ) -> Result<()> {
        let failed = self.failed("store a map");
        let id = MapId::random();
        sqlx::query(
            "INSERT INTO map (id, photo, campaign, sha256, control, open, layer, cluster, weight_percent, tie) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(id.as_str())
        .bind(photo_id.as_str())
        .bind(target.id.as_str())
        .bind(&*photo.sha256)
        .bind(i64::from(photo.control))
        .bind(i64::from(target.open))
        .bind(i64::from(map.layer))
        .bind(i64::from(map.cluster))
        .bind(map.weight_percent)
        .bind(rand::random::<f64>())
        .execute(writing.connection())
        .await
        .map_err(&failed)?;
        sqlx::query("INSERT INTO cells (map, n_rows, n_columns, f32_le) VALUES ($1, $2, $3, $4)")
            .bind(id.as_str())
            .bind(map.rows as i64)
            .bind(map.columns as i64)
            .bind(to_le(&map.values))
            .execute(writing.connection())
            .await
            .map_err(&failed)?;
        Ok(())
    }
}

fn refused(campaign: &NewCampaign, reason: String) -> Error {
    Error::Campaign { name: campaign.name.clone(), reason }
}

/// What must be so before anything is stored.
fn check(campaign: &NewCampaign) -> Result<(), String> {
    if campaign.name.trim().is_empty() || campaign.name.chars().any(char::is_control) {
        return Err("it has no name: expected some characters".into());
    }
    if campaign.name.chars().count() > LONGEST_NAME || campaign.name.chars().any(crate::text::turns_text) {
        return Err(format!(
            "its name is too long or turns the direction of text: expected at most {LONGEST_NAME} visible characters"
        ));
    }
    let classes: BTreeSet<&str> = campaign.classes.iter().map(String::as_str).collect();
    if classes.len() < 2 || classes.len() != campaign.classes.len() {
        let (found, different) = (campaign.classes.len(), classes.len());
        return Err(format!(
            "it has {found} classes, {different} different ones: expected at least two, each once"
        ));
    }
    if campaign.photos.is_empty() {
        return Err("it has no photos: expected at least one".into());
    }
    let mut names = BTreeSet::new();
    for photo in &campaign.photos {
        let name = &photo.name;
        if !names.insert(name.as_str()) {
            return Err(format!("two photos are called `{name}`: expected other names"));
        }
        if !classes.contains(photo.true_class.as_str()) {
            let class = &photo.true_class;
            return Err(format!("`{name}` shows a `{class}`: expected one of the {} classes", classes.len()));
        }
        if photo.maps.is_empty() {
            return Err(format!("`{name}` has no cluster map: expected at least one"));
        }
        if photo
            .maps
            .iter()
            .any(|m| m.values.is_empty() || m.rows.checked_mul(m.columns) != Some(m.values.len()))
        {
            return Err(format!("a map of `{name}` has another number of cells than rows and columns say"));
        }
    }
    Ok(())
}
