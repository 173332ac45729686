#![allow(missing_docs, clippy::unwrap_used)]
use anv_gradcam::candle_core::{DType, Device, Tensor};
use anv_core::Target;
use anv_gradcam::*;
fn main() {
    let img = std::env::args().nth(1).unwrap();
    let w = read_weights("/work/shared/models/vgg16-caltech10.safetensors").unwrap().tensors;
    let net = Network::load("/work/shared/models/vgg16-caltech10.safetensors", &LoadOptions::default()).unwrap();
    let photo = anv_core::image::open(format!("/work/shared/golden/{img}.png")).unwrap().to_rgb8();
    let x32 = net.preprocess(&photo).unwrap();
    let g = anv_gradcam::candle_core::safetensors::load(format!("/work/shared/golden/{img}.safetensors"), &Device::Cpu).unwrap();
    let d = |n: &str| w[n].to_dtype(DType::F64).unwrap();
    let ids = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28];
    let mut x = x32.to_dtype(DType::F64).unwrap();
    let mut acts = vec![];
    for (i, id) in ids.iter().enumerate() {
        let y = x.conv2d(&d(&format!("features.{id}.weight")), 1, 1, 1, 1).unwrap()
            .broadcast_add(&d(&format!("features.{id}.bias")).reshape((1, (), 1, 1)).unwrap()).unwrap();
        acts.push(y.clone());
        x = y.relu().unwrap();
        if [1, 3, 6, 9, 12].contains(&i) { x = x.max_pool2d(2).unwrap(); }
    }
    let f = x.flatten_from(1).unwrap();
    let h = f.matmul(&d("classifier.1.weight").t().unwrap()).unwrap().broadcast_add(&d("classifier.1.bias")).unwrap();
    let w4 = d("classifier.4.weight");
    let c = g["class"].to_dtype(DType::F64).unwrap().to_vec1::<f64>().unwrap()[0] as usize;
    let gate = |g: &Tensor, a: &Tensor| (g * a.gt(0f64).unwrap().to_dtype(DType::F64).unwrap()).unwrap();
    let gh = gate(&w4.get(c).unwrap().unsqueeze(0).unwrap(), &h);
    let mut gr = gh.matmul(&d("classifier.1.weight")).unwrap().reshape(x.shape()).unwrap();
    let ours = GradCam::new(net).gradients(&x32, &Target::default()).unwrap();
    for i in (0..13).rev() {
        let a = acts[i].relu().unwrap();
        if [1, 3, 6, 9, 12].contains(&i) {
            let (_, ch, hh, ww) = a.dims4().unwrap();
            let av = a.flatten_all().unwrap().to_vec1::<f64>().unwrap(); let gv = gr.flatten_all().unwrap().to_vec1::<f64>().unwrap();
            let mut o = vec![0f64; av.len()];
            for cc in 0..ch { for y in 0..hh / 2 { for x in 0..ww / 2 { let b = cc * hh * ww + 2 * y * ww + 2 * x; let mut m = b; for k in [b + 1, b + ww, b + ww + 1] { if av[k] > av[m] { m = k } } o[m] = gv[cc * hh * ww / 4 + y * ww / 2 + x]; } } }
            gr = Tensor::from_vec(o, a.shape(), &Device::Cpu).unwrap();
        }
        let gg = gate(&gr.relu().unwrap(), &a).mean((0, 2, 3)).unwrap().to_vec1::<f64>().unwrap();
        let gold: Vec<f32> = g[&format!("layer{:02}.guided_gap", i + 1)].to_vec1().unwrap();
        let own = ours.layers[i].guided_gap().unwrap();
        let m = gg.iter().fold(0f64, |m, v| m.max(v.abs()));
        let dv = |o: &dyn Fn(usize) -> f64, p: &dyn Fn(usize) -> f64| (0..gg.len()).fold(0f64, |m, k| m.max((o(k) - p(k)).abs())) / m;
        println!("{} golden-f64 {:.1e} ours-f64 {:.1e} ours-golden {:.1e}", i + 1, dv(&|k| gold[k] as f64, &|k| gg[k]), dv(&|k| own[k], &|k| gg[k]), dv(&|k| own[k], &|k| gold[k] as f64));
        // near-zero preactivations that decided differently
        let ov = ours.layers[i].activation.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        let pv = acts[i].flatten_all().unwrap().to_vec1::<f64>().unwrap();
        let gv = gr.flatten_all().unwrap().to_vec1::<f64>().unwrap();
        for k in 0..ov.len() { if (ov[k] > 0.) != (pv[k] > 0.) && gv[k].abs() > 1e-6 { println!("   flip at {k}: f64 {:e} ours {:e} gradient {:e}", pv[k], ov[k], gv[k]); } }
        gr = gate(&gr, &a);
        let k = d(&format!("features.{}.weight", ids[i])).transpose(0, 1).unwrap().contiguous().unwrap().flip(&[2, 3]).unwrap().contiguous().unwrap();
        gr = gr.conv2d(&k, 1, 1, 1, 1).unwrap();
    }
}
