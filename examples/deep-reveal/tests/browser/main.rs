//! The game in a real browser: Chromium without a window, by WebDriver, against the program as it is delivered.
//!
//! Chromium and its driver are looked for in `PATH`; without them the tests say that they were skipped. So does the
//! one that needs axe-core where `DEEP_REVEAL_AXE` does not name its `axe.min.js` (`npm install axe-core`).

mod accessible;
mod accounts;
mod browser;
mod games;
mod keyboard;
mod languages;
mod leaks;
mod plain;
mod player;
mod resume;
mod server;
mod walk;
mod webdriver;
