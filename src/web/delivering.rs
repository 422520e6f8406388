//! What administrators do about deliveries: let a target rest and go on, and send once more. Pages and programs do it by the same functions.

use crate::refusal::Refusal;
use crate::web::seat::Seat;

/// Which deliveries are sent once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All that were put aside.
    Dead,
    /// Those of a range of numbers, put aside or delivered.
    Range(i64, i64),
}

/// Refuses whoever may not say how targets are reached.
///
/// # Errors
/// Names who may.
pub fn check(seat: &Seat) -> Result<(), Refusal> {
    if seat.governs() {
        return Ok(());
    }
    let name = seat.identity().name;
    Err(Refusal::new(
        "TGT-RIGHT-001",
        format!("{name} may not change how targets are reached"),
        "ask somebody who may approve a change of the policy",
    ))
}

/// Lets a target rest, or go on.
///
/// # Errors
/// When the database cannot be written.
pub async fn rest(seat: &Seat, target: &str, is_resting: bool) -> anyhow::Result<()> {
    let why = is_resting.then_some("");
    let (accounts, repository) = (&seat.web.accounts, seat.desk.name.as_str());
    accounts
        .rest_target(repository, target, why, seat.now())
        .await?;
    seat.desk.tell();
    Ok(())
}

/// Has deliveries sent once more, with the bytes and the ids that they had. Returns how many.
///
/// # Errors
/// When the database cannot be written. Refuses a range in which nothing ended.
pub async fn replay(
    seat: &Seat,
    target: &str,
    which: Which,
) -> anyhow::Result<Result<u64, Refusal>> {
    let (range, is_dead) = match which {
        Which::Dead => ((0, i64::MAX), true),
        Which::Range(from, to) => ((from, to), false),
    };
    let (accounts, repository) = (&seat.web.accounts, seat.desk.name.as_str());
    let count = accounts
        .replay(repository, target, range, is_dead, seat.now())
        .await?;
    if count == 0 && !is_dead {
        return Ok(Err(no_range()));
    }
    seat.desk.tell();
    Ok(Ok(count))
}

/// Nothing stands in a range.
pub fn no_range() -> Refusal {
    Refusal::new(
        "TGT-FORM-004",
        "no delivery that ended has these numbers",
        "give the first and the last number as the list shows them; what waits is sent at once when the target rests and goes on",
    )
}
