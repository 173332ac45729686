//! Large buffers.

/// `count` zeros.
///
/// Fresh memory is handed out by the kernel page by page at the first touch: at 4 KiB a page a fifth of a forward pass
/// of VGG-16 went there. Where Linux has larger pages for those who ask (`madvise` in `transparent_hugepage/enabled`),
/// buffers that fill several of them ask.
pub(crate) fn zeros<T: Copy + Default>(count: usize) -> Vec<T> {
    let mut values = vec![T::default(); count];
    ask_for_large_pages(&mut values);
    values
}

/// Nothing yet, with room for `count` values.
pub(crate) fn room<T>(count: usize) -> Vec<T> {
    let mut values = Vec::with_capacity(count);
    ask_for_large_pages(values.spare_capacity_mut());
    values
}

/// `count` values that `fill` writes through the pointer; writing zeros first would cost as much as reading them later.
///
/// # Safety
/// `fill` must write every value.
pub(crate) unsafe fn filled(count: usize, fill: impl FnOnce(super::Shared)) -> Vec<f32> {
    let mut values = room(count);
    fill(super::Shared(values.spare_capacity_mut().as_mut_ptr().cast()));
    // SAFETY: the caller's `fill` wrote them all.
    unsafe { values.set_len(count) };
    values
}

/// Size and alignment of a large page on x86-64, and of one kind on aarch64.
#[cfg(target_os = "linux")]
const LARGE_PAGE: usize = 1 << 21;

#[cfg(target_os = "linux")]
fn ask_for_large_pages<T>(values: &mut [T]) {
    let range = values.as_mut_ptr_range();
    let (start, end) = (range.start as usize, range.end as usize);
    let (first, last) = (start.next_multiple_of(LARGE_PAGE), end / LARGE_PAGE * LARGE_PAGE);
    if first < last {
        // SAFETY: the range lies within the buffer; the advice changes how it is backed by memory and not what it holds.
        // A system that cannot follow it says so, which changes nothing.
        unsafe {
            libc::madvise(
                range.start.cast::<u8>().add(first - start).cast(),
                last - first,
                libc::MADV_HUGEPAGE,
            );
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn ask_for_large_pages<T>(_: &mut [T]) {}
