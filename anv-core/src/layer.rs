//! Which layer is meant, and which layers are wanted.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::{Error, Result};

/// The highest number that a layer may have in a table or a saved folder: far above any network, low enough that a slip
/// in a file cannot ask for more memory than there is.
pub const MOST_LAYERS: usize = 10_000;

/// A convolution of the explained network: its place, its name and the shape of its output.
///
/// Layers count from 1 as in the thesis; VGG-16 has the layers 1 (`conv1_1`) to 13 (`conv5_3`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LayerInfo {
    /// Place among the convolutions, from 1.
    pub number: usize,
    /// Name, for example `conv5_3`.
    pub name: String,
    /// Number of feature maps.
    pub channels: usize,
    /// Height and width of a feature map, in cells.
    pub size: (usize, usize),
}

/// The layers that an explanation covers: all of them, or a range counted from 1.
///
/// ```
/// use anv_core::LayerSelection;
/// let last_nine: LayerSelection = "5-13".parse()?;
/// assert_eq!(last_nine.resolve(13)?, 5..=13);
/// assert!(last_nine.resolve(8).is_err());
/// # Ok::<(), anv_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum LayerSelection {
    /// Every convolution.
    #[default]
    All,
    /// First to last, both included, counted from 1.
    Range(RangeInclusive<usize>),
}

impl LayerSelection {
    /// The numbers meant in a network of `count` layers.
    ///
    /// # Errors
    /// [`Error::LayerRange`] when the range is empty, starts at 0 or ends beyond `count`.
    pub fn resolve(&self, count: usize) -> Result<RangeInclusive<usize>> {
        match self {
            Self::All => Ok(1..=count),
            Self::Range(range) => {
                let (first, last) = (*range.start(), *range.end());
                if first == 0 || first > last || last > count {
                    return Err(Error::LayerRange { first, last, count });
                }
                Ok(range.clone())
            }
        }
    }
}

impl fmt::Display for LayerSelection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Range(r) => write!(f, "{}-{}", r.start(), r.end()),
        }
    }
}

/// Reads `all`, `7` or `5-13`; a range that falls or layer 0 is refused here, before any network is asked.
impl FromStr for LayerSelection {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || Error::LayerSyntax { found: text.to_owned() };
        let number = |part: &str| part.trim().parse::<usize>().map_err(|_| wrong());
        if text.trim() == "all" {
            return Ok(Self::All);
        }
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        match (number(first)?, number(last)?) {
            (first, last) if 1 <= first && first <= last => Ok(Self::Range(first..=last)),
            _ => Err(wrong()),
        }
    }
}
