//! What stands in a Markdown body: its text, raw HTML, links and images, each with its line.
//!
//! Parsed as the pages parse it, so that what is judged here is what a reader would be shown.

use comrak::nodes::{NodeLink, NodeValue};
use comrak::{Arena, Node, Options};

use crate::record::Body;

/// A piece of a body and its line in the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// One-based line.
    pub line: u32,
    /// The text, the HTML or the address.
    pub text: String,
}

/// What stands in a body.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// Text that is read, code left out.
    pub texts: Vec<Piece>,
    /// Raw HTML, comments left out.
    pub html: Vec<Piece>,
    /// Where links and images point.
    pub targets: Vec<Piece>,
    /// Images without a text in their place.
    pub bare_images: Vec<Piece>,
}

impl Outline {
    /// Returns the outline of a body.
    pub(super) fn of(body: &Body) -> Self {
        let mut options = Options::default();
        options.extension.table = true;
        options.extension.strikethrough = true;
        options.extension.autolink = true;
        options.extension.footnotes = true;
        options.extension.tasklist = true;
        let arena = Arena::new();
        let root = comrak::parse_document(&arena, &body.text, &options);
        let mut outline = Self::default();
        for node in root.descendants() {
            outline.add(node, body.line);
        }
        outline
    }

    fn add(&mut self, node: Node<'_>, first_line: u32) {
        let data = node.data.borrow();
        let number = u32::try_from(data.sourcepos.start.line).unwrap_or(u32::MAX);
        let line = first_line.saturating_add(number.saturating_sub(1));
        let piece = |text: &str| Piece {
            line,
            text: text.to_owned(),
        };
        match &data.value {
            NodeValue::Text(text) => self.texts.push(piece(text)),
            NodeValue::HtmlBlock(block) => self.add_html(&block.literal, line),
            NodeValue::HtmlInline(html) | NodeValue::Raw(html) => self.add_html(html, line),
            NodeValue::Link(link) => self.targets.push(piece(&link.url)),
            NodeValue::Image(link) => self.add_image(node, link, line),
            _ => {}
        }
    }

    fn add_html(&mut self, html: &str, line: u32) {
        let left = without_comments(html);
        if !left.trim().is_empty() {
            let text = left.trim().to_owned();
            self.html.push(Piece { line, text });
        }
    }

    fn add_image(&mut self, node: Node<'_>, link: &NodeLink, line: u32) {
        let piece = || Piece {
            line,
            text: link.url.clone(),
        };
        self.targets.push(piece());
        if node.first_child().is_none() {
            self.bare_images.push(piece());
        }
    }
}

/// Returns HTML without its comments, which show nothing to anybody.
fn without_comments(html: &str) -> String {
    let mut kept = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once("<!--") {
        kept.push_str(before);
        match after.split_once("-->") {
            Some((_, after)) => rest = after,
            // One that never ends hides all that follows in its block.
            None => return kept,
        }
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(text: &str) -> Outline {
        Outline::of(&Body {
            text: text.to_owned(),
            line: 10,
            start: 0,
        })
    }

    fn lines(pieces: &[Piece]) -> Vec<(u32, &str)> {
        pieces
            .iter()
            .map(|piece| (piece.line, piece.text.as_str()))
            .collect()
    }

    #[test]
    fn pieces_have_their_line_in_the_file() {
        let found =
            outline("# A `code` b\n\n<div>x</div>\n\ny <b>z</b>\n[l](u) ![](i) ![alt](j)\n");
        assert_eq!(
            lines(&found.html),
            [(12, "<div>x</div>"), (14, "<b>"), (14, "</b>")]
        );
        assert_eq!(lines(&found.targets), [(15, "u"), (15, "i"), (15, "j")]);
        assert_eq!(lines(&found.bare_images), [(15, "i")]);
        assert!(!found.texts.iter().any(|piece| piece.text.contains("code")));
    }

    #[test]
    fn a_comment_is_no_html_and_hides_none() {
        assert!(outline("<!-- a\nb -->\n\nx <!-- c -->\n").html.is_empty());
        assert_eq!(
            lines(&outline("<!-- a --><script>x\n").html),
            [(10, "<script>x")]
        );
    }

    #[test]
    fn hostile_markdown_ends_soon() {
        let started = std::time::Instant::now();
        for unit in [
            ">", "[", "![", "*a_", "`", "<", "- ", "[a](", "&", "<!--", "(((", "|", "[^a]: ",
        ] {
            outline(&unit.repeat(256 * 1024 / unit.len()));
        }
        assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
    }
}
