//! Every degenerate case of the reference, one by one.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use anv_cluster::*;
use anv_core::ndarray::{Array1, Array2, Array3, array};
use anv_core::{Clusterer, Reducer, testing};
use common::{grouped_maps, grouped_rows, noise};

fn clusterers() -> Vec<Box<dyn Clusterer<Error = Error>>> {
    let mut all: Vec<Box<dyn Clusterer<Error = Error>>> = vec![Box::new(WardClusterer::default())];
    for linkage in [
        Linkage::Single,
        Linkage::Complete,
        Linkage::Average,
        Linkage::Weighted,
        Linkage::Ward,
        Linkage::Centroid,
        Linkage::Median,
    ] {
        all.push(Box::new(LinkageClusterer::new(LinkageParams::default().linkage(linkage))));
    }
    for method in [DensityMethod::Hdbscan, DensityMethod::Dbscan, DensityMethod::Optics] {
        for noise in [NoisePolicy::NearestCluster, NoisePolicy::OwnCluster] {
            all.push(Box::new(DensityClusterer::new(DensityParams::default().method(method).noise(noise))));
        }
    }
    all
}

fn reducers() -> Vec<Box<dyn Reducer<Error = Error>>> {
    vec![Box::new(TsneReducer::default()), Box::new(PcaReducer::default())]
}

#[test]
fn stages_hold_against_the_shared_checks() {
    for clusterer in clusterers() {
        testing::check_clusterer(&clusterer).unwrap();
    }
    for reducer in reducers() {
        testing::check_reducer(&reducer).unwrap();
    }
    let random = TsneReducer::new(PcaParams::default(), TsneParams::default().start(Start::Random));
    testing::check_reducer(&random).unwrap();
}

#[test]
fn any_number_of_rows_up_to_forty() {
    for rows in 1..=40 {
        let points = grouped_rows(rows, 2, 4, rows);
        for clusterer in clusterers() {
            assert_eq!(clusterer.cluster(points.view()).unwrap().partition.rows(), rows);
        }
    }
}

#[test]
fn no_rows_and_no_columns_are_errors() {
    for shape in [(0, 2), (3, 0), (0, 0)] {
        let none = Array2::<f64>::zeros(shape);
        for clusterer in clusterers() {
            assert!(matches!(clusterer.cluster(none.view()), Err(Error::Empty { .. })));
        }
        assert!(matches!(Pca::default().fit(none.view()), Err(Error::Empty { .. })));
        assert!(matches!(Tsne::default().fit(none.view(), 0), Err(Error::Empty { .. })));
        let maps = Array3::<f32>::zeros((shape.0, shape.1, 1));
        for reducer in reducers() {
            assert!(matches!(reducer.reduce(maps.view(), 0), Err(Error::Empty { .. })));
        }
        assert!(matches!(min_max_rows(maps.view()), Err(Error::Empty { .. })));
    }
}

#[test]
fn one_and_two_rows_are_one_cluster_each() {
    for rows in [1, 2] {
        let found = WardClusterer::default().cluster(grouped_rows(rows, 2, 2, 0).view()).unwrap();
        assert_eq!((found.partition.clusters(), found.silhouette.len()), (rows, 0));
    }
}

#[test]
fn three_rows_are_one_cluster_each() {
    // k starts at 3 and must stay below the number of rows.
    let found = WardClusterer::default().cluster(grouped_rows(3, 2, 2, 0).view()).unwrap();
    assert_eq!((found.partition.clusters(), found.silhouette.len()), (3, 0));
}

#[test]
fn four_rows_leave_one_choice() {
    let found = WardClusterer::default().cluster(array![[0.0], [1.0], [5.0], [9.0]].view()).unwrap();
    assert_eq!(found.partition.labels(), [0, 0, 1, 2]);
    assert_eq!(found.silhouette.keys().copied().collect::<Vec<_>>(), [3]);
}

#[test]
fn fewer_than_five_rows_are_not_embedded() {
    for rows in 1..=7 {
        let maps = grouped_maps(rows, 6, 2, 0);
        let pca = PcaReducer::default().reduce(maps.view(), 0).unwrap();
        let tsne = TsneReducer::default().reduce(maps.view(), 0).unwrap();
        match rows < 5 {
            true => assert_eq!(tsne, pca),
            false => assert_eq!(tsne.points.dim(), (rows, 2)),
        }
    }
}

#[test]
fn constant_maps_are_zeros_and_stay_together() {
    let mut maps = grouped_maps(12, 6, 3, 0);
    for m in [2, 7, 11] {
        maps.index_axis_mut(anv_core::ndarray::Axis(0), m).fill(3.5 + m as f32);
    }
    let rows = min_max_rows(maps.view()).unwrap();
    assert!(rows.row(7).iter().all(|&v| v == 0.0));
    let scores = PcaReducer::default().reduce(maps.view(), 0).unwrap().points;
    for m in [7, 11] {
        let apart = (&scores.row(2) - &scores.row(m)).mapv(f64::abs).sum();
        assert!(apart < 1e-9, "{apart}");
    }
    let labels = WardClusterer::default().cluster(scores.view()).unwrap().partition;
    assert_eq!((labels.labels()[7], labels.labels()[11]), (labels.labels()[2], labels.labels()[2]));
}

#[test]
fn equal_rows_are_all_at_the_origin() {
    let one = grouped_maps(1, 6, 1, 0);
    let maps = Array3::from_shape_fn((20, 6, 6), |(_, y, x)| one[[0, y, x]]);
    for reducer in reducers() {
        let points = reducer.reduce(maps.view(), 0).unwrap().points;
        assert!(points.iter().all(|&v| v == 0.0), "{points}");
    }
}

#[test]
fn equal_points_have_the_fewest_clusters() {
    let points = Array2::from_elem((12, 2), 0.25);
    let found = WardClusterer::default().cluster(points.view()).unwrap();
    assert_eq!(found.partition.clusters(), 3);
    assert!(found.silhouette.values().all(|&s| s == 0.0));
    let dense = DensityClusterer::default().cluster(points.view()).unwrap();
    assert_eq!(dense.partition.clusters(), 1);
}

#[test]
fn many_equal_rows_beside_others() {
    // No width gives the equal rows the wanted perplexity.
    let rows = Array2::from_shape_fn((60, 3), |(r, c)| if r < 50 { 1.0 } else { noise(r * 3 + c) });
    let found = Tsne::new(TsneParams::default().perplexity(5.0)).fit(rows.view(), 0).unwrap();
    assert!(found.embedding.iter().all(|v| v.is_finite()) && found.kl.is_finite());
}

#[test]
fn maps_of_one_cell() {
    let maps = Array3::from_shape_fn((9, 1, 1), |(m, _, _)| m as f32);
    for reducer in reducers() {
        let points = reducer.reduce(maps.view(), 0).unwrap().points;
        assert!(points.iter().all(|&v| v == 0.0), "one cell is constant: {points}");
    }
}

#[test]
fn rows_of_one_column_stay_on_a_line() {
    let rows = Array2::from_shape_fn((20, 1), |(r, _)| noise(r));
    let pca = Pca::default().fit(rows.view()).unwrap();
    assert_eq!(pca.scores.dim(), (20, 1));
    let found = Tsne::new(TsneParams::default().perplexity(5.0)).fit(rows.view(), 0).unwrap();
    assert!(found.embedding.column(1).iter().all(|&v| v == 0.0));
    assert!(found.embedding.column(0).std(0.0) > 1.0);
}

#[test]
fn more_rows_than_columns() {
    let rows = grouped_rows(200, 7, 3, 1);
    let pca = Pca::default().fit(rows.view()).unwrap();
    assert_eq!((pca.scores.dim(), pca.explained_variance.len()), ((200, 7), 7));
}

#[test]
fn nan_and_infinity_are_named() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut points = grouped_rows(9, 3, 3, 0);
        points[[4, 2]] = bad;
        for clusterer in clusterers() {
            let error = clusterer.cluster(points.view()).unwrap_err();
            assert!(matches!(error, Error::NotFinite { row: 4, column: 2, .. }), "{error}");
        }
        assert!(matches!(Pca::default().fit(points.view()), Err(Error::NotFinite { row: 4, .. })));
        assert!(matches!(Tsne::default().fit(points.view(), 0), Err(Error::NotFinite { row: 4, .. })));
        let mut maps = grouped_maps(9, 6, 3, 0);
        maps[[3, 5, 5]] = bad as f32;
        for reducer in reducers() {
            let error = reducer.reduce(maps.view(), 0).unwrap_err();
            assert!(matches!(error, Error::NotFinite { row: 3, column: 35, .. }), "{error}");
        }
    }
}

#[test]
fn extreme_but_finite_values() {
    let mut maps = grouped_maps(9, 6, 3, 0);
    maps[[1, 0, 0]] = f32::MAX;
    maps[[1, 0, 1]] = f32::MIN;
    maps[[2, 0, 0]] = 1e-40;
    for reducer in reducers() {
        assert!(reducer.reduce(maps.view(), 0).unwrap().points.iter().all(|v| v.is_finite()));
    }
    let huge = array![[1e200, 0.0], [-1e200, 1.0], [0.0, 2.0], [1.0, 1.0], [2.0, 1.0], [3.0, 9.0]];
    assert!(matches!(Pca::default().fit(huge.view()), Err(Error::Magnitude { .. })));
    let tsne = Tsne::new(TsneParams::default().perplexity(2.0).start(Start::Random));
    assert!(matches!(tsne.fit(huge.view(), 0), Err(Error::Magnitude { .. })));
    for clusterer in clusterers() {
        assert!(matches!(clusterer.cluster(huge.view()), Err(Error::Magnitude { .. })));
    }
}

#[test]
fn parameters_out_of_range() {
    let rows = grouped_rows(20, 3, 2, 0);
    let tsne = TsneParams::default().perplexity(5.0);
    for bad in [
        tsne.clone().perplexity(20.0),
        tsne.clone().perplexity(0.5),
        tsne.clone().perplexity(f64::NAN),
        tsne.clone().early_exaggeration(0.0),
        tsne.clone().learning_rate(Some(0.0)),
        tsne.clone().learning_rate(Some(f64::INFINITY)),
        tsne.clone().min_gradient_norm(-1.0),
    ] {
        let error = Tsne::new(bad).fit(rows.view(), 0).unwrap_err();
        assert!(matches!(error, Error::Parameter { .. }), "{error}");
    }
    let diverges = Tsne::new(tsne.clone().learning_rate(Some(1e300)));
    assert!(matches!(diverges.fit(rows.view(), 0), Err(Error::Diverged { .. })));
    let none = Pca::new(PcaParams::default().components(0));
    assert!(matches!(none.fit(rows.view()), Err(Error::Parameter { .. })));
    for range in [1..=4, 0..=0, std::ops::RangeInclusive::new(5, 3)] {
        let ward = WardClusterer::new(WardParams::default().clusters(range));
        assert!(matches!(ward.cluster(rows.view()), Err(Error::Parameter { .. })));
    }
    for density in [
        DensityParams::default().min_samples(1),
        DensityParams::default().min_cluster_size(0),
        DensityParams::default().radius(Some(-1.0)),
    ] {
        assert!(matches!(DensityClusterer::new(density).cluster(rows.view()), Err(Error::Parameter { .. })));
    }
}

#[test]
fn too_many_rows_are_refused_before_memory_is_taken() {
    let tall = Array2::<f64>::zeros((MAX_CLUSTER_ROWS + 1, 1));
    assert!(matches!(Tsne::default().fit(tall.view(), 0), Err(Error::TooManyRows { .. })));
    assert!(matches!(silhouette(tall.view(), &vec![0; tall.nrows()]), Err(Error::TooManyRows { .. })));
    for clusterer in clusterers() {
        assert!(matches!(clusterer.cluster(tall.view()), Err(Error::TooManyRows { .. })));
    }
    // One value seen as a wide and tall table: nothing of this size is ever stored.
    let one = Array1::from(vec![1.0f32]);
    let wide = one.broadcast((MAX_PCA_SIDE + 1, MAX_PCA_SIDE + 1)).unwrap();
    assert!(matches!(Pca::default().fit(wide), Err(Error::TooManyRows { .. })));
}

#[test]
fn silhouettes_that_are_not_defined() {
    let points = grouped_rows(4, 2, 2, 0);
    for labels in [vec![0, 0, 0, 0], vec![0, 1, 2, 3]] {
        let error = silhouette(points.view(), &labels).unwrap_err();
        assert!(matches!(error, Error::SilhouetteUndefined { rows: 4, .. }), "{error}");
    }
    assert!(matches!(silhouette(points.view(), &[0, 1]), Err(Error::LabelCount { found: 2, expected: 4 })));
}

#[cfg(not(feature = "lapack"))]
#[test]
fn a_solver_that_is_not_built_in() {
    let pca = Pca::new(PcaParams::default().solver(EigenSolver::Lapack));
    let error = pca.fit(grouped_rows(4, 2, 2, 0).view()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "this build has no LAPACK solver: enable the feature `lapack` of anv-cluster"
    );
}

#[test]
fn public_types_can_be_shared_between_threads() {
    fn check<T: Send + Sync + Unpin + 'static>() {}
    check::<Error>();
    check::<TsneReducer>();
    check::<PcaReducer>();
    check::<WardClusterer>();
    check::<LinkageClusterer>();
    check::<DensityClusterer>();
    check::<(Pca, PcaOutput, Tsne, TsneOutput)>();
}
