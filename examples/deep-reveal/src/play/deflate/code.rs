//! One code.

/// Longest match that there is.
pub const LONGEST_RUN: usize = 258;

/// Some bits, first the lowest.
#[derive(Debug, Clone, Copy, Default)]
pub struct Code {
    pub bits: u32,
    pub count: u32,
}

impl Code {
    /// `self` and then `next`.
    pub fn then(self, next: Code) -> Code {
        Code { bits: self.bits | next.bits << self.count, count: self.count + next.count }
    }
}
