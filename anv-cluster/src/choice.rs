//! Which number of clusters is best (thesis 4.2).

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use anv_core::{Clustering, Partition};

use crate::{Error, Result};

/// The numbers of clusters tried by default.
pub(crate) const THESIS_RANGE: RangeInclusive<usize> = 3..=8;

/// The numbers of clusters to try for this many rows; none when even the smallest is not below `rows`.
pub(crate) fn tried(range: &RangeInclusive<usize>, rows: usize) -> Result<RangeInclusive<usize>> {
    if *range.start() < 2 || range.is_empty() {
        let found = format!("{}-{}", range.start(), range.end());
        return Err(Error::parameter("number of clusters", found, "a range that starts at 2 or above"));
    }
    Ok(*range.start()..=(*range.end()).min(rows.saturating_sub(1)))
}

/// Every row for itself, nothing to choose from.
pub(crate) fn one_a_row(rows: usize) -> Result<Clustering> {
    Ok(Clustering { partition: Partition::singletons(rows)?, silhouette: BTreeMap::new() })
}

/// The division of highest mean silhouette; of equal ones the one of fewest clusters.
pub(crate) fn best(candidates: Vec<(usize, Partition, f64)>) -> Option<Clustering> {
    let silhouette = candidates.iter().map(|(k, _, s)| (*k, *s)).collect();
    let best = candidates.into_iter().reduce(|best, next| {
        let better = next.2 > best.2 || (next.2 == best.2 && next.0 < best.0);
        if better { next } else { best }
    });
    best.map(|(_, partition, _)| Clustering { partition, silhouette })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_to_the_fewest_clusters() {
        let of = |k: usize| Partition::from_labels(&(0..9).map(|i| i % k).collect::<Vec<_>>()).unwrap();
        let scored = [(5, 0.4), (4, 0.7), (3, 0.7), (6, 0.1)];
        let best = best(scored.iter().map(|&(k, s)| (k, of(k), s)).collect()).unwrap();
        assert_eq!(best.partition.clusters(), 3);
        assert_eq!(best.silhouette[&5], 0.4);
    }

    #[test]
    fn the_range_is_checked_and_cut() {
        assert_eq!(tried(&THESIS_RANGE, 6).unwrap(), 3..=5);
        assert!(tried(&THESIS_RANGE, 3).unwrap().is_empty());
        for bad in [0..=3, 1..=3, RangeInclusive::new(5, 4)] {
            assert!(matches!(tried(&bad, 10), Err(Error::Parameter { .. })));
        }
    }
}
