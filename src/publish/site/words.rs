//! Names of programs as people read them, and moments as each form writes them.

use time::OffsetDateTime;
use time::macros::format_description;

/// Returns a name of a program as words: `appliesConcept` is "applies concept", `review_due` is "review due".
pub fn in_words(name: &str) -> String {
    let mut words = String::new();
    let mut was_lower = false;
    for character in name.chars() {
        if character.is_uppercase() && was_lower {
            words.push(' ');
            words.extend(character.to_lowercase());
        } else if matches!(character, '_' | '-') {
            words.push(' ');
        } else {
            words.push(character);
        }
        was_lower = character.is_lowercase() || character.is_numeric();
    }
    words
}

/// Returns a name of a program as a heading: `alt_titles` is "Alt titles".
pub fn heading(name: &str) -> String {
    let words = in_words(name);
    let mut characters = words.chars();
    let first = characters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(characters).collect()
}

/// Returns a moment's day, `2026-11-24`, in UTC.
pub fn day(at: i64) -> String {
    formatted(at, format_description!("[year]-[month]-[day]"))
}

/// Returns a moment as feeds and maps write it, `2026-11-24T09:00:00Z`.
pub fn moment(at: i64) -> String {
    formatted(
        at,
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z"),
    )
}

/// Returns year, month and day of a moment, in UTC.
pub fn date_parts(at: i64) -> (i32, u8, u8) {
    let date = OffsetDateTime::from_unix_timestamp(at).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    (date.year(), date.month().into(), date.day())
}

fn formatted(at: i64, format: &[time::format_description::BorrowedFormatItem<'_>]) -> String {
    let date = OffsetDateTime::from_unix_timestamp(at).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    date.format(&format).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_programs_are_read_as_words() {
        assert_eq!(in_words("appliesConcept"), "applies concept");
        assert_eq!(in_words("usedBy_us-all"), "used by us all");
        assert_eq!(heading("alt_titles"), "Alt titles");
    }

    #[test]
    fn a_moment_is_a_commits_and_in_utc() {
        assert_eq!(day(1_770_300_000), "2026-02-05");
        assert_eq!(moment(1_770_300_000), "2026-02-05T14:00:00Z");
        assert_eq!(date_parts(1_770_300_000), (2026, 2, 5));
    }
}
