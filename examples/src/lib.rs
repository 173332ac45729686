//! Commands that run the whole method: explain, train, embed.
