//! The network and the photo that come with the repository, inside the binary: a built command needs no files.

/// Name and content of the packaged network: VGG-16 for 100 classes, see `assets/MODEL_CARD.md`.
pub fn packaged_network() -> (&'static str, &'static [u8]) {
    ("vgg16-caltech100", include_bytes!("../assets/vgg16-caltech100.safetensors"))
}

/// Name and content of the packaged photo: a cup of coffee, see `assets/photos/README.md`.
pub fn packaged_photo() -> (&'static str, &'static [u8]) {
    ("coffee.png", include_bytes!("../assets/photos/coffee.png"))
}
