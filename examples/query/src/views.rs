//! What people ask for first, as views.

use std::sync::Arc;

use datafusion::catalog::view::ViewTable;
use datafusion::error::Result;
use datafusion::prelude::SessionContext;

/// A question with a name.
#[derive(Debug, Clone, Copy)]
pub struct View {
    /// Name in SQL.
    pub name: &'static str,
    /// What it answers.
    pub says: &'static str,
    /// Tables that it reads.
    pub needs: &'static [&'static str],
    /// The question.
    pub sql: &'static str,
}

/// All views, in the order in which they are shown. None orders its rows: the engine keeps an order only where the question
/// itself asks for it.
pub const ALL: [View; 6] = [
    View {
        name: "layers",
        says: "What is left of each layer, on average an image: the thesis' Table 4, in `_before` before clustering",
        needs: &["clusters", "photos"],
        sql: include_str!("views/layers.sql"),
    },
    View {
        name: "class_layers",
        says: "Features of a class by layer: images, and on average an image cluster maps, feature maps, weights",
        needs: &["clusters"],
        sql: include_str!("views/class_layers.sql"),
    },
    View {
        name: "class_words",
        says: "Features of a class by layer in people's words: score and weight of each label",
        needs: &["labels"],
        sql: include_str!("views/class_words.sql"),
    },
    View {
        name: "accuracy",
        says: "Right predictions by class, of the images whose class the network knows",
        needs: &["photos", "classes"],
        sql: include_str!("views/accuracy.sql"),
    },
    View {
        name: "wrong_maps",
        says: "Cluster maps of wrong predictions; order them by weight_percent to see what weighed most",
        needs: &["clusters", "photos"],
        sql: include_str!("views/wrong_maps.sql"),
    },
    View {
        name: "similar_maps",
        says: "Cluster maps of other images in the same layer, by overlap of their strongest fifth; ask with an image and a layer",
        needs: &["maps"],
        sql: include_str!("views/similar_maps.sql"),
    },
];

impl View {
    /// Whether its tables are among these.
    pub fn is_possible(&self, tables: &[&str]) -> bool {
        self.needs.iter().all(|table| tables.contains(table))
    }
}

/// Makes the views known whose tables are there.
///
/// # Errors
/// When a view cannot be planned.
pub async fn register(session: &SessionContext, tables: &[&str]) -> Result<()> {
    for view in ALL.iter().filter(|view| view.is_possible(tables)) {
        let plan = session.state().create_logical_plan(view.sql).await?;
        session.register_table(view.name, Arc::new(ViewTable::new(plan, Some(view.sql.to_owned()))))?;
    }
    Ok(())
}
