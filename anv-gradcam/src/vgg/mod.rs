//! VGG networks without batch normalisation, recognised from the names and shapes of their tensors.

mod config;
mod head;
mod layout;
mod load;

pub use config::{VggConfig, VggHead};
pub(crate) use load::{load_bytes, load_file};
