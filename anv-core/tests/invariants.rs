//! What must hold for any numbers.

#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

mod common;

use anv_core::ndarray::{Array1, Array2, Array3, Axis, s};
use anv_core::*;
use proptest::prelude::*;

/// Percentages are sums of rounded f64: a few units in the last place of 100.
const SUM_TOLERANCE: f64 = 1e-10;
/// Maps are kept in f32, so the merged sum carries one rounding of 2^-24 a cluster.
const MERGE_TOLERANCE: f64 = 1e-6;

fn weights() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(prop_oneof![3 => 0.0..1.0f64, 1 => -1.0..0.0f64, 1 => 1e-300..1e-290f64], 1..40)
}

proptest! {
    #[test]
    fn percents_sum_to_a_hundred(weights in weights()) {
        match percents(Array1::from(weights.clone()).view()) {
            Some(p) => {
                prop_assert!((p.sum() - 100.0).abs() < SUM_TOLERANCE, "{}", p.sum());
                prop_assert!(p.iter().zip(&weights).all(|(p, w)| *p >= 0.0 && (*w > 0.0 || *p == 0.0)));
            }
            None => prop_assert!(weights.iter().all(|w| *w <= 0.0)),
        }
    }

    #[test]
    fn merging_loses_no_weight(
        labels in prop::collection::vec(0usize..4, 1..12),
        values in prop::collection::vec(0.0..9.0f32, 12 * 6),
        weights in prop::collection::vec(0.001..1.0f64, 12),
    ) {
        let maps = Array3::from_shape_vec((12, 2, 3), values).unwrap();
        let percents = percents(Array1::from(weights).view()).unwrap();
        let kept: Vec<_> = (0..labels.len()).collect();
        let partition = Partition::from_labels(&labels).unwrap();
        let clusters = merge(maps.slice(s![..kept.len(), .., ..]), percents.view(), &kept, &partition).unwrap();

        let mut left = Array2::<f64>::zeros((2, 3));
        for c in &clusters {
            left = left + c.map.mapv(f64::from) * c.weight_percent;
        }
        let mut right = Array2::<f64>::zeros((2, 3));
        for &k in &kept {
            right = right + maps.index_axis(Axis(0), k).mapv(f64::from) * percents[k];
        }
        let scale = right.iter().copied().fold(1.0, f64::max);
        prop_assert!((left - right).iter().all(|d| d.abs() < MERGE_TOLERANCE * scale));
        prop_assert!(clusters.windows(2).all(|w| w[0].weight_percent >= w[1].weight_percent));
    }

    #[test]
    fn names_of_clusters_do_not_matter(labels in prop::collection::vec(0usize..5, 1..20)) {
        let renamed: Vec<_> = labels.iter().map(|l| 100 - 7 * l).collect();
        prop_assert_eq!(Partition::from_labels(&labels).unwrap(), Partition::from_labels(&renamed).unwrap());
    }
}

#[test]
fn table_1_of_the_thesis() {
    for (channels, percent) in [(64, 1.4), (128, 0.7), (256, 0.35), (512, 0.175)] {
        let found = WeightThreshold::default().percent(channels).unwrap();
        assert!((found - percent).abs() < 1e-12, "{channels}: {found}");
    }
    let off = WeightThreshold::Off.keep(ndarray::array![0.0, 1e-9, 100.0].view()).unwrap();
    assert_eq!(off, [1, 2]);
    for bad in [f64::NAN, -1.0, f64::INFINITY] {
        assert!(matches!(WeightThreshold::Percent(bad).percent(9), Err(Error::Parameter { .. })));
    }
}

#[test]
fn the_cluster_threshold_is_equation_4_1() {
    let t = |w: &[f64]| ClusterThreshold::Thesis.percent(w);
    assert_eq!(t(&[30.0, 2.0, 1.0]), 10.0);
    assert_eq!(t(&[20.0, 20.0, 20.0]), 10.0);
    assert_eq!(t(&[]), 0.0);
    assert_eq!(ClusterThreshold::Off.percent(&[3.0]), 0.0);
}

#[test]
fn a_layer_without_evidence_is_reported_not_refused() {
    let draft = common::draft();
    let last = &draft.layers[2];
    assert!(!last.has_evidence());
    assert_eq!((last.best_k, last.leftover_percent, last.clusters.len()), (0, 0.0, 0));
    assert_eq!(last.weights_percent, [0.0; 6]);
    assert!(draft.layers[0].has_evidence());
}

#[test]
fn errors_name_stage_and_layer() {
    struct Refuses;
    impl Clusterer for Refuses {
        type Error = String;
        fn cluster(&self, _: ndarray::ArrayView2<'_, f64>) -> Result<Clustering, String> {
            Err("no thanks".into())
        }
    }
    let pipeline = Pipeline::new(common::ThreeLayers, common::Flat, Refuses);
    let error = pipeline.analyse(&common::photo(), &Target::default()).unwrap_err().to_string();
    assert_eq!(error, "clustering of layer 1 (conv1) failed: no thanks");
    let nine = Target { layers: "2-9".parse().unwrap(), ..Default::default() };
    let error = pipeline.analyse(&common::photo(), &nine).unwrap_err().to_string();
    assert_eq!(error, "attribution failed: layers 2-9 are not in this network: it has 1-3");
}

#[test]
fn attributions_are_checked() {
    let layer = || LayerInfo { number: 4, name: "conv".into(), channels: 2, size: (1, 1) };
    let maps = || Array3::<f32>::zeros((2, 1, 1));
    let new = |maps, weights: &[f64]| LayerAttribution::new(layer(), maps, Array1::from(weights.to_vec()));
    assert!(new(maps(), &[1.0, 0.0]).is_ok());
    assert!(matches!(new(maps(), &[1.0]), Err(Error::AttributionShape { layer: 4, .. })));
    assert!(matches!(new(Array3::zeros((2, 1, 2)), &[1.0, 1.0]), Err(Error::AttributionShape { .. })));
    assert!(matches!(new(maps(), &[1.0, f64::NAN]), Err(Error::NotFinite { channel: 1, .. })));
    let mut nan = maps();
    nan[[1, 0, 0]] = f32::NAN;
    assert!(matches!(new(nan, &[1.0, 1.0]), Err(Error::NotFinite { channel: 1, .. })));
}

#[test]
fn layer_selections_are_read() {
    for (text, expected) in [("all", Some(1..=13)), ("5-13", Some(5..=13)), ("7", Some(7..=7))] {
        let selection: LayerSelection = text.parse().unwrap();
        assert_eq!(selection.resolve(13).ok(), expected);
        assert!(selection.to_string() == text || text == "7");
    }
    for text in ["", "a", "5-", "-3", "1-2-3", "13-5", "0", "0-3"] {
        assert!(text.parse::<LayerSelection>().is_err(), "{text}");
    }
    for (first, last) in [(0, 3), (5, 4), (12, 14)] {
        assert!(LayerSelection::Range(first..=last).resolve(13).is_err());
    }
}

#[test]
fn stages_work_behind_pointers() {
    let reducer: Box<dyn Reducer<Error = Error> + Sync> = Box::new(common::Flat);
    let clusterer: &(dyn Clusterer<Error = Error> + Sync) = &common::ModuloThree;
    let attributor: &(dyn Attributor<Error = Error> + Sync) = &common::ThreeLayers;
    let draft =
        Pipeline::new(attributor, reducer, clusterer).analyse(&common::photo(), &Target::default()).unwrap();
    assert_eq!(draft.layers.len(), 3);
}

/// A compile-time fact that embedding code relies on.
#[test]
fn public_types_cross_threads() {
    fn ok<T: Send + Sync>() {}
    ok::<Draft>();
    ok::<Attribution>();
    ok::<Error>();
    ok::<Pipeline<common::ThreeLayers, common::Flat, common::ModuloThree>>();
}
