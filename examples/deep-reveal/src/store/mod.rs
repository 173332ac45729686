//! All that is kept: players, sessions, campaigns, rounds, in SQLite or PostgreSQL.
//!
//! The SQL here is one text for both; what differs between them is in `dialect.rs`. All times are Unix milliseconds
//! that the caller passes in.

mod backup;
mod campaign;
mod choose;
mod dialect;
mod disk;
mod export;
mod ids;
mod import;
mod left;
mod lock;
mod migrate;
mod open;
mod password;
mod play;
mod player;
mod questionnaire;
mod reserve;
mod restore;
mod round;
mod row;
mod session;
mod setting;
mod statistics;

pub use campaign::{CampaignRow, Imported, MapProgress, NewCampaign, NewMap, NewPhoto};
pub use export::GameRow;
pub use ids::{CampaignId, MapId, PhotoId, PlayerId, RoundId};
pub use open::Store;
pub use player::{Leader, NewMember, Player, Role, Standing};
pub use questionnaire::{Answers, QuestionnaireResult};
pub use restore::restore;
pub use round::{MaskSource, PlayOutcome, Reserved, RoundRow};
pub use statistics::{Counts, Trust};
