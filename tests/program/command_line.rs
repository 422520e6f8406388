//! Every command and every long option stands in `docs/command-line.md`, in the part about its command, and no other does; and what `doctor` tells.

use std::collections::BTreeSet;
use std::path::Path;

use clap::CommandFactory;
use countersign::config::CommandLine;

use crate::common;
use crate::common::program::Installation;

#[test]
fn every_command_and_option_is_documented_where_it_belongs() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/command-line.md");
    let page = std::fs::read_to_string(page).unwrap();
    let mut documented: Vec<&str> = headings(&page);
    let mut line = CommandLine::command();
    line.build();
    for command in line.get_subcommands().filter(|it| it.get_name() != "help") {
        let name = command.get_name();
        let part = part(&page, name).unwrap_or_else(|| panic!("no part about `{name}`"));
        let told = options_told(part);
        for option in options_of(command) {
            assert!(told.contains(&option), "`{name}` says nothing of {option}");
        }
        for option in told {
            let text = format!("`{name}` is told to take {option}");
            assert!(options_of(command).contains(&option), "{text}");
        }
        documented.retain(|heading| *heading != name);
    }
    assert_eq!(documented, [""; 0], "no such commands");
}

/// Exit codes are told by `--help` too; the page says at least as much.
#[test]
fn the_page_and_the_help_tell_the_same_exit_codes() {
    let page = include_str!("../../docs/command-line.md");
    let told = countersign::config::EXIT_CODES.lines().skip(1);
    for (code, meaning) in told.filter_map(|line| line.trim().split_once("  ")) {
        let row = page
            .lines()
            .find(|line| line.starts_with(&format!("| {code} |")))
            .unwrap_or_else(|| panic!("exit code {code} is not told"));
        let beginning = meaning.split(';').next().unwrap_or(meaning);
        assert!(row.contains(beginning), "{row} does not say {meaning:?}");
    }
}

/// What is wrong with the settings of mail is found before the server is started, and the password is shown to nobody.
#[cfg(unix)]
#[test]
fn doctor_tells_the_settings_of_mail_without_the_password() {
    use std::os::unix::fs::PermissionsExt;
    let installation = Installation::empty("register");
    let file = installation.folder.path().join("password");
    std::fs::write(&file, "canary\n").unwrap();
    let file_name = file.display().to_string();
    let whole = [
        "doctor",
        "--public-url",
        "https://register.example.org",
        "--smtp-url",
        "smtps://ana@mail.example.org",
        "--mail-from",
        "register@example.org",
        "--smtp-password-file",
        &file_name,
    ];
    let place = "letters from register@example.org go to mail.example.org port 465, by TLS, as ana";
    let told = |arguments: &[&str], mode: u32| {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let output = installation.run(arguments);
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8(text).unwrap();
        assert!(!text.contains("canary"), "{text}");
        (output.status.code(), text)
    };
    let (code, text) = told(&whole, 0o600);
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains(&format!("ok  mail: {place}, password ********")),
        "{text}"
    );
    let (code, text) = told(&[&whole[..], &["--json"]].concat(), 0o600);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains(place), "{text}");
    let (code, text) = told(&whole, 0o644);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("BAD mail: SRV-MAIL-005"), "{text}");
    let (code, text) = told(&whole[..5], 0o600);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("SRV-MAIL-001"), "{text}");
    let (code, text) = told(&["doctor"], 0o600);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("ok  mail: no letters are sent"), "{text}");
}

/// The names in headings such as ``## `init` ``.
fn headings(page: &str) -> Vec<&str> {
    let lines = page.lines().filter_map(|line| line.strip_prefix("## `"));
    lines.filter_map(|line| line.strip_suffix('`')).collect()
}

/// The text below a command's heading.
fn part<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = page.split_once(&format!("## `{name}`\n"))?;
    Some(rest.split("\n## ").next().unwrap_or(rest))
}

/// Options at the beginning of a table's row.
fn options_told(part: &str) -> BTreeSet<String> {
    let rows = part.lines().filter_map(|line| line.strip_prefix("| `--"));
    let names = rows.filter_map(|row| row.split([' ', '`']).next());
    names.map(|name| format!("--{name}")).collect()
}

/// A command's own long options; `--data-dir` and `--config` are everybody's and told at the top.
fn options_of(command: &clap::Command) -> BTreeSet<String> {
    let own = command.get_arguments().filter_map(clap::Arg::get_long);
    own.filter(|long| !matches!(*long, "help" | "version" | "data-dir" | "config"))
        .map(|long| format!("--{long}"))
        .collect()
}

/// Flags win over the environment, and both over the file; what is in effect is told, and by whom it was set.
#[test]
fn doctor_tells_the_settings_in_effect_and_who_set_them() {
    let installation = Installation::empty("register");
    let file = installation.folder.path().join("settings.toml");
    let file_name = file.display().to_string();
    let text = "listen = \"127.0.0.1:1\"\ninterval = 7\nhttps = true\ntrusted_proxies = [\"10.0.0.0/8\", \"127.0.0.1\"]\nsmtp_url = \"smtps://ana:canary@x.org\"\n";
    std::fs::write(&file, text).unwrap();
    let told = |environment: &[(&str, &str)]| {
        let output = common::program::program(&installation.data())
            .args(["doctor", "--config", &file_name])
            .envs(environment.iter().copied())
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!told.contains("canary"), "{told}");
        told
    };
    let said = told(&[
        ("COUNTERSIGN_INTERVAL", "9"),
        ("COUNTERSIGN_OIDC_CLIENT_SECRET", "canary"),
    ]);
    for line in [
        "setting listen: 127.0.0.1:1 (file)",
        "setting interval: 9 (environment)",
        "setting https: true (file)",
        "setting trusted_proxies: 10.0.0.0/8,127.0.0.1 (file)",
        "setting no_events: false (default)",
        "setting smtp_url: smtps://ana:********@x.org (file)",
        "setting oidc_client_secret: ******** (environment)",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    // What cannot be understood is refused before anything is done, all of it at once.
    std::fs::write(&file, "lisen = \"x\"\npublic-url = \"y\"\n").unwrap();
    let refused = installation.run(&["serve", "--config", &file_name]);
    assert_eq!(refused.status.code(), Some(2));
    let error = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(error.matches("SRV-FILE-003").count(), 2, "{error}");
    assert!(
        error.contains("listen") && error.contains("public_url"),
        "{error}"
    );
    let missing = installation.run(&["user", "--config", "/nowhere.toml"]);
    assert!(String::from_utf8_lossy(&missing.stderr).starts_with("SRV-FILE-001"));
}
