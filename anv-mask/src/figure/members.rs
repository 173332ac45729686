//! What tells merged clusters apart in a bar: a colour and, for those who see few colours, a pattern.

use super::paint::{push, rect};

/// Okabe and Ito's colours, dark enough to stand on white; told apart by most people who see few colours.
const COLORS: [&str; 7] = ["#0f766e", "#d55e00", "#0072b2", "#cc79a7", "#b58900", "#56b4e9", "#4b5563"];
/// White marks over the colour, one tile of 6 by 6. Their number has no factor in common with that of the colours, so
/// that 35 members differ in at least one of the two.
const MARKS: [&str; 5] = [
    "",
    "M-1 7L7 -1M-1 1L1 -1M5 7L7 5",
    "M1.5 1.5h1.2v1.2h-1.2zM4.5 4.5h1.2v1.2h-1.2z",
    "M-1 -1L7 7M-1 5L1 7M5 -1L7 1",
    "M1.5 -1V7M4.5 -1V7",
];

/// The patterns as definitions of an SVG, for the first `count` members.
pub(super) fn definitions(count: usize) -> String {
    let mut out = String::new();
    for (i, marks) in MARKS.iter().enumerate().take(count).skip(1) {
        push(
            &mut out,
            format_args!(
                "<pattern id=\"marks{i}\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">\
                 <path d=\"{marks}\" fill=\"none\" stroke=\"#ffffff\" stroke-width=\"1.3\"/></pattern>\n"
            ),
        );
    }
    out
}

/// A piece of a bar that belongs to member `place` of a merged cluster.
pub(super) fn piece(out: &mut String, place: usize, at: (f64, f64), size: (f64, f64)) {
    rect(out, at, size, color(place));
    if let marks @ 1.. = mark(place) {
        rect(out, at, size, &format!("url(#marks{marks})"));
    }
}

/// The colour of member `place`.
pub(super) fn color(place: usize) -> &'static str {
    COLORS[place % COLORS.len()]
}

/// The number of its pattern; 0 has no marks.
pub(super) fn mark(place: usize) -> usize {
    place % MARKS.len()
}
