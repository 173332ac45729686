//! What the libraries log, on standard error.

use std::time::{SystemTime, UNIX_EPOCH};

use log::{LevelFilter, Log, Metadata, Record};

struct Journal;

impl Log for Journal {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= log::max_level()
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
            eprintln!("{seconds:.3} {} {}: {}", record.level(), record.target(), record.args());
        }
    }

    fn flush(&self) {}
}

/// From now on, as far as `level` goes.
pub fn begin(level: LevelFilter) {
    // Only a second logger of the same process is refused.
    let _ = log::set_logger(&Journal);
    log::set_max_level(level);
}
