//! Markdown as HTML that is safe to show.
//!
//! The text is an author's, the reader is a reviewer with a session: what comes out holds no script, no form, no style and no request.
//! comrak drops raw HTML, ammonia then admits a short list of elements. Text that is too large, or takes too long, is shown as it was written.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, LazyLock, mpsc};
use std::thread;
use std::time::Duration;

use ammonia::{Builder, UrlRelative};
use askama::filters::Escaper;
use comrak::Options;

use super::visible::{self, Marked};

/// The longest text that is rendered; longer text is shown as written. Well above any page that people read, and what bounds the renderer's work.
const MAX_BYTES: usize = 256 * 1024;

/// The most block openers (`>` and list marks) that one line may begin with: nesting costs stack and time, and nobody reads the tenth level.
const MAX_NESTING: usize = 32;

/// The most `&` in a text: the renderer looks for each one's `;` to the end of the line, and a line may be the whole text.
const MAX_AMPERSANDS: usize = 2_000;

/// How long a page waits for its text; the renderer's thread then ends by itself, bounded by [`MAX_BYTES`].
const PATIENCE: Duration = Duration::from_millis(800);

/// What a text names, as it writes it, and the addresses under which a page shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addresses {
    /// The text's own words, and the page's address.
    pub found: HashMap<String, String>,
    /// Whether a relative link that was not found leads nowhere: it is then text without a link.
    pub drops_unknown: bool,
}

impl Addresses {
    /// Returns the address of what a text points to, if it was found.
    pub fn of(&self, written: &str) -> Option<&str> {
        self.found.get(written).map(String::as_str)
    }

    /// Returns where a link leads.
    fn link(&self, written: &str) -> String {
        match self.of(written) {
            Some(found) => found.to_owned(),
            None if self.drops_unknown && !leads_elsewhere(written) => String::new(),
            None => written.to_owned(),
        }
    }
}

/// Addresses with a scheme. Places on the page itself are none: headings carry no names.
pub(super) fn leads_elsewhere(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
    ["http://", "https://", "mailto:"]
        .iter()
        .any(|scheme| lower.starts_with(scheme))
}

/// HTML that has passed the sanitiser. There is no other way to make one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SafeHtml(String);

impl SafeHtml {
    /// Returns Markdown (GFM) as HTML, or as written where it is too large, too deep or too slow to render.
    pub fn from_markdown(text: &str) -> Self {
        Self::from_markdown_with(text, &Addresses::default())
    }

    /// Returns Markdown as HTML, with the addresses that were found for what it names.
    pub fn from_markdown_with(text: &str, addresses: &Addresses) -> Self {
        if is_beyond_rendering(text) {
            return Self::from_text(text);
        }
        let addresses = Arc::new(addresses.clone());
        Self::within(PATIENCE, text, move |text| render(text, &addresses))
    }

    /// Returns Markdown as HTML that is the same whenever it is made: what is too large or too deep is given as written, and nothing depends on how
    /// long rendering takes.
    pub fn from_published(text: &str, addresses: &Addresses) -> Self {
        if is_beyond_rendering(text) {
            return Self::from_text(text);
        }
        let (text, addresses) = (text.to_owned(), Arc::new(addresses.clone()));
        let written = text.clone();
        // Apart, so that a renderer that fails leaves the text as written and nothing else undone.
        let rendered = thread::Builder::new()
            .name("markdown".to_owned())
            .spawn(move || Self(followed(&render(&text, &addresses))))
            .ok()
            .and_then(|renderer| renderer.join().ok());
        rendered.unwrap_or_else(|| Self::from_text(&written))
    }

    /// Returns what a renderer makes of a text, or the text as written once patience is out.
    fn within(
        patience: Duration,
        text: &str,
        renderer: impl FnOnce(&str) -> String + Send + 'static,
    ) -> Self {
        render_in_time(patience, text.to_owned(), renderer).unwrap_or_else(|| Self::from_text(text))
    }

    /// Returns text as it was written, its lines kept.
    pub fn from_text(text: &str) -> Self {
        let mut html = String::from("<pre class=\"as-written\">\n");
        // A string takes every write.
        let _ = Marked.write_escaped_str(&mut html, text);
        html.push_str("</pre>");
        Self(html)
    }
}

/// Whether rendering a text could cost more than reading it is worth.
pub(super) fn is_beyond_rendering(text: &str) -> bool {
    text.len() > MAX_BYTES
        || text.matches('&').count() > MAX_AMPERSANDS
        || text.lines().any(is_nested_too_deep)
}

fn is_nested_too_deep(line: &str) -> bool {
    let opening = line.chars().take_while(|c| {
        matches!(
            c,
            '>' | '-' | '*' | '+' | ' ' | '\t' | '.' | ')' | '0'..='9'
        )
    });
    let openers = opening.filter(|c| matches!(c, '>' | '-' | '*' | '+' | '.' | ')' | '\t'));
    let is_rule = line
        .trim_end()
        .chars()
        .all(|c| matches!(c, '-' | '*' | ' '));
    let indent = line.chars().take_while(|c| *c == ' ').count() / 2;
    (openers.count() > MAX_NESTING && !is_rule) || indent > 4 * MAX_NESTING
}

/// Renders on another thread, so that the page can stop waiting.
fn render_in_time(
    patience: Duration,
    text: String,
    renderer: impl FnOnce(&str) -> String + Send + 'static,
) -> Option<SafeHtml> {
    let (sender, receiver) = mpsc::sync_channel(1);
    thread::Builder::new()
        .name("markdown".to_owned())
        .spawn(move || sender.send(SafeHtml(renderer(&text))))
        .ok()?;
    receiver.recv_timeout(patience).ok()
}

fn render(text: &str, addresses: &Arc<Addresses>) -> String {
    let mut options = OPTIONS.clone();
    let (images, links) = (Arc::clone(addresses), Arc::clone(addresses));
    // Of any other picture only its text is shown.
    let picture = move |address: &str| images.of(address).unwrap_or_default().to_owned();
    let link = move |address: &str| links.link(address);
    options.extension.image_url_rewriter = Some(Arc::new(picture));
    options.extension.link_url_rewriter = Some(Arc::new(link));
    let html = comrak::markdown_to_html(text, &options);
    visible::marked_html(&in_words(&SANITISER.clean(&html).to_string()))
}

/// Returns HTML in which a picture that is not shown is its text. The sanitiser wrote it: no value of an attribute holds a quotation mark.
fn in_words(html: &str) -> String {
    let mut pieces = html.split("<img alt=\"");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (words, rest) = piece.split_once("\">").unwrap_or((piece, ""));
        plain.push_str(&words.replace('<', "&lt;").replace('>', "&gt;"));
        plain.push_str(rest);
    }
    plain
}

/// What keeps search engines and other sites apart from links that an author wrote.
const REL: &str = "nofollow noopener noreferrer";

/// Returns HTML whose links to pages of the same site are plain ones.
fn followed(html: &str) -> String {
    let rel = format!(" rel=\"{REL}\"");
    let mut pieces = html.split("<a href=\"");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        plain.push_str("<a href=\"");
        match piece.starts_with("..") || piece.starts_with('#') {
            true => plain.push_str(&piece.replacen(&rel, "", 1)),
            false => plain.push_str(piece),
        }
    }
    // What led nowhere is no link.
    plain.replace(&format!("<a{rel}>"), "<a>")
}

pub(super) static OPTIONS: LazyLock<Options<'static>> = LazyLock::new(|| {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.footnotes = true;
    options.render.escape = true;
    options
});

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut sanitiser = Builder::empty();
    sanitiser
        .tags(HashSet::from([
            "a",
            "blockquote",
            "br",
            "code",
            "del",
            "em",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "img",
            "li",
            "ol",
            "p",
            "pre",
            "section",
            "strong",
            "sup",
            "table",
            "tbody",
            "td",
            "th",
            "thead",
            "tr",
            "ul",
        ]))
        .tag_attributes(HashMap::from([
            // The renderer names notes and what leads back from them; an author's own HTML never gets here.
            ("a", HashSet::from(["href", "id"])),
            ("li", HashSet::from(["id"])),
            // An address in a text makes no reader's browser ask for anything but the files of the register itself.
            ("img", HashSet::from(["alt", "src"])),
            ("ol", HashSet::from(["start"])),
            ("td", HashSet::from(["align"])),
            ("th", HashSet::from(["align"])),
        ]))
        .attribute_filter(|element, attribute, value| {
            let is_own =
                value.starts_with("../") || value.starts_with('/') && !value.starts_with("//");
            if attribute == "id" {
                return value.starts_with("fn").then(|| value.into());
            }
            let is_nowhere = (element, attribute) == ("a", "href") && value.is_empty();
            ((element, attribute) != ("img", "src") || is_own)
                .then(|| value.into())
                .filter(|_| !is_nowhere)
        })
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some(REL));
    sanitiser
});

impl fmt::Display for SafeHtml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn markdown(text: &str) -> String {
        SafeHtml::from_markdown(text).to_string()
    }

    #[test]
    fn ordinary_markdown_is_rendered() {
        assert_eq!(
            markdown("## Scope\n\nOpen *weights* and ~~code~~.\n\n- one\n- two\n"),
            "<h2>Scope</h2>\n<p>Open <em>weights</em> and <del>code</del>.</p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"
        );
        assert!(
            markdown("| a | b |\n|---|--:|\n| 1 | 2 |\n").contains("<td align=\"right\">2</td>")
        );
    }

    #[test]
    fn nothing_that_acts_survives() {
        for payload in [
            "<script>alert(1)</script>",
            "<svg onload=alert(1)>",
            "<svg><style><img src=x onerror=alert(1)></style></svg>",
            "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
            "<img src=x onerror=alert(1)>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<iframe src=//x></iframe><object data=x><embed src=x>",
            "<form action=/x><button>go</button></form><input autofocus onfocus=alert(1)>",
            "<style>*{display:none}</style><link rel=stylesheet href=//x>",
            "<base href=//x><meta http-equiv=refresh content=0>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](java&#9;script:alert(1))",
            "[x](data:text/html,<script>alert(1)</script>)",
            "[x](vbscript:msgbox(1))",
            "<javascript:alert(1)>",
            "![x](javascript:alert(1))",
            "![x\" onerror=\"alert(1)](y)",
            "[x](y \"t\\\" onmouseover=alert(1)\")",
            "[x]: javascript:alert(1)\n\n[x]",
            "```<script>\nalert(1)\n```",
            "`<script>alert(1)</script>`",
            "a[^1]\n\n[^1]: <img src=x onerror=alert(1)>",
        ] {
            assert_inert(&markdown(payload), payload);
            assert_inert(&SafeHtml::from_text(payload).to_string(), payload);
        }
    }

    /// Looks at every tag: only elements and attributes of the short list, only addresses that do nothing.
    fn assert_inert(html: &str, payload: &str) {
        for tag in html.split('<').skip(1) {
            let tag = tag.split('>').next().unwrap().to_lowercase();
            let name: String = tag
                .trim_start_matches('/')
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .collect();
            assert!(
                ![
                    "script", "svg", "math", "style", "iframe", "object", "embed", "form", "input",
                    "button", "link", "base", "meta"
                ]
                .contains(&name.as_str()),
                "{payload} gave {html}"
            );
            let names: String = tag.split('"').step_by(2).collect();
            assert!(
                !names.contains(" on") && !names.contains(" style="),
                "{payload} gave {html}"
            );
            for scheme in ["=\"javascript:", "=\"vbscript:", "=\"data:", "src=\"//"] {
                assert!(!tag.contains(scheme), "{payload} gave {html}");
            }
        }
    }

    #[test]
    fn images_show_their_text_and_ask_for_nothing() {
        for address in [
            "https://example.org/x.png",
            "//example.org/x",
            "/sign-in",
            "map.png",
        ] {
            assert_eq!(markdown(&format!("![a map]({address})")), "<p>a map</p>\n");
        }
    }

    #[test]
    fn bidi_controls_in_text_and_code_are_marked() {
        let html = markdown("a\u{202e}b `c\u{2066}d`");
        assert!(
            html.contains("a<span class=control>⟨U+202E⟩</span>b"),
            "{html}"
        );
        assert!(
            html.contains("c<span class=control>⟨U+2066⟩</span>d"),
            "{html}"
        );
    }

    #[test]
    fn a_page_stops_waiting_for_a_renderer_that_does_not_end() {
        // Ends with the process: were the page to wait for it, this test would never end.
        let endless: fn(&str) -> String = |_| {
            loop {
                thread::park();
            }
        };
        let html = SafeHtml::within(Duration::from_millis(1), "*a* <b>", endless);
        assert_eq!(html, SafeHtml::from_text("*a* <b>"));
    }

    #[test]
    fn a_renderer_that_fails_leaves_the_text_as_written() {
        let failing: fn(&str) -> String = |_| std::panic::resume_unwind(Box::new(()));
        let html = SafeHtml::within(Duration::from_secs(600), "*a*", failing);
        assert_eq!(html, SafeHtml::from_text("*a*"));
    }

    #[test]
    fn a_renderer_that_ends_in_time_is_shown() {
        let html = SafeHtml::within(Duration::from_secs(600), "*a*", |text| {
            render(text, &Arc::default())
        });
        assert_eq!(html.to_string(), "<p><em>a</em></p>\n");
    }

    #[test]
    fn text_built_to_be_slow_is_rendered_or_shown_as_written_and_never_grows_much() {
        let many = |piece: &str| piece.repeat(MAX_BYTES / piece.len());
        for text in [
            many(">"),
            many("> "),
            many("["),
            many("[a]("),
            many("![["),
            many("*a_"),
            many("*a **b "),
            many("`a``"),
            many("<a "),
            many("[a][b"),
            many("- "),
            many("* * a\n"),
            many("[^1]"),
            many("~~a"),
            many("\\"),
            many("&amp"),
            many("<!--"),
            many("|a\n|-\n"),
            many("www.a."),
            many("a@"),
            many("1. "),
            many("    >"),
            format!("[a]: {}\n\n{}", "x".repeat(50_000), "[a]".repeat(50_000)),
            (0..700)
                .map(|depth| format!("{}- a\n", "  ".repeat(depth.min(150))))
                .collect(),
            many("[a]: b\n"),
            many("x\n\n"),
        ] {
            let html = markdown(&text);
            assert!(
                html.len() < 20 * text.len() + 100,
                "{} bytes for {:?}",
                html.len(),
                &text[..20]
            );
        }
    }

    #[test]
    fn text_too_large_to_render_is_shown_as_written() {
        let html = markdown(&"*a* ".repeat(MAX_BYTES));
        assert!(
            html.starts_with("<pre class=\"as-written\">\n*a* *a*"),
            "{}",
            &html[..60]
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_anything_act(text in any::<String>()) {
            assert_inert(&markdown(&text), &text);
        }
    }
}
