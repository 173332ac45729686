//! Drafts to draw: from golden numbers, and made up.
#![allow(dead_code, reason = "every test file uses its own part")]

use std::collections::BTreeMap;

use anv_core::image::{Rgb, RgbImage};
use anv_core::ndarray::Array2;
use anv_core::{
    ChannelOrder, ClassScore, ClusterMap, Draft, DroppedCluster, LayerDraft, LayerInfo, ModelInfo,
    Preprocessing,
};

use super::{Golden, shared};

const NAMES: [&str; 13] = [
    "conv1_1", "conv1_2", "conv2_1", "conv2_2", "conv3_1", "conv3_2", "conv3_3", "conv4_1", "conv4_2",
    "conv4_3", "conv5_1", "conv5_2", "conv5_3",
];

pub fn class(index: usize, name: &str, probability: f64) -> ClassScore {
    ClassScore { index, name: name.into(), logit: 9.1, probability }
}

pub fn model(name: &str) -> ModelInfo {
    ModelInfo {
        name: name.into(),
        weights_sha256: "3f6c0d9b8a7e1f2c".repeat(4),
        classes: vec!["a".into()],
        preprocessing: Preprocessing {
            height: 256,
            width: 256,
            order: ChannelOrder::Rgb,
            scale: 1.0 / 255.0,
            mean: [0.485, 0.456, 0.406],
            std: [0.229, 0.224, 0.225],
        },
    }
}

/// A layer of a golden file; layers whose maps are not in it show those of layer `maps_of`, at their own size.
fn golden_layer(golden: &Golden, number: usize, maps_of: usize) -> LayerDraft {
    let key = |what: &str| format!("layer{number:02}.{what}");
    let percents = golden.vector(&key("percent"));
    let kept: Vec<usize> = golden.vector(&key("keep")).iter().map(|&k| k as usize).collect();
    let best_k = golden.scalar(&key("best_k")) as usize;
    let labels = golden.vector(&key(&format!("ward_labels_k{best_k}")));
    let weights = golden.vector(&key("cluster_weight"));
    let keep = golden.vector(&key("cluster_kept"));
    let maps = golden.maps(&format!("layer{maps_of:02}.cluster_maps"));
    let side = [256, 128, 64, 32, 16][NAMES[number - 1].as_bytes()[4] as usize - b'1' as usize];
    let mut order: Vec<usize> = (0..best_k).collect();
    order.sort_by(|&a, &b| weights[b].total_cmp(&weights[a]));
    let channels = |c: usize| -> Vec<usize> {
        kept.iter().zip(&labels).filter(|(_, l)| **l as usize == c).map(|(k, _)| *k).collect()
    };
    let map = |c: usize| anv_mask::resize_bilinear(maps[c % maps.len()].view(), side, side).unwrap();
    let heavy = order.iter().filter(|&&c| keep[c] > 0.0);
    let light = order.iter().filter(|&&c| keep[c] == 0.0);
    let xy = golden.vector(&key("tsne"));
    LayerDraft {
        layer: LayerInfo {
            number,
            name: NAMES[number - 1].into(),
            channels: percents.len(),
            size: (side as usize, side as usize),
        },
        leftover_percent: kept.iter().map(|&k| percents[k]).sum(),
        weights_percent: percents,
        embedding: xy.chunks(2).map(|p| [p[0] as f32, p[1] as f32]).collect(),
        silhouette: (3..).zip(golden.vector(&key("silhouette_k3_k8"))).collect(),
        best_k,
        threshold_percent: golden.scalar(&key("cluster_threshold")),
        clusters: heavy
            .map(|&c| ClusterMap { map: map(c), weight_percent: weights[c], channels: channels(c) })
            .collect(),
        dropped_clusters: light
            .map(|&c| DroppedCluster { weight_percent: weights[c], channels: channels(c) })
            .collect(),
        kept,
    }
}

/// The golden numbers of a picture as a draft of `layers`; `None` without the material.
pub fn golden(name: &str, class_name: &str, layers: &[usize]) -> Option<Draft> {
    let golden = Golden::read(&format!("{name}.safetensors"))?;
    let photo =
        anv_core::read_photo(shared()?.join("golden").join(format!("{name}.png")), &Default::default());
    let nearest = |n: usize| match n {
        0..=8 => 7,
        9..=11 => 10,
        _ => 13,
    };
    let layer = |&n: &usize| match golden.has(&format!("layer{n:02}.percent")) {
        true => golden_layer(&golden, n, nearest(n)),
        false => empty_layer(n, 64),
    };
    Some(Draft {
        photo: photo.unwrap(),
        source: format!("{name}.png"),
        seed: 0,
        model: model("vgg16-caltech10"),
        class: class(1, class_name, 0.987),
        predicted: class(1, class_name, 0.987),
        layers: layers.iter().map(layer).collect(),
    })
}

pub fn empty_layer(number: usize, channels: usize) -> LayerDraft {
    LayerDraft {
        layer: LayerInfo { number, name: format!("conv{number}"), channels, size: (4, 4) },
        weights_percent: vec![0.0; channels],
        kept: vec![],
        leftover_percent: 0.0,
        embedding: vec![],
        silhouette: BTreeMap::new(),
        best_k: 0,
        threshold_percent: 0.0,
        clusters: vec![],
        dropped_clusters: vec![],
    }
}

/// `clusters` bright spots in a layer.
pub fn spots(number: usize, clusters: usize, side: usize) -> LayerDraft {
    let spot = |c: usize| {
        let (cy, cx) =
            (side as f32 * (0.3 + 0.1 * (c % 5) as f32), side as f32 * (0.8 - 0.12 * (c % 6) as f32));
        let reach = side as f32 * 0.2;
        Array2::from_shape_fn((side, side), |(y, x)| {
            let (dy, dx) = ((y as f32 + 0.5 - cy) / reach, (x as f32 + 0.5 - cx) / reach);
            // Whole 1/1024: the same on every machine, whatever its exp.
            ((-(dy * dy + dx * dx)).exp() * 1024.0).round() / 1024.0
        })
    };
    let channels = 3 * clusters + 4;
    let weight = |c: usize| 60.0 * 0.6f64.powi(c as i32) / 1.5;
    let share = |k: usize| if k < 3 * clusters { weight(k / 3) / 3.0 } else { 0.1 };
    LayerDraft {
        layer: LayerInfo { number, name: format!("conv{number}"), channels, size: (side, side) },
        weights_percent: (0..channels).map(share).collect(),
        kept: (0..3 * clusters).collect(),
        leftover_percent: (0..clusters).map(weight).sum(),
        embedding: (0..3 * clusters)
            .map(|k| [(k / 3 * 7 % 5) as f32 + 0.2 * (k % 3) as f32, (k / 3) as f32 - 0.3 * (k % 2) as f32])
            .collect(),
        silhouette: (3..=8).map(|k| (k, 0.6 - 0.08 * (k as f64 - 4.0).abs())).collect(),
        best_k: clusters,
        threshold_percent: 4.0,
        clusters: (0..clusters)
            .map(|c| ClusterMap {
                map: spot(c),
                weight_percent: weight(c),
                channels: (3 * c..3 * c + 3).collect(),
            })
            .collect(),
        dropped_clusters: vec![DroppedCluster { weight_percent: 0.2, channels: vec![channels - 1] }],
    }
}

/// A made-up draft over a made-up photo.
pub fn made_up(width: u32, height: u32, layers: Vec<LayerDraft>) -> Draft {
    let photo = RgbImage::from_fn(width, height, |x, y| {
        Rgb([
            (x * 255 / width) as u8,
            (y * 255 / height) as u8,
            if (x * 8 / width + y * 8 / height).is_multiple_of(2) { 90 } else { 170 },
        ])
    });
    Draft {
        photo,
        source: "made-up.png".into(),
        seed: 7,
        model: model("toy"),
        class: class(0, "cup", 0.9),
        predicted: class(0, "cup", 0.9),
        layers,
    }
}
