//! The `countersign` program.

use std::process::ExitCode;

use clap::Parser;
use countersign::config::CommandLine;

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("COUNTERSIGN_LOG")
                .unwrap_or_else(|_| "countersign=info,warn".into()),
        )
        .init();
    // Reads FAILPOINTS; the faults stand as long as this lives.
    #[cfg(feature = "failpoints")]
    let _faults = fail::FailScenario::setup();
    countersign::hosting::http::install_tls();
    let line = CommandLine::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "the runtime could not start");
            return countersign::cli::Ending::Failed.into();
        }
    };
    runtime.block_on(countersign::cli::run(line)).into()
}
