//! PyTorch's archive, written by hand: a ZIP file of a pickled dictionary and one file a tensor.

#![allow(missing_docs, clippy::unwrap_used)]

#[path = "common/tiny.rs"]
mod tiny;

use anv_gradcam::{LoadOptions, Network};
use tiny::{Tensors, light, load_with, logits};

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { c >> 1 ^ 0xedb8_8320 } else { c >> 1 })
    };
    !bytes.iter().fold(!0, step)
}

fn zip(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, data) in files {
        let offset = out.len() as u32;
        let mut entry = Vec::new();
        entry.extend([20u16, 0, 0, 0, 0].into_iter().flat_map(u16::to_le_bytes));
        let numbers = [crc32(data), data.len() as u32, data.len() as u32];
        entry.extend(numbers.into_iter().flat_map(u32::to_le_bytes));
        entry.extend([name.len() as u16, 0].into_iter().flat_map(u16::to_le_bytes));
        out.extend(b"PK\x03\x04");
        out.extend(&entry);
        out.extend(name.as_bytes());
        out.extend(data);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&entry);
        directory.extend([0u8; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (start, length, count) = (out.len() as u32, directory.len() as u32, files.len() as u16);
    out.extend(&directory);
    out.extend(b"PK\x05\x06\x00\x00\x00\x00");
    out.extend([count, count].into_iter().flat_map(u16::to_le_bytes));
    out.extend([length, start].into_iter().flat_map(u32::to_le_bytes));
    out.extend([0, 0]);
    out
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.push(b'X');
    out.extend((text.len() as u32).to_le_bytes());
    out.extend(text.as_bytes());
}

fn number(out: &mut Vec<u8>, n: usize) {
    out.push(b'J');
    out.extend((n as u32).to_le_bytes());
}

fn tuple(out: &mut Vec<u8>, numbers: &[usize]) {
    out.push(b'(');
    numbers.iter().for_each(|&n| number(out, n));
    out.push(b't');
}

fn archive(tensors: &Tensors) -> Vec<u8> {
    let mut pickle = b"\x80\x02}(".to_vec();
    let mut files = Vec::new();
    for (index, (name, tensor)) in tensors.iter().enumerate() {
        text(&mut pickle, name);
        pickle.extend(b"ctorch._utils\n_rebuild_tensor_v2\n((");
        text(&mut pickle, "storage");
        pickle.extend(b"ctorch\nFloatStorage\n");
        text(&mut pickle, &index.to_string());
        text(&mut pickle, "cpu");
        number(&mut pickle, tensor.elem_count());
        pickle.extend(b"tQ");
        number(&mut pickle, 0);
        tuple(&mut pickle, tensor.dims());
        tuple(&mut pickle, tensor.stride());
        pickle.extend(b"\x89}tR");
        let values = tensor.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        let data = values.into_iter().flat_map(f32::to_le_bytes).collect();
        files.push((format!("archive/data/{index}"), data));
    }
    pickle.extend(b"u.");
    files.push(("archive/data.pkl".into(), pickle));
    zip(&files)
}

#[test]
fn pytorchs_own_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.pth");
    let options = LoadOptions::default().input_size(32, 32);
    let parallel = light().into_iter().map(|(name, t)| (format!("module.{name}"), t)).collect();
    let expected = logits(&load_with(&light(), &[], &options).unwrap());
    for tensors in [light(), parallel] {
        std::fs::write(&path, archive(&tensors)).unwrap();
        let network = Network::load(&path, &options).unwrap();
        assert_eq!(network.info().name, "model");
        assert_eq!(logits(&network), expected);
    }
}
