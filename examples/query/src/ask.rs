//! From a question to its answer.

use std::io::Read;
use std::time::Duration;

use datafusion::common::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::prelude::{SQLOptions, SessionContext};
use tokio::runtime::Runtime;

use crate::args::Ask;
use crate::cluster::Address;
use crate::error::{Error, Result};
use crate::output::{self, Answer};
use crate::run::{self, Run};
use crate::{overview, session, tables, views};

/// Long enough for a machine far away.
const PATIENCE: Duration = Duration::from_secs(10);

/// Answers a query, or shows what can be asked.
///
/// # Errors
/// Every [`Error`] but those of the parts of a cluster.
pub fn ask(ask: &Ask, runtime: &Runtime) -> Result<()> {
    let target = output::Target::new(ask)?;
    let Some(folder) = &ask.run else { return overview::views() };
    if ask.views {
        return overview::views();
    }
    let runs = run::find(std::iter::once(folder.as_path()).chain(ask.also.iter().map(|p| p.as_path())))?;
    runs.iter().try_for_each(Run::check)?;
    let (session, tables) = runtime.block_on(open(ask.scheduler.as_ref(), &runs))?;
    match &ask.sql {
        None => runtime.block_on(overview::tables(&session, &tables, folder)),
        Some(sql) => {
            let sql = if sql == "-" { standard_input()? } else { sql.clone() };
            let rows = runtime.block_on(start(&session, &sql)).map_err(|e| blame(&runs, e))?;
            target.write(Answer { rows, runtime }).map_err(|e| blame(&runs, e))
        }
    }
}

/// A session with all tables and views.
async fn open(scheduler: Option<&Address>, runs: &[Run]) -> Result<(SessionContext, Vec<&'static str>)> {
    let session = match scheduler {
        None => session::local(),
        Some(address) => {
            knock(address).await?;
            session::remote(address).await.map_err(Error::query)?
        }
    };
    let tables = tables::register(&session, runs).map_err(Error::query)?;
    views::register(&session, &tables).await.map_err(Error::query)?;
    Ok((session, tables))
}

/// The library would only say "transport error", and wait for long.
async fn knock(address: &Address) -> Result<()> {
    let fail = |source| Error::Scheduler { address: address.clone(), source };
    let connect = tokio::net::TcpStream::connect((address.host.as_str(), address.port));
    match tokio::time::timeout(PATIENCE, connect).await {
        Ok(connected) => connected.map(drop).map_err(fail),
        Err(elapsed) => Err(fail(elapsed.into())),
    }
}

/// Begins to answer a question that changes nothing.
async fn start(session: &SessionContext, sql: &str) -> Result<SendableRecordBatchStream> {
    let reading = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    let answer = session.sql_with_options(sql, reading).await.map_err(Error::sql)?;
    answer.execute_stream().await.map_err(|error| match error.find_root() {
        // What the optimizer finds wrong is the question's fault as well.
        DataFusionError::Plan(_) | DataFusionError::SchemaError(..) => Error::sql(error),
        _ => Error::query(error),
    })
}

/// A damaged file is told by name.
fn blame(runs: &[Run], error: Error) -> Error {
    let Error::Query(_) = &error else { return error };
    runs.iter().try_for_each(Run::read_all).err().unwrap_or(error)
}

fn standard_input() -> Result<String> {
    let mut sql = String::new();
    std::io::stdin()
        .read_to_string(&mut sql)
        .map_err(|e| Error::Arguments(format!("cannot read the query from standard input: {e}")))?;
    Ok(sql)
}
