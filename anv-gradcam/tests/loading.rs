//! Weight files: every format and naming, and every way in which a file can be wrong.

#![allow(missing_docs, clippy::unwrap_used)]

#[path = "common/tiny.rs"]
mod tiny;

use std::collections::BTreeMap;

use anv_core::image::RgbImage;
use anv_core::{Attributor, ChannelOrder, ClassChoice, Target};
use anv_gradcam::candle_core::{DType, Device, Tensor};
use anv_gradcam::{
    Error, GradCam, LoadOptions, Network, Precision, Preset, VggHead, read_weights, write_safetensors,
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use tiny::{Tensors, light, load_with, logits, metadata, random, with_layers, write};

fn full() -> Tensors {
    with_layers(&[("classifier.0", &[9, 784]), ("classifier.3", &[7, 9]), ("classifier.6", &[3, 7])])
}

fn load(tensors: &Tensors, pairs: &[(&str, &str)]) -> Result<Network, Error> {
    load_with(tensors, pairs, &LoadOptions::default())
}

#[test]
fn heads_and_what_they_say_about_the_input() {
    let network =
        load(&light(), &[("input_size", "30x50"), ("classes", "a\nb\nc\n"), ("name", "tiny")]).unwrap();
    assert_eq!(network.vgg().unwrap().head, VggHead::Light { cells: 2 });
    assert_eq!(network.vgg().unwrap().blocks, [vec![8, 8], vec![16]]);
    let layers: Vec<_> = network.layers().iter().map(|l| (l.name.as_str(), l.size)).collect();
    assert_eq!(layers, [("conv1_1", (30, 50)), ("conv1_2", (30, 50)), ("conv2_1", (15, 25))]);
    assert_eq!((network.info().name.as_str(), network.info().classes.join("")), ("tiny", "abc".into()));
    assert_eq!(load(&light(), &[]).unwrap().info().preprocessing.height, 256);

    let thesis = with_layers(&[("classifier.1", &[5, 16 * 64]), ("classifier.4", &[2, 5])]);
    let network = load(&thesis, &[]).unwrap();
    assert_eq!(network.vgg().unwrap().head, VggHead::Thesis { hidden: 5 });
    assert_eq!(network.info().preprocessing.width, 32);
    assert_eq!(network.info().classes, ["0", "1"]);

    let network = load(&full(), &[]).unwrap();
    assert_eq!(network.vgg().unwrap().head, VggHead::Full { hidden: [9, 7] });
    assert_eq!(network.info().preprocessing.height, 28);
    assert_eq!(network.info().weights_sha256.len(), 64);
}

#[test]
fn timms_names_are_the_published_head() {
    let tensors = full();
    let mut timm = tensors.clone();
    for (ours, theirs, cells) in [
        ("classifier.0", "pre_logits.fc1", 7),
        ("classifier.3", "pre_logits.fc2", 1),
        ("classifier.6", "head.fc", 0),
    ] {
        let weight = timm.remove(&format!("{ours}.weight")).unwrap();
        let bias = timm.remove(&format!("{ours}.bias")).unwrap();
        let (outputs, inputs) = weight.dims2().unwrap();
        let weight = match cells {
            0 => weight,
            n => weight.reshape((outputs, inputs / (n * n), n, n)).unwrap(),
        };
        timm.insert(format!("{theirs}.weight"), weight);
        timm.insert(format!("{theirs}.bias"), bias);
    }
    assert_eq!(logits(&load(&timm, &[]).unwrap()), logits(&load(&tensors, &[]).unwrap()));
}

#[test]
fn preprocessing_from_metadata_and_options() {
    let caffe = load(&light(), &[("preprocessing", "caffe")]).unwrap();
    assert_eq!(caffe.info().preprocessing, Preset::Caffe.preprocessing(256, 256));
    let p = Preset::Torchvision.preprocessing(20, 24);
    let json = serde_json::to_string(&p).unwrap();
    assert_eq!(load(&light(), &[("preprocessing", &json)]).unwrap().info().preprocessing, p);
    let options = LoadOptions::default().preprocessing(Preset::Caffe).input_size(16, 12);
    let network = load_with(&light(), &[("preprocessing", &json)], &options).unwrap();
    assert_eq!(network.info().preprocessing.order, ChannelOrder::Bgr);
    assert_eq!((network.info().preprocessing.height, network.info().preprocessing.width), (16, 12));
    let error = load(&light(), &[("preprocessing", "upside down")]).unwrap_err();
    assert!(matches!(error, Error::Parameter { name: "preprocessing", .. }));
    assert!(matches!(load(&light(), &[("input_size", "big")]), Err(Error::Parameter { .. })));
}

/// A pixel of (10, 20, 30), by hand.
#[test]
fn pixels_become_inputs() {
    let photo = RgbImage::from_pixel(8, 8, [10, 20, 30].into());
    let first = |network: Network| {
        let input = network.preprocess(&photo).unwrap();
        let planes = input.get(0).unwrap().to_vec3::<f32>().unwrap();
        [planes[0][3][3], planes[1][3][3], planes[2][3][3]]
    };
    let at = |size: usize| LoadOptions::default().input_size(size, size);
    let torchvision = [(10., 0.485, 0.229), (20., 0.456, 0.224), (30., 0.406, 0.225)];
    let torchvision = torchvision.map(|(v, mean, std): (f32, f32, f32)| (v / 255.0 - mean) / std);
    // One rounding apart: the network multiplies by 1/255.
    let near = |found: [f32; 3]| found.iter().zip(torchvision).all(|(a, b)| (a - b).abs() < 1e-6);
    assert!(near(first(load_with(&light(), &[], &at(8)).unwrap())));
    assert!(near(first(load_with(&light(), &[], &at(16)).unwrap())));
    let caffe = load_with(&light(), &[], &at(8).preprocessing(Preset::Caffe)).unwrap();
    assert_eq!(first(caffe), [30.0 - 103.939, 20.0 - 116.779, 10.0 - 123.68]);
}

#[test]
fn precisions_lose_what_they_must() {
    let folder = tempfile::tempdir().unwrap();
    let tensors = with_layers(&[("classifier.2", &[90, 64])]);
    let mut sizes = Vec::new();
    // Largest and root mean square error, of the tensor's largest value. 8 bits: a scale 1.8 % too dense, which clips
    // the largest value by as much, is taken where it rounds the others better; never by the square mean more
    // than half a step of the plain scale, 1/254.
    let losses = [(Precision::F32, 0.0, 0.0), (Precision::F16, 5e-4, 5e-4), (Precision::Eight, 0.019, 4e-3)];
    for (precision, most, typical) in losses {
        let path = folder.path().join("model.safetensors");
        write_safetensors(&path, &tensors, &metadata(&[("classes", "a")]), precision).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        write_safetensors(&path, &tensors, &metadata(&[("classes", "a")]), precision).unwrap();
        assert_eq!(bytes, std::fs::read(&path).unwrap(), "same content, same bytes");
        sizes.push(bytes.len());
        let back = read_weights(&path).unwrap();
        assert_eq!(back.tensors.keys().collect::<Vec<_>>(), tensors.keys().collect::<Vec<_>>());
        for (name, tensor) in &tensors {
            let number = |t: anv_gradcam::candle_core::Result<Tensor>| t.unwrap().to_scalar::<f32>().unwrap();
            let off = (&back.tensors[name] - tensor).unwrap();
            let largest = number(tensor.abs().unwrap().max_all());
            assert!(number(off.abs().unwrap().max_all()) <= most * largest, "{precision:?} {name}");
            assert!(
                number(off.sqr().unwrap().mean_all()).sqrt() <= typical * largest,
                "{precision:?} {name}"
            );
        }
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "no temporary file is left");
    }
    assert!(sizes[2] < sizes[1] && sizes[1] < sizes[0]);
    let huge = BTreeMap::from([("x".to_owned(), Tensor::new(&[1e30f32], &Device::Cpu).unwrap())]);
    let path = folder.path().join("huge");
    let error = write_safetensors(&path, &huge, &BTreeMap::new(), Precision::F16).unwrap_err();
    assert!(matches!(error, Error::NotFinite { .. }) && !path.exists());
    let nowhere = folder.path().join("no/such/folder/x");
    assert!(matches!(
        write_safetensors(nowhere, &huge, &BTreeMap::new(), Precision::F32),
        Err(Error::Io { action: "write", .. })
    ));
}

/// Half of an f32's bits are a bf16: the file that other tools write, byte for byte.
#[test]
fn brain_floats_are_read() {
    let tensors = light();
    let rounded = |t: &Tensor| t.to_dtype(DType::BF16).unwrap().to_dtype(DType::F32).unwrap();
    let expected = tensors.iter().map(|(name, t)| (name.clone(), rounded(t))).collect();
    let stored: std::collections::HashMap<_, _> =
        tensors.iter().map(|(name, t)| (name.clone(), t.to_dtype(DType::BF16).unwrap())).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    anv_gradcam::candle_core::safetensors::save(&stored, &path).unwrap();
    let network = Network::load(&path, &LoadOptions::default()).unwrap();
    assert_eq!(logits(&network), logits(&load(&expected, &[]).unwrap()));
}

#[test]
fn bytes_in_memory_are_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    write_safetensors(&path, &light(), &metadata(&[("input_size", "32x32")]), Precision::Eight).unwrap();
    let (from_file, bytes) =
        (Network::load(&path, &LoadOptions::default()).unwrap(), std::fs::read(&path).unwrap());
    let from_bytes = Network::from_bytes(&bytes, "model", &LoadOptions::default()).unwrap();
    assert_eq!(from_bytes.info(), from_file.info());
    assert_eq!(logits(&from_bytes), logits(&from_file));
}

#[test]
fn wrong_files_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let refuse = |bytes: &[u8], part: &str| {
        std::fs::write(&path, bytes).unwrap();
        let error = Network::load(&path, &LoadOptions::default()).unwrap_err().to_string();
        assert!(error.contains("model.safetensors") && error.contains(part), "{error}");
        let error = Network::from_bytes(bytes, "model", &LoadOptions::default()).unwrap_err();
        assert!(matches!(error, Error::WeightFile { .. }), "{error}");
    };
    refuse(b"", "0 bytes");
    refuse(b"<!DOCTYPE html><html>not found</html>", "neither safetensors nor");
    refuse(b"PK\x03\x04 and then nothing", "not a readable weight file");
    refuse(&[20, 0, 0, 0, 0, 0, 0, 0, b'{'], "truncated");
    refuse(&[2, 0, 0, 0, 0, 0, 0, 0, b'n', b'o'], "header is damaged");
    write(&path, &light(), &[]);
    let whole = std::fs::read(&path).unwrap();
    for keep in [9, 100, whole.len() / 2, whole.len() - 1] {
        refuse(&whole[..keep], "");
    }
    let error = Network::load(folder.path().join("none"), &LoadOptions::default()).unwrap_err();
    assert!(matches!(error, Error::Io { action: "read", .. }));
}

#[test]
fn wrong_tensors_are_refused_by_name() {
    let without = |name: &str| {
        let mut tensors = light();
        tensors.remove(name).unwrap();
        load(&tensors, &[]).unwrap_err().to_string()
    };
    for name in [
        "features.0.weight",
        "features.2.weight",
        "features.5.weight",
        "features.2.bias",
        "classifier.2.bias",
    ] {
        assert!(without(name).contains(&format!("no tensor `{name}`")), "{name}: {}", without(name));
    }
    assert!(without("classifier.2.weight").contains("no head"));

    let replaced = |name: &str, tensor: Tensor| {
        let mut tensors = light();
        tensors.insert(name.to_owned(), tensor);
        load(&tensors, &[]).unwrap_err().to_string()
    };
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let found = replaced("features.2.weight", random(&mut rng, &[8, 9, 3, 3]));
    assert_eq!(found, "`features.2.weight` has shape [8, 9, 3, 3]: expected [outputs, 8, 3, 3]");
    let found = replaced("features.5.bias", random(&mut rng, &[15]));
    assert_eq!(found, "`features.5.bias` has shape [15]: expected [16]");
    let found = replaced("classifier.2.weight", random(&mut rng, &[3, 48]));
    assert_eq!(found, "`classifier.2.weight` has shape [3, 48]: expected 16 inputs times a square number");
    let found = replaced("features.1.running_mean", random(&mut rng, &[8]));
    assert!(found.contains("batch normalisation"), "{found}");
    let found = replaced("attention.weight", random(&mut rng, &[8]));
    assert!(found.contains("`attention.weight`, which is no part of a VGG with a light head"), "{found}");
    let mut harmless = light();
    harmless.insert("features.num_batches_tracked".into(), random(&mut rng, &[1]));
    assert!(load(&harmless, &[]).is_ok());
}

#[test]
fn weights_that_are_not_finite_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    write(&path, &light(), &[]);
    for bad in [f32::NAN, f32::INFINITY] {
        let mut bytes = std::fs::read(&path).unwrap();
        let end = bytes.len();
        // F32 tensors are sorted by name: the last value belongs to features.5.weight.
        bytes[end - 4..].copy_from_slice(&bad.to_le_bytes());
        let error = Network::from_bytes(&bytes, "model", &LoadOptions::default()).unwrap_err();
        assert_eq!(error.to_string(), "`features.5.weight` holds a value that is not finite");
    }
}

#[test]
fn classes_and_sizes_must_fit() {
    let error = load(&light(), &[("classes", "a\nb")]).unwrap_err();
    assert!(matches!(error, Error::ClassCount { found: 2, expected: 3 }));
    let options = LoadOptions::default().classes(["Motorbikes", "airplanes", "cup"]).input_size(32, 32);
    let cam = GradCam::new(load_with(&light(), &[], &options).unwrap());
    let photo = RgbImage::new(9, 9);
    let ask = |class| cam.attribute(&photo, &Target { class, ..Target::default() });
    let error = ask(ClassChoice::Name("motorbike".into())).unwrap_err();
    assert_eq!(error.to_string(), "the network knows no class `motorbike`: did you mean Motorbikes?");
    assert_eq!(ask(ClassChoice::Name("CUP".into())).unwrap().class.index, 2);
    assert!(matches!(ask(ClassChoice::Index(3)), Err(Error::ClassIndex { index: 3, classes: 3 })));

    for (height, width) in [(3, 32), (5000, 32), (0, 0)] {
        let options = LoadOptions::default().input_size(height, width);
        assert!(matches!(load_with(&light(), &[], &options), Err(Error::InputSize { .. })));
    }
    let thesis = with_layers(&[("classifier.1", &[5, 16 * 64]), ("classifier.4", &[2, 5])]);
    let error = load_with(&thesis, &[], &LoadOptions::default().input_size(64, 64)).unwrap_err();
    assert!(error.to_string().contains("the trunk gives 16x16 cells, the head takes 64"), "{error}");
}

#[test]
fn devices_that_are_not_there() {
    for name in ["cuda:0", "metal", "cuda:x", "tpu", "cpu:1"] {
        if let Err(error) = anv_gradcam::device(name) {
            assert!(matches!(error, Error::Device { .. }), "{error}");
        }
    }
    assert!(anv_gradcam::device("tpu").is_err());
}
