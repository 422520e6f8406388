//! The command line: what each command takes, and the help that teaches it.

#![allow(
    rustdoc::invalid_html_tags,
    reason = "these comments are the help that a terminal shows"
)]

mod file;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use ipnet::IpNet;

use crate::hosting::Host;

pub use self::file::{InEffect, Misused, NAME, in_effect, read};

/// Countersign watches a git repository of records, shows people what changed, and commits what they approve.
///
/// Without a command it serves; without a repository it serves a sample register with a past, to try it on.
#[derive(Debug, Parser)]
#[command(name = "countersign", version, propagate_version = true, after_help = EXIT_CODES)]
pub struct CommandLine {
    /// Where the server keeps its key, its private database and its indexes.
    #[arg(
        long,
        global = true,
        env = "COUNTERSIGN_DATA_DIR",
        default_value = "data",
        value_name = "FOLDER"
    )]
    pub data_dir: PathBuf,

    /// A file of settings: keys are the options' names with underscores. Flags and variables win over it. Without this option it is countersign.server.toml in
    /// the working directory, where there is one.
    #[arg(long, global = true, env = "COUNTERSIGN_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Settings of `serve`, which is what happens without a command.
    #[command(flatten)]
    pub serve: Serve,
}

/// Told by `--help` and in `docs/command-line.md`.
pub const EXIT_CODES: &str = "Exit codes:\n  0  it is done, and nothing was found wrong\n  1  the command looked for something wrong and found it\n  2  it was refused, or used wrongly; the message says what to do\n  3  it failed: a disk, a network or a bug";

/// How a command ended; see [`EXIT_CODES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Done, nothing wrong.
    Fine = 0,
    /// What the command looked for is there.
    Found = 1,
    /// Refused.
    Refused = 2,
    /// Failed.
    Failed = 3,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        ExitCode::from(ending as u8)
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serves the pages (the default).
    Serve(Serve),
    /// Writes a policy for a repository that has none, from what stands in it, and says what it guessed.
    ///
    /// In a working copy it writes countersign.toml beside your files, for you to read and correct; nothing is committed. For a bare repository give
    /// --output.
    Init(Init),
    /// Makes the policy, this server's key and what stands in a repository official, in one signed commit.
    ///
    /// From then on every status needs the approvals that the policy asks for. Whoever holds the repository does this once.
    Adopt(Adopt),
    /// Checks every record against the policy that the branch holds, for editors and for CI.
    Check(Check),
    /// Proves from a repository or a clone, without the server, that every attested status was approved as the policy asked.
    ///
    /// Auditors also fetch the journal: git fetch origin 'refs/countersign/*:refs/countersign/*'
    Verify(Verify),
    /// Makes the index anew from git, or proves with --check that it holds nothing else.
    Rebuild(Rebuild),
    /// Writes the public site of a register into a folder, for any web server: the same files that the server shows, and only what changed since the last
    /// time.
    ///
    /// The policy's table site says what is public and where it is read; without it nothing is. A folder that holds anything else is refused, and no file is
    /// deleted that an export did not write.
    Export(Export),
    /// Lets a person in: prints a one-time sign-in link or sets a password. Who may do what is the policy's business.
    User(User),
    /// Connects a repository with the git host that it lives on: how the server is let in, and where webhooks come in. Then tries the way there.
    ///
    /// Run it again to give a new token or to try again. With a token for the host's API it makes the webhook and the deploy key there; without one nothing
    /// on the host is changed.
    Connect(Connect),
    /// Copies what git does not hold into a folder: the key, the private database and where the repositories are. May run beside the server.
    ///
    /// To restore, start a server with the folder as its --data-dir: indexes are made again from git, and clones are cloned again.
    Backup(Backup),
    /// Says which key signs and whether every register allows it; makes another one, and takes it once every register does.
    Key(Key),
    /// Says what this installation is and whether it is well.
    Doctor(Doctor),
}

/// Settings of the server.
#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// Repositories to serve: paths of bare clones or working copies, or addresses to clone (https://, ssh://, user@host:path). Those given before
    /// are remembered.
    #[arg(value_name = "REPOSITORY")]
    pub repositories: Vec<String>,

    /// Address and port to listen on; port 0 picks a free one. The address is printed.
    #[arg(
        long,
        env = "COUNTERSIGN_LISTEN",
        default_value = "127.0.0.1:8017",
        value_name = "ADDRESS"
    )]
    pub listen: String,

    /// Seconds between looks at the refs when no event came.
    #[arg(long, env = "COUNTERSIGN_INTERVAL", default_value = "30", value_parser = seconds, value_name = "SECONDS")]
    pub interval: Duration,

    /// Look by the timer alone: for file systems that send no events.
    #[arg(long, env = "COUNTERSIGN_NO_EVENTS")]
    pub no_events: bool,

    /// The pages are reached over HTTPS, so cookies are sent over nothing else.
    #[arg(long, env = "COUNTERSIGN_HTTPS")]
    pub https: bool,

    /// The address at which people reach the server; links that are handed on begin with it. Without it they begin with the address that is listened
    /// on. One that begins with https: says --https too.
    #[arg(long, env = "COUNTERSIGN_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,

    /// Proxies in front of the server, as addresses or networks (10.0.0.0/8), with commas between: where a request came from is taken from the
    /// X-Forwarded-For that they add. Anybody else's word about it counts for nothing.
    #[arg(long, env = "COUNTERSIGN_TRUSTED_PROXIES", value_parser = network, value_delimiter = ',', value_name = "NETWORKS")]
    pub trusted_proxies: Vec<IpNet>,

    /// Networks that deliveries may go to beside public addresses, as addresses or networks (10.1.0.0/16), with commas between. Without TLS deliveries go
    /// there alone.
    #[arg(long, env = "COUNTERSIGN_ALLOWED_TARGETS", value_parser = network, value_delimiter = ',', value_name = "NETWORKS")]
    pub allowed_targets: Vec<IpNet>,

    /// The identity provider that people may sign in by.
    #[command(flatten)]
    pub oidc: Oidc,

    /// The mail server that takes letters.
    #[command(flatten)]
    pub mail: Mail,
}

/// Settings of letters.
#[derive(Debug, Clone, Default, Args)]
pub struct Mail {
    /// Send people what they are told by mail, where they choose so: the mail server, as smtps://user@host:465 (TLS from the start) or smtp://user@host:587
    /// (STARTTLS; without it on this machine alone). Needs --mail-from and --public-url. The password comes from a file, or from
    /// COUNTERSIGN_SMTP_PASSWORD, and never stands in the address, which other users of the machine could read.
    #[arg(long, env = "COUNTERSIGN_SMTP_URL", value_name = "URL")]
    pub smtp_url: Option<String>,

    /// A file that holds the mail server's password and that its owner alone can read.
    #[arg(long, env = "COUNTERSIGN_SMTP_PASSWORD_FILE", value_name = "FILE")]
    pub smtp_password_file: Option<PathBuf>,

    /// Whom letters come from: 'Register <register@example.org>'.
    #[arg(long, env = "COUNTERSIGN_MAIL_FROM", value_name = "SENDER")]
    pub mail_from: Option<String>,
}

/// Settings of the identity provider.
#[derive(Debug, Clone, Default, Args)]
pub struct Oidc {
    /// Let people sign in by an identity provider that speaks OpenID Connect: its address. Needs --oidc-client-id and --public-url. The client's
    /// secret comes from a file, or from COUNTERSIGN_OIDC_CLIENT_SECRET, and never from an argument, which other users of the machine could read.
    #[arg(long, env = "COUNTERSIGN_OIDC_ISSUER", value_name = "URL")]
    pub oidc_issuer: Option<String>,

    /// The provider is a git host of this kind: github, gitlab, gitea, forgejo or bitbucket. GitHub and Bitbucket speak OAuth 2 instead. People are known by a
    /// verified address, and by the account that the policy of a repository on that very host names. github.com, gitlab.com and bitbucket.org need no
    /// --oidc-issuer.
    #[arg(long, env = "COUNTERSIGN_OIDC_HOST", value_name = "KIND", value_parser = host_of_accounts)]
    pub oidc_host: Option<Host>,

    /// What the provider calls this server.
    #[arg(long, env = "COUNTERSIGN_OIDC_CLIENT_ID", value_name = "ID")]
    pub oidc_client_id: Option<String>,

    /// A file that holds the client's secret and that its owner alone can read.
    #[arg(long, env = "COUNTERSIGN_OIDC_CLIENT_SECRET_FILE", value_name = "FILE")]
    pub oidc_client_secret_file: Option<PathBuf>,

    /// What the button on the sign-in page calls the provider.
    #[arg(long, env = "COUNTERSIGN_OIDC_NAME", value_name = "NAME")]
    pub oidc_name: Option<String>,
}

/// Settings of `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// A bare clone or a working copy.
    #[arg(default_value = ".", value_name = "REPOSITORY")]
    pub repository: PathBuf,

    /// Somebody the policy is to know, as 'Name <address>=role,role'; give it once for each. Roles: author, reviewer, publisher, administrator.
    #[arg(long = "person", value_name = "PERSON")]
    pub people: Vec<String>,

    /// Where to write the policy; - prints it.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Replace a countersign.toml that is there.
    #[arg(long)]
    pub force: bool,
}

/// Settings of `adopt`.
#[derive(Debug, Args)]
pub struct Adopt {
    /// A bare clone or a working copy, or the name of a repository that the server holds.
    #[arg(default_value = ".", value_name = "REPOSITORY")]
    pub repository: PathBuf,

    /// Who adopts it, as 'Name <address>'.
    #[arg(long = "as", value_name = "PERSON")]
    pub by: String,

    /// The policy to adopt; without it the countersign.toml of the working copy or of the branch.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
}

/// Settings of `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// A bare clone or a working copy; its branch is checked as committed.
    #[arg(default_value = ".", value_name = "REPOSITORY")]
    pub repository: PathBuf,

    /// How findings are written.
    #[arg(long, value_enum, default_value_t = FindingFormat::Text)]
    pub format: FindingFormat,

    /// The same as --format json.
    #[arg(long, conflicts_with = "format")]
    pub json: bool,

    /// A policy other than the one that the branch holds.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
}

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FindingFormat {
    /// One line each, for people.
    Text,
    /// One JSON document.
    Json,
    /// Annotations of GitHub Actions.
    Github,
    /// SARIF 2.1.0.
    Sarif,
}

/// Settings of `verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// A repository, or a clone of one.
    #[arg(default_value = ".", value_name = "REPOSITORY")]
    pub repository: PathBuf,

    /// Fingerprint of the first key, got from elsewhere: SHA256:...
    #[arg(long, value_name = "FINGERPRINT")]
    pub trust: Option<String>,

    /// The branch to prove, where it is not the one checked out.
    #[arg(long, value_name = "BRANCH")]
    pub branch: Option<String>,

    /// Print one JSON document.
    #[arg(long)]
    pub json: bool,
}

/// Settings of `rebuild`.
#[derive(Debug, Args)]
pub struct Rebuild {
    /// One of the server's repositories by name; without it, all of them.
    #[arg(value_name = "NAME")]
    pub repository: Option<String>,

    /// Change nothing: make a second index from git in an empty file and compare every row of every table.
    #[arg(long)]
    pub check: bool,

    /// Print one JSON document.
    #[arg(long)]
    pub json: bool,
}

/// Settings of `export`.
#[derive(Debug, Args)]
pub struct Export {
    /// A repository, or a clone of one; or the name of a repository that the server holds. Without it, the only one that it holds.
    #[arg(value_name = "REPOSITORY")]
    pub repository: Option<String>,

    /// The folder to write into: an empty one, or one that an export wrote.
    #[arg(long, value_name = "FOLDER")]
    pub output: PathBuf,

    /// The address at which the site will be read, without a slash at its end. The policy's own counts before it.
    #[arg(long, value_name = "URL")]
    pub address: Option<String>,

    /// Print one JSON document.
    #[arg(long)]
    pub json: bool,
}

/// Where the server is reached.
#[derive(Debug, Args)]
pub struct Reached {
    /// The address at which the server is reached, for links and webhooks.
    #[arg(
        long,
        env = "COUNTERSIGN_PUBLIC_URL",
        default_value = "http://127.0.0.1:8017",
        value_name = "URL"
    )]
    pub public_url: String,
}

impl Reached {
    /// Returns a path at that address; it begins with a slash.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.public_url.trim_end_matches('/'))
    }
}

/// Settings of `user`.
#[derive(Debug, Args)]
pub struct User {
    /// The person's address in the policy; without it, everybody who can sign in is listed.
    #[arg(value_name = "ADDRESS")]
    pub address: Option<String>,

    /// Read a new password from standard input instead of printing a link.
    #[arg(long)]
    pub password: bool,

    /// Hours for which the link can be used.
    #[arg(long, default_value_t = 24, value_name = "HOURS")]
    pub hours: u32,

    /// The address at which the server is reached.
    #[command(flatten)]
    pub reached: Reached,

    /// Print one JSON document.
    #[arg(long)]
    pub json: bool,
}

/// Settings of `connect`.
#[derive(Debug, Args)]
pub struct Connect {
    /// The repository's address there: https://…, ssh://… or user@host:path, without any secret.
    #[arg(value_name = "ADDRESS")]
    pub address: String,

    /// What kind of host it is: github, gitlab, gitea, forgejo, bitbucket or plain. Turns its webhooks on.
    #[arg(long, value_name = "KIND")]
    pub host: Option<Host>,

    /// Over HTTPS: a file that holds the token and that its owner alone can read; - reads it from standard input.
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,

    /// Over HTTPS: the name that goes with the token, where it is not the usual one of that kind of host.
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,

    /// A file that holds a token for the host's API, as for --token-file; without it the token of --token-file is tried. - reads standard input.
    #[arg(long, value_name = "FILE", requires = "host")]
    pub api_token_file: Option<PathBuf>,

    /// The address of the host's API, where it does not stand where that kind of host has it.
    #[arg(long, value_name = "URL", requires = "host")]
    pub api_url: Option<String>,

    /// Over SSH: the fingerprint of the host's key, as the host publishes it: SHA256:...
    #[arg(long, value_name = "FINGERPRINT")]
    pub host_key: Option<String>,

    /// The address is a mirror of this repository of the server: it is sent what the place of publication holds, and decides nothing.
    #[arg(long, value_name = "NAME")]
    pub mirror_of: Option<String>,

    /// Forget the login that is kept for this address.
    #[arg(long)]
    pub forget: bool,

    /// The address at which the server is reached.
    #[command(flatten)]
    pub reached: Reached,

    /// Print one JSON document.
    #[arg(long)]
    pub json: bool,
}

/// Settings of `backup`.
#[derive(Debug, Args)]
pub struct Backup {
    /// A folder that is not there yet, or is empty.
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
}

/// Settings of `key`.
#[derive(Debug, Args)]
pub struct Key {
    /// Make the next key beside the one in use, and print its line for .countersign/allowed_signers.
    #[arg(long)]
    pub new: bool,

    /// Take the next key in the place of the one in use, once every register allows it. The server must be stopped.
    #[arg(long = "use", conflicts_with = "new")]
    pub take: bool,

    /// Print one JSON document.
    #[arg(long)]
    pub json: bool,
}

/// Settings of `doctor`.
#[derive(Debug, Args)]
pub struct Doctor {
    /// The address at which the server is reached, which letters need.
    #[arg(long, env = "COUNTERSIGN_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,

    /// The mail server that takes letters.
    #[command(flatten)]
    pub mail: Mail,

    /// Print one JSON document.
    #[arg(long)]
    pub json: bool,
}

/// An address stands for the network that holds it alone.
fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    text.parse()
        .or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from))
        .map_err(|_| format!("\"{text}\" is no address and no network such as 10.0.0.0/8"))
}

/// A plain host has no accounts.
fn host_of_accounts(text: &str) -> Result<Host, String> {
    match text.parse::<Host>() {
        Ok(Host::Plain) => Err("a plain host has no accounts to sign in with".to_owned()),
        Ok(host) => Ok(host),
        Err(unknown) => Err(unknown.to_string()),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text
        .parse()
        .map_err(|_| format!("\"{text}\" is no number of seconds"))?;
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|duration| *duration >= Duration::from_millis(100))
        .ok_or_else(|| "at least 0.1 seconds".to_owned())
}
