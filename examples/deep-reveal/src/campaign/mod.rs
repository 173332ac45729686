//! Campaigns from saved folders, and the games out again.
