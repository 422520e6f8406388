//! `countersign.server.toml`: settings of the server for those who would rather keep them in a file. Flags win over the environment, and both over it.
//!
//! A key is an option's name with underscores, as its variable has: `public_url` for `--public-url` and `COUNTERSIGN_PUBLIC_URL`. Unknown keys are refused, all
//! mistakes are told at once, and a secret never stands here: options name the files that hold them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{ArgAction, ArgMatches, Command, CommandFactory, FromArgMatches};
use toml::de::{DeTable, DeValue};

use super::CommandLine;
use crate::policy::suggest::instead;
use crate::refusal::{Place, Refusal};

/// Where it is looked for, in the working directory, unless `--config` says otherwise.
pub const NAME: &str = "countersign.server.toml";

/// What variables begin with.
const PREFIX: &str = "COUNTERSIGN_";

/// Variables that hold secrets, which no option sets.
const SECRETS: [&str; 2] = [
    "COUNTERSIGN_OIDC_CLIENT_SECRET",
    "COUNTERSIGN_SMTP_PASSWORD",
];

/// Why there is no command line.
#[derive(Debug)]
pub enum Misused {
    /// What was typed; help and version among it.
    Typed(Box<clap::Error>),
    /// What the file says.
    File(Vec<Refusal>),
}

/// Settings of the file, by key.
type Settings = BTreeMap<String, Vec<String>>;

/// Reads the command line, the environment and the file.
///
/// # Errors
/// What was typed or what the file says cannot be understood; help and version are told so too.
pub fn read(typed: impl IntoIterator<Item = OsString>) -> Result<CommandLine, Misused> {
    let typed: Vec<OsString> = typed.into_iter().collect();
    let settings = settings(&typed)?;
    let matches = with(CommandLine::command(), &settings).try_get_matches_from(typed);
    matches
        .and_then(|matches| CommandLine::from_arg_matches(&matches))
        .map_err(|error| Misused::Typed(Box::new(error)))
}

/// One setting in effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InEffect {
    /// Its key.
    pub key: String,
    /// Its value; a secret is masked.
    pub value: String,
    /// Who set it: "flag", "environment", "file" or "default".
    pub by: &'static str,
}

/// Returns the settings with which `serve` would start now, each with who set it.
///
/// # Errors
/// As [`read`] says.
pub fn in_effect(config: Option<&Path>, data_dir: &Path) -> Result<Vec<InEffect>, Misused> {
    let mut typed: Vec<OsString> = vec!["countersign".into(), "serve".into()];
    typed.extend(["--data-dir".into(), data_dir.into()]);
    if let Some(config) = config {
        typed.extend(["--config".into(), config.into()]);
    }
    let settings = settings(&typed)?;
    let command = with(CommandLine::command(), &settings);
    let serve = command
        .find_subcommand("serve")
        .cloned()
        .unwrap_or_default();
    let matches = command
        .try_get_matches_from(typed)
        .map_err(|error| Misused::Typed(Box::new(error)))?;
    let Some((_, matches)) = matches.subcommand() else {
        return Ok(Vec::new());
    };
    let mut told: Vec<InEffect> = serve
        .get_arguments()
        .filter_map(|arg| {
            let key = key(arg)?;
            let (value, by) = value(matches, arg.get_id().as_str(), settings.contains_key(&key))?;
            Some(InEffect { key, value, by })
        })
        .collect();
    let set = SECRETS
        .into_iter()
        .filter(|name| std::env::var_os(name).is_some());
    told.extend(set.map(|name| InEffect {
        key: name.trim_start_matches(PREFIX).to_lowercase(),
        value: "********".to_owned(),
        by: "environment",
    }));
    Ok(told)
}

fn value(matches: &ArgMatches, id: &str, is_in_file: bool) -> Option<(String, &'static str)> {
    let values = matches.get_raw(id)?;
    let values: Vec<String> = values
        .map(|value| value.to_string_lossy().into_owned())
        .collect();
    let by = match matches.value_source(id)? {
        ValueSource::CommandLine => "flag",
        ValueSource::EnvVariable => "environment",
        _ if is_in_file => "file",
        _ => "default",
    };
    Some((without_password(&values.join(",")), by))
}

/// An address of a mail server that holds a password is refused where it is used, and not shown here either.
fn without_password(value: &str) -> String {
    let hidden = || {
        let (scheme, rest) = value.split_once("://")?;
        let (user, place) = rest.rsplit_once('@')?;
        let (name, _) = user.split_once(':')?;
        Some(format!("{scheme}://{name}:********@{place}"))
    };
    hidden().unwrap_or_else(|| value.to_owned())
}

fn key(arg: &clap::Arg) -> Option<String> {
    let name = arg.get_env()?.to_str()?.strip_prefix(PREFIX)?;
    Some(name.to_lowercase())
}

/// The file that was named, or the one in the working directory where there is one.
fn settings(typed: &[OsString]) -> Result<Settings, Misused> {
    // What is wrong with the line itself is told later.
    let line = CommandLine::command()
        .ignore_errors(true)
        .try_get_matches_from(typed);
    let named = line
        .ok()
        .and_then(|line| line.get_one::<PathBuf>("config").cloned());
    let file = named.clone().unwrap_or_else(|| PathBuf::from(NAME));
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => {
            return Ok(Settings::new());
        }
        Err(error) => {
            let refusal = Refusal::new(
                "SRV-FILE-001",
                format!("the file of settings cannot be read: {error}"),
                "look at its name and its rights, or leave --config out",
            );
            return Err(Misused::File(vec![
                refusal.in_path(file.display().to_string()),
            ]));
        }
    };
    parse(&text).map_err(|refusals| {
        let place = |refusal: Refusal| refusal.in_path(file.display().to_string());
        Misused::File(refusals.into_iter().map(place).collect())
    })
}

fn known() -> Vec<String> {
    let line = CommandLine::command();
    let own = line.get_arguments().filter_map(key);
    let serve = line.find_subcommand("serve").into_iter();
    let serve = serve.flat_map(|serve| serve.get_arguments().filter_map(key).collect::<Vec<_>>());
    let mut known: Vec<String> = own.chain(serve).collect();
    known.sort();
    known.dedup();
    known.retain(|key| key != "config");
    known
}

fn parse(text: &str) -> Result<Settings, Vec<Refusal>> {
    let at = |offset: usize| {
        let line = text.get(..offset).unwrap_or(text).matches('\n').count() + 1;
        Place {
            line: u32::try_from(line).ok(),
            ..Place::path("")
        }
    };
    let table = DeTable::parse(text).map_err(|error| {
        let mut refusal = Refusal::new(
            "SRV-FILE-002",
            format!("it is no TOML: {}", error.message()),
            "write each setting as key = value",
        );
        refusal.place = at(error.span().map_or(0, |span| span.start));
        vec![refusal]
    })?;
    let names = known();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut settings = Settings::new();
    let mut refusals = Vec::new();
    for (name, value) in table.get_ref() {
        let key = name.get_ref().as_ref();
        let told = match names.contains(&key) {
            true => values(value.get_ref()).ok_or_else(|| {
                Refusal::new(
                    "SRV-FILE-004",
                    format!("{key} is no text, number, yes or no, or list of texts"),
                    "write it as docs/command-line.md shows",
                )
            }),
            false => Err(Refusal::new(
                "SRV-FILE-003",
                format!("\"{key}\" is no setting"),
                instead(key, &names),
            )),
        };
        match told {
            Ok(values) => {
                settings.insert(key.to_owned(), values);
            }
            Err(mut refusal) => {
                refusal.place = at(name.span().start);
                refusals.push(refusal);
            }
        }
    }
    match refusals.is_empty() {
        true => Ok(settings),
        false => {
            refusals.sort_by_key(|refusal| refusal.place.line);
            Err(refusals)
        }
    }
}

/// What a value is on a command line.
fn values(value: &DeValue<'_>) -> Option<Vec<String>> {
    let one = |value: &DeValue<'_>| match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(is_on) => Some(is_on.to_string()),
        _ => None,
    };
    match value {
        DeValue::Array(values) => values.iter().map(|value| one(value.get_ref())).collect(),
        value => Some(vec![one(value)?]),
    }
}

/// Makes what the file says the default of every option that has such a variable.
fn with(command: Command, settings: &Settings) -> Command {
    let put = |arg: clap::Arg| {
        let Some(values) = key(&arg).and_then(|key| settings.get(&key)) else {
            return arg;
        };
        let takes_one = matches!(arg.get_action(), ArgAction::Set | ArgAction::SetTrue);
        match (takes_one, values.as_slice()) {
            (true, [value]) => arg.default_value(value.clone()),
            _ => arg.default_values(values.clone()),
        }
    };
    command
        .mut_args(put)
        .mut_subcommands(|command| command.mut_args(put))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_told_with_its_line() {
        let text = "listen = \"127.0.0.1:0\"\npublic-url = \"https://x.org\"\ninterval = { a = 1 }\nhttps = true\n";
        let refusals = parse(text).unwrap_err();
        let told: Vec<(&str, Option<u32>)> = refusals
            .iter()
            .map(|refusal| (refusal.code, refusal.place.line))
            .collect();
        assert_eq!(told, [("SRV-FILE-003", Some(2)), ("SRV-FILE-004", Some(3))]);
        assert!(
            refusals[0].next.contains("public_url"),
            "{}",
            refusals[0].next
        );
        let broken = parse("listen = \n").unwrap_err();
        assert_eq!(
            (broken[0].code, broken[0].place.line),
            ("SRV-FILE-002", Some(1))
        );
    }

    #[test]
    fn a_value_is_what_would_be_typed() {
        let text =
            "interval = 0.5\nhttps = true\ntrusted_proxies = [\"10.0.0.0/8\", \"127.0.0.1\"]\n";
        let settings = parse(text).unwrap();
        assert_eq!(settings["interval"], ["0.5"]);
        assert_eq!(settings["https"], ["true"]);
        assert_eq!(settings["trusted_proxies"].len(), 2);
    }

    #[test]
    fn a_password_in_an_address_is_not_shown() {
        assert_eq!(
            without_password("smtps://ana:canary@mail.example.org"),
            "smtps://ana:********@mail.example.org"
        );
        assert_eq!(without_password("127.0.0.1:8017"), "127.0.0.1:8017");
    }
}
