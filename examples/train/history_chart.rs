//! The history as a drawing, one row a phase (thesis Figure 15).

use super::history::{Epoch, PhaseHistory};
use super::svg::{BLUE, GREY, GRID, INK, ORANGE, document, escape, line, text};

const PANEL: (f64, f64) = (360.0, 200.0);
const LEFT: f64 = 64.0;
const TOP: f64 = 84.0;
const ROW: f64 = 290.0;
const COLUMN: f64 = 440.0;

/// What a panel shows of an epoch.
struct Measure {
    title: &'static str,
    training: fn(&Epoch) -> Option<f64>,
    validation: fn(&Epoch) -> f64,
    percent: bool,
}

const MEASURES: [Measure; 2] = [
    Measure { title: "Loss", training: |e| e.loss, validation: |e| e.validation_loss, percent: false },
    Measure {
        title: "Accuracy",
        training: |e| e.accuracy.map(|a| 100.0 * a),
        validation: |e| 100.0 * e.validation_accuracy,
        percent: true,
    },
];

/// Loss and accuracy on training and validation pictures over the epochs.
pub fn draw(name: &str, phases: &[PhaseHistory]) -> String {
    let height = TOP + ROW * phases.len() as f64;
    let mut body = text(24.0, 34.0, 17.0, INK, "start", &format!("Training of {name}"));
    body += &legend(24.0, 56.0);
    for (row, phase) in phases.iter().enumerate() {
        for (column, measure) in MEASURES.iter().enumerate() {
            let (x, y) = (LEFT + COLUMN * column as f64, TOP + 34.0 + ROW * row as f64);
            body += &format!("<g transform=\"translate({x:.1} {y:.1})\">\n{}</g>\n", panel(phase, measure));
        }
    }
    document(2.0 * COLUMN + 24.0, height + 12.0, &body)
}

fn legend(x: f64, y: f64) -> String {
    let mut out = String::new();
    let mut at = x;
    for (colour, label, width) in [(BLUE, "training (with dropout)", 180.0), (ORANGE, "validation", 110.0)] {
        out += &line((at, y - 4.0), (at + 22.0, y - 4.0), colour, "stroke-width=\"2.5\"");
        out += &text(at + 28.0, y, 12.0, GREY, "start", label);
        at += width;
    }
    out += &format!(
        "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"4.5\" fill=\"#fff\" stroke=\"{ORANGE}\" stroke-width=\"2\"/>\n",
        at + 6.0,
        y - 4.0
    );
    out + &text(at + 18.0, y, 12.0, GREY, "start", "weights kept")
}

fn panel(phase: &PhaseHistory, measure: &Measure) -> String {
    let (width, height) = PANEL;
    let numbered = || phase.epochs.iter().enumerate();
    let training: Vec<_> = numbered().filter_map(|(i, e)| Some((i, (measure.training)(e)?))).collect();
    let validation: Vec<_> = numbered().map(|(i, e)| (i, (measure.validation)(e))).collect();
    let series = [training, validation];
    let (low, high, step) = range(series.iter().flatten().map(|(_, value)| *value), measure.percent);
    let x = |epoch: usize| epoch as f64 / phase.passes().max(1) as f64 * width;
    let y = |value: f64| height - (value - low) / (high - low) * height;

    let mut out =
        text(0.0, -14.0, 13.5, INK, "start", &format!("{} - {}", phase.title, measure.title.to_lowercase()));
    let ticks = ((high - low) / step).round() as usize;
    for tick in 0..=ticks {
        let value = low + step * tick as f64;
        out += &line((0.0, y(value)), (width, y(value)), GRID, "stroke-width=\"1\"");
        let label = label(value, step, measure.percent);
        out += &text(-8.0, y(value) + 4.0, 11.0, GREY, "end", &label);
    }
    for epoch in epoch_ticks(phase.passes()) {
        out += &text(x(epoch), height + 18.0, 11.0, GREY, "middle", &epoch.to_string());
    }
    out += &text(width / 2.0, height + 36.0, 11.0, GREY, "middle", "epoch");
    for (values, colour) in series.iter().zip([BLUE, ORANGE]) {
        let points: Vec<_> =
            values.iter().map(|&(epoch, value)| format!("{:.1},{:.1}", x(epoch), y(value))).collect();
        out += &format!(
            "<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-linejoin=\"round\" points=\"{}\"/>\n",
            points.join(" ")
        );
    }
    if let Some(&(_, value)) = series[1].get(phase.best) {
        let label = label(value, 0.001, measure.percent);
        out += &format!(
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"4.5\" fill=\"#fff\" stroke=\"{ORANGE}\" stroke-width=\"2\">\
             <title>{}</title></circle>\n",
            x(phase.best),
            y(value),
            escape(&format!("epoch {}: {label}", phase.best))
        );
    }
    out
}

/// Axis from a round number to a round number, with about five steps.
fn range(values: impl Iterator<Item = f64>, percent: bool) -> (f64, f64, f64) {
    let (mut low, mut high) =
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    if !percent {
        low = 0.0;
    }
    let span = (high - low).max(if percent { 5.0 } else { 1e-3 });
    let rough = span / 5.0;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|f| f * power).into_iter().find(|s| *s >= rough).unwrap_or(rough);
    low = (low / step).floor() * step;
    high = ((low + span).max(high) / step).ceil() * step;
    if percent {
        high = high.min(100.0);
        // Steps of 20 below a whole hundred end at it.
        low = high - ((high - low) / step).ceil() * step;
    }
    (low, high, step)
}

fn label(value: f64, step: f64, percent: bool) -> String {
    match (percent, step) {
        (true, s) if s >= 1.0 => format!("{value:.0} %"),
        (true, _) => format!("{value:.1} %"),
        (false, s) if s >= 1.0 => format!("{value:.0}"),
        (false, s) if s >= 0.1 => format!("{value:.1}"),
        (false, s) if s >= 0.01 => format!("{value:.2}"),
        (false, _) => format!("{value:.3}"),
    }
}

/// The start, round numbers and no more than about ten.
fn epoch_ticks(epochs: usize) -> Vec<usize> {
    let step = [1, 2, 5, 10, 20, 50, 100, 200, 500].into_iter().find(|s| epochs / s <= 10).unwrap_or(1000);
    (0..=epochs).step_by(step).collect()
}

#[cfg(test)]
mod tests {
    use super::super::history::{Epoch, PhaseHistory};
    use super::{draw, epoch_ticks, range};

    #[test]
    fn axes_are_round() {
        assert_eq!(range([0.31, 4.2].into_iter(), false), (0.0, 5.0, 1.0));
        assert_eq!(range([12.0, 99.0].into_iter(), true), (0.0, 100.0, 20.0));
        assert_eq!(epoch_ticks(4), [0, 1, 2, 3, 4]);
        assert_eq!(epoch_ticks(23), [0, 5, 10, 15, 20]);
    }

    #[test]
    fn few_epochs_and_odd_names_are_drawn() {
        let start = Epoch { loss: None, accuracy: None, validation_loss: 2.0, validation_accuracy: 0.1 };
        let epoch = Epoch { loss: Some(1.0), accuracy: Some(0.5), ..start };
        for epochs in [vec![start], vec![start, epoch]] {
            let svg = draw("a < b & c", &[PhaseHistory { title: "Head", epochs, best: 0 }]);
            assert!(
                svg.contains("a &lt; b &amp; c") && !svg.contains("NaN") && !svg.contains("inf"),
                "{svg}"
            );
        }
    }
}
