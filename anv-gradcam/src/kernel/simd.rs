//! Which vector instructions the processor has, and functions compiled once for each set.

use std::sync::OnceLock;

/// A set of vector instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// What every processor of the architecture has (SSE2, NEON, …).
    Baseline,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Level {
    /// The best set here; asked of the processor once.
    pub fn detect() -> Self {
        static LEVEL: OnceLock<Level> = OnceLock::new();
        *LEVEL.get_or_init(|| {
            #[cfg(target_arch = "x86_64")]
            {
                if std::arch::is_x86_feature_detected!("avx512f")
                    && std::arch::is_x86_feature_detected!("avx512vl")
                    && std::arch::is_x86_feature_detected!("avx512dq")
                {
                    return Self::Avx512;
                }
                if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
                    return Self::Avx2;
                }
            }
            Self::Baseline
        })
    }
}

/// Declares `unsafe fn $name(level, …)` that runs `$body::<L, …>(…)`, an `#[inline(always)]` function, compiled for each
/// level with that level's [`Lanes`](super::lanes::Lanes) `L`, and for each value of its constants if it has any.
macro_rules! vectorised {
    (
        $(#[$doc:meta])*
        unsafe fn $name:ident $(<$(const $size:ident),+>)? ($($arg:ident: $type:ty),* $(,)?) = $body:ident
    ) => {
        $(#[$doc])*
        pub(super) unsafe fn $name $(<$(const $size: usize),+>)? (
            level: $crate::kernel::simd::Level,
            $($arg: $type),*
        ) {
            use $crate::kernel::lanes;
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            unsafe fn avx2 $(<$(const $size: usize),+>)? ($($arg: $type),*) {
                unsafe { $body::<lanes::Avx2 $($(, $size)+)?>($($arg),*) }
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx2,fma")]
            unsafe fn avx512 $(<$(const $size: usize),+>)? ($($arg: $type),*) {
                unsafe { $body::<lanes::Avx512 $($(, $size)+)?>($($arg),*) }
            }
            // SAFETY: `Level::detect` gives a level only on processors that have the instructions.
            unsafe {
                match level {
                    #[cfg(target_arch = "x86_64")]
                    $crate::kernel::simd::Level::Avx512 => avx512 $(::<$($size),+>)? ($($arg),*),
                    #[cfg(target_arch = "x86_64")]
                    $crate::kernel::simd::Level::Avx2 => avx2 $(::<$($size),+>)? ($($arg),*),
                    $crate::kernel::simd::Level::Baseline => {
                        $body::<lanes::Portable $($(, $size)+)?>($($arg),*)
                    }
                }
            }
        }
    };
}

pub(crate) use vectorised;
