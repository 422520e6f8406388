//! Moments in words. Every page says when the way a person would, and carries the exact time beside it.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use super::language::{Message, say, verbatim};
use super::pages::parts::Moment;

/// Returns a moment, seconds since 1970 in UTC, as seen from now.
pub fn moment(at: i64, now: i64) -> Moment {
    let Ok(date) = OffsetDateTime::from_unix_timestamp(at) else {
        return Moment {
            iso: String::new(),
            words: say("moment-unknown"),
        };
    };
    Moment {
        iso: date.format(&Rfc3339).unwrap_or_default(),
        words: words(at, now, date),
    }
}

/// Returns a moment that is still to come, as seen from now; one that is past is due.
pub fn moment_ahead(at: i64, now: i64) -> Moment {
    let words = match at - now {
        ..=0 => say("moment-due"),
        1..60 => say("moment-soon"),
        seconds @ 60..3600 => say("moment-in-minutes").with("count", seconds / 60),
        seconds @ 3600..172_800 => say("moment-in-hours").with("count", seconds / 3600),
        _ => return moment(at, now),
    };
    Moment {
        words,
        ..moment(at, now)
    }
}

/// Returns a moment whose day is known: its time of day, in UTC like every time of a commit.
pub fn time_of_day(at: i64) -> Moment {
    let Ok(date) = OffsetDateTime::from_unix_timestamp(at) else {
        return moment(at, at);
    };
    let clock = date.format(format_description!("[hour]:[minute]"));
    Moment {
        iso: date.format(&Rfc3339).unwrap_or_default(),
        words: verbatim(clock.unwrap_or_default()),
    }
}

/// Returns the day of a moment: "today", "yesterday" or its date.
pub fn day(at: i64, now: i64) -> Message {
    match (
        day_number(now) - day_number(at),
        OffsetDateTime::from_unix_timestamp(at),
    ) {
        (0, _) => say("moment-today"),
        (1, _) => say("moment-last-day"),
        (_, Ok(date)) => date_words(date),
        (_, Err(_)) => say("moment-no-day"),
    }
}

/// Returns a moment's date: `2026-11-12`.
pub fn date(at: i64) -> String {
    OffsetDateTime::from_unix_timestamp(at)
        .ok()
        .and_then(|date| {
            date.format(format_description!("[year]-[month]-[day]"))
                .ok()
        })
        .unwrap_or_default()
}

fn words(at: i64, now: i64, date: OffsetDateTime) -> Message {
    let seconds = now - at;
    let days = day_number(now) - day_number(at);
    match seconds {
        // A clock that is ahead by a little is no news.
        -300..60 => say("moment-now"),
        60..3600 => say("moment-minutes").with("count", seconds / 60),
        3600..7200 => say("moment-hours").with("count", 1_i64),
        7200.. if days == 0 => say("moment-hours").with("count", seconds / 3600),
        3600.. if days == 1 => say("moment-yesterday"),
        3600.. if days < 7 => say("moment-days").with("count", days),
        _ => date_words(date),
    }
}

fn day_number(at: i64) -> i64 {
    at.div_euclid(86400)
}

fn date_words(date: OffsetDateTime) -> Message {
    say("moment-date")
        .with("day", i64::from(date.day()))
        .with("month", i64::from(u8::from(date.month())))
        .with("year", i64::from(date.year()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::language::Language;

    #[test]
    fn moments_are_told_as_a_person_would() {
        let now = 1_794_500_000; // 12 November 2026, 13:33 UTC
        for (seconds, expected) in [
            (0, "just now"),
            (-100, "just now"),
            (60, "a minute ago"),
            (600, "10 minutes ago"),
            (3700, "an hour ago"),
            (4 * 3600, "4 hours ago"),
            (24 * 3600, "yesterday"),
            (3 * 24 * 3600, "3 days ago"),
            (10 * 24 * 3600, "2 November 2026"),
            (-86400, "13 November 2026"),
        ] {
            let words = moment(now - seconds, now).words;
            assert_eq!(words.text(Language::English), expected, "{seconds}");
        }
        assert_eq!(day(now, now).text(Language::French), "Aujourd’hui");
        let first = moment(0, now).words;
        assert_eq!(first.text(Language::French), "1er janvier 1970");
        assert_eq!(moment(i64::MAX, now).iso, "");
        for (seconds, expected) in [
            (-70, "as soon as its turn comes"),
            (7, "in less than a minute"),
            (67, "in a minute"),
            (600, "in 10 minutes"),
            (4 * 3600, "in 4 hours"),
            (10 * 24 * 3600, "22 November 2026"),
        ] {
            let words = moment_ahead(now + seconds, now).words;
            assert_eq!(words.text(Language::English), expected, "{seconds}");
        }
    }
}
