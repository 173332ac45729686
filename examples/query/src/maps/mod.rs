//! The table `maps`: the cluster maps of `maps-*.safetensors` as lists of numbers.
//!
//! Photo, layer, cluster and size stand in the header of a file, so a query that wants one layer or photo reads only the
//! bytes of those maps. Names and classes come from the table of photos of the same part.

mod file;
mod scan;
mod wanted;

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use serde::{Deserialize, Serialize};

pub use self::scan::MapsScan;
use self::wanted::Wanted;
use crate::run::Run;

/// Name of the table in SQL.
pub const NAME: &str = "maps";
/// What it holds.
pub const SAYS: &str = "one row a cluster map, with its numbers row by row";

/// The maps of a part of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Name of the run.
    pub run: String,
    /// The file of the maps.
    pub maps: PathBuf,
    /// The table of the same photos.
    pub photos: PathBuf,
}

/// The maps of some runs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MapsTable {
    parts: Vec<Part>,
    /// Whether parts are read side by side. Not on a cluster: Ballista gives each of its tasks some of a scan's partitions,
    /// but can cut only scans of its own, so that every task would read all of them.
    #[serde(skip)]
    side_by_side: bool,
}

impl MapsTable {
    /// The maps of these runs; `None` when they have none.
    pub fn new(runs: &[Run]) -> Option<Self> {
        let parts: Vec<Part> = runs
            .iter()
            .flat_map(|run| run.files.maps.iter().map(move |files| (run, files)))
            .map(|(run, (maps, photos))| Part {
                run: run.name.clone(),
                maps: maps.clone(),
                photos: photos.clone(),
            })
            .collect();
        (!parts.is_empty()).then_some(Self { parts, side_by_side: true })
    }
}

/// The type of a map: its numbers, row by row.
pub fn map_type() -> DataType {
    DataType::List(Arc::new(Field::new("item", DataType::Float32, false)))
}

static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    let text = |name, nullable| Field::new(name, DataType::Utf8, nullable);
    let number = |name| Field::new(name, DataType::Int64, false);
    Arc::new(Schema::new(vec![
        text("run", false),
        number("photo"),
        text("image", false),
        text("class", true),
        number("layer"),
        number("cluster"),
        number("height"),
        number("width"),
        Field::new("map", map_type(), false),
    ]))
});

#[async_trait]
impl TableProvider for MapsTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&SCHEMA)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        // What is understood of them only narrows what is read.
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let wanted = Wanted::new(filters);
        let parts: Vec<Part> = self.parts.iter().filter(|p| wanted.run(&p.run)).cloned().collect();
        let most =
            if self.side_by_side { state.config().target_partitions().min(parts.len()).max(1) } else { 1 };
        let mut groups = vec![Vec::new(); most];
        parts.into_iter().enumerate().for_each(|(place, part)| groups[place % most].push(part));
        Ok(Arc::new(MapsScan::new(groups, projection.cloned(), wanted)?))
    }
}
