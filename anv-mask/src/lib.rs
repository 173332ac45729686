//! Reveal masks, overlays and figures of cluster maps.
