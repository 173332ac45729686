//! `mask(map, percent)`.

use std::sync::Arc;

use datafusion::arrow::array::{AsArray, BinaryBuilder};
use datafusion::arrow::datatypes::{DataType, Float32Type, Float64Type};
use datafusion::common::{exec_err, plan_err};
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use crate::maps::map_type;

/// Cells at or above numpy's linear percentile at 100 - percent, as in the reveal masks of the game.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Mask {
    signature: Signature,
}

impl Default for Mask {
    fn default() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Mask {
    fn name(&self) -> &str {
        "mask"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, kinds: &[DataType]) -> Result<Vec<DataType>> {
        use DataType::{FixedSizeList, Float64, LargeList, List};
        match kinds {
            [List(item) | LargeList(item) | FixedSizeList(item, _), percent]
                if item.data_type().is_numeric() && percent.is_numeric() =>
            {
                Ok(vec![map_type(), Float64])
            }
            _ => plan_err!("mask takes a map and a percentage, as in mask(map, 20)"),
        }
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Binary)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [maps, percents] = arrays.as_slice() else { return exec_err!("mask takes two values") };
        let (maps, percents) = (maps.as_list::<i32>(), percents.as_primitive::<Float64Type>());
        let mut masks = BinaryBuilder::new();
        for (map, percent) in maps.iter().zip(percents) {
            match (map, percent) {
                (Some(map), Some(percent)) if (0.0..=100.0).contains(&percent) => {
                    masks.append_value(mask(map.as_primitive::<Float32Type>().values(), percent));
                }
                (_, Some(percent)) if !(0.0..=100.0).contains(&percent) => {
                    return exec_err!("mask: {percent} is no percentage from 0 to 100");
                }
                _ => masks.append_null(),
            }
        }
        Ok(ColumnarValue::Array(Arc::new(masks.finish())))
    }
}

/// A bit a cell, lowest bit first.
fn mask(map: &[f32], percent: f64) -> Vec<u8> {
    let percentile = percentile(map, 100.0 - percent);
    let byte = |cells: &[f32]| {
        cells.iter().enumerate().fold(0, |byte, (bit, &v)| byte | u8::from(f64::from(v) >= percentile) << bit)
    };
    map.chunks(8).map(byte).collect()
}

/// numpy's linear percentile; an empty map has none that a value could reach.
fn percentile(map: &[f32], percent: f64) -> f64 {
    let Some(last) = map.len().checked_sub(1) else { return f64::INFINITY };
    let place = percent / 100.0 * last as f64;
    let below = (place.floor() as usize).min(last);
    let mut values = map.to_vec();
    let (_, &mut low, above) = values.select_nth_unstable_by(below, f32::total_cmp);
    let low = f64::from(low);
    let high = above.iter().copied().min_by(f32::total_cmp).map_or(low, f64::from);
    low + (high - low) * (place - below as f64)
}

#[cfg(test)]
mod tests {
    use super::{mask, percentile};

    #[test]
    fn percentiles_are_those_of_numpy() {
        // numpy.percentile([4, 1, 3, 2], q)
        for (percent, expected) in [(0.0, 1.0), (50.0, 2.5), (80.0, 3.4), (100.0, 4.0)] {
            let found = percentile(&[4.0, 1.0, 3.0, 2.0], percent);
            assert!((found - expected).abs() < 1e-12, "{percent}: {found}");
        }
    }

    #[test]
    fn the_strongest_cells_are_set() {
        let map: Vec<f32> = (0..10).map(|n| n as f32).collect();
        // The percentile at 80 is 7.2.
        assert_eq!(mask(&map, 20.0), [0, 0b11]);
        assert_eq!(mask(&map, 0.0), [0, 0b10]);
        assert_eq!(mask(&map, 100.0), [0xff, 0b11]);
        // All of a constant map reaches the percentile.
        assert_eq!(mask(&[1.0; 4], 5.0), [0b1111]);
        assert!(mask(&[], 20.0).is_empty());
    }
}
