//! A public site that could not be reached, or whose files nobody governs.

use super::names::hostile_path;
use crate::policy::read::{Report, shown};
use crate::policy::rights::is_locale;
use crate::policy::site::{RESERVED_NAMES, Site, is_site_address};
use crate::policy::{POLICY_PATH, Policy};

pub(super) fn judge(policy: &Policy, report: &mut Report<'_>) {
    let Some(site) = &policy.site else {
        return;
    };
    if let Some(address) = site
        .address
        .as_ref()
        .filter(|address| !is_site_address(address))
    {
        report.object(
            &["site", "address"],
            "POL-090",
            format!("\"{}\" is not the address of a site", shown(address)),
            "write it like https://register.example, without a slash at its end",
        );
    }
    if !is_locale(&site.language) {
        report.object(
            &["site", "language"],
            "POL-091",
            format!(
                "\"{}\" is not the name of a language",
                shown(&site.language)
            ),
            "write it like fr, pt-BR or zh-Hant",
        );
    }
    judge_files(site, report);
    for name in policy.collections.keys() {
        if RESERVED_NAMES.contains(&name.as_str()) {
            report.object(
                &["collections", name],
                "POL-093",
                format!("a public site keeps its own files at /{name}/"),
                "give the collection another name",
            );
        }
    }
}

/// Refuses files of a kind that dresses nothing, or that could not be governed.
fn judge_files(site: &Site, report: &mut Report<'_>) {
    let files = [
        ("stylesheet", &site.stylesheet, ".css"),
        ("header", &site.header, ".html"),
    ];
    for (key, path, extension) in files {
        let Some(path) = path else {
            continue;
        };
        let steps = ["site", key];
        if let Some(reason) = hostile_path(path) {
            report.object(
                &steps,
                "POL-021",
                format!(
                    "\"{}\" may not be the path of a {key}: {reason}",
                    shown(path)
                ),
                "write the path of a file inside the repository",
            );
        } else if !path.ends_with(extension) || path == POLICY_PATH {
            report.object(
                &steps,
                "POL-092",
                format!("\"{}\" is no {extension} file", shown(path)),
                format!("name a file that ends in {extension}"),
            );
        }
    }
}
