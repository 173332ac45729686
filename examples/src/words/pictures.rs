//! Pictures of the clusters that a global explanation names as examples.

use std::collections::{BTreeMap, BTreeSet};

use anv_core::{Draft, GameCounts, GlobalExample, GlobalExplanation, LabeledCluster, MergedCluster};
use anv_mask::ExamplePicture;

use super::Folder;
use crate::CommandError;

/// Layer and members of a cluster.
type Place = (usize, Vec<usize>);

/// Pictures by image and cluster, as large as they are drawn.
#[derive(Debug, Default)]
pub struct Pictures(BTreeMap<String, BTreeMap<Place, ExamplePicture>>);

impl Pictures {
    /// Takes the pictures of all examples from folders, one folder in memory at a time.
    ///
    /// # Errors
    /// When a folder cannot be read, or a cluster cannot be drawn.
    pub fn read(folders: &[Folder], explanations: &[GlobalExplanation]) -> Result<Self, CommandError> {
        let features = explanations.iter().flat_map(|e| &e.groups).flat_map(|g| &g.features);
        let mut wanted: BTreeMap<&str, BTreeSet<Place>> = BTreeMap::new();
        for example in features.flat_map(|f| &f.examples) {
            wanted.entry(&example.image).or_default().insert(place(example));
        }
        let mut pictures = Self::default();
        for folder in folders {
            let Some(places) = wanted.remove(&*folder.image) else { continue };
            let draft = Draft::read(&folder.path)?;
            let found = pictures.0.entry(folder.image.clone()).or_default();
            for place in places {
                if let Some(picture) = picture(&draft, &place)? {
                    found.insert(place, picture);
                }
            }
        }
        Ok(pictures)
    }

    /// The picture of an example; `None` where no folder has it.
    pub fn get(&self, example: &GlobalExample) -> Option<ExamplePicture> {
        self.0.get(&example.image)?.get(&place(example)).cloned()
    }
}

fn place(example: &GlobalExample) -> Place {
    (example.layer, example.members.clone())
}

fn picture(draft: &Draft, (number, members): &Place) -> Result<Option<ExamplePicture>, CommandError> {
    let Some(layer) = draft.layers.iter().find(|l| l.layer.number == *number) else { return Ok(None) };
    let member = |&cluster: &usize| {
        let found = layer.clusters.get(cluster)?;
        Some(LabeledCluster {
            cluster,
            weight_percent: found.weight_percent,
            labels: Vec::new(),
            counts: GameCounts::default(),
            map: Some(found.map.clone()),
        })
    };
    let Some(members) = members.iter().map(member).collect::<Option<Vec<_>>>() else { return Ok(None) };
    let Some(map) = MergedCluster::new(members)?.map else { return Ok(None) };
    Ok(Some(ExamplePicture::new(&draft.photo, map.view())?))
}
