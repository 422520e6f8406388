//! Markdown as programs get it: its words alone, and its text with links that lead where readers can go.

use comrak::nodes::NodeValue;
use comrak::{Arena, parse_document};

use super::html::{OPTIONS, is_beyond_rendering};

/// Returns the first words of a text, on one line: without marks, and without the addresses that links lead to.
pub fn words(text: &str, most: usize) -> String {
    let begin: String = text.chars().take(4 * most).collect();
    if is_beyond_rendering(&begin) {
        return String::new();
    }
    let arena = Arena::new();
    let mut said = String::new();
    for node in parse_document(&arena, &begin, &OPTIONS).descendants() {
        match &node.data.borrow().value {
            NodeValue::Text(text) => said.push_str(text),
            NodeValue::Code(code) => said.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => said.push(' '),
            value if value.block() => said.push(' '),
            _ => {}
        }
    }
    let said: Vec<&str> = said.split_whitespace().collect();
    said.join(" ").chars().take(most).collect()
}

/// Returns a text whose links and pictures lead where `leads` says; one that leads nowhere leaves its words. A text of which nothing changes is given as it was
/// written, and one that no page renders too.
pub fn linked(text: &str, leads: impl Fn(&str) -> Option<String>) -> String {
    if is_beyond_rendering(text) {
        return text.to_owned();
    }
    let arena = Arena::new();
    let root = parse_document(&arena, text, &OPTIONS);
    // An address may stand apart from the links that lead there, or from none.
    let mut is_changed = text.contains("]:");
    let nodes: Vec<_> = root.descendants().collect();
    for node in nodes {
        let led = {
            let mut data = node.data.borrow_mut();
            let (NodeValue::Link(link) | NodeValue::Image(link)) = &mut data.value else {
                continue;
            };
            let to = leads(&link.url);
            is_changed |= to.as_ref() != Some(&link.url);
            to.map(|to| link.url = to).is_some()
        };
        if !led {
            while let Some(child) = node.first_child() {
                node.insert_before(child);
            }
            node.detach();
        }
    }
    let mut written = String::new();
    // A string takes every write.
    let is_written = comrak::format_commonmark(root, &OPTIONS, &mut written).is_ok();
    match is_changed && is_written {
        true => written.trim_end().to_owned(),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_searched_by_its_words() {
        let text = "## Scope\n\nOpen *weights*, [see](https://example.org/secret) `here`.\nAnd [this][ref].\n\n[ref]: draft.md\n";
        assert_eq!(words(text, 100), "Scope Open weights, see here. And this.");
        assert_eq!(words(text, 10), "Scope Open");
    }

    #[test]
    fn what_leads_nowhere_leaves_its_words_however_it_is_written() {
        let leads = |address: &str| match address {
            "two.md" => Some("https://register.example/two/".to_owned()),
            "https://example.org/" => Some(address.to_owned()),
            _ => None,
        };
        let text = "[a](draft.md) [b](<draft.md>) [c][ref] [d](n:draft) ![e](draft.md \"f\") [g](two.md) <https://example.org/> [h](two.md)-[i](two-draft.md)\n\n[ref]: draft.md\n[other]: draft.md\n";
        assert_eq!(
            linked(text, leads),
            "a b c d e [g](https://register.example/two/) <https://example.org/> [h](https://register.example/two/)-i"
        );
        let plain = "1) *As* it\n   was [written](https://example.org/).\n\n* * *";
        assert_eq!(linked(plain, leads), plain);
    }
}
