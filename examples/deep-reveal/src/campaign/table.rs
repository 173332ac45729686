//! What every format of games can do.

use crate::Result;
use crate::store::GameRow;

/// A table that grows row by row.
pub(super) trait Table: Send {
    fn add(&mut self, row: GameRow) -> Result<()>;
    fn finish(self: Box<Self>) -> Result<Vec<u8>>;
}
