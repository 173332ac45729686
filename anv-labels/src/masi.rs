//! How different two sets of labels are.

/// MASI distance of two sets, 0 (equal) to 1 (nothing in common): `1 − J · M` with the Jaccard index
/// `J = |A ∩ B| / |A ∪ B|` and the monotonicity `M` = 1 for equal sets, 2/3 when one holds the other, 1/3 when they
/// overlap otherwise (Passonneau 2006, *Measuring Agreement on Set-valued Items*).
///
/// `a` and `b` must be sorted and without repetition. Two empty sets are equal.
///
/// ```
/// use anv_labels::masi_distance;
/// // J = 1/2, one holds the other: 1 − 1/2 · 2/3.
/// assert_eq!(masi_distance(&["a", "b"], &["a", "b", "c", "d"]), 1.0 - 1.0 / 3.0);
/// assert_eq!(masi_distance(&["a"], &["b"]), 1.0);
/// ```
pub fn masi_distance<T: Ord>(a: &[T], b: &[T]) -> f64 {
    let (mut i, mut j, mut common) = (0, 0, 0usize);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                common += 1;
                i += 1;
                j += 1;
            }
        }
    }
    let union = a.len() + b.len() - common;
    if common == union {
        return 0.0;
    }
    let thirds = match common {
        0 => return 1.0,
        c if c == a.len() || c == b.len() => 2.0,
        _ => 1.0,
    };
    1.0 - common as f64 * thirds / (union as f64 * 3.0)
}
