//! The `countersign` program.

use std::process::ExitCode;

use countersign::cli;
use countersign::config::{self, Misused};

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
    countersign::publish::sender::install_tls();
    let line = match config::read(std::env::args_os()) {
        Ok(line) => line,
        Err(Misused::Typed(error)) => error.exit(),
        Err(Misused::File(refusals)) => return cli::refuse(&refusals).into(),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "the runtime could not start");
            return cli::Ending::Failed.into();
        }
    };
    runtime.block_on(cli::run(line)).into()
}
