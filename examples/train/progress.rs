//! Progress on the terminal, with the time left; a line now and then where there is no terminal.

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
    first: u64,
    told: Instant,
}

impl Progress {
    /// A bar for `total` steps, `done` of them already behind.
    pub fn new(title: &'static str, unit: &str, done: usize, total: usize) -> Self {
        let plain = !std::io::stderr().is_terminal();
        let target = if plain { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(total as u64), target).with_position(done as u64);
        let template = format!("{title:<12} {{bar:32}} {{pos}}/{{len}} {unit}, {{eta}} left {{msg}}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style.progress_chars("━╸ "));
        }
        bar.reset_eta();
        let now = Instant::now();
        Self { bar, title, plain, started: now, first: done as u64, told: now }
    }

    /// `steps` more are done.
    pub fn advance(&mut self, steps: usize) {
        self.bar.inc(steps as u64);
        if self.plain && self.told.elapsed() >= QUIET {
            self.told = Instant::now();
            let (done, total) = (self.bar.position(), self.bar.length().unwrap_or(0));
            let each = self.started.elapsed().as_secs_f64() / done.saturating_sub(self.first).max(1) as f64;
            let minutes = each * total.saturating_sub(done) as f64 / 60.0;
            eprintln!("{}: {done} of {total}, about {:.0} min left", self.title, minutes.ceil());
        }
    }

    /// A remark behind the bar.
    pub fn remark(&mut self, text: String) {
        self.bar.set_message(text);
    }

    /// Leaves the bar as it is.
    pub fn finish(self) {
        self.bar.abandon();
    }
}
