//! `[site]`.

use super::report::{Report, Section};
use crate::policy::Site;

/// Reads what the site is; a policy without the table has none.
pub(super) fn read<'a>(report: &mut Report<'a>, root: &Section<'a>) -> Option<Site> {
    let section = report.section(root, "site")?;
    report.only(
        &section,
        &[
            "address",
            "publisher",
            "language",
            "license",
            "stylesheet",
            "header",
        ],
    );
    let mut text = |key: &str| report.text(&section, key).map(str::to_owned);
    Some(Site {
        address: text("address"),
        publisher: text("publisher"),
        license: text("license"),
        stylesheet: text("stylesheet"),
        header: text("header"),
        language: text("language").unwrap_or_else(|| Site::default().language),
    })
}
