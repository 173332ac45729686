//! Where a query is answered: in this process, or on a cluster.

use std::sync::Arc;

use ballista::prelude::{SessionConfigExt, SessionContextExt};
use datafusion::common::config::Dialect;
use datafusion::error::Result;
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::cluster::{Address, LogicalCodec};

fn configured(config: SessionConfig) -> SessionConfig {
    let mut config = config.with_information_schema(true);
    let parser = &mut config.options_mut().sql_parser;
    // An unknown column is told with its place.
    parser.collect_spans = true;
    // The generic dialect allows a comma before the end of a list, and then cannot tell the column `cluster` from the
    // beginning of `cluster by`.
    parser.dialect = Dialect::PostgreSQL;
    config
}

/// Answers in this process.
pub fn local() -> SessionContext {
    SessionContext::new_with_config(configured(SessionConfig::new()))
}

/// Answers on the cluster of a scheduler.
///
/// # Errors
/// When the address is none.
pub async fn remote(scheduler: &Address) -> Result<SessionContext> {
    let config = configured(SessionConfig::new_with_ballista())
        // Plans that change while they run count rows of sorted unions more than once (Ballista 55.0).
        .with_ballista_adaptive_query_planner(false)
        .with_ballista_logical_extension_codec(Arc::new(LogicalCodec::default()));
    let state = SessionStateBuilder::new().with_default_features().with_config(config).build();
    SessionContext::remote_with_state(&format!("df://{scheduler}"), state).await
}
