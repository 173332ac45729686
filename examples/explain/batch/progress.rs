//! Progress on the terminal, with rate and time left; a line now and then where there is no terminal.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Between two lines where nobody watches a bar.
const QUIET: Duration = Duration::from_secs(60);

/// A bar on stderr.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    title: &'static str,
    plain: bool,
    started: Instant,
    done: u64,
    failed: u64,
    told: Instant,
}

impl Progress {
    /// A bar for `total` photos, `before` of them already behind.
    pub fn new(title: &'static str, before: u64, total: u64) -> Self {
        let plain = !std::io::stderr().is_terminal();
        let target = if plain { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(total), target).with_position(before);
        let template = format!("{title:<10} {{bar:32}} {{pos}}/{{len}} photos  {{msg}}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style.progress_chars("━╸ "));
        }
        bar.enable_steady_tick(Duration::from_secs(1));
        let now = Instant::now();
        Self { bar, title, plain, started: now, done: 0, failed: 0, told: now }
    }

    /// One more photo is done.
    pub fn advance(&mut self, failed: bool) {
        self.done += 1;
        self.failed += u64::from(failed);
        self.bar.inc(1);
        let text = self.text();
        if self.plain && self.told.elapsed() >= QUIET {
            self.told = Instant::now();
            eprintln!(
                "{}: {} of {}, {text}",
                self.title,
                self.bar.position(),
                self.bar.length().unwrap_or(0)
            );
        }
        self.bar.set_message(text);
    }

    /// Photos a minute of this process.
    pub fn rate(&self) -> f64 {
        60.0 * self.done as f64 / self.started.elapsed().as_secs_f64().max(1e-9)
    }

    /// A line above the bar.
    pub fn say(&self, line: &str) {
        self.bar.suspend(|| eprintln!("{line}"));
    }

    fn text(&self) -> String {
        let left = self.bar.length().unwrap_or(0).saturating_sub(self.bar.position());
        let failed = match self.failed {
            0 => String::new(),
            n => format!(", {n} failed"),
        };
        let minutes = left as f64 / self.rate();
        let left = match minutes {
            m if m < 1.0 => format!("{:.0} s", (60.0 * m).ceil()),
            m if m < 120.0 => format!("{:.0} min", m.ceil()),
            m => format!("{:.1} h", m / 60.0),
        };
        format!("{:.0} a minute, {left} left{failed}", self.rate())
    }

    /// Takes the bar away: what follows says more.
    pub fn finish(self) -> (u64, Duration) {
        self.bar.finish_and_clear();
        (self.done, self.started.elapsed())
    }
}
