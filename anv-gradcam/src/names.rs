//! Names that look alike, for messages about unknown ones.

/// Suggestions given at most.
const MOST: usize = 3;

/// The names nearest to `wanted`, nearest first: those that contain it, are contained in it, or differ in a few
/// letters.
pub(crate) fn suggestions(wanted: &str, names: &[String]) -> Vec<String> {
    let wanted = plain(wanted);
    let mut near: Vec<_> = names
        .iter()
        .filter_map(|name| {
            let plain = plain(name);
            let part = !wanted.is_empty() && !plain.is_empty();
            let part = part && (plain.contains(&wanted) || wanted.contains(&plain));
            let distance = if part { 1 } else { distance(&wanted, &plain) };
            (distance <= wanted.len().min(plain.len()).div_ceil(3)).then_some((distance, name))
        })
        .collect();
    near.sort();
    near.into_iter().take(MOST).map(|(_, name)| name.clone()).collect()
}

fn plain(name: &str) -> String {
    name.to_lowercase().replace(['-', '_', ' '], "")
}

/// Levenshtein's distance: insertions, deletions and substitutions of letters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<_> = b.chars().collect();
    let mut row: Vec<_> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = i;
        row[0] = i + 1;
        for (j, &y) in b.iter().enumerate() {
            let substituted = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::suggestions;

    #[test]
    fn near_names() {
        let names: Vec<String> = ["Motorbikes", "airplanes", "cup", "Faces_easy"].map(String::from).into();
        assert_eq!(suggestions("motorbike", &names), ["Motorbikes"]);
        assert_eq!(suggestions("aeroplanes", &names), ["airplanes"]);
        assert_eq!(suggestions("faces easy", &names), ["Faces_easy"]);
        assert!(suggestions("zebra", &names).is_empty());
        assert!(suggestions("", &names).is_empty());
    }
}
