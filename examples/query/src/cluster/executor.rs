//! A process that works on parts of queries.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ballista_core::registry::BallistaFunctionRegistry;
use ballista_core::utils::default_config_producer;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use tempfile::TempDir;

use super::scheduler::session;
use super::{LogicalCodec, PhysicalCodec};
use crate::args::Executor;
use crate::error::{Error, Result};
use crate::output::print;

const WHAT: &str = "executor";
/// A scheduler may be started at the same time.
const PATIENCE_SECONDS: u16 = 30;
/// What queries leave behind is looked for so often.
const CLEAN_UP: Duration = Duration::from_secs(600);
/// And removed when it is so old.
const KEPT: Duration = Duration::from_secs(3600);

/// Runs until a signal or the scheduler ends it.
///
/// # Errors
/// [`Error::Cluster`] when it cannot listen, or finds no scheduler.
pub async fn executor(options: &Executor) -> Result<()> {
    super::journal::begin(options.log);
    let fail = |reason: String| Error::Cluster { what: WHAT, reason };
    // Removed when this function ends.
    let temporary = TempDir::new().map_err(|e| fail(format!("cannot make a temporary folder: {e}")))?;
    let folder = options.work_dir.clone().unwrap_or_else(|| temporary.path().to_owned());
    let config = config(options, folder).await?;
    print(&format!("executor at {}, for the scheduler at {}", options.bind, options.scheduler))?;
    start_executor_process(Arc::new(config)).await.map_err(|e| fail(e.to_string()))
}

async fn config(options: &Executor, folder: PathBuf) -> Result<ExecutorProcessConfig> {
    let fail = |reason: String| Error::Cluster { what: WHAT, reason };
    let address = super::resolve(WHAT, &options.bind).await?;
    let next = options.bind.port.checked_add(1);
    let grpc_port = next.ok_or_else(|| fail(format!("there is no port after {}", options.bind.port)))?;
    let folder = folder.into_os_string().into_string();
    let work_dir = folder.map_err(|name| fail(format!("{} is no Unicode", name.display())))?;
    let state = session(default_config_producer()).map_err(|e| fail(e.to_string()))?;
    let mut config = ExecutorProcessConfig {
        bind_host: address.ip().to_string(),
        external_host: Some(options.external_host.clone().unwrap_or_else(|| options.bind.host.clone())),
        port: options.bind.port,
        grpc_port,
        scheduler_host: options.scheduler.host.clone(),
        scheduler_port: options.scheduler.port,
        scheduler_connect_timeout_seconds: PATIENCE_SECONDS,
        work_dir: Some(work_dir),
        job_data_ttl_seconds: KEPT.as_secs(),
        job_data_clean_up_interval_seconds: CLEAN_UP.as_secs(),
        override_function_registry: Some(Arc::new(BallistaFunctionRegistry::from(&state))),
        override_logical_codec: Some(Arc::new(LogicalCodec::default())),
        override_physical_codec: Some(Arc::new(PhysicalCodec::default())),
        ..ExecutorProcessConfig::default()
    };
    if let Some(cores) = options.cores {
        config.vcores = cores.max(1);
    }
    Ok(config)
}
