//! What is logged and how. No level logs what people wrote; a panic's words are not logged either, since they could
//! hold some, only its place.

use std::io::stderr;
use std::panic;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{LogConfig, LogFormat};

/// Logs to standard error from here on.
pub(crate) fn start(config: &LogConfig) {
    let filter = EnvFilter::builder().parse_lossy(&config.level);
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr).with_ansi(false);
    let ours = filter_fn(|metadata| is_ours(metadata.target()));
    match config.format {
        LogFormat::Text => log.finish().with(ours).init(),
        LogFormat::Json => log.json().flatten_event(true).finish().with(ours).init(),
    }
    panic::set_hook(Box::new(|information| {
        let place = information.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        tracing::error!(place, "a part of the program failed");
    }));
}

/// The MCP library logs whole messages, and in them are customers' values.
fn is_ours(target: &str) -> bool {
    target != "rmcp" && !target.starts_with("rmcp::")
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(octets);
            Ok(octets.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_the_mcp_library_logs_is_left_out() {
        let written = Written::default();
        let writer = written.clone();
        let log = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new("trace,rmcp=trace,rmcp::service=trace"))
            .with_writer(move || writer.clone())
            .finish()
            .with(filter_fn(|metadata| is_ours(metadata.target())));
        tracing::subscriber::with_default(log, || {
            tracing::warn!(target: "rmcp::service", "Marta");
            tracing::warn!(target: "rmcp", "Marta");
            tracing::warn!("a tool failed");
        });
        let written = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert!(written.contains("a tool failed") && !written.contains("Marta"), "{written}");
    }
}
