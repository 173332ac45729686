//! The examples of a global explanation, drawn.

/// A photo under its heatmap.
#[derive(Debug)]
pub(super) struct Overlay {
    pub(super) uri: String,
    /// Width over height.
    pub(super) ratio: f64,
}

/// Overlays by group and feature.
#[derive(Debug)]
pub(super) struct Overlays(Vec<Vec<Vec<Overlay>>>);

impl Overlays {
    pub(super) fn new(by_group: Vec<Vec<Vec<Overlay>>>) -> Self {
        Self(by_group)
    }

    /// Those of one feature, best first; none where there are no pictures.
    pub(super) fn of(&self, group: usize, feature: usize) -> &[Overlay] {
        self.0.get(group).and_then(|g| g.get(feature)).map_or(&[], Vec::as_slice)
    }
}
