//! For administrators: how the campaigns are getting on.

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::frame::{Frame, html};
use crate::Error;
use crate::campaign::{Format, export};
use crate::http::{AdminSession, App, Fields, Guarded, PageError, PageResult};
use crate::store::{CampaignId, CampaignRow, Counts, MapProgress, QuestionnaireResult, Trust};

#[derive(Template)]
#[template(path = "admin.html")]
struct AdminPage {
    page: Frame,
    counts: Counts,
    campaigns: Vec<Campaign>,
    trust: TrustSummary,
    answers: QuestionnaireResult,
}

struct Campaign {
    row: CampaignRow,
    maps: Vec<MapProgress>,
    /// Games of the map that has most, for the bars.
    most: u64,
}

struct TrustSummary {
    checked: u64,
    failed: u64,
    /// Games of those who failed.
    games: u64,
    /// Those who failed.
    players: Vec<Trust>,
}

/// `GET /admin`.
pub(crate) async fn admin(app: App, session: AdminSession) -> PageResult {
    let store = app.store();
    let mut campaigns = Vec::new();
    for row in store.campaigns().await? {
        let maps = store.progress(&row.id).await?;
        campaigns.push(Campaign::new(row, maps));
    }
    html(&AdminPage {
        page: Frame::new(&session.visitor, "/admin"),
        counts: store.counts(None).await?,
        campaigns,
        trust: TrustSummary::new(store.trust().await?),
        answers: store.questionnaire().await?,
    })
}

impl Campaign {
    fn new(row: CampaignRow, mut maps: Vec<MapProgress>) -> Self {
        maps.sort_by_key(|map| (map.games, map.load));
        let most = maps.iter().map(|map| map.games).max().unwrap_or_default().max(1);
        Self { row, maps, most }
    }
}

impl TrustSummary {
    fn new(all: Vec<Trust>) -> Self {
        let checked = all.len() as u64;
        let players: Vec<_> = all.into_iter().filter(|player| player.failed > 0).collect();
        let games = players.iter().map(|player| player.games).sum();
        Self { checked, failed: players.len() as u64, games, players }
    }
}

/// `POST /admin/campaigns/{id}/open`.
pub(crate) async fn open_campaign(
    app: App,
    _: AdminSession,
    Path(id): Path<String>,
    _: Guarded<Fields>,
) -> PageResult {
    set_open(&app, id, true).await
}

/// `POST /admin/campaigns/{id}/close`.
pub(crate) async fn close_campaign(
    app: App,
    _: AdminSession,
    Path(id): Path<String>,
    _: Guarded<Fields>,
) -> PageResult {
    set_open(&app, id, false).await
}

async fn set_open(app: &App, id: String, open: bool) -> PageResult {
    match app.store().set_open(&CampaignId::from(id), open).await {
        Ok(()) => Ok(Redirect::to("/admin#campaigns").into_response()),
        Err(Error::NoCampaign { .. }) => Err(PageError::not_found()),
        Err(other) => Err(other.into()),
    }
}

/// Which games.
#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    /// Of one campaign; of all when it is left out.
    campaign: Option<String>,
}

/// `GET /admin/games.csv`.
pub(crate) async fn admin_games(app: App, _: AdminSession, Query(which): Query<Which>) -> PageResult {
    let campaign = which.campaign.map(CampaignId::from);
    if let Some(wanted) = &campaign
        && !app.store().campaigns().await?.iter().any(|row| row.id == *wanted)
    {
        return Err(PageError::not_found());
    }
    let (table, _) = export(app.store(), campaign.as_ref(), Format::Csv).await?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"games.csv\""),
    ];
    Ok((headers, table).into_response())
}
