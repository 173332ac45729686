//! What comes with the repository: the network loads from its 8 bits, and tells every photo's class.

use std::fs;
use std::path::{Path, PathBuf};

use anv_core::{PhotoLimits, read_photo};
use anv_gradcam::{LoadOptions, Network, read_weights};

/// Largest network that the repository carries, in bytes.
const NETWORK_LIMIT: u64 = 17 << 20;
/// Largest photo and largest sum of all, in bytes.
const PHOTO_LIMIT: u64 = 200 << 10;
const PHOTOS_LIMIT: u64 = 3 << 19;

fn assets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets")
}

fn network_file() -> PathBuf {
    assets().join("vgg16-caltech100.safetensors")
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).unwrap().len()
}

/// File and class of every row of the photos' table.
fn table() -> Vec<(String, String)> {
    let text = fs::read_to_string(assets().join("photos/README.md")).unwrap();
    let rows = text.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        (cells[1].to_owned(), cells[2].to_owned())
    })
    .collect()
}

#[test]
fn the_network_is_small_and_stored_in_8_bits() {
    assert!(size(&network_file()) <= NETWORK_LIMIT, "{} bytes", size(&network_file()));
    let stored = fs::read(network_file()).unwrap();
    let header = u64::from_le_bytes(stored[..8].try_into().unwrap()) as usize;
    let header: serde_json::Value = serde_json::from_slice(&stored[8..8 + header]).unwrap();
    let kernels: Vec<_> = (0..31).filter_map(|n| header.get(format!("features.{n}.weight"))).collect();
    assert_eq!(kernels.len(), 13);
    // The first convolution has too few values to be worth rounding.
    assert!(kernels[1..].iter().all(|k| k["dtype"] == "I8"));

    let file = read_weights(network_file()).unwrap();
    assert_eq!(file.tensors["features.28.weight"].dims(), [512, 512, 3, 3]);
    assert_eq!(file.tensors["classifier.2.weight"].dims(), [100, 512 * 4]);
    let network = Network::load(network_file(), &LoadOptions::default()).unwrap();
    assert_eq!((network.layers().len(), network.info().classes.len()), (13, 100));
    assert_eq!(network.info().name, "vgg16-caltech100");
}

#[test]
fn the_card_describes_this_file() {
    let card = fs::read_to_string(assets().join("MODEL_CARD.md")).unwrap();
    let network = Network::load(network_file(), &LoadOptions::default()).unwrap();
    assert!(card.contains(&network.info().weights_sha256), "the card is of another file");
    assert!(card.contains(&format!("{} bytes", size(&network_file()))));
}

#[test]
fn every_photo_is_small_and_comes_out_as_its_class() {
    let network = Network::load(network_file(), &LoadOptions::default()).unwrap();
    let classes = &network.info().classes;
    let rows = table();
    let mut files: Vec<_> = fs::read_dir(assets().join("photos"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "README.md")
        .collect();
    let mut listed: Vec<_> = rows.iter().map(|(file, _)| file.clone()).collect();
    files.sort();
    listed.sort();
    assert_eq!(files, listed, "the table lists exactly the photos that are there");

    let mut total = 0;
    for (file, class) in &rows {
        let path = assets().join("photos").join(file);
        assert!(size(&path) <= PHOTO_LIMIT, "{file}: {} bytes", size(&path));
        total += size(&path);
        let photo = read_photo(&path, &PhotoLimits::default()).unwrap();
        assert!(photo.width().max(photo.height()) <= 640, "{file}");
        let scores = network.forward(&network.preprocess(&photo).unwrap()).unwrap();
        let scores = scores.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        let best = (0..classes.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap();
        assert_eq!(&classes[best], class, "{file}");
    }
    assert!(total <= PHOTOS_LIMIT, "{total} bytes");
    let several = classes.iter().any(|class| rows.iter().filter(|(_, c)| c == class).count() >= 3);
    assert!(several, "at least one class should have three photos");
}
