//! Campaigns from saved folders, and the games out again.

mod csv;
mod export;
mod folders;
mod json;
mod packaged;
mod parquet;
mod read;
mod table;

pub use export::{Format, export};
pub use packaged::packaged_campaign;
pub use read::{ImportOptions, read_campaign};
