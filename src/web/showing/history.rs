//! What happened to the register's history as its page tells it.

use super::words::person_of;
use crate::index::DecisionRow;
use crate::ledger::Act;
use crate::policy::Policy;
use crate::web::language::{say, verbatim};
use crate::web::moments::moment;
use crate::web::pages::releases::Event;

/// Returns a word of the journal about the history.
pub fn event(policy: &Policy, row: &DecisionRow, now: i64) -> Event {
    let said = match row.act.parse() {
        Ok(Act::Rewrite) => say("history-event-rewritten"),
        Ok(Act::RestoreHistory) => say("history-event-restored"),
        Ok(Act::AcceptHistory) => say("history-event-accepted"),
        _ => verbatim(row.act.as_str()),
    };
    Event {
        sentence: said.with("name", person_of(policy, &row.by)),
        when: moment(row.at, now),
        text: row.text.clone(),
    }
}
