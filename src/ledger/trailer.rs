//! Trailers: `Name: value` lines in the last paragraph of a commit message.

/// A trailer was missing, doubled or unreadable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);

/// The trailers of one message, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trailers(Vec<(String, String)>);

impl Trailers {
    /// Reads the last paragraph of a message; a paragraph with a line that is no trailer holds none. The subject is never one.
    pub fn read(message: &str) -> Self {
        let message = message.trim_end_matches(['\n', '\r']);
        let Some((_, last)) = message.rsplit_once("\n\n") else {
            return Self::default();
        };
        let read: Option<Vec<_>> = last.lines().map(read_line).collect();
        Self(read.unwrap_or_default())
    }

    /// Returns the text of a message without its subject and, where its last paragraph is one of trailers, without that.
    pub fn text_before(message: &str) -> String {
        let unified = message.replace("\r\n", "\n");
        let Some((_, text)) = unified.split_once("\n\n") else {
            return String::new();
        };
        let text = text.trim_end_matches('\n');
        let trailers = match text.rsplit_once("\n\n") {
            Some((_, last)) => last,
            None => text,
        };
        let kept = match trailers.lines().all(|line| read_line(line).is_some()) {
            true => text.len() - trailers.len(),
            false => text.len(),
        };
        body_text(&text[..kept])
    }

    /// Adds a trailer; line breaks and other controls in the value become spaces, so that no value can forge another trailer.
    pub fn push(&mut self, name: &str, value: impl ToString) {
        let value: String = value
            .to_string()
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        self.0.push((name.to_owned(), value.trim().to_owned()));
    }

    /// Returns the value of a trailer that may stand once.
    ///
    /// # Errors
    /// When it stands twice.
    pub fn get<'a>(&'a self, name: &'a str) -> Result<Option<&'a str>, Malformed> {
        let mut values = self.all(name);
        let first = values.next();
        match values.next() {
            Some(_) => Err(Malformed(format!("the trailer {name} stands twice"))),
            None => Ok(first),
        }
    }

    /// Returns the value of a trailer that must stand once, as `T`.
    ///
    /// # Errors
    /// When it is missing, stands twice or does not read as `T`.
    pub fn required<T: std::str::FromStr<Err: std::fmt::Display>>(
        &self,
        name: &str,
    ) -> Result<T, Malformed> {
        let value = self
            .get(name)?
            .ok_or_else(|| Malformed(format!("the trailer {name} is missing")))?;
        value
            .parse()
            .map_err(|error| Malformed(format!("the trailer {name} does not read: {error}")))
    }

    /// Returns every value of a trailer that may repeat.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns the values of a trailer under any letter case, as people write `Co-authored-by`.
    pub fn all_ignoring_case<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Returns a whole message: subject, text where there is one, trailers.
    pub fn message(&self, subject: &str, text: &str) -> String {
        let subject: String = subject
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let mut message = format!("{}\n\n", subject.trim());
        let text = body_text(text);
        if !text.is_empty() {
            message.push_str(&text);
            message.push_str("\n\n");
        }
        for (name, value) in &self.0 {
            message.push_str(&format!("{name}: {value}\n"));
        }
        message
    }
}

/// Returns the text between subject and trailers of a message that [`Trailers::message`] made.
pub(super) fn text_of(message: &str) -> String {
    let message = message.trim_end_matches('\n');
    let Some((head, _)) = message.rsplit_once("\n\n") else {
        return String::new();
    };
    head.split_once("\n\n")
        .map(|(_, text)| text.to_owned())
        .unwrap_or_default()
}

/// Returns a person's text as a commit message can hold it: LF line ends, no control but tab, no blank edges.
pub(super) fn body_text(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = unified
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect();
    let lines: Vec<&str> = kept.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

fn read_line(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(':')?;
    let plain = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    plain.then(|| (name.to_owned(), value.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stands_between_subject_and_trailers() {
        let of = Trailers::text_before;
        assert_eq!(of("Say more"), "");
        assert_eq!(of("Say more\n\nWhy: because"), "");
        assert_eq!(
            of("Say more\n\nIt was short.\n\nWhy: because\n"),
            "It was short."
        );
        assert_eq!(
            of("Say more\r\n\r\nIt was short.\r\n\r\nIt is not."),
            "It was short.\n\nIt is not."
        );
    }
    use proptest::prelude::*;

    #[test]
    fn a_value_cannot_forge_another_trailer() {
        let mut trailers = Trailers::default();
        trailers.push("Record", "x\nApproved-by: Eve <eve@example.org>");
        let read = Trailers::read(&trailers.message("subject", "text"));
        assert_eq!(read.all("Approved-by").count(), 0);
    }

    #[test]
    fn a_doubled_trailer_is_refused() {
        let read = Trailers::read("s\n\nRecord: a\nRecord: b\n");
        assert!(read.get("Record").is_err());
    }

    #[test]
    fn the_subject_is_no_trailer() {
        assert_eq!(Trailers::read("Record: a\n"), Trailers::default());
    }

    proptest! {
        #[test]
        fn text_and_trailers_survive_each_other(subject in any::<String>(), text in any::<String>(), value in any::<String>()) {
            let mut trailers = Trailers::default();
            trailers.push("Decision", "comment");
            trailers.push("Record", &value);
            let message = trailers.message(&subject, &text);
            prop_assert_eq!(&Trailers::read(&message), &trailers);
            prop_assert_eq!(text_of(&message), body_text(&text));
        }
    }
}
