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

/// Declares `fn $name::<M, N>(level, …)` that runs `$body::<M, N>(…)`, an `#[inline(always)]` function, compiled for
/// each level so that the compiler vectorises it with that level's instructions.
macro_rules! vectorised {
    ($(#[$doc:meta])* fn $name:ident($($arg:ident: $type:ty),* $(,)?) = $body:ident) => {
        $(#[$doc])*
        pub(super) fn $name<const M: usize, const N: usize>(
            level: $crate::kernel::simd::Level,
            $($arg: $type),*
        ) {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            fn avx2<const M: usize, const N: usize>($($arg: $type),*) {
                $body::<M, N>($($arg),*)
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx2,fma")]
            fn avx512<const M: usize, const N: usize>($($arg: $type),*) {
                $body::<M, N>($($arg),*)
            }
            match level {
                // SAFETY: `Level::detect` gives this level only on processors that have the instructions.
                #[cfg(target_arch = "x86_64")]
                $crate::kernel::simd::Level::Avx512 => unsafe { avx512::<M, N>($($arg),*) },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                $crate::kernel::simd::Level::Avx2 => unsafe { avx2::<M, N>($($arg),*) },
                $crate::kernel::simd::Level::Baseline => $body::<M, N>($($arg),*),
            }
        }
    };
}

pub(crate) use vectorised;
