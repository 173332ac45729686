//! What a run says about a network and its photos.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anv_examples::{LAYERS_TITLE, LayerRow, layer_table, printable, say};
use anv_global::{ClusterRow, PhotoRow};
use serde::Serialize;

use super::photos::Remarks;
use super::settings::Settings;

/// Names that stand for many.
const FIRST: usize = 3;

/// Counts over the photos of a run.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// The folder.
    pub run: String,
    /// Photos of the run, done or not.
    pub photos: u64,
    pub explained: u64,
    pub failed: u64,
    pub cluster_maps: u64,
    /// The thesis' Table 4.
    pub layers: Vec<LayerRow>,
    /// `None` where no true class is known.
    pub accuracy: Option<Accuracy>,
    pub slowest: Option<Slowest>,
    /// Most frequent reason first.
    pub failures: Vec<Group>,
    pub duplicates: Duplicates,
    /// Shards that are not complete.
    pub missing: Vec<Missing>,
    /// What the walk or the list met; `None` when only the run was looked at.
    pub remarks: Option<Remarks>,
    /// What this command did.
    pub now: Option<Now>,
    /// The page to open.
    pub page: String,
    #[serde(skip)]
    counting: Counting,
}

/// Predictions against true classes.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Accuracy {
    /// Photos whose true class the network knows.
    pub photos: u64,
    pub right: u64,
    pub percent: f64,
}

/// The photo that took longest.
#[derive(Debug, Clone, Serialize)]
pub struct Slowest {
    pub image: String,
    pub seconds: f64,
    pub width: u64,
    pub height: u64,
}

/// Photos with one fate.
#[derive(Debug, Clone, Serialize)]
pub struct Group {
    pub reason: String,
    pub photos: u64,
    /// The first few names.
    pub first: Vec<String>,
}

/// Explained photos whose content was there before under another name.
#[derive(Debug, Default, Serialize)]
pub struct Duplicates {
    pub photos: u64,
    /// The first few, with the earlier photo.
    pub first: Vec<(String, String)>,
}

/// What a shard lacks.
#[derive(Debug, Serialize)]
pub struct Missing {
    pub shard: u64,
    pub photos: u64,
}

/// The work of one command.
#[derive(Debug, Serialize)]
pub struct Now {
    pub photos: u64,
    pub seconds: f64,
    pub photos_per_minute: f64,
}

/// What is only needed while counting.
#[derive(Debug, Default)]
struct Counting {
    layers: BTreeMap<u64, LayerRow>,
    failures: BTreeMap<String, (u64, Vec<String>)>,
    /// Half of each content's checksum, and the first name.
    contents: HashMap<String, Box<str>>,
    classes: std::collections::BTreeSet<String>,
    accuracy: Accuracy,
}

impl Summary {
    /// Of a run without photos.
    pub fn new(run: &Path, settings: &Settings) -> Self {
        Self {
            run: run.display().to_string(),
            photos: settings.photos.number,
            explained: 0,
            failed: 0,
            cluster_maps: 0,
            layers: Vec::new(),
            accuracy: None,
            slowest: None,
            failures: Vec::new(),
            duplicates: Duplicates::default(),
            missing: Vec::new(),
            remarks: None,
            now: None,
            page: run.join("index.html").display().to_string(),
            counting: Counting {
                classes: settings.model.classes.iter().cloned().collect(),
                ..Counting::default()
            },
        }
    }

    /// Counts a photo.
    pub fn add(&mut self, photo: &PhotoRow, clusters: &[ClusterRow]) {
        if !photo.is_explained() {
            self.failed += 1;
            let reason = photo.reason.clone().unwrap_or_default();
            let (count, first) = self.counting.failures.entry(reason).or_default();
            *count += 1;
            if first.len() < FIRST {
                first.push(photo.image.clone());
            }
            return;
        }
        self.explained += 1;
        self.add_content(photo);
        self.cluster_maps += clusters.len() as u64;
        if let Some(right) = is_right(photo).filter(|_| self.knows(photo)) {
            self.counting.accuracy.photos += 1;
            self.counting.accuracy.right += u64::from(right);
        }
        if self.slowest.as_ref().is_none_or(|s| photo.seconds > s.seconds) {
            self.slowest = Some(Slowest {
                image: photo.image.clone(),
                seconds: photo.seconds,
                width: photo.width.unwrap_or(0),
                height: photo.height.unwrap_or(0),
            });
        }
        clusters.chunk_by(|a, b| a.layer == b.layer).for_each(|layer| self.add_layer(layer));
    }

    fn add_content(&mut self, photo: &PhotoRow) {
        if let Some(sha256) = photo.sha256.as_ref().and_then(|s| s.get(..32)) {
            match self.counting.contents.get(sha256) {
                Some(earlier) => {
                    self.duplicates.photos += 1;
                    if self.duplicates.first.len() < FIRST {
                        self.duplicates.first.push((photo.image.clone(), earlier.to_string()));
                    }
                }
                None => drop(self.counting.contents.insert(sha256.to_owned(), photo.image.as_str().into())),
            }
        }
    }

    fn knows(&self, photo: &PhotoRow) -> bool {
        photo.true_class.as_ref().is_some_and(|c| self.counting.classes.contains(c))
    }

    /// Sums; they become averages in the end.
    fn add_layer(&mut self, clusters: &[ClusterRow]) {
        let Some(first) = clusters.first() else { return };
        let row = self.counting.layers.entry(first.layer).or_insert_with(|| LayerRow {
            layer: first.layer as usize,
            name: first.layer_name.clone(),
            channels: Some(first.maps as usize),
            ..LayerRow::default()
        });
        let add = |sum: &mut Option<f64>, value: u64| *sum = Some(sum.unwrap_or(0.0) + value as f64);
        add(&mut row.maps, clusters.iter().map(|c| c.channels).sum());
        add(&mut row.maps_before, first.kept);
        row.weight_percent += clusters.iter().map(|c| c.weight_percent).sum::<f64>();
        row.clusters += clusters.len() as f64;
        *row.weight_percent_before.get_or_insert(0.0) += first.leftover_percent;
    }

    /// Averages and orders; `missing` says what each shard lacks.
    pub fn finish(&mut self, missing: &[u64]) {
        let counting = std::mem::take(&mut self.counting);
        let images = self.explained as f64;
        self.layers = counting.layers.into_values().collect();
        for row in &mut self.layers {
            // A photo without evidence in a layer counts with nothing there.
            row.images = self.explained;
            row.weight_percent /= images;
            row.clusters /= images;
            for sum in [&mut row.maps, &mut row.maps_before, &mut row.weight_percent_before] {
                *sum = sum.map(|s| s / images);
            }
        }
        let Accuracy { photos, right, .. } = counting.accuracy;
        let percent = 100.0 * right as f64 / photos.max(1) as f64;
        self.accuracy = (photos > 0).then_some(Accuracy { photos, right, percent });
        let group = |(reason, (photos, first))| Group { reason, photos, first };
        self.failures = counting.failures.into_iter().map(group).collect();
        self.failures.sort_by(|a, b| b.photos.cmp(&a.photos).then_with(|| a.reason.cmp(&b.reason)));
        self.missing = (0u64..)
            .zip(missing)
            .filter(|(_, photos)| **photos > 0)
            .map(|(shard, &photos)| Missing { shard, photos })
            .collect();
    }

    /// Prints it all; the last line says what is missing.
    pub fn print(&self, shards: u64) {
        if !self.layers.is_empty() {
            say!("{LAYERS_TITLE}");
            say!("{}", layer_table(&self.layers));
        }
        say!("photos      {} explained, {} cluster maps", self.explained, self.cluster_maps);
        if let Some(a) = &self.accuracy {
            say!("accuracy    {:.2} %: {} of {} whose class is known", a.percent, a.right, a.photos);
        }
        if let Some(s) = &self.slowest {
            let Slowest { image, seconds, width, height } = s;
            say!("slowest     {}, {width} x {height}, {seconds:.2} s", printable(image));
        }
        if let Some((name, earlier)) = self.duplicates.first.first() {
            let (name, earlier, count) = (printable(name), printable(earlier), self.duplicates.photos);
            say!("duplicates  {count} have the content of an earlier one, first {name} ({earlier})");
        }
        if self.failed > 0 {
            say!("failed      {}", self.failed);
            for group in &self.failures {
                let first: Vec<_> = group.first.iter().map(|n| printable(n)).collect();
                let more = if group.photos > first.len() as u64 { ", …" } else { "" };
                say!("            {} {}: {}{more}", group.photos, group.reason, first.join(", "));
            }
            say!("            the same command with --retry-failed tries them again");
        }
        self.print_remarks();
        if let Some(now) = self.now.as_ref().filter(|n| n.photos > 0) {
            let Now { photos, seconds, photos_per_minute } = now;
            say!("this time   {photos} in {seconds:.1} s, {photos_per_minute:.1} a minute");
        }
        say!("open        {}", self.page);
        say!("{}", self.whole(shards));
    }

    fn print_remarks(&self) {
        let Some(remarks) = &self.remarks else { return };
        for (folder, reason) in remarks.unreadable_folders.iter().take(FIRST) {
            say!("unreadable  folder {}: {reason}", printable(folder));
        }
        if remarks.unreadable_folders.len() > FIRST {
            say!("            and {} more folders", remarks.unreadable_folders.len() - FIRST);
        }
        if remarks.names_not_unicode > 0 {
            let count = remarks.names_not_unicode;
            say!("names       {count} are not Unicode: bytes that do not fit are written \\xNN");
        }
        if let Some((class, _)) = remarks.unknown_classes.iter().next() {
            let photos: u64 = remarks.unknown_classes.values().sum();
            say!(
                "classes     {photos} photos show what the network does not know, first {}",
                printable(class)
            );
        }
        if remarks.other_files > 0 {
            say!("other files {}", remarks.other_files);
        }
    }

    /// What is missing, or that nothing is.
    fn whole(&self, shards: u64) -> String {
        let photos: u64 = self.missing.iter().map(|m| m.photos).sum();
        match photos {
            0 => format!("complete: all {} photos", self.photos),
            _ => {
                let list: Vec<_> = self.missing.iter().take(10).map(|m| m.shard.to_string()).collect();
                let more = if self.missing.len() > 10 { ", …" } else { "" };
                let which = match shards {
                    1 => String::new(),
                    _ => format!(" of the shards {}{more} of {shards}", list.join(", ")),
                };
                format!("missing: {photos} of {} photos{which}", self.photos)
            }
        }
    }
}

/// Whether a photo was predicted as what it shows, where that is known.
pub fn is_right(photo: &PhotoRow) -> Option<bool> {
    Some(photo.predicted.as_ref()? == photo.true_class.as_ref()?)
}
