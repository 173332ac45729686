//! What is left to play.

use super::{PlayerId, Store};
use crate::Result;

impl Store {
    /// Whether an open campaign has a map, of control photos or of the others, whose photo a player never met.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn has_unmet(&self, player: &PlayerId, control: bool) -> Result<bool> {
        let query = sqlx::query(
            "SELECT map.id FROM map WHERE open = 1 AND control = $1 AND NOT EXISTS \
             (SELECT 1 FROM round WHERE round.player = $2 AND round.sha256 = map.sha256) LIMIT 1",
        )
        .bind(i64::from(control))
        .bind(player.as_str());
        let row = query.fetch_optional(self.readers()).await.map_err(self.failed("look for a map"))?;
        Ok(row.is_some())
    }
}
