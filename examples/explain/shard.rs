//! Which photos of a run are a process's.

use std::str::FromStr;

/// One of several processes that share the photos of a run: the `index`-th of `count`, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    pub index: u64,
    pub count: u64,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let shard = text.split_once('/').and_then(|(index, count)| {
            Some(Self { index: index.trim().parse().ok()?, count: count.trim().parse().ok()? })
        });
        shard.filter(|s| s.index < s.count && s.count <= 100_000).ok_or_else(|| {
            format!("`{text}` is no shard: expected i/n with i from 0 to n - 1, such as 0/8 to 7/8")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Shard;

    #[test]
    fn shards_count_from_0() {
        assert_eq!("3/8".parse(), Ok(Shard { index: 3, count: 8 }));
        for wrong in ["8/8", "1", "a/2", "-1/2", "0/0", ""] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
