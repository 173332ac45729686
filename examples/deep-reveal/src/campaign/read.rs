//! Saved folders become a campaign.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use anv_core::image::imageops::{FilterType, resize};
use anv_core::image::{ImageFormat, RgbImage};
use anv_core::{ClusterMap, Draft};
use sha2::{Digest, Sha256};

use super::folders::saved_folders;
use crate::store::{NewCampaign, NewMap, NewPhoto};
use crate::{Error, Result};

/// How saved folders become a campaign.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// Name of the campaign.
    pub name: String,
    /// Lighter maps start one hint further.
    pub easing: bool,
    /// Images or folders whose photos are control photos.
    pub controls: Vec<String>,
    /// Classes that options are drawn from; `None` for those of the explained model.
    pub classes: Option<Vec<String>>,
    /// Do not serve the photos yet.
    pub closed: bool,
}

/// The longest side of a photo that is stored: what a phone shows sharply. Larger ones are scaled down.
const LONGEST_SIDE: u32 = 1024;

/// Reads saved folders, or folders of such folders, as `explain` writes them.
///
/// A photo is called after its file, as in `games.csv` of [`anv_labels`]; its true class is the explained one. Control
/// photos have one map: the heaviest cluster of their last layer that has any.
///
/// # Errors
/// [`Error::Core`] when a folder cannot be read, [`Error::NoFolder`] when a folder holds none, [`Error::Campaign`] when
/// the folders explain different models, or a control photo is not among them.
pub fn read_campaign(paths: &[PathBuf], options: &ImportOptions) -> Result<NewCampaign> {
    let refused = |reason: String| Error::Campaign { name: options.name.clone(), reason };
    let mut classes = options.classes.clone();
    let mut controls: Vec<(&str, bool)> =
        options.controls.iter().map(|name| (name.as_str(), false)).collect();
    let mut photos = Vec::new();
    for path in saved_folders(paths)? {
        let draft = Draft::read(&path)?;
        let folder = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let name = if draft.source.is_empty() { folder.clone() } else { draft.source.clone() };
        if options.classes.is_none() {
            match &classes {
                None => classes = Some(draft.model.classes.clone()),
                Some(known) if *known == draft.model.classes => {}
                Some(_) => {
                    let reason = format!(
                        "`{name}` was explained by a model of other classes: expected a list of classes"
                    );
                    return Err(refused(reason));
                }
            }
        }
        let mut control = false;
        for (wanted, found) in &mut controls {
            if *wanted == name || *wanted == folder {
                (control, *found) = (true, true);
            }
        }
        photos.extend(read_photo(&path, name, &draft, control)?);
    }
    if let Some((missing, _)) = controls.iter().find(|(_, found)| !found) {
        let names: Vec<&str> = photos.iter().map(|photo| photo.name.as_str()).collect();
        return Err(refused(format!(
            "there is no control photo `{missing}`: expected one of {}",
            names.join(", ")
        )));
    }
    Ok(NewCampaign {
        name: options.name.clone(),
        easing: options.easing,
        open: !options.closed,
        classes: classes.unwrap_or_default(),
        photos,
    })
}

/// The photo with its maps; `None` when it has no maps to play.
fn read_photo(path: &Path, name: String, draft: &Draft, control: bool) -> Result<Option<NewPhoto>> {
    let maps = maps(draft, control);
    if maps.is_empty() {
        tracing::warn!("{} has no cluster map: it is left out", path.display());
        return Ok(None);
    }
    let mut png = Cursor::new(Vec::new());
    shown(&draft.photo)
        .write_to(&mut png, ImageFormat::Png)
        .map_err(|e| anv_core::Error::Photo { name: name.clone(), reason: e.to_string() })?;
    Ok(Some(NewPhoto {
        name,
        sha256: fingerprint(&draft.photo),
        true_class: draft.class.name.clone(),
        control,
        png: png.into_inner(),
        maps,
    }))
}

fn maps(draft: &Draft, control: bool) -> Vec<NewMap> {
    if control {
        let last = draft.layers.iter().rev().find(|layer| !layer.clusters.is_empty());
        // Clusters are in the order of their weights, heaviest first.
        return last.map(|layer| new_map(layer.layer.number, 0, &layer.clusters[0])).into_iter().collect();
    }
    let layers = draft.layers.iter();
    layers
        .flat_map(|layer| {
            let number = layer.layer.number;
            layer.clusters.iter().enumerate().map(move |(place, cluster)| new_map(number, place, cluster))
        })
        .collect()
}

fn new_map(layer: usize, place: usize, cluster: &ClusterMap) -> NewMap {
    let (rows, columns) = cluster.map.dim();
    NewMap {
        layer: layer as u32,
        cluster: place as u32,
        weight_percent: cluster.weight_percent,
        rows,
        columns,
        values: cluster.map.iter().copied().collect(),
    }
}

/// The photo as players see it.
fn shown(photo: &RgbImage) -> RgbImage {
    let (width, height) = photo.dimensions();
    let longest = width.max(height);
    if longest <= LONGEST_SIDE {
        return photo.clone();
    }
    let side =
        |side: u32| (f64::from(side) * f64::from(LONGEST_SIDE) / f64::from(longest)).round().max(1.0) as u32;
    resize(photo, side(width), side(height), FilterType::CatmullRom)
}

/// What makes two photos the same: size and pixels, not the file they came in.
fn fingerprint(photo: &RgbImage) -> String {
    let mut hash = Sha256::new();
    for side in [photo.width(), photo.height()] {
        hash.update(side.to_le_bytes());
    }
    hash.update(photo.as_raw());
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_photos_are_scaled_down() {
        assert_eq!(shown(&RgbImage::new(2048, 1000)).dimensions(), (1024, 500));
        assert_eq!(shown(&RgbImage::new(3, 4000)).dimensions(), (1, 1024));
        assert_eq!(shown(&RgbImage::new(1024, 7)).dimensions(), (1024, 7));
    }

    #[test]
    fn a_photo_is_the_same_by_size_and_pixels() {
        let (wide, high) = (RgbImage::new(4, 2), RgbImage::new(2, 4));
        assert_eq!(fingerprint(&wide), fingerprint(&RgbImage::new(4, 2)));
        assert_ne!(fingerprint(&wide), fingerprint(&high));
    }
}
