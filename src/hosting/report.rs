//! What a host is told of a proposal: a status in one line, and one comment that is kept up to date.
//!
//! Both are read by people who may not come here, and are written where a mark-up is read: whatever comes from a record or from a person stands in code
//! spans, in which nobody is called, nothing is linked and nothing ends early.

use std::fmt::Write as _;

use super::api::{MOST_STATUS, State, Status};

/// What is told of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The register's name.
    pub register: String,
    /// Its page here.
    pub link: String,
    /// Its records.
    pub records: Vec<Line>,
    /// It was given up.
    pub is_closed: bool,
}

/// What is told of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub stands: Stands,
}

/// Where a record of a proposal stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stands {
    /// Published as proposed: its version, where it has one.
    Landed(Option<String>),
    /// It waits for one of these people, by name.
    Waits(Vec<String>),
    /// Something stands against it.
    Held(String),
}

/// Returns what every comment of this server holds, so that it is found again.
pub fn mark(repository: &str) -> String {
    format!("<!-- countersign {repository} -->")
}

impl Report {
    /// Returns the status of the proposal's head.
    pub fn status(&self) -> Status {
        let count = self.records.len();
        let landed = self.count(|stands| matches!(stands, Stands::Landed(_)));
        let held = self.records.iter().find_map(|line| match &line.stands {
            Stands::Held(why) => Some(why.as_str()),
            _ => None,
        });
        let (state, words) = match held {
            _ if self.is_closed => (State::Held, "given up".to_owned()),
            _ if landed == count => (State::Done, "published".to_owned()),
            Some(why) => (State::Held, why.to_owned()),
            None => (State::Waits, self.waiting(landed)),
        };
        Status {
            state,
            words: words.chars().take(MOST_STATUS).collect(),
            link: self.link.clone(),
        }
    }

    fn count(&self, is: impl Fn(&Stands) -> bool) -> usize {
        self.records.iter().filter(|line| is(&line.stands)).count()
    }

    fn waiting(&self, landed: usize) -> String {
        let mut people: Vec<&str> = Vec::new();
        for line in &self.records {
            if let Stands::Waits(names) = &line.stands {
                people.extend(names.iter().map(String::as_str));
            }
        }
        people.sort_unstable();
        people.dedup();
        let for_whom = match people.as_slice() {
            [] => "it waits for its author".to_owned(),
            people => format!("waits for {}", people.join(" or ")),
        };
        match (landed, self.records.len()) {
            (0, _) => for_whom,
            (landed, count) => format!("{landed} of {count} published; {for_whom}"),
        }
    }

    /// Returns the comment, as Markdown.
    pub fn comment(&self, mark: &str) -> String {
        let mut text = format!(
            "{mark}\n**[Reviewed in {}]({})**\n\n",
            code(&self.register),
            self.link
        );
        if self.is_closed {
            text.push_str("It was given up there.\n\n");
        }
        for line in &self.records {
            let stands = match &line.stands {
                Stands::Landed(Some(version)) => format!("published as {}", code(version)),
                Stands::Landed(None) => "published".to_owned(),
                Stands::Waits(names) if names.is_empty() => "waits for its author".to_owned(),
                Stands::Waits(names) => {
                    let names: Vec<String> = names.iter().map(|name| code(name)).collect();
                    format!("waits for {}", names.join(" or "))
                }
                Stands::Held(why) => format!("held: {}", code(why)),
            };
            // Writing to a String never fails.
            let _ = writeln!(text, "- {}: {stands}", code(&line.title));
        }
        text
    }
}

/// A code span that nothing inside can end.
fn code(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| match c {
            '`' => '\'',
            c if c.is_control() => ' ',
            c => c,
        })
        .take(200)
        .collect();
    format!("`{}`", plain.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(records: Vec<(&str, Stands)>) -> Report {
        Report {
            register: "Notes".to_owned(),
            link: "https://register.example.org/notes/proposals/pull%2F7".to_owned(),
            records: records
                .into_iter()
                .map(|(title, stands)| Line {
                    title: title.to_owned(),
                    stands,
                })
                .collect(),
            is_closed: false,
        }
    }

    fn waits(names: &[&str]) -> Stands {
        Stands::Waits(names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn a_status_says_whose_turn_it_is() {
        let status = report(vec![
            ("One", Stands::Landed(Some("1.1.0".to_owned()))),
            ("Two", waits(&["Cy", "Ben"])),
            ("Three", waits(&["Ben"])),
        ])
        .status();
        assert_eq!(status.state, State::Waits);
        assert_eq!(status.words, "1 of 3 published; waits for Ben or Cy");
        let held = report(vec![(
            "One",
            Stands::Held("Ben asks for changes".to_owned()),
        )])
        .status();
        assert_eq!(
            (held.state, held.words.as_str()),
            (State::Held, "Ben asks for changes")
        );
        let done = report(vec![("One", Stands::Landed(None))]).status();
        assert_eq!(
            (done.state, done.words.as_str()),
            (State::Done, "published")
        );
        let given_up = Report {
            is_closed: true,
            ..report(vec![("One", waits(&[]))])
        };
        assert_eq!(given_up.status().state, State::Held);
        let long = report(vec![("One", Stands::Held("é".repeat(300)))]).status();
        assert_eq!(long.words.chars().count(), MOST_STATUS);
    }

    #[test]
    fn what_a_record_says_calls_nobody_and_ends_nothing() {
        let hostile = "`@team` <img src=x onerror=alert(1)>\n# [x](https://evil.example)`";
        let text = report(vec![(hostile, waits(&[hostile]))]).comment("<!-- mark -->");
        let list: Vec<&str> = text.lines().skip(3).collect();
        let span = "`'@team' <img src=x onerror=alert(1)> # [x](https://evil.example)'`";
        assert_eq!(list, [format!("- {span}: waits for {span}")]);
        assert!(text.starts_with("<!-- mark -->\n**[Reviewed in `Notes`](https://register"));
    }
}
