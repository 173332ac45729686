//! A Ballista cluster of this program: what crosses its wires, and its processes.
//!
//! Scheduler and executors are this very program, because they must know the functions `mask` and `overlap` and how
//! maps are read. Every process reads the files itself, so the folders lie where all see them, under one path.

mod address;
mod codec;
mod executor;
mod journal;
mod scheduler;

pub use address::Address;
pub use codec::{LogicalCodec, PhysicalCodec};
pub use executor::executor;
pub use scheduler::scheduler;

use std::net::SocketAddr;

use crate::error::{Error, Result};

/// The address to listen at.
async fn resolve(what: &'static str, address: &Address) -> Result<SocketAddr> {
    let fail =
        |reason: String| Error::Cluster { what, reason: format!("cannot listen at {address}: {reason}") };
    let mut found = tokio::net::lookup_host((address.host.as_str(), address.port))
        .await
        .map_err(|e| fail(e.to_string()))?
        .collect::<Vec<_>>();
    // Of `localhost` clients try the older protocol's address too.
    found.sort_by_key(SocketAddr::is_ipv6);
    found.first().copied().ok_or_else(|| fail("it has no address".into()))
}
