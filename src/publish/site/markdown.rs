//! A record as Markdown, for people who read files and for programs that read text.

use super::address::{self, Form};
use super::cite;
use super::content::{self, Piece};
use super::facts::one_line;
use super::leaf::{Leaf, Named};
use super::register::State;
use super::words::day;
use crate::language::{Language, Message, say};
use crate::publish::html::leads_elsewhere;
use crate::publish::prose;
use crate::publish::visible::marked;

/// Returns a record as Markdown.
pub fn document(leaf: &Leaf<'_>, language: Language) -> String {
    let mut page = Page {
        language,
        text: String::new(),
    };
    page.line(&format!("# {}", escaped(&leaf.facts.title)));
    let version = leaf.version().map(|version| format!(" v{version}"));
    let badge = format!("{}{}", leaf.badge(), version.unwrap_or_default());
    page.line(&format!(
        "*{}* · {}",
        escaped(&badge),
        day(leaf.published_at())
    ));
    notices(leaf, &mut page);
    if !leaf.facts.definition.is_empty() {
        page.line(&format!("> {}", escaped(&leaf.facts.definition)));
    }
    if !leaf.facts.summary.is_empty() {
        page.line(&escaped(&leaf.facts.summary));
    }
    for section in content::sections(leaf) {
        page.line(&format!("## {}", escaped(&section.heading)));
        for piece in &section.pieces {
            match piece {
                Piece::Item(_, text) => page.item(&escaped(text)),
                Piece::Prose(text) => page.line(&escaped(text)),
            }
        }
        page.end_list();
    }
    if !leaf.body().is_empty() {
        page.line(&linked_body(leaf));
    }
    relations(leaf, &mut page);
    references(leaf, &mut page);
    page.heading(say("public-cite-heading"));
    page.line(&escaped(&cite::text(leaf, language)));
    page.text.trim_end().to_owned() + "\n"
}

struct Page {
    language: Language,
    text: String,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push_str("\n\n");
    }

    fn item(&mut self, line: &str) {
        self.text.push_str(&format!("- {line}\n"));
    }

    fn end_list(&mut self) {
        if !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn heading(&mut self, words: Message) {
        let words = words.text(self.language);
        self.line(&format!("## {words}"));
    }

    fn notice(&mut self, words: Message) {
        let words = words.text(self.language);
        self.line(&format!("> {}", escaped(&words)));
    }
}

fn notices(leaf: &Leaf<'_>, page: &mut Page) {
    if let State::Ended { at, .. } = leaf.record.state {
        let ended = say("public-ended")
            .with("status", leaf.record.status.as_str())
            .with("date", day(at));
        page.notice(ended);
        for successor in leaf.successors() {
            let link = link(leaf, &successor);
            let words = say("public-successor").text(page.language);
            page.line(&format!("{words} {link}"));
        }
    }
    if let Some(yanked) = leaf.edition.and_then(|edition| edition.yanked.as_ref()) {
        let words = say("public-yanked")
            .with("date", day(yanked.at))
            .with("reason", yanked.reason.trim());
        page.notice(words);
    }
    if leaf.register.original(leaf.record).is_some() && !leaf.register.is_current(leaf.record) {
        page.notice(say("public-stale"));
    }
}

fn link(leaf: &Leaf<'_>, named: &Named) -> String {
    match &named.route {
        Some(route) => {
            let folder = leaf.whole(route);
            format!(
                "[{}]({folder}{})",
                escaped(&named.title),
                Form::Markdown.file()
            )
        }
        None => escaped(&named.title),
    }
}

fn relations(leaf: &Leaf<'_>, page: &mut Page) {
    let relations = leaf.relations();
    if relations.is_empty() {
        return;
    }
    page.heading(say("public-relations"));
    for relation in relations {
        let statement = match relation.statement.is_empty() {
            true => String::new(),
            false => format!(". {}", escaped(&relation.statement)),
        };
        let other = link(leaf, &relation.other);
        page.item(&format!(
            "{}: {other}{statement}",
            escaped(&relation.predicate)
        ));
    }
    page.end_list();
}

fn references(leaf: &Leaf<'_>, page: &mut Page) {
    let references = content::references(leaf);
    if references.is_empty() {
        return;
    }
    page.heading(say("public-references"));
    for reference in references {
        let whole = match (&reference.href, &reference.route) {
            (_, Some(route)) => Some(leaf.whole(route)),
            (Some(href), None) => Some(href.clone()),
            (None, None) => None,
        };
        match whole {
            // Between these marks it ends at nothing that an address of the web may hold.
            Some(address) => page.item(&format!("[{}](<{address}>)", escaped(&reference.title))),
            None => page.item(&escaped(&reference.title)),
        }
    }
    page.end_list();
}

/// The body with whole addresses where it names files and records of the register; what leads nowhere for readers is left without its address.
pub(super) fn linked_body(leaf: &Leaf<'_>) -> String {
    let folder = leaf.folder();
    let addresses = leaf.addresses(&folder);
    let base = leaf.whole("");
    prose::linked(leaf.body(), |written| match addresses.of(written) {
        Some(found) => Some(format!("{base}{}", found.trim_start_matches("../"))),
        None => leads_elsewhere(written).then(|| written.to_owned()),
    })
}

/// Returns text in which nothing is a mark of Markdown or HTML, on one line.
pub fn escaped(text: &str) -> String {
    let mut written = String::new();
    for character in marked(&one_line(text)).chars() {
        if matches!(
            character,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '!' | '&'
        ) {
            written.push('\\');
        }
        written.push(character);
    }
    // What begins a list or a rule does so only where a line begins.
    match written.starts_with(['-', '+', '=']) {
        true => format!("\\{written}"),
        false => written,
    }
}

/// Returns the address of a record's Markdown.
pub fn address_of(base: &str, route: &str) -> String {
    format!(
        "{base}/{}/{}",
        address::encoded(route),
        Form::Markdown.file()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_title_is_no_markdown() {
        assert_eq!(
            escaped("a](javascript:x) <b>\n# c"),
            "a\\](javascript:x) \\<b\\> \\# c"
        );
        assert_eq!(escaped("- x"), "\\- x");
    }

    proptest! {
        #[test]
        fn a_title_is_shown_as_it_is(title in "[ -~]{1,40}") {
            let html = comrak::markdown_to_html(&format!("x {}", escaped(&title)), &comrak::Options::default());
            prop_assert!(!html.contains("<a ") && !html.contains("<em>") && !html.contains("<h1>") && !html.contains("<code>"), "{}", html);
        }
    }
}
