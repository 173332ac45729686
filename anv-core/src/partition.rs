//! A division of rows into clusters.

use std::collections::BTreeMap;

use crate::{Error, Result};

/// Every row belongs to exactly one cluster; clusters are numbered by their first row.
///
/// The numbering makes two equal divisions equal values, whatever an algorithm called its clusters:
///
/// ```
/// use anv_core::Partition;
/// let a = Partition::from_labels(&[7, 7, 2])?;
/// assert_eq!(a, Partition::from_labels(&[0, 0, 1])?);
/// assert_eq!(a.clusters(), 2);
/// assert_eq!(a.members(), vec![vec![0, 1], vec![2]]);
/// # Ok::<(), anv_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Partition {
    labels: Vec<usize>,
    clusters: usize,
}

impl Partition {
    /// Renumbers any labels by first appearance.
    ///
    /// # Errors
    /// [`Error::EmptyPartition`] without a row.
    pub fn from_labels(labels: &[usize]) -> Result<Self> {
        if labels.is_empty() {
            return Err(Error::EmptyPartition);
        }
        let mut names = BTreeMap::new();
        let labels = labels
            .iter()
            .map(|label| {
                let next = names.len();
                *names.entry(*label).or_insert(next)
            })
            .collect();
        Ok(Self { labels, clusters: names.len() })
    }

    /// Every row in a cluster of its own.
    ///
    /// # Errors
    /// [`Error::EmptyPartition`] without a row.
    pub fn singletons(rows: usize) -> Result<Self> {
        Self::from_labels(&(0..rows).collect::<Vec<_>>())
    }

    /// The cluster of each row, from 0.
    pub fn labels(&self) -> &[usize] {
        &self.labels
    }

    /// Number of clusters.
    pub fn clusters(&self) -> usize {
        self.clusters
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.labels.len()
    }

    /// The rows of each cluster, ascending.
    pub fn members(&self) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); self.clusters];
        for (row, &label) in self.labels.iter().enumerate() {
            members[label].push(row);
        }
        members
    }
}
