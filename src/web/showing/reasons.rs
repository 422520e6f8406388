//! The words of buttons, of what bars somebody, and of why a version moves as it does.

use super::diff;
use super::review::Forecast;
use crate::ledger::{RATIFY, TAKE_DOWN};
use crate::policy::Bump;
use crate::review::{Asked, Offer, Why, WhyNot};
use crate::version::What;
use crate::web::href::Href;
use crate::web::language::{Message, meaning, say, verbatim};
use crate::web::pages::review::{Reason, VersionPlan};

/// Returns what a button does, in words.
pub fn label(offer: &Offer, completes: bool, version: Option<String>, left: u32) -> Message {
    if offer.is_restore() {
        return say("review-act-restore");
    }
    if offer.is_removal() {
        return match (offer.name.as_str(), completes) {
            (TAKE_DOWN, _) => say("review-act-take-down"),
            (RATIFY, _) => say("review-act-ratify"),
            (_, true) => say("review-act-yank"),
            (_, false) => say("review-act-yank-counts").with("left", left),
        };
    }
    let act = match offer.countersigns {
        true => say("review-countersign"),
        false => say("review-approve"),
    };
    let outcome = match (version, offer.from == offer.to) {
        (Some(version), _) => say("review-make-version")
            .with("version", version)
            .with("status", &offer.to),
        (None, true) => verbatim(offer.name.as_str()),
        (None, false) => say("review-make-it").with("status", &offer.to),
    };
    match completes {
        true => say("review-act-completes")
            .with("act", act)
            .with("outcome", outcome),
        false => say("review-act-counts")
            .with("act", act)
            .with("left", left)
            .with("move", &offer.name),
    }
}

/// Returns why somebody may not approve, said to them.
pub fn said_to_you(why: &WhyNot) -> Message {
    match why {
        WhyNot::HasApproved => say("review-you-approved"),
        WhyNot::Wrote => say("review-you-wrote"),
        WhyNot::Vetoed => say("review-you-vetoed"),
        WhyNot::ApprovedEarlier { earlier, wanted } => say("review-you-approved-earlier")
            .with("earlier", earlier)
            .with("wanted", wanted),
        WhyNot::HoldsNone { roles } => {
            say("review-you-hold-none").with("roles", super::words::any_of(roles))
        }
    }
}

/// Returns why a role owes more approvals than for other changes.
pub fn asked(asked: &Asked) -> Message {
    let why = match &asked.why {
        Why::New => say("review-more-new"),
        Why::Bump(bump) => say("review-more-bump").with("bump", bump_word(*bump)),
        Why::Field(field) => say("review-more-field").with("field", &field.0),
        Why::Unproven => say("review-more-unproven"),
        Why::Unknown => say("review-more-unknown"),
    };
    why.with("needed", asked.needed)
}

/// Returns what a blocking finding means; it begins with its code.
pub fn held_by(finding: &str) -> Message {
    let code = finding.split([' ', ':']).next().unwrap_or_default();
    meaning(code, finding.trim_end_matches('.'))
}

/// Returns the word for a bump.
pub fn bump_word(bump: Bump) -> Message {
    match bump {
        Bump::None => say("bump-none"),
        Bump::Patch => say("bump-patch"),
        Bump::Minor => say("bump-minor"),
        Bump::Major => say("bump-major"),
    }
}

fn what_word(what: What) -> Message {
    match what {
        What::Added => say("diff-added"),
        What::Changed => say("diff-changed"),
        What::Removed => say("diff-removed"),
        What::Moved => say("diff-moved"),
    }
}

/// Returns the version to come, and what moves it.
pub fn plan(forecast: &Forecast) -> Option<VersionPlan> {
    let step = forecast.0.as_ref()?;
    let meaning = match step.bump {
        _ if step.from.is_none() => say("review-bump-first"),
        Bump::Major => say("review-bump-major"),
        Bump::Minor => say("review-bump-minor"),
        Bump::Patch => say("review-bump-patch"),
        Bump::None => say("review-bump-none"),
    };
    let mut reasons: Vec<_> = forecast
        .1
        .iter()
        .flat_map(|explained| &explained.reasons)
        .collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.bump));
    Some(VersionPlan {
        from: step.from.as_ref().map(ToString::to_string),
        to: step.to.to_string(),
        bump: meaning,
        reasons: reasons
            .into_iter()
            .map(|reason| Reason {
                bump: bump_word(reason.bump),
                sentence: say("review-reason")
                    .with("field", super::words::label(&reason.path))
                    .with("what", what_word(reason.what)),
                href: Some(Href::anchor(&diff::anchor(&reason.path))),
            })
            .collect(),
    })
}
