//! The process that plans queries and gives out their parts.

use std::sync::Arc;

use ballista_core::utils::default_session_builder;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::{create_scheduler, start_grpc_service_with_listener};
use datafusion::execution::{FunctionRegistry, SessionState};
use datafusion::prelude::SessionConfig;
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use tokio::net::TcpListener;

use super::{LogicalCodec, PhysicalCodec};
use crate::args::Scheduler;
use crate::error::{Error, Result};
use crate::functions;
use crate::output::print;

const WHAT: &str = "scheduler";

/// Runs until a signal ends it.
///
/// # Errors
/// [`Error::Cluster`] when it cannot listen.
pub async fn scheduler(options: &Scheduler) -> Result<()> {
    super::journal::begin(options.log);
    let fail = |reason: String| Error::Cluster { what: WHAT, reason };
    let address = super::resolve(WHAT, &options.bind).await?;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|e| fail(format!("cannot listen at {}: {e}", options.bind)))?;
    let host = options.external_host.as_ref().unwrap_or(&options.bind.host);
    let mut config = SchedulerConfig::default()
        .with_hostname(host)
        .with_port(options.bind.port)
        .with_override_session_builder(Arc::new(session));
    config.override_logical_codec = Some(Arc::new(LogicalCodec::default()));
    config.override_physical_codec = Some(Arc::new(PhysicalCodec::default()));
    let cluster = BallistaCluster::new_from_config(&config).await.map_err(|e| fail(e.to_string()))?;
    let server = create_scheduler::<LogicalPlanNode, PhysicalPlanNode>(cluster, Arc::new(config));
    let server = server.await.map_err(|e| fail(e.to_string()))?;
    print(&format!("scheduler at {}", options.bind))?;
    start_grpc_service_with_listener(listener, server).await.map_err(|e| fail(e.to_string()))
}

/// A session that knows our functions.
pub fn session(config: SessionConfig) -> datafusion::error::Result<SessionState> {
    let mut state = default_session_builder(config)?;
    for function in functions::all() {
        state.register_udf(function)?;
    }
    Ok(state)
}
