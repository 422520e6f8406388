//! Every page is rendered as an editor would fill it, and as an attacker would.

use std::fs;
use std::path::Path;

use askama::Template;

use super::activity::ActivityPage;
use super::bulk::{BulkPage, ReportPage};
use super::edit::EditPage;
use super::errors::{ErrorPage, NoPolicyPage};
use super::health::HealthPage;
use super::ink::{self, Ink};
use super::people::PeoplePage;
use super::policy_change::PolicyChangePage;
use super::queue::QueuePage;
use super::record::RecordPage;
use super::records::RecordsPage;
use super::repositories::RepositoriesPage;
use super::review::ReviewPage;
use super::sign_in::{LinkPage, SignInPage, SignedOutPage};
use super::versions::{ComparePage, VersionPage};
use crate::web::visible::is_invisible;

/// Renders every page and state.
fn all(ink: Ink) -> Vec<(&'static str, String)> {
    vec![
        ("sign_in", render(SignInPage::sample(ink))),
        ("link", render(LinkPage::sample(ink))),
        ("signed_out", render(SignedOutPage::sample(ink))),
        ("queue", render(QueuePage::sample(ink))),
        ("queue_part", render(QueuePage::part_sample(ink))),
        ("queue_empty", render(QueuePage::empty_sample(ink))),
        ("review", render(ReviewPage::sample(ink))),
        ("review_author", render(ReviewPage::author_sample(ink))),
        ("review_outside", render(ReviewPage::outside_sample(ink))),
        ("review_stale", render(ReviewPage::stale_sample(ink))),
        ("bulk", render(BulkPage::sample(ink))),
        ("report", render(ReportPage::sample(ink))),
        ("policy_change", render(PolicyChangePage::sample(ink))),
        ("record", render(RecordPage::sample(ink))),
        ("record_outside", render(RecordPage::outside_sample(ink))),
        (
            "record_quarantined",
            render(RecordPage::quarantined_sample(ink)),
        ),
        ("version", render(VersionPage::sample(ink))),
        ("compare", render(ComparePage::sample(ink))),
        ("records", render(RecordsPage::sample(ink))),
        ("records_empty", render(RecordsPage::empty_sample(ink))),
        ("edit", render(EditPage::sample(ink))),
        ("edit_conflict", render(EditPage::conflict_sample(ink))),
        ("activity", render(ActivityPage::sample(ink))),
        ("people", render(PeoplePage::sample(ink))),
        ("health", render(HealthPage::sample(ink))),
        ("repositories", render(RepositoriesPage::sample(ink))),
        ("error", render(ErrorPage::sample(ink))),
        ("error_missing", render(ErrorPage::missing_sample(ink))),
        ("no_policy", render(NoPolicyPage::sample(ink))),
    ]
}

fn render(page: impl Template) -> String {
    page.render().unwrap()
}

#[test]
fn hostile_text_is_inert_on_every_page() {
    for (name, html) in all(ink::hostile) {
        let expected: Vec<String> = tags(name, &all_plain(name))
            .into_iter()
            .map(|tag| tag.shape())
            .collect();
        for tag in tags(name, &html) {
            assert!(
                tag.name == "span" && tag.attributes.iter().all(|(name, _)| name == "class")
                    || expected.contains(&tag.shape()),
                "{name}: hostile text made <{}>",
                tag.shape()
            );
        }
        assert!(!html.contains("<script>"), "{name}");
    }
}

#[test]
fn what_cannot_be_seen_is_marked_on_every_page_but_in_typed_text() {
    for (name, html) in all(ink::hostile) {
        let shown = without_typed_text(&html);
        assert!(!shown.chars().any(is_invisible), "{name}");
        assert!(
            html.contains("<span class=control>⟨U+202E⟩</span>"),
            "{name}"
        );
        for tag in tags(name, &html) {
            for (attribute, value) in &tag.attributes {
                assert!(
                    !value.contains("<span"),
                    "{name}: {attribute} holds markup: {value}"
                );
            }
        }
    }
}

#[test]
fn typed_text_comes_back_as_the_same_characters() {
    let html = render(EditPage::sample(ink::hostile));
    assert!(html.contains("\u{202e}\u{2066}\u{1b}"));
}

#[test]
fn pages_hold_no_inline_style_or_script_and_ask_no_other_server() {
    for (name, html) in all(ink::plain) {
        for tag in tags(name, &html) {
            let is_file =
                tag.name == "script" && tag.attributes.iter().any(|(name, _)| name == "src");
            assert!(
                is_file || !["script", "style", "iframe"].contains(&tag.name.as_str()),
                "{name}"
            );
            for (attribute, value) in &tag.attributes {
                assert!(
                    attribute != "style" && !attribute.starts_with("on"),
                    "{name}: {attribute}"
                );
                assert!(
                    !matches!(attribute.as_str(), "src" | "action") || value.starts_with('/'),
                    "{name}: {attribute}={value}"
                );
            }
        }
    }
}

#[test]
fn every_post_form_carries_the_token_and_every_input_a_label() {
    for (name, html) in all(ink::plain) {
        // The form that chooses a language decides nothing, and stands before the door too.
        for form in html
            .split("<form")
            .skip(1)
            .filter(|form| !form.starts_with(" class=\"languages\""))
        {
            let form = form.split("</form>").next().unwrap();
            assert!(
                !form.contains("method=\"post\"") || form.contains("name=\"csrf\""),
                "{name}: {form}"
            );
        }
        let labels: Vec<String> = tags(name, &html)
            .into_iter()
            .filter(|tag| tag.name == "label")
            .filter_map(|tag| tag.value("for"))
            .collect();
        let mut ids = std::collections::HashSet::new();
        for tag in tags(name, &html) {
            if let Some(id) = tag.value("id") {
                assert!(ids.insert(id.clone()), "{name}: id {id} stands twice");
            }
            let is_input = matches!(tag.name.as_str(), "input" | "textarea" | "select")
                && tag.value("type").as_deref() != Some("hidden");
            assert!(
                !is_input || tag.value("id").is_some_and(|id| labels.contains(&id)),
                "{name}: {}",
                tag.shape()
            );
        }
    }
}

/// Writes every sample to `target/pages`, to be looked at in a browser.
#[test]
fn samples_can_be_looked_at() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("target/pages");
    fs::create_dir_all(&folder).unwrap();
    fs::copy(
        root.join("assets/countersign.css"),
        folder.join("countersign.css"),
    )
    .unwrap();
    for (name, html) in all(ink::plain) {
        let html = html.replace("\"/assets/countersign.css\"", "\"countersign.css\"");
        fs::write(folder.join(name).with_extension("html"), html).unwrap();
    }
    for (name, html) in all(ink::hostile) {
        let html = html.replace("\"/assets/countersign.css\"", "\"countersign.css\"");
        fs::write(folder.join(format!("hostile_{name}.html")), html).unwrap();
    }
}

fn all_plain(name: &str) -> String {
    all(ink::plain)
        .into_iter()
        .find(|(other, _)| *other == name)
        .unwrap()
        .1
}

struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    /// Returns the tag's name and the names of its attributes; a language is left out, since a hostile one is.
    fn shape(&self) -> String {
        let names: Vec<&str> = self
            .attributes
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| *name != "lang")
            .collect();
        format!("{} {}", self.name, names.join(" "))
    }

    fn value(&self, name: &str) -> Option<String> {
        self.attributes
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.clone())
    }
}

/// Reads the start tags of a page; a `<` that starts no tag of the simple form that templates use fails the test.
fn tags(name: &str, html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let (mut end, mut quoted) = (0, false);
        for character in rest.chars() {
            quoted ^= character == '"';
            if character == '>' && !quoted {
                break;
            }
            end += character.len_utf8();
        }
        let inside = &rest[..end];
        rest = &rest[end..];
        if inside.starts_with('/') || inside.starts_with('!') {
            continue;
        }
        let tag_name: String = inside
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        assert!(!tag_name.is_empty(), "{name}: stray < before {inside:.60}");
        tags.push(Tag {
            attributes: attributes(&inside[tag_name.len()..]),
            name: tag_name,
        });
    }
    tags
}

fn attributes(inside: &str) -> Vec<(String, String)> {
    let mut attributes = Vec::new();
    let mut pieces = inside.split('"');
    while let Some(names) = pieces.next() {
        let value = pieces.next();
        let mut words: Vec<&str> = names.split_whitespace().collect();
        let last = words.pop_if(|word| word.ends_with('=') && value.is_some());
        for word in words {
            let (name, value) = word.split_once('=').unwrap_or((word, ""));
            attributes.push((name.to_owned(), value.to_owned()));
        }
        if let Some(last) = last {
            attributes.push((
                last.trim_end_matches('=').to_owned(),
                value.unwrap_or_default().to_owned(),
            ));
        }
    }
    attributes
}

/// Returns the page without what must come back unchanged: the text of `<textarea>`, and values and names of inputs.
fn without_typed_text(html: &str) -> String {
    let shown = without(html, "<textarea", "</textarea>");
    without(&without(&shown, " value=\"", "\""), " name=\"", "\"")
}

fn without(html: &str, open: &str, close: &str) -> String {
    let mut pieces = html.split(open);
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        kept.push_str(piece.split_once(close).unwrap().1);
    }
    kept
}
