//! `overlap(mask, mask)`.

use std::sync::Arc;

use datafusion::arrow::array::{AsArray, Float64Array};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::exec_err;
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

/// Intersection over union of two masks.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Overlap {
    signature: Signature,
}

impl Default for Overlap {
    fn default() -> Self {
        let masks = vec![DataType::Binary, DataType::Binary];
        Self { signature: Signature::exact(masks, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Overlap {
    fn name(&self) -> &str {
        "overlap"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [left, right] = arrays.as_slice() else { return exec_err!("overlap takes two masks") };
        let pairs = left.as_binary::<i32>().iter().zip(right.as_binary::<i32>());
        let overlaps: Float64Array = pairs.map(|(a, b)| overlap(a?, b?)).collect();
        Ok(ColumnarValue::Array(Arc::new(overlaps)))
    }
}

/// `None` for masks of other sizes, and where neither has a cell.
fn overlap(a: &[u8], b: &[u8]) -> Option<f64> {
    let count = |both: fn(u64, u64) -> u64| -> u32 {
        words(a).zip(words(b)).map(|(a, b)| both(a, b).count_ones()).sum()
    };
    let (common, either) = (count(|a, b| a & b), count(|a, b| a | b));
    (a.len() == b.len() && either > 0).then(|| f64::from(common) / f64::from(either))
}

/// Eight bytes at a time; what lacks at the end is zero.
fn words(bytes: &[u8]) -> impl Iterator<Item = u64> + '_ {
    let (whole, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    whole.iter().map(|w| u64::from_le_bytes(*w)).chain([u64::from_le_bytes(last)])
}

#[cfg(test)]
mod tests {
    use super::overlap;

    #[test]
    fn common_cells_over_all_cells() {
        assert_eq!(overlap(&[0b1100], &[0b0110]), Some(1.0 / 3.0));
        assert_eq!(overlap(&[0b1100], &[0b0011]), Some(0.0));
        let long: Vec<u8> = (0..100).collect();
        assert_eq!(overlap(&long, &long), Some(1.0));
        let mut other = long.clone();
        other[99] = 0;
        let set: u32 = long.iter().map(|b| b.count_ones()).sum();
        assert_eq!(overlap(&long, &other), Some(f64::from(set - 99_u8.count_ones()) / f64::from(set)));
        assert_eq!(overlap(&[1], &[1, 0]), None);
        assert_eq!(overlap(&[0], &[0]), None);
    }
}
