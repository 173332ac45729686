//! Matrix multiplication through the `gemm` crate, behind checked bounds.

/// What is computed in: f32, or f64 where no gate may be left to rounding.
pub(crate) trait Real:
    candle_core::WithDType + Default + PartialOrd + std::ops::AddAssign + From<f32>
{
}

impl Real for f32 {}
impl Real for f64 {}

/// A matrix inside a slice: element (row, column) lies at `row · row_stride + column · column_stride`.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a, T> {
    pub values: &'a [T],
    pub row_stride: usize,
    pub column_stride: usize,
}

impl<'a, T> Matrix<'a, T> {
    /// Rows one after the other, `columns` values each.
    pub fn rows(values: &'a [T], columns: usize) -> Self {
        Self { values, row_stride: columns, column_stride: 1 }
    }

    /// The transposed matrix.
    pub fn t(self) -> Self {
        Self { row_stride: self.column_stride, column_stride: self.row_stride, ..self }
    }

    fn holds(&self, rows: usize, columns: usize) -> bool {
        rows == 0 || columns == 0 || {
            let last = (rows - 1) * self.row_stride + (columns - 1) * self.column_stride;
            last < self.values.len()
        }
    }
}

/// `destination (+)= left (m x k) · right (k x n)` on the calling thread.
///
/// `destination` points at row-major m x n values with `row_stride` between rows; with `add` they are added to.
///
/// # Safety
/// All those values must be valid for writes (and initialised with `add`), and no other thread may touch them.
#[allow(clippy::too_many_arguments)] // Three dimensions, two factors and where the product goes.
pub(crate) unsafe fn matmul<T: Real>(
    (m, n, k): (usize, usize, usize),
    destination: *mut T,
    row_stride: usize,
    add: bool,
    left: Matrix<'_, T>,
    right: Matrix<'_, T>,
) {
    assert!(left.holds(m, k) && right.holds(k, n), "matrix factors are smaller than their dimensions");
    // SAFETY: both factors were just checked to hold every element read; the destination is the caller's.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            destination,
            1,
            row_stride as isize,
            add,
            left.values.as_ptr(),
            left.column_stride as isize,
            left.row_stride as isize,
            right.values.as_ptr(),
            right.column_stride as isize,
            right.row_stride as isize,
            T::from(1.0),
            T::from(1.0),
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}
