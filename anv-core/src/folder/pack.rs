//! A draft as one piece of bytes, for stores of many.

use std::path::Path;

use image::RgbImage;
use safetensors::SafeTensors;
use safetensors::tensor::Dtype;

use super::atomic::io;
use super::read::{damaged, draft, parse_json};
use super::write::{maps, serialize};
use super::{JSON, json};
use crate::{Draft, Result};

impl Draft {
    /// Everything but the photo as one safetensors file: the maps under the names that they have in the saved folder
    /// (`layer13.cluster0`), all else as the text `anv.json` in a tensor of bytes.
    ///
    /// Several drafts make one file when a prefix is put before their names.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) when the draft holds a number that is not finite.
    pub fn to_safetensors(&self) -> Result<Vec<u8>> {
        let encoded = |e: std::io::Error| io("encode", Path::new(JSON))(e);
        let file = json::File::new(self, String::new(), String::new());
        let mut text = serde_json::to_vec(&file).map_err(|e| encoded(e.into()))?;
        // Tensors of another type that follow stay aligned; JSON may end with spaces.
        text.resize(text.len().next_multiple_of(8), b' ');
        let mut tensors = maps(self);
        tensors.push((JSON.to_owned(), Dtype::U8, vec![text.len()], text));
        serialize(tensors).map_err(|e| encoded(std::io::Error::other(e)))
    }

    /// The draft that [`Draft::to_safetensors`] wrote, with its photo; `name` is only used in errors.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) and [`Error::Format`](crate::Error::Format) as [`Draft::read`], also
    /// for a photo of another size.
    pub fn from_safetensors(bytes: &[u8], photo: RgbImage, name: &str) -> Result<Self> {
        let path = Path::new(name);
        let fail = |reason: String| damaged(path, reason);
        let tensors = SafeTensors::deserialize(bytes).map_err(|e| fail(e.to_string()))?;
        let text = tensors.tensor(JSON).map_err(|e| fail(format!("{JSON}: {e}")))?;
        let file = parse_json(path, text.data())?;
        let size = (file.image.width, file.image.height);
        if size != photo.dimensions() {
            return Err(fail(format!(
                "it is about a photo of {size:?} pixels: given is {:?}",
                photo.dimensions()
            )));
        }
        draft(file, photo, &tensors, path, path)
    }
}
