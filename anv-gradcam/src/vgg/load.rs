//! From a weight file to a network.

use std::collections::BTreeSet;
use std::path::Path;

use anv_core::{ModelInfo, Preprocessing};

use super::head::Head;
use super::layout::{TrunkConv, blocks};
use super::{VggConfig, VggHead};
use crate::weights::Weights;
use crate::{ConvParams, Error, LoadOptions, Network, Preset, Result};

/// Largest height and width of an input, in pixels: a 4096x4096 photo already takes 4 GiB a layer.
const LARGEST_SIDE: usize = 4096;

pub(crate) fn load_file(path: &Path, options: &LoadOptions) -> Result<Network> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    load(&Weights::open(path)?, name, options)
}

pub(crate) fn load_bytes(bytes: &[u8], name: &str, options: &LoadOptions) -> Result<Network> {
    load(&Weights::from_bytes(bytes, name)?, name.to_owned(), options)
}

fn load(weights: &Weights<'_>, name: String, options: &LoadOptions) -> Result<Network> {
    let trunk = blocks(weights)?;
    let channels = trunk.last().and_then(|b| b.last()).map_or(0, |c| c.width);
    let head = Head::find(weights, channels)?;
    let config = describe(weights, &trunk, &head, options)?;
    refuse_unexpected(weights, &trunk, &head)?;
    let classes = class_names(weights, config.classes, options)?;
    // The checksum takes about as long as reading and converting, so both run side by side.
    let (sha256, network) =
        rayon::join(|| weights.sha256(), || assemble(weights, &config, &trunk, &head, options));
    let info = ModelInfo {
        name: weights.metadata.get("name").cloned().unwrap_or(name),
        weights_sha256: sha256?,
        classes,
        preprocessing: config.preprocessing.clone(),
    };
    network?.loaded(info, config).build()
}

fn assemble(
    weights: &Weights<'_>,
    config: &VggConfig,
    trunk: &[Vec<TrunkConv>],
    head: &Head,
    options: &LoadOptions,
) -> Result<crate::NetworkBuilder> {
    let p = &config.preprocessing;
    let mut builder = Network::builder("vgg").input_size(p.height, p.width).convolution(options.convolution);
    let mut names = config.layer_names().into_iter();
    for block in trunk {
        for conv in block {
            let tensor = |kind: &str, shape: &[usize]| {
                weights.tensor(&format!("features.{}.{kind}", conv.module), Some(shape), &options.device)
            };
            let (kernel, bias) = (tensor("weight", &conv.kernel)?, tensor("bias", &[conv.width])?);
            let name = names.next().unwrap_or_default();
            builder = builder.conv(name, kernel, bias, ConvParams::default().padding(1)).relu();
        }
        builder = builder.max_pool();
    }
    head.build(builder, weights, &options.device)
}

fn describe(
    weights: &Weights<'_>,
    trunk: &[Vec<TrunkConv>],
    head: &Head,
    options: &LoadOptions,
) -> Result<VggConfig> {
    let stored = stored_preprocessing(weights)?;
    let size = match (options.input_size, weights.metadata.get("input_size"), &stored) {
        (Some(size), ..) => Some(size),
        (None, Some(text), _) => Some(parse_size(text)?),
        (None, None, Stored::Full(p)) => Some((p.height, p.width)),
        _ => head.input_side(trunk.len()).map(|side| (side, side)),
    };
    let (height, width) = size.ok_or(Error::Parameter {
        name: "input_size",
        found: "not given".into(),
        expected: "HEIGHTxWIDTH, since the head does not tell",
    })?;
    check_size(height, width, trunk.len(), head)?;
    let preprocessing = match (options.preprocessing, stored) {
        (Some(preset), _) => preset.preprocessing(height, width),
        (None, Stored::Preset(preset)) => preset.preprocessing(height, width),
        (None, Stored::Full(p)) => Preprocessing { height, width, ..p },
    };
    Ok(VggConfig {
        blocks: trunk.iter().map(|b| b.iter().map(|c| c.width).collect()).collect(),
        head: head.kind.clone(),
        classes: head.classes,
        preprocessing,
    })
}

fn check_size(height: usize, width: usize, pools: usize, head: &Head) -> Result<()> {
    let refuse = |reason: String| Err(Error::InputSize { height, width, reason });
    let smallest = 1 << pools;
    if height < smallest || width < smallest {
        return refuse(format!("{pools} poolings need at least {smallest}x{smallest} pixels"));
    }
    if height > LARGEST_SIDE || width > LARGEST_SIDE {
        return refuse(format!("at most {LARGEST_SIDE}x{LARGEST_SIDE} pixels are allowed"));
    }
    let output = (height >> pools, width >> pools);
    if !head.takes(output) {
        let (h, w) = output;
        return refuse(format!(
            "the trunk gives {h}x{w} cells, the head takes {} (it has no pooling of its own)",
            head.cells()
        ));
    }
    Ok(())
}

enum Stored {
    Preset(Preset),
    Full(Preprocessing),
}

fn stored_preprocessing(weights: &Weights<'_>) -> Result<Stored> {
    let text = weights.metadata.get("preprocessing").map_or("torchvision", String::as_str);
    let unknown = || Error::Parameter {
        name: "preprocessing",
        found: text.to_owned(),
        expected: "torchvision, caffe or JSON with height, width, order, scale, mean, std",
    };
    match text.trim() {
        "torchvision" => Ok(Stored::Preset(Preset::Torchvision)),
        "caffe" => Ok(Stored::Preset(Preset::Caffe)),
        json => {
            let p: Preprocessing = serde_json::from_str(json).map_err(|_| unknown())?;
            let usable = p.scale.is_finite() && p.mean.iter().all(|v| v.is_finite());
            match usable && p.std.iter().all(|v| v.is_finite() && *v != 0.0) {
                true => Ok(Stored::Full(p)),
                false => Err(unknown()),
            }
        }
    }
}

fn parse_size(text: &str) -> Result<(usize, usize)> {
    let sides =
        text.split_once('x').and_then(|(h, w)| Some((h.trim().parse().ok()?, w.trim().parse().ok()?)));
    sides.ok_or_else(|| Error::Parameter {
        name: "input_size",
        found: text.to_owned(),
        expected: "HEIGHTxWIDTH, for example 256x256",
    })
}

fn class_names(weights: &Weights<'_>, classes: usize, options: &LoadOptions) -> Result<Vec<String>> {
    let stored = || {
        let text = weights.metadata.get("classes")?;
        Some(text.trim_end().lines().map(|l| l.trim().to_owned()).collect::<Vec<_>>())
    };
    let names = match options.classes.clone().or_else(stored) {
        Some(names) => names,
        None => (0..classes).map(|c| c.to_string()).collect(),
    };
    match names.len() == classes {
        true => Ok(names),
        false => Err(Error::ClassCount { found: names.len(), expected: classes }),
    }
}

/// A tensor that nothing uses means that the network is another one than it looks like. Counters of batches are
/// harmless.
fn refuse_unexpected(weights: &Weights<'_>, trunk: &[Vec<TrunkConv>], head: &Head) -> Result<()> {
    let convs = trunk.iter().flatten().map(|c| c.module);
    let used: BTreeSet<_> = convs
        .flat_map(|m| [format!("features.{m}.weight"), format!("features.{m}.bias")])
        .chain(head.tensors())
        .collect();
    let unexpected = weights.names().find(|n| !used.contains(*n) && !n.ends_with("num_batches_tracked"));
    match unexpected {
        Some(tensor) => Err(Error::UnexpectedTensor {
            file: weights.file.clone(),
            tensor: tensor.to_owned(),
            architecture: match head.kind {
                VggHead::Thesis { .. } => "VGG with the thesis' head",
                VggHead::Full { .. } => "VGG with the published head",
                VggHead::Light { .. } => "VGG with a light head",
            },
        }),
        None => Ok(()),
    }
}
