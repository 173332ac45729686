//! `admin`.

use super::find_campaign;
use super::table::{number, plural, printable, table};
use crate::store::{CampaignRow, Counts, MapProgress, Role, Store};
use crate::{Error, Result};

pub(super) async fn set_admin(store: &Store, name: &str, admin: bool) -> Result<String> {
    let Some(player) = store.find_member(name).await? else {
        return Err(Error::NoPlayer { found: name.to_owned() });
    };
    store.set_role(&player.id, if admin { Role::Admin } else { Role::Player }).await?;
    let name = printable(player.name.as_deref().unwrap_or(name));
    Ok(match admin {
        true => format!("{name} can see and change campaigns, at /admin"),
        false => format!("{name} is a player like others"),
    })
}

pub(super) async fn set_open(store: &Store, campaign: &str, open: bool) -> Result<String> {
    let row = find_campaign(store, campaign).await?;
    store.set_open(&row.id, open).await?;
    let (photos, name) = (plural(row.photos as usize, "photo"), &row.name);
    Ok(match open {
        true => format!("`{name}` is open: its {photos} are served"),
        false => format!("`{name}` is closed: rounds begun are finished, no others begin"),
    })
}

pub(super) async fn campaigns(store: &Store) -> Result<String> {
    let row = |campaign: &CampaignRow| {
        let (least, most) = campaign.load;
        vec![
            campaign.name.clone(),
            if campaign.open { "open" } else { "closed" }.into(),
            number(campaign.photos),
            number(campaign.controls),
            number(campaign.maps),
            number(campaign.games),
            format!("{}–{}", number(least), number(most)),
            if campaign.easing { "easing" } else { "" }.into(),
        ]
    };
    let campaigns = store.campaigns().await?;
    if campaigns.is_empty() {
        return Ok("there are no campaigns: `deep-reveal import FOLDER --name NAME` makes one".into());
    }
    let header = ["campaign", "state", "photos", "controls", "maps", "games", "a map", "options"];
    Ok(table(&header, &campaigns.iter().map(row).collect::<Vec<_>>()))
}

pub(super) async fn progress(store: &Store, campaign: Option<&str>) -> Result<String> {
    let campaigns = match campaign {
        Some(name) => vec![find_campaign(store, name).await?],
        None => store.campaigns().await?,
    };
    let row = |map: &MapProgress| {
        vec![
            printable(&map.image),
            printable(&map.true_class),
            number(map.layer.into()),
            number(map.cluster.into()),
            format!("{:.1}%", map.weight_percent),
            number(map.games),
            number(map.wins),
            number(map.labels),
            number(map.load.saturating_sub(map.games)),
            if map.control { "control" } else { "" }.into(),
        ]
    };
    let header =
        ["image", "class", "layer", "cluster", "weight", "games", "wins", "labels", "in progress", "kind"];
    let mut text = String::new();
    for campaign in campaigns {
        let maps = store.progress(&campaign.id).await?;
        let state = if campaign.open { "open" } else { "closed" };
        text.push_str(&format!("{} ({state})\n\n", campaign.name));
        text.push_str(&table(&header, &maps.iter().map(row).collect::<Vec<_>>()));
        text.push('\n');
    }
    Ok(text)
}

pub(super) async fn counts(store: &Store, campaign: Option<&str>) -> Result<String> {
    let id = match campaign {
        Some(name) => Some(find_campaign(store, name).await?.id),
        None => None,
    };
    Ok(counts_text(&store.counts(id.as_ref()).await?))
}

fn counts_text(counts: &Counts) -> String {
    let header =
        ["Games", "Wins", "Losses", "Resigns", "Total raw labels", "Raw labels per map", "Hints per game"];
    let row = vec![
        number(counts.games),
        number(counts.wins),
        number(counts.losses),
        number(counts.resigns),
        number(counts.labels),
        format!("{:.3}", counts.labels_per_map()),
        format!("{:.1}", counts.hints_per_game()),
    ];
    format!(
        "{}\n{}, {}, {} in progress, {} on control photos (not counted above)\n",
        table(&header, &[row]),
        plural(counts.players as usize, "player"),
        plural(counts.maps as usize, "map"),
        plural(counts.open as usize, "game"),
        plural(counts.controls as usize, "game")
    )
}

pub(super) async fn trust(store: &Store) -> Result<String> {
    let players = store.trust().await?;
    if players.is_empty() {
        return Ok("nobody has finished a control game yet".into());
    }
    let failed = players.iter().filter(|player| player.failed > 0).count();
    let rows: Vec<Vec<String>> = players
        .iter()
        .map(|player| {
            vec![
                player.name.as_deref().map_or_else(|| "(guest)".into(), printable),
                player.pseudonym.clone(),
                number(player.games),
                number(player.controls),
                number(player.failed),
                if player.failed > 0 { "left out" } else { "trusted" }.into(),
            ]
        })
        .collect();
    let header = ["player", "in exports", "games", "controls", "failed", "labels"];
    Ok(format!(
        "{}\n{} with a control game, {} failed one: `label` leaves their games out\n",
        table(&header, &rows),
        plural(players.len(), "player"),
        number(failed as u64)
    ))
}

pub(super) async fn questionnaire(store: &Store) -> Result<String> {
    let result = store.questionnaire().await?;
    if result.players == 0 {
        return Ok("nobody has answered the questionnaire yet".into());
    }
    let header = ["Rating", "SUS", "NASA-TLX", "Players"];
    let row = vec![
        format!("{:.2}", result.rating),
        format!("{:.1}", result.sus),
        format!("{:.1}", result.tlx),
        number(result.players),
    ];
    let mut text = table(&header, &[row]);
    text.push_str(
        "\nRating 1 to 5 and SUS (System Usability Scale) 0 to 100: more is better.\n\
         NASA-TLX, unweighted, 0 to 100: less is less work.\n",
    );
    for comment in &result.comments {
        text.push_str(&format!("\n– {}\n", printable(comment)));
    }
    Ok(text)
}
