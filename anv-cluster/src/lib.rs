//! Reduction and clustering of feature maps: PCA, exact t-SNE, Ward linkage, silhouette.
