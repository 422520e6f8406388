//! When a delivery is tried again: soon at first, then less and less often, for three days.

/// Seconds between the attempts; the last one goes on until three days are over. Together they are fourteen attempts at least.
const DELAYS: [i64; 10] = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200];

/// How long one delivery is tried, in seconds; longer where it was tried less than ten times, or the receiver asks for time.
pub const PATIENCE: i64 = 3 * 86_400;

/// The attempts that a delivery has at least, however long they take.
const LEAST_TRIES: i64 = 10;

/// The longest that a receiver may ask to be left alone, in seconds.
const LONGEST_REST: i64 = 86_400;

/// What comes after an attempt that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Another one, at this time.
    At(i64),
    /// None: it was tried for as long as it is.
    Dead,
}

/// Returns what comes after the attempt of this number, from 1 on, given when the first one was and what the receiver asks for. `chance` spreads those who
/// fail together: 0 is a fifth earlier, 255 a fifth later.
pub fn next(number: i64, since: i64, now: i64, retry_after: Option<i64>, chance: u8) -> Next {
    let last = since.saturating_add(PATIENCE);
    // A clock that leapt, or a server that was off for days, is no receiver that had its time.
    if now >= last && number > LEAST_TRIES {
        return Next::Dead;
    }
    let place = usize::try_from(number.saturating_sub(1)).unwrap_or(0);
    let delay = DELAYS[place.min(DELAYS.len() - 1)];
    let spread = delay * (80 + 40 * i64::from(chance) / 255) / 100;
    let asked = retry_after.unwrap_or(0).clamp(0, LONGEST_REST);
    let asked = now.saturating_add(asked);
    let at = now.saturating_add(spread.max(1));
    // The last attempt is made when patience ends, and not before the receiver asks for it.
    Next::At(if now < last { at.min(last) } else { at }.max(asked))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(chance: u8) -> Vec<i64> {
        let mut times = vec![1_000];
        loop {
            let now = *times.last().unwrap();
            let number = i64::try_from(times.len()).unwrap();
            match next(number, 1_000, now, None, chance) {
                Next::At(at) => times.push(at),
                Next::Dead => return times,
            }
        }
    }

    #[test]
    fn a_dead_receiver_is_tried_for_three_days_and_no_longer() {
        for chance in [0, 128, 255] {
            let times = run(chance);
            assert!(times.len() >= 12, "{times:?}");
            assert_eq!(times.last(), Some(&(1_000 + PATIENCE)));
        }
    }

    #[test]
    fn a_receiver_that_asks_for_time_gets_it_up_to_a_day() {
        assert_eq!(next(1, 0, 0, Some(3_600), 128), Next::At(3_600));
        assert_eq!(next(1, 0, 0, Some(i64::MAX), 128), Next::At(86_400));
        assert_eq!(next(1, 0, 0, Some(-5), 0), Next::At(4));
    }

    #[test]
    fn time_in_which_nobody_tried_is_no_patience_and_what_was_asked_for_outlasts_it() {
        let after_a_holiday = 5 * 86_400;
        assert_eq!(
            next(2, 0, after_a_holiday, None, 128),
            Next::At(after_a_holiday + 30)
        );
        assert_eq!(
            next(LEAST_TRIES + 1, 0, after_a_holiday, None, 128),
            Next::Dead
        );
        let shortly_before_the_end = PATIENCE - 3_600;
        let asked = shortly_before_the_end + 21_600;
        assert_eq!(
            next(20, 0, shortly_before_the_end, Some(21_600), 128),
            Next::At(asked)
        );
        assert_eq!(next(21, 0, asked, None, 128), Next::Dead);
    }

    proptest! {
        #[test]
        fn the_next_attempt_is_later_and_within_patience(number in 1..100i64, since in 0..i64::from(u32::MAX), past in 0..PATIENCE, asked in any::<i64>(), chance in any::<u8>()) {
            let now = since + past;
            let Next::At(at) = next(number, since, now, Some(asked), chance) else { panic!("dead too soon") };
            let latest = (since + PATIENCE).max(now + asked.clamp(0, LONGEST_REST));
            prop_assert!(at > now && at <= latest);
        }
    }
}
