//! What can be asked.

use std::path::Path;

use datafusion::prelude::SessionContext;

use crate::error::{Error, Result};
use crate::output::{print, printable};
use crate::schema::Table;
use crate::{maps, tables, views};

/// Lists the views with their SQL.
///
/// # Errors
/// When standard output is closed.
pub fn views() -> Result<()> {
    let mut text = String::new();
    for view in views::ALL {
        let needs = view.needs.join(" and ");
        text += &format!("{}: {}. Needs {needs}.\n\n", view.name, view.says);
        text.extend(view.sql.lines().map(|line| format!("    {line}\n")));
        text.push('\n');
    }
    print(text.trim_end())
}

/// Lists tables and views that there are, their columns and an example.
///
/// # Errors
/// When standard output is closed.
pub async fn tables(session: &SessionContext, names: &[&str], folder: &Path) -> Result<()> {
    let mut text = String::new();
    for name in names {
        text += &format!("{name}: {}\n{}\n\n", says(name), columns(session, name).await?);
    }
    for view in views::ALL.iter().filter(|view| view.is_possible(names)) {
        text += &format!("{} (view): {}\n{}\n\n", view.name, view.says, columns(session, view.name).await?);
    }
    let folder = printable(&folder.display().to_string());
    text += &format!(
        "functions: mask(map, percent), overlap(mask, mask), and all of DataFusion\n\nexample: query {folder} \""
    );
    text += match names.contains(&Table::Clusters.name()) {
        true => {
            "select class, layer, avg(weight_percent) from clusters group by class, layer order by class, layer\""
        }
        false => "select * from class_words limit 10\"",
    };
    print(&text)
}

fn says(table: &str) -> &'static str {
    match table {
        tables::CLASSES => tables::CLASSES_SAY,
        maps::NAME => maps::SAYS,
        _ => Table::ALL.iter().find(|t| t.name() == table).map_or("", |t| t.says()),
    }
}

async fn columns(session: &SessionContext, table: &str) -> Result<String> {
    let provider = session.table_provider(table).await.map_err(Error::query)?;
    let schema = provider.schema();
    let names: Vec<_> = schema.fields().iter().map(|f| f.name().as_str()).collect();
    Ok(format!("    {}", names.join(", ")))
}
