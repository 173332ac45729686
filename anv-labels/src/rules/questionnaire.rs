//! Scores of the players' questionnaire.

use crate::{Error, Result};

/// The System Usability Scale of one person, 0 to 100, higher is better (Brooke 1996): ten answers of 1 (strongly
/// disagree) to 5, in the order of the questionnaire. Odd items are praise and bring their answer less 1, even ones
/// are complaints and bring 5 less their answer; the sum counts 2.5 times.
///
/// ```
/// assert_eq!(anv_labels::sus_score(&[5, 1, 5, 1, 5, 1, 5, 1, 5, 1])?, 100.0);
/// assert_eq!(anv_labels::sus_score(&[3; 10])?, 50.0);
/// # Ok::<(), anv_labels::Error>(())
/// ```
///
/// # Errors
/// [`Error::Parameter`] when there are not ten answers, or one is outside 1 to 5.
pub fn sus_score(answers: &[u8]) -> Result<f64> {
    count("number of SUS answers", answers, 10, "10")?;
    range("SUS answer", answers, 1..=5, "1 to 5")?;
    let item = |(item, &answer): (usize, &u8)| if item % 2 == 0 { answer - 1 } else { 5 - answer };
    let sum: u32 = answers.iter().enumerate().map(|a| u32::from(item(a))).sum();
    Ok(f64::from(sum) * 2.5)
}

/// The workload that one person felt, 0 to 100, lower is better: NASA-TLX without the weighing step (Hart 2006), six
/// answers of 0 to 10.
///
/// ```
/// assert_eq!(anv_labels::tlx_score(&[10, 0, 5, 5, 10, 0])?, 50.0);
/// # Ok::<(), anv_labels::Error>(())
/// ```
///
/// # Errors
/// [`Error::Parameter`] when there are not six answers, or one is above 10.
pub fn tlx_score(answers: &[u8]) -> Result<f64> {
    count("number of NASA-TLX answers", answers, 6, "6")?;
    range("NASA-TLX answer", answers, 0..=10, "0 to 10")?;
    let sum: u32 = answers.iter().map(|&a| u32::from(a)).sum();
    Ok(f64::from(sum * 10) / 6.0)
}

fn count(name: &'static str, answers: &[u8], needed: usize, expected: &'static str) -> Result<()> {
    match answers.len() {
        found if found == needed => Ok(()),
        found => Err(Error::Parameter { name, found: found.to_string(), expected }),
    }
}

fn range(
    name: &'static str,
    answers: &[u8],
    range: std::ops::RangeInclusive<u8>,
    expected: &'static str,
) -> Result<()> {
    match answers.iter().enumerate().find(|(_, a)| !range.contains(a)) {
        Some((item, a)) => {
            Err(Error::Parameter { name, found: format!("{a} to item {}", item + 1), expected })
        }
        None => Ok(()),
    }
}
