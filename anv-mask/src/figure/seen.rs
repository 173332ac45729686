//! The part of a photo that players saw on average.

use anv_core::GameCounts;

use crate::MaskParams;

/// Share of the photo shown at the mean number of hints, in percent: between two levels, in proportion.
///
/// Without a game it is what a player would see first.
pub(super) fn share(params: &MaskParams, counts: &GameCounts) -> f64 {
    let hints = counts.mean_hints().unwrap_or(0.0).max(0.0);
    let last = params.levels.len().saturating_sub(1);
    let below = (hints as usize).min(last);
    let level = |i: usize| params.levels.get(i.min(last)).copied().unwrap_or(100.0);
    level(below) + (hints - below as f64).min(1.0) * (level(below + 1) - level(below))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(games: u64, hints: u64) -> GameCounts {
        GameCounts { wins: games, hints, ..Default::default() }
    }

    #[test]
    fn between_the_levels_the_share_is_in_proportion() {
        let params = MaskParams::default();
        for (games, hints, expected) in
            [(0, 0, 2.0), (4, 0, 2.0), (2, 1, 3.25), (1, 3, 13.0), (1, 5, 30.0), (1, 99, 30.0)]
        {
            assert_eq!(share(&params, &counts(games, hints)), expected, "{hints} hints in {games} games");
        }
        assert_eq!(share(&params.levels([]), &counts(1, 1)), 100.0);
    }
}
