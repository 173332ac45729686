//! What the allocator keeps for itself.

/// Lets all threads allocate from one pool of memory and gives the largest buffers memory of their own; to be called first
/// in `main`.
///
/// The GNU C library has a pool a thread, and what a buffer leaves in one is of no use to the others. A feature map takes
/// megabytes and the next one is needed by whichever thread is free, so in time every pool has held the most that any
/// moment needs, and small things keep what lies below them from being given back. Here hardly anything is allocated while
/// others wait for it. Elsewhere nothing is changed.
pub fn share_memory_pool() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        /// Buffers from this size on are given back at once: the outputs of the first layers. Below it fresh pages for
        /// every buffer cost more time than the memory is worth (from 2 MB on a tenth).
        const OWN: libc::c_int = 8 << 20;
        /// What may lie free at the end of the pool: less is taken back from the system for every photo.
        const SPARE: libc::c_int = 64 << 20;
        for (what, value) in
            [(libc::M_ARENA_MAX, 1), (libc::M_MMAP_THRESHOLD, OWN), (libc::M_TRIM_THRESHOLD, SPARE)]
        {
            // SAFETY: sets one number of the allocator, under its lock; whether it was taken does not matter.
            unsafe {
                libc::mallopt(what, value);
            }
        }
    }
}
