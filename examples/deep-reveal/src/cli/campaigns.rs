//! `import` and `export`.

use std::path::Path;

use super::args::ImportArgs;
use super::table::{number, plural, printable};
use super::{find_campaign, missing, now};
use crate::campaign::{Format, ImportOptions, export as export_games, read_campaign};
use crate::store::Store;
use crate::{Error, Result};

pub(super) async fn import(database: &str, args: ImportArgs) -> Result<String> {
    let classes = args.classes.as_deref().map(read_classes).transpose()?;
    let options = ImportOptions {
        name: args.name,
        easing: args.easing,
        controls: args.control,
        classes,
        closed: args.closed,
    };
    let campaign = read_campaign(&args.folders, &options)?;
    // Made when it is not there: a campaign that is imported first is the only one.
    let made = missing(database).map(Path::to_owned);
    let store = &Store::open(database).await?;
    let imported = store.import(&campaign, now()).await?;
    let mut text = format!(
        "{} added to `{}`: {} to label, {}",
        plural(imported.photos - imported.controls, "photo"),
        campaign.name,
        plural(imported.maps, "map"),
        plural(imported.controls, "control photo")
    );
    if !imported.known.is_empty() {
        text.push_str(&format!(
            "\nit had already, left as they are: {}",
            printable(&imported.known.join(", "))
        ));
    }
    if let Some(path) = made {
        text.push_str(&format!("\nthe database {} was made", path.display()));
    }
    let row = find_campaign(store, &campaign.name).await?;
    if !row.open {
        text.push_str(&format!("\nit is closed: `deep-reveal admin open '{}'` serves it", row.name));
    }
    if row.controls == 0 {
        text.push_str("\nit has no control photo (--control): nothing will tell whom to trust");
    }
    Ok(text)
}

pub(super) async fn export(
    store: &Store,
    file: &Path,
    campaign: Option<&str>,
    overwrite: bool,
) -> Result<String> {
    let format = Format::of(file)?;
    check_target(file, overwrite)?;
    let campaign = match campaign {
        Some(name) => Some(find_campaign(store, name).await?.id),
        None => None,
    };
    let (bytes, games) = export_games(store, campaign.as_ref(), format).await?;
    anv_core::write_file(file, &bytes)?;
    let noun = if games == 1 { "game" } else { "games" };
    Ok(format!("{} {noun} written to {}", number(games as u64), file.display()))
}

/// A slip in the name of a file must neither make folders nor cost a file that is there.
fn check_target(file: &Path, overwrite: bool) -> Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(Error::MissingFolder { path: folder.to_owned() });
    }
    match file.exists() && !overwrite {
        true => Err(Error::FileExists { path: file.to_owned(), instead: "another name, or --overwrite" }),
        false => Ok(()),
    }
}

/// One class a line; blank lines do not count.
fn read_classes(path: &Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(path).map_err(Error::io("read", path))?;
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(String::from).collect())
}
