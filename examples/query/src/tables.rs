//! Files become tables, with a column `run` in front that says whose a row is.

use std::path::Path;
use std::sync::Arc;

use datafusion::catalog::view::ViewTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::datasource::provider_as_source;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder};
use datafusion::prelude::{Expr, SessionContext, col, ident, lit};
use url::Url;

use crate::functions;
use crate::maps::{self, MapsTable};
use crate::run::Run;
use crate::schema::Table;

/// Name of the table of classes.
pub const CLASSES: &str = "classes";
/// What it holds.
pub const CLASSES_SAY: &str = "one row a class that the network knows";

/// Makes tables and functions known; returns the names of the tables that there are.
///
/// # Errors
/// When a path is no address of a file.
pub fn register(session: &SessionContext, runs: &[Run]) -> Result<Vec<&'static str>> {
    functions::all().into_iter().for_each(|function| session.register_udf(function.as_ref().clone()));
    let mut names = Vec::new();
    for table in Table::ALL {
        let plans = runs.iter().filter(|run| !run.files_of(table).is_empty());
        let plans = plans.map(|run| files(run, table)).collect::<Result<Vec<_>>>()?;
        if register_plan(session, table.name(), plans)? {
            names.push(table.name());
        }
    }
    let plans = runs.iter().filter(|run| !run.classes.is_empty()).map(classes).collect::<Result<Vec<_>>>()?;
    if register_plan(session, CLASSES, plans)? {
        names.push(CLASSES);
    }
    if let Some(table) = MapsTable::new(runs) {
        session.register_table(maps::NAME, Arc::new(table))?;
        names.push(maps::NAME);
    }
    Ok(names)
}

/// All rows of all runs under one name.
fn register_plan(session: &SessionContext, name: &str, plans: Vec<LogicalPlan>) -> Result<bool> {
    let mut plans = plans.into_iter();
    let Some(first) = plans.next() else { return Ok(false) };
    let whole = plans.try_fold(LogicalPlanBuilder::from(first), LogicalPlanBuilder::union)?.build()?;
    session.register_table(name, Arc::new(ViewTable::new(whole, None)))?;
    Ok(true)
}

fn files(run: &Run, table: Table) -> Result<LogicalPlan> {
    let urls = run.files_of(table).iter().map(|path| url(path)).collect::<Result<Vec<_>>>()?;
    let schema = table.schema();
    let options = ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension(".parquet");
    let config = ListingTableConfig::new_with_multi_paths(urls)
        .with_listing_options(options)
        .with_schema(Arc::clone(&schema));
    let source = provider_as_source(Arc::new(ListingTable::try_new(config)?));
    let columns = std::iter::once(lit(run.name.as_str()).alias("run"));
    let columns = columns.chain(schema.fields().iter().map(|f| ident(f.name())));
    LogicalPlanBuilder::scan(table.name(), source, None)?.project(columns.collect::<Vec<Expr>>())?.build()
}

/// Executors get this address too, so it must be of one file whatever its name looks like.
fn url(path: &Path) -> Result<ListingTableUrl> {
    let url = Url::from_file_path(path).map_err(|()| {
        DataFusionError::Configuration(format!("{} is no address of a file", path.display()))
    })?;
    ListingTableUrl::try_new(url, None)
}

fn classes(run: &Run) -> Result<LogicalPlan> {
    let row = |class: &String| vec![lit(run.name.as_str()), lit(class.as_str())];
    let columns = [col("column1").alias("run"), col("column2").alias("class")];
    LogicalPlanBuilder::values(run.classes.iter().map(row).collect())?.project(columns)?.build()
}
