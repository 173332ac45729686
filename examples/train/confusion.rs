//! Which classes are taken for which: a table and a drawing.

use super::evaluate::Evaluation;
use super::svg::{GREY, GRID, INK, document, escape, text};

/// Counts as a table: one row a true class, one column a predicted one.
pub fn csv(classes: &[String], evaluation: &Evaluation) -> String {
    let mut out = String::from("true \\ predicted");
    classes.iter().for_each(|name| out += &format!(",{}", quoted(name)));
    out.push('\n');
    for (name, row) in classes.iter().zip(evaluation.confusion()) {
        out += &quoted(name);
        row.iter().for_each(|count| out += &format!(",{count}"));
        out.push('\n');
    }
    out
}

/// A CSV field, in quotes where it needs them.
pub fn quoted(field: &str) -> String {
    match field.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field.to_owned(),
    }
}

/// The same as a heat table: right answers in blue, mistakes in red, darker for a larger share of the row.
pub fn draw(name: &str, classes: &[String], evaluation: &Evaluation) -> String {
    let count = classes.len() as f64;
    let cell = (760.0 / count).clamp(9.0, 44.0);
    let font = (cell * 0.72).clamp(6.5, 13.0);
    let longest = classes.iter().map(|c| c.chars().count()).max().unwrap_or(0) as f64;
    let margin = (longest * font * 0.56 + 24.0).min(260.0);
    let (left, top) = (margin, 78.0 + margin);
    let side = cell * count;

    let mut body = text(24.0, 34.0, 17.0, INK, "start", &format!("Held-out pictures of {name}"));
    let caption = format!(
        "row: true class, column: predicted class; {:.1} % of {} pictures right",
        100.0 * evaluation.accuracy(),
        evaluation.pairs.len()
    );
    body += &text(24.0, 56.0, 12.0, GREY, "start", &caption);
    body += &format!("<g transform=\"translate({left:.1} {top:.1})\">\n");
    body += &format!("<rect width=\"{side:.1}\" height=\"{side:.1}\" fill=\"#fbfbfc\" stroke=\"{GRID}\"/>\n");
    for (index, class) in classes.iter().enumerate() {
        let middle = (index as f64 + 0.5) * cell;
        body += &text(-6.0, middle + font * 0.35, font, INK, "end", class);
        body += &format!(
            "<text transform=\"translate({:.1} -6) rotate(-90)\" font-size=\"{font}\" fill=\"{INK}\">{}</text>\n",
            middle + font * 0.35,
            escape(class)
        );
    }
    for (true_class, row) in evaluation.confusion().iter().enumerate() {
        let all = row.iter().sum::<usize>().max(1);
        for (predicted, &n) in row.iter().enumerate().filter(|(_, n)| **n > 0) {
            body += &square(classes, (true_class, predicted), (n, all), cell);
        }
    }
    body += "</g>\n";
    document(left + side + 24.0, top + side + 24.0, &body)
}

fn square(classes: &[String], (row, column): (usize, usize), (n, all): (usize, usize), cell: f64) -> String {
    let share = n as f64 / all as f64;
    let colour = if row == column { [37, 99, 168] } else { [200, 50, 30] };
    let blend = |c: i32| (255.0 + (f64::from(c) - 255.0) * (0.2 + 0.8 * share)).round() as u8;
    let [r, g, b] = colour.map(blend);
    let (x, y) = (column as f64 * cell, row as f64 * cell);
    let title = format!("{n} of {all} {} taken for {}", classes[row], classes[column]);
    let mut out = format!(
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{cell:.1}\" height=\"{cell:.1}\" fill=\"#{r:02x}{g:02x}{b:02x}\" \
         stroke=\"#ffffff\" stroke-width=\"0.5\"><title>{}</title></rect>\n",
        escape(&title)
    );
    if cell >= 18.0 {
        let ink = if share > 0.5 { "#ffffff" } else { INK };
        out += &text(x + cell / 2.0, y + cell / 2.0 + 4.0, 11.0, ink, "middle", &n.to_string());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::evaluate::Evaluation;
    use super::{csv, quoted};

    #[test]
    fn table_has_a_row_a_class() {
        let pairs = vec![(0, 0), (0, 1), (1, 1)];
        let e = Evaluation { pairs, classes: 2, file_bytes: 0, sha256: String::new() };
        let classes = ["cat".to_owned(), "dog, wet".to_owned()];
        assert_eq!(csv(&classes, &e), "true \\ predicted,cat,\"dog, wet\"\ncat,1,1\n\"dog, wet\",0,1\n");
        assert_eq!(quoted("a\"b"), "\"a\"\"b\"");
    }
}
