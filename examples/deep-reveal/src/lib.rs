//! Deep Reveal: the game that gives cluster maps their words (thesis 3.4.2, 4.4).
