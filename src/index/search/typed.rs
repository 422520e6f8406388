//! What a person types into the search box, as a query of the full-text search.
//!
//! Words must all be there, in any order; words in double quotes stand together; a word after `-` must not be there; the last word may be a
//! beginning. Nothing that is typed is an operator, and what is asked for is bounded, so no text makes a query that fails or takes long.

/// The longest text that is searched for, in characters.
pub const MAX_TYPED_CHARS: usize = 500;

/// Words that are looked for, those of phrases counted one by one: each one more costs a walk over the records that hold it.
const MOST_WORDS: usize = 16;

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// What a record must hold, as a full-text query; `None` where no such word was typed.
    pub with: Option<String>,
    /// What a record must not hold, likewise.
    pub without: Option<String>,
    /// Whether words were left out, because there were too many of them.
    pub is_cut: bool,
}

impl Typed {
    /// Reads what somebody typed. Every text can be read.
    pub fn read(typed: &str) -> Self {
        let mut is_cut = typed.chars().count() > MAX_TYPED_CHARS;
        let typed: String = typed.chars().take(MAX_TYPED_CHARS).collect();
        let mut left = MOST_WORDS;
        let (mut with, mut without) = (Vec::new(), Vec::new());
        for term in terms(&typed) {
            let kept = first_words(term.text, left);
            let words = count_words(kept);
            is_cut |= words < count_words(term.text);
            left -= words;
            if words > 0 {
                let list = if term.is_excluded {
                    &mut without
                } else {
                    &mut with
                };
                list.push((kept, term.is_quoted));
            }
        }
        Self {
            with: joined(&with),
            // A folder's name stands in every path below it: leaving a word out means the text.
            without: any_of(&without),
            is_cut,
        }
    }

    /// Returns whether nothing that was typed can be looked for.
    pub fn is_empty(&self) -> bool {
        self.with.is_none() && self.without.is_none()
    }
}

/// A word or a phrase as it was typed.
struct Term<'a> {
    text: &'a str,
    is_quoted: bool,
    is_excluded: bool,
}

/// Splits at blanks and control characters; a quote holds together what stands up to the next one, or up to the end.
fn terms(typed: &str) -> Vec<Term<'_>> {
    let mut terms = Vec::new();
    let mut rest = typed;
    loop {
        rest = rest.trim_start_matches(is_gap);
        let is_excluded = rest.starts_with('-');
        let text = rest.trim_start_matches('-');
        if text.is_empty() {
            return terms;
        }
        let is_quoted = text.starts_with('"');
        let text = text.strip_prefix('"').unwrap_or(text);
        let end = match is_quoted {
            true => text.find('"'),
            false => text.find(|c: char| is_gap(c) || c == '"'),
        };
        let (term, after) = text.split_at(end.unwrap_or(text.len()));
        rest = match is_quoted {
            true => after.strip_prefix('"').unwrap_or(after),
            false => after,
        };
        terms.push(Term {
            text: term,
            is_quoted,
            is_excluded,
        });
    }
}

fn is_gap(character: char) -> bool {
    character.is_whitespace() || character.is_control()
}

/// Returns the part of a text that holds its first words, at most so many.
fn first_words(text: &str, most: usize) -> &str {
    let mut words = 0;
    let mut was_word = false;
    for (index, character) in text.char_indices() {
        let is_word = character.is_alphanumeric();
        if is_word && !was_word {
            if words == most {
                return &text[..index];
            }
            words += 1;
        }
        was_word = is_word;
    }
    text
}

fn count_words(text: &str) -> usize {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .count()
}

/// Joins terms that must all be there; the last one may be a beginning unless it stands in quotes.
fn joined(terms: &[(&str, bool)]) -> Option<String> {
    let (last, is_quoted) = *terms.last()?;
    let phrases: Vec<String> = terms.iter().map(|(text, _)| phrase(text)).collect();
    let beginning = if !is_quoted && may_be_beginning(last) {
        "*"
    } else {
        ""
    };
    Some(format!("{}{beginning}", phrases.join(" ")))
}

fn any_of(terms: &[(&str, bool)]) -> Option<String> {
    let phrases: Vec<String> = terms.iter().map(|(text, _)| phrase(text)).collect();
    (!phrases.is_empty()).then(|| format!("{{title text}}: ({})", phrases.join(" OR ")))
}

/// One letter begins too many words to mean any; in scripts without letters one sign can be a word's beginning.
fn may_be_beginning(word: &str) -> bool {
    let mut ends = word
        .chars()
        .rev()
        .skip_while(|c| !c.is_alphanumeric())
        .take_while(|c| c.is_alphanumeric());
    let (last, before) = (ends.next(), ends.next());
    before.is_some() || last.is_some_and(|last| !last.is_ascii())
}

fn phrase(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c == '"' || is_gap(c) { ' ' } else { c })
        .collect();
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sqlx::{Connection, SqliteConnection};

    fn read(typed: &str) -> (String, String) {
        let typed = Typed::read(typed);
        (
            typed.with.unwrap_or_default(),
            typed.without.unwrap_or_default(),
        )
    }

    #[test]
    fn words_phrases_exclusions_and_a_beginning_are_told_apart() {
        for (typed, with, without) in [
            ("open weights", "\"open\" \"weights\"*", ""),
            ("\"open weights\"", "\"open weights\"", ""),
            (
                "open -\"closed source\" ",
                "\"open\"*",
                "{title text}: (\"closed source\")",
            ),
            ("-draft -old", "", "{title text}: (\"draft\" OR \"old\")"),
            ("notes/one.md", "\"notes/one.md\"*", ""),
            ("a b", "\"a\" \"b\"", ""),
            ("電", "\"電\"*", ""),
            ("say \"never ending", "\"say\" \"never ending\"", ""),
            ("AND OR NOT", "\"AND\" \"OR\" \"NOT\"*", ""),
            ("--- * ^ ()", "", ""),
            ("x\"y z\"w", "\"x\" \"y z\" \"w\"", ""),
        ] {
            assert_eq!(
                read(typed),
                (with.to_owned(), without.to_owned()),
                "{typed}"
            );
        }
    }

    #[test]
    fn too_many_words_are_left_out_and_it_is_said() {
        let many = "word ".repeat(17);
        let typed = Typed::read(&many);
        assert!(typed.is_cut);
        assert_eq!(typed.with.unwrap().matches("word").count(), 16);
        let joined = Typed::read(&"a-".repeat(40));
        assert!(joined.is_cut);
        assert_eq!(joined.with.unwrap().matches('a').count(), 16);
        assert!(!Typed::read(&"word ".repeat(16)).is_cut);
    }

    fn accepted(typed: &[String]) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
            let table = "CREATE VIRTUAL TABLE search USING fts5 (path, title, text, tokenize = 'unicode61 remove_diacritics 2')";
            sqlx::query(table).execute(&mut connection).await.unwrap();
            for typed in typed {
                let read = Typed::read(typed);
                for query in read.with.into_iter().chain(read.without) {
                    let asked = sqlx::query("SELECT rowid FROM search WHERE search MATCH $1")
                        .bind(&query)
                        .fetch_all(&mut connection)
                        .await;
                    assert!(asked.is_ok(), "{typed:?} became {query:?}: {asked:?}");
                }
            }
        });
    }

    #[test]
    fn fault_94_what_looks_like_a_query_is_text() {
        let hostile = [
            "\"",
            "*",
            "NEAR(",
            "title:x",
            "a\"b*c",
            "-",
            "^",
            "{a}",
            "()",
            "((((((((",
            "'; DROP TABLE records",
            "\0",
            "a\0b",
            "\"\0\"",
            "-\"",
            "--a",
            "\" \"",
            "a AND",
            "NOT",
            "{title text}: x",
            "+a + b",
            "(a+)+$",
            "\u{301}",
            "\u{fdd0}",
            "\u{1f600}",
            "-\u{1f600}",
            "\"-\"*",
        ];
        accepted(&hostile.map(str::to_owned));
        accepted(&[
            "\"".repeat(1_000_000),
            "a*".repeat(500_000),
            "-".repeat(1_000_000),
        ]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_text_becomes_a_query_that_is_accepted(
            typed in prop::collection::vec(any::<String>(), 8),
            marks in prop::collection::vec("[-\"*^(){}:+a é\\\\NEARO/.,]{0,40}", 8),
        ) {
            accepted(&typed);
            accepted(&marks);
        }
    }
}
