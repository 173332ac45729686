//! SQL functions about maps.
//!
//! | function | gives |
//! | --- | --- |
//! | `mask(map, percent)` | where a map is among its strongest `percent`, as a reveal mask of `anv-mask` shows it: a bit a cell |
//! | `overlap(mask, mask)` | intersection over union of two masks: 0 for none in common, 1 for the same; null for other sizes |

mod mask;
mod overlap;

use std::sync::Arc;

use datafusion::logical_expr::ScalarUDF;

/// All of them.
pub fn all() -> Vec<Arc<ScalarUDF>> {
    vec![
        Arc::new(ScalarUDF::new_from_impl(mask::Mask::default())),
        Arc::new(ScalarUDF::new_from_impl(overlap::Overlap::default())),
    ]
}
