//! Every page is rendered as an editor would fill it, and as an attacker would.

use std::fs;
use std::path::Path;

use askama::Template;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::account::AccountPage;
use super::activity::ActivityPage;
use super::bulk::{BulkPage, ReportPage};
use super::edit::EditPage;
use super::errors::{ErrorPage, NoPolicyPage};
use super::filing::FilingPage;
use super::health::HealthPage;
use super::history::HistoryPage;
use super::hosting::HostingPage;
use super::inbox::InboxPage;
use super::ink::{self, Ink};
use super::people::PeoplePage;
use super::policy_change::PolicyChangePage;
use super::proposals::{BetweenPage, ProposalPage, ProposalsPage};
use super::propose::ProposePage;
use super::queue::QueuePage;
use super::record::RecordPage;
use super::records::RecordsPage;
use super::releases::{PlanPage, ReleasePage, ReleasesPage};
use super::repositories::RepositoriesPage;
use super::review::ReviewPage;
use super::set_up::{AdoptedPage, SetUpPage};
use super::sign_in::{LinkPage, SignInPage, SignedOutPage};
use super::targets::{DeliveryPage, TargetPage, TargetsPage};
use super::telling::{Letter, TellingPage, UnsubscribePage};
use super::tokens::TokensPage;
use super::update::UpdatePage;
use super::versions::{ComparePage, VersionPage};
use crate::publish::visible::is_invisible;
use crate::web::language::Language;

/// Renders every page and state, in both languages.
fn all(ink: Ink) -> Vec<(String, String)> {
    let named = |language: Language| {
        all_in(ink, language)
            .into_iter()
            .map(move |(name, html)| (format!("{name}_{}", language.tag()), html))
    };
    Language::ALL.into_iter().flat_map(named).collect()
}

fn all_in(ink: Ink, language: Language) -> Vec<(&'static str, String)> {
    fn render(page: impl Template, language: Language) -> String {
        page.render_with_values(&language).unwrap()
    }
    vec![
        ("sign_in", render(SignInPage::sample(ink), language)),
        (
            "sign_in_provider",
            render(SignInPage::provider_sample(ink), language),
        ),
        ("account", render(AccountPage::sample(ink), language)),
        (
            "account_without_password",
            render(AccountPage::without_password_sample(ink), language),
        ),
        ("link", render(LinkPage::sample(ink), language)),
        ("set_up", render(SetUpPage::sample(ink), language)),
        (
            "set_up_sound",
            render(SetUpPage::sound_sample(ink), language),
        ),
        ("adopted", render(AdoptedPage::sample(ink), language)),
        (
            "error_ended",
            render(ErrorPage::ended_sample(ink), language),
        ),
        ("signed_out", render(SignedOutPage::sample(ink), language)),
        ("queue", render(QueuePage::sample(ink), language)),
        ("queue_part", render(QueuePage::part_sample(ink), language)),
        (
            "queue_empty",
            render(QueuePage::empty_sample(ink), language),
        ),
        ("review", render(ReviewPage::sample(ink), language)),
        (
            "review_author",
            render(ReviewPage::author_sample(ink), language),
        ),
        (
            "review_outside",
            render(ReviewPage::outside_sample(ink), language),
        ),
        (
            "review_vetoed",
            render(ReviewPage::vetoed_sample(ink), language),
        ),
        (
            "review_stale",
            render(ReviewPage::stale_sample(ink), language),
        ),
        ("bulk", render(BulkPage::sample(ink), language)),
        ("report", render(ReportPage::sample(ink), language)),
        (
            "policy_change",
            render(PolicyChangePage::sample(ink), language),
        ),
        ("record", render(RecordPage::sample(ink), language)),
        (
            "record_outside",
            render(RecordPage::outside_sample(ink), language),
        ),
        (
            "record_quarantined",
            render(RecordPage::quarantined_sample(ink), language),
        ),
        ("filing", render(FilingPage::sample(ink), language)),
        ("between", render(BetweenPage::sample(ink), language)),
        ("propose", render(ProposePage::sample(ink), language)),
        ("version", render(VersionPage::sample(ink), language)),
        ("compare", render(ComparePage::sample(ink), language)),
        ("records", render(RecordsPage::sample(ink), language)),
        (
            "records_empty",
            render(RecordsPage::empty_sample(ink), language),
        ),
        ("edit", render(EditPage::sample(ink), language)),
        ("edit_text", render(EditPage::text_sample(ink), language)),
        (
            "edit_conflict",
            render(EditPage::conflict_sample(ink), language),
        ),
        ("proposals", render(ProposalsPage::sample(ink), language)),
        (
            "proposals_empty",
            render(ProposalsPage::empty_sample(ink), language),
        ),
        ("proposal", render(ProposalPage::sample(ink), language)),
        ("update", render(UpdatePage::sample(ink), language)),
        (
            "update_ready",
            render(UpdatePage::ready_sample(ink), language),
        ),
        ("releases", render(ReleasesPage::sample(ink), language)),
        (
            "releases_empty",
            render(ReleasesPage::empty_sample(ink), language),
        ),
        ("release", render(ReleasePage::sample(ink), language)),
        (
            "release_ready",
            render(ReleasePage::ready_sample(ink), language),
        ),
        ("plan", render(PlanPage::sample(ink), language)),
        ("activity", render(ActivityPage::sample(ink), language)),
        ("inbox", render(InboxPage::sample(ink), language)),
        (
            "inbox_empty",
            render(InboxPage::empty_sample(ink), language),
        ),
        ("letter", render(Letter::sample(ink), language)),
        ("telling", render(TellingPage::sample(ink), language)),
        (
            "telling_bare",
            render(TellingPage::bare_sample(ink), language),
        ),
        (
            "unsubscribe",
            render(UnsubscribePage::sample(ink), language),
        ),
        ("people", render(PeoplePage::sample(ink), language)),
        ("health", render(HealthPage::sample(ink), language)),
        ("hosting", render(HostingPage::sample(ink), language)),
        (
            "hosting_reader",
            render(HostingPage::reader_sample(ink), language),
        ),
        ("targets", render(TargetsPage::sample(ink), language)),
        (
            "targets_empty",
            render(TargetsPage::empty_sample(ink), language),
        ),
        ("target", render(TargetPage::sample(ink), language)),
        (
            "target_reader",
            render(TargetPage::reader_sample(ink), language),
        ),
        ("delivery", render(DeliveryPage::sample(ink), language)),
        ("history", render(HistoryPage::sample(ink), language)),
        (
            "history_whole",
            render(HistoryPage::whole_sample(ink), language),
        ),
        (
            "history_reader",
            render(HistoryPage::reader_sample(ink), language),
        ),
        (
            "repositories",
            render(RepositoriesPage::sample(ink), language),
        ),
        ("tokens", render(TokensPage::sample(ink), language)),
        ("error", render(ErrorPage::sample(ink), language)),
        (
            "error_missing",
            render(ErrorPage::missing_sample(ink), language),
        ),
        ("no_policy", render(NoPolicyPage::sample(ink), language)),
    ]
}

#[test]
fn hostile_text_is_inert_on_every_page() {
    for (name, html) in all(ink::hostile) {
        let expected: Vec<String> = tags(&name, &all_plain(&name))
            .into_iter()
            .map(|tag| tag.shape())
            .collect();
        for tag in tags(&name, &html) {
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
        for tag in tags(&name, &html) {
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
    let html = EditPage::sample(ink::hostile).render().unwrap();
    assert!(html.contains("\u{202e}\u{2066}\u{1b}"));
}

#[test]
fn pages_hold_no_inline_style_or_script_and_ask_no_other_server() {
    for (name, html) in all(ink::plain) {
        for tag in tags(&name, &html) {
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
            // Its own address holds what proves it: it comes from a letter, and there is no session.
            .filter(|form| !form.contains(" action=\"/unsubscribe?"))
        {
            let form = form.split("</form>").next().unwrap();
            assert!(
                !form.contains("method=\"post\"") || form.contains("name=\"csrf\""),
                "{name}: {form}"
            );
        }
        let labels: Vec<String> = tags(&name, &html)
            .into_iter()
            .filter(|tag| tag.name == "label")
            .filter_map(|tag| tag.value("for"))
            .collect();
        let mut ids = std::collections::HashSet::new();
        for tag in tags(&name, &html) {
            if let Some(id) = tag.value("id") {
                assert!(ids.insert(id.clone()), "{name}: id {id} stands twice");
            }
            let is_input = matches!(tag.name.as_str(), "input" | "textarea" | "select")
                && tag.value("type").as_deref() != Some("hidden");
            assert!(
                !is_input
                    || tag.value("aria-label").is_some()
                    || tag.value("id").is_some_and(|id| labels.contains(&id)),
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
        fs::write(folder.join(&name).with_extension("html"), html).unwrap();
    }
    for (name, html) in all(ink::hostile) {
        let html = html.replace("\"/assets/countersign.css\"", "\"countersign.css\"");
        fs::write(folder.join(format!("hostile_{name}.html")), html).unwrap();
    }
}

#[test]
fn a_page_says_nothing_in_the_other_language_and_shows_no_name_of_a_message() {
    let texts = english_texts();
    let english: String = all_in(ink::plain, Language::English)
        .iter()
        .map(|(_, html)| words_of(html))
        .collect();
    let said = texts.iter().filter(|text| english.contains(*text)).count();
    assert!(said > 90, "the samples say only {said} of {}", texts.len());
    for (name, html) in all(ink::plain) {
        let words = words_of(&html);
        for text in &texts {
            let is_english = name.ends_with("_en");
            assert!(is_english || !words.contains(text), "{name}: {text}");
        }
        for word in words.split(|c: char| !c.is_ascii_alphanumeric() && c != '-') {
            assert!(!ids().contains(&word), "{name}: {word}");
        }
    }
}

/// What a page says, without what it says in English on purpose.
fn words_of(html: &str) -> String {
    let mut words = String::new();
    let mut skipped: Option<&str> = None;
    for piece in html.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        if let Some(element) = skipped {
            if tag.strip_prefix('/') == Some(element) {
                skipped = None;
            } else {
                continue;
            }
        }
        if tag.contains("class=\"exact\"") {
            skipped = tag.split(' ').next();
            continue;
        }
        for attribute in ["aria-label=\"", "title=\""] {
            if let Some((_, rest)) = tag.split_once(attribute) {
                words.push_str(rest.split('"').next().unwrap());
                words.push('\n');
            }
        }
        words.push_str(text);
    }
    words.replace("&#39;", "'").replace("&#34;", "\"")
}

/// The texts of `locales/en`, of more than two words each.
fn english_texts() -> Vec<String> {
    let mut texts = Vec::new();
    for entry in english() {
        if let Entry::Message(message) = entry {
            message
                .value
                .iter()
                .for_each(|value| read(value, &mut texts));
        }
    }
    texts.retain(|text| text.split_whitespace().count() > 2);
    assert!(texts.len() > 100);
    texts
}

fn ids() -> &'static [&'static str] {
    static IDS: std::sync::LazyLock<Vec<&str>> = std::sync::LazyLock::new(|| {
        let messages = english().into_iter().filter_map(|entry| match entry {
            Entry::Message(message) => Some(message.id.name),
            _ => None,
        });
        messages.filter(|id| id.contains('-')).collect()
    });
    &IDS
}

fn english() -> Vec<Entry<&'static str>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales/en");
    let mut entries = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let text: &'static str = fs::read_to_string(file.unwrap().path()).unwrap().leak();
        entries.extend(fluent_syntax::parser::parse(text).unwrap().body);
    }
    entries
}

fn read(pattern: &Pattern<&str>, texts: &mut Vec<String>) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => texts.push(value.trim().to_owned()),
            PatternElement::Placeable { expression } => read_variants(expression, texts),
        }
    }
}

fn read_variants(expression: &Expression<&str>, texts: &mut Vec<String>) {
    match expression {
        Expression::Select { variants, .. } => variants
            .iter()
            .for_each(|variant| read(&variant.value, texts)),
        Expression::Inline(InlineExpression::Placeable { expression }) => {
            read_variants(expression, texts)
        }
        Expression::Inline(_) => {}
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
