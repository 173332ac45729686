//! The questionnaire (thesis Appendix D).

/// A player's answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// System Usability Scale: ten of 1 to 5.
    pub sus: [u8; 10],
    /// NASA-TLX: six of 0 to 10.
    pub tlx: [u8; 6],
    /// Experience overall, 1 to 5.
    pub rating: u8,
    /// Free text; may be empty.
    pub comment: String,
}

/// What all answers say together (thesis Table 7).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct QuestionnaireResult {
    /// Players who answered.
    pub players: u64,
    /// Mean System Usability Scale, 0 to 100.
    pub sus: f64,
    /// Mean unweighted NASA-TLX, 0 to 100.
    pub tlx: f64,
    /// Mean rating, 1 to 5.
    pub rating: f64,
    /// Free texts that are not empty, latest first, without names.
    pub comments: Vec<String>,
}
