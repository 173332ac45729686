//! Which layers are taken together.

use std::fmt;
use std::str::FromStr;

use anv_core::MOST_LAYERS;

use crate::{Error, Result};

/// How layers are grouped (thesis 5.2.2: three by three).
///
/// ```
/// use anv_global::LayerGroups;
/// let by_three: LayerGroups = "3".parse()?;
/// assert_eq!(by_three.resolve(5, 13)?, [(5, 7), (8, 10), (11, 13)]);
/// let all: LayerGroups = "all".parse()?;
/// assert_eq!(all.resolve(5, 13)?, [(5, 13)]);
/// let own: LayerGroups = "1-4,13".parse()?;
/// assert_eq!(own.resolve(5, 13)?, [(1, 4), (13, 13)]);
/// # Ok::<(), anv_global::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayerGroups {
    /// So many neighbours each, from the shallowest layer there is; the last group may be smaller.
    Size(usize),
    /// All layers in one group. Weights are left out of figures then.
    All,
    /// First and last layer of each group, both included. Layers outside are not counted.
    Ranges(Vec<(usize, usize)>),
}

impl Default for LayerGroups {
    fn default() -> Self {
        Self::Size(3)
    }
}

impl LayerGroups {
    /// The groups when layers `first` to `last` are there, shallowest first.
    ///
    /// # Errors
    /// [`Error::Groups`] for groups of no layer and for groups that share one.
    pub fn resolve(&self, first: usize, last: usize) -> Result<Vec<(usize, usize)>> {
        let fail = |reason| Err(Error::Groups { found: self.to_string(), reason });
        match self {
            // Each group takes memory; a layer of this number is a slip.
            Self::Size(_) if last > MOST_LAYERS => fail("layers are numbered from 1 to 10000"),
            Self::Size(0) => fail("a group needs at least one layer"),
            Self::Size(size) => {
                Ok((first..=last).step_by(*size).map(|l| (l, l.saturating_add(size - 1).min(last))).collect())
            }
            Self::All => Ok(vec![(first, last)]),
            Self::Ranges(ranges) => {
                let mut ranges = ranges.clone();
                ranges.sort_unstable();
                if ranges.is_empty() || ranges.iter().any(|&(a, b)| a > b || a == 0) {
                    return fail("a group needs a first layer of at least 1 and a last one not before it");
                }
                match ranges.windows(2).any(|w| w[1].0 <= w[0].1) {
                    true => fail("a layer is in two of them"),
                    false => Ok(ranges),
                }
            }
        }
    }
}

impl fmt::Display for LayerGroups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size(size) => write!(f, "{size}"),
            Self::All => f.write_str("all"),
            Self::Ranges(ranges) => {
                let text: Vec<_> = ranges.iter().map(|(a, b)| format!("{a}-{b}")).collect();
                f.write_str(&text.join(","))
            }
        }
    }
}

/// Reads `all`, a size such as `3`, or ranges such as `5-7,8-10,13`.
impl FromStr for LayerGroups {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let fail = || Error::GroupSyntax { found: text.to_owned() };
        let number = |part: &str| part.trim().parse::<usize>().map_err(|_| fail());
        if text.trim() == "all" {
            return Ok(Self::All);
        }
        let groups = match text.contains(['-', ',']) {
            false => Self::Size(number(text)?),
            true => Self::Ranges(
                text.split(',')
                    .map(|part| match part.split_once('-') {
                        Some((a, b)) => Ok((number(a)?, number(b)?)),
                        None => number(part).map(|n| (n, n)),
                    })
                    .collect::<Result<_>>()?,
            ),
        };
        groups.resolve(1, 1).map(|_| groups)
    }
}
