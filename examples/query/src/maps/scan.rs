//! Reading maps as part of a query's plan.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float32Array, Int64Array, ListArray, StringArray};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, Field, SchemaRef};
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::EquivalenceProperties;
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::stream::RecordBatchReceiverStreamBuilder;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PhysicalExpr, PlanProperties,
};
use serde::{Deserialize, Serialize};

use super::file::{self, Entry, MapsFile};
use super::{Part, SCHEMA, Wanted};
use crate::error::Error;

/// Numbers that a batch holds at most, unless a single map has more: 16 MiB.
const NUMBERS: usize = 1 << 22;

/// Reads maps, several groups of parts side by side.
#[derive(Debug)]
pub struct MapsScan {
    task: Task,
    properties: Arc<PlanProperties>,
}

/// What is to be read; another process can be told so.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Task {
    groups: Vec<Vec<Part>>,
    /// Places of the columns wanted; all without.
    projection: Option<Vec<usize>>,
    wanted: Wanted,
}

impl MapsScan {
    /// A scan of these parts.
    ///
    /// # Errors
    /// For a column that there is not.
    pub fn new(groups: Vec<Vec<Part>>, projection: Option<Vec<usize>>, wanted: Wanted) -> Result<Self> {
        Self::of(Task { groups, projection, wanted })
    }

    fn of(task: Task) -> Result<Self> {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(task.schema()?),
            Partitioning::UnknownPartitioning(task.groups.len()),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Ok(Self { task, properties: Arc::new(properties) })
    }

    /// As bytes, for another process.
    ///
    /// # Errors
    /// For a path that is no Unicode.
    pub fn encode(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(&self.task)
    }

    /// What [`MapsScan::encode`] wrote.
    ///
    /// # Errors
    /// For other bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        Self::of(serde_json::from_slice(bytes).map_err(|e| DataFusionError::External(e.into()))?)
    }
}

impl DisplayAs for MapsScan {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files: usize = self.task.groups.iter().map(Vec::len).sum();
        write!(f, "MapsScan: files={files}, wanted={:?}", self.task.wanted)
    }
}

impl ExecutionPlan for MapsScan {
    fn name(&self) -> &str {
        "MapsScan"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, partition: usize, _: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let mut builder = RecordBatchReceiverStreamBuilder::new(self.task.schema()?, 2);
        let (task, sender) = (self.task.clone(), builder.tx());
        builder.spawn_blocking(move || {
            let parts = task.groups.get(partition).map(Vec::as_slice).unwrap_or_default();
            for part in parts {
                // Nobody listens any more when enough rows were seen.
                if !task.read(part, |batch| sender.blocking_send(Ok(batch)).is_ok())? {
                    break;
                }
            }
            Ok(())
        });
        Ok(builder.build())
    }
}

impl Task {
    fn schema(&self) -> Result<SchemaRef> {
        Ok(match &self.projection {
            Some(columns) => Arc::new(SCHEMA.project(columns)?),
            None => Arc::clone(&SCHEMA),
        })
    }

    /// Reads a part batch by batch, until it ends or `send` says no.
    fn read(&self, part: &Part, mut send: impl FnMut(RecordBatch) -> bool) -> Result<bool> {
        let photos = file::photos(&part.photos).map_err(|e| failed(&part.photos, &*e))?;
        let wanted = |photo, layer, cluster| {
            let image = photos.get(&photo).is_some_and(|(image, _)| self.wanted.image(image));
            image && self.wanted.map(photo, layer, cluster)
        };
        let mut maps = MapsFile::open(&part.maps, wanted).map_err(|e| failed(&part.maps, &*e))?;
        let entries = maps.entries().to_vec();
        let mut rest = entries.as_slice();
        while !rest.is_empty() {
            let (now, later) = rest.split_at(batch_length(rest));
            rest = later;
            let column = |place: usize| -> Result<ArrayRef> {
                let photo = |e: &Entry| photos.get(&e.photo);
                Ok(match place {
                    0 => Arc::new(StringArray::from_iter_values(now.iter().map(|_| &part.run))),
                    1 => numbers(now, |e| e.photo),
                    2 => Arc::new(now.iter().map(|e| photo(e).map(|p| &p.0)).collect::<StringArray>()),
                    3 => Arc::new(now.iter().map(|e| photo(e)?.1.as_ref()).collect::<StringArray>()),
                    4 => numbers(now, |e| e.layer),
                    5 => numbers(now, |e| e.cluster),
                    6 => numbers(now, |e| e.height),
                    7 => numbers(now, |e| e.width),
                    _ => lists(now, maps.read(now).map_err(|e| failed(&part.maps, &e))?)?,
                })
            };
            if !send(self.batch(now.len(), column)?) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn batch(&self, rows: usize, column: impl FnMut(usize) -> Result<ArrayRef>) -> Result<RecordBatch> {
        let columns = match &self.projection {
            Some(places) => places.iter().copied().map(column).collect::<Result<Vec<_>>>()?,
            None => (0..SCHEMA.fields().len()).map(column).collect::<Result<Vec<_>>>()?,
        };
        // Without a column the number of rows is all there is: `count(*)`.
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        Ok(RecordBatch::try_new_with_options(self.schema()?, columns, &options)?)
    }
}

/// Maps of the next batch.
fn batch_length(entries: &[Entry]) -> usize {
    let mut numbers = 0_usize;
    let fitting = entries.iter().take_while(|e| {
        numbers = numbers.saturating_add(e.numbers());
        numbers <= NUMBERS
    });
    fitting.count().clamp(1, 8192)
}

fn numbers(entries: &[Entry], number: impl Fn(&Entry) -> i64) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(entries.iter().map(number)))
}

fn lists(entries: &[Entry], numbers: Vec<f32>) -> Result<ArrayRef> {
    let offsets = OffsetBuffer::from_lengths(entries.iter().map(Entry::numbers));
    let item = Arc::new(Field::new("item", DataType::Float32, false));
    Ok(Arc::new(ListArray::try_new(item, offsets, Arc::new(Float32Array::from(numbers)), None)?))
}

fn failed(path: &Path, reason: &dyn std::error::Error) -> DataFusionError {
    DataFusionError::External(Box::new(Error::File { path: path.to_owned(), reason: reason.to_string() }))
}
