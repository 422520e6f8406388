//! What holds of the merge of any two edits, tried on records and edits that chance makes.
//!
//! `PROPTEST_CASES` sets how many pairs each test tries; docs/performance.md says how a million are run.

mod docs;
mod facts;

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::record::{Segment, parse};
use docs::{Kind, Pair, pairs};
use facts::{Facts, comments, faults, with_new_headings};

fn facts(bytes: &[u8], kind: Kind) -> Facts {
    let record = parse(bytes, kind.format());
    Facts::of(&record.unwrap_or_else(|refusal| panic!("{refusal:?}\n{}", text(bytes))))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Checks that each change of either side is in the merged record or in a conflict, and that nothing else changed.
fn nothing_is_lost(pair: &Pair, kind: Kind) -> Result<(), TestCaseError> {
    let texts = pair.texts(kind);
    let [base, standing, yours] = texts.each_ref().map(|text| text.as_bytes());
    let merged = merge(Some(base), standing, yours, kind.format()).map_err(|refusal| {
        TestCaseError::fail(format!("{refusal:?}\n{}", texts.join("=====\n")))
    })?;
    let shown = || {
        format!(
            "{}\n===== merged\n{}\n{:#?}",
            texts.join("=====\n"),
            text(&merged.content),
            merged
                .conflicts
                .iter()
                .map(|it| (it.about, it.path.to_string()))
                .collect::<Vec<_>>()
        )
    };
    let all = [base, standing, yours, &merged.content].map(|bytes| facts(bytes, kind));
    let of_order = |path: &FieldPath| {
        let mut orders = merged.conflicts.iter().filter(|it| it.about != About::Note);
        orders.any(|it| it.path == *path)
    };
    let covered = |path: &FieldPath| covers(&merged.conflicts, path, &all);
    let mut found = faults(all.each_ref(), covered, of_order);
    if !found.is_empty() {
        let (read, renamed) = with_new_headings(all.each_ref());
        let is_renamed = |path: &FieldPath| {
            let mut headings = renamed.iter();
            headings.any(|(old, new)| path.is_within(new) && covered(old))
        };
        let again = faults(
            read.each_ref(),
            |path| covered(path) || is_renamed(path),
            of_order,
        );
        if again.is_empty() {
            found.clear();
        }
    }
    prop_assert!(found.is_empty(), "{found:#?}\n{}", shown());
    let lost = lost_comments(&texts, &merged);
    prop_assert!(lost.is_empty(), "{lost:#?}\n{}", shown());
    Ok(())
}

/// Tells whether a conflict covers a fact. Items without a key are named by their place there, and by their words here.
fn covers(conflicts: &[Conflict], path: &FieldPath, all: &[Facts; 4]) -> bool {
    conflicts
        .iter()
        .filter(|it| matches!(it.about, About::Value | About::Writing))
        .any(|conflict| {
            let place = &conflict.path;
            let versions = [&conflict.base, &conflict.standing, &conflict.yours];
            let words = versions
                .into_iter()
                .flatten()
                .filter_map(|it| it.node.as_text());
            let parent = FieldPath::from(
                place
                    .segments()
                    .split_last()
                    .map_or(Vec::new(), |it| it.1.to_vec()),
            );
            let is_word = matches!(place.segments().last(), Some(Segment::Item(_)))
                && all.iter().any(|facts| facts.values.contains_key(&parent));
            path.is_within(place)
                || is_word
                    && words
                        .into_iter()
                        .any(|word| *path == parent.join(Segment::Item(word.to_owned())))
        })
}

/// Returns the comments of which neither the result nor a conflict has what the sides made of them.
fn lost_comments(texts: &[String; 3], merged: &Merged) -> Vec<String> {
    let [base, standing, yours] = texts.each_ref().map(|text| comments(text));
    let result = comments(&text(&merged.content));
    let told = |comment: &str| {
        merged.conflicts.iter().any(|conflict| {
            let versions = [&conflict.base, &conflict.standing, &conflict.yours];
            let is_removal =
                conflict.about != About::Note && versions.iter().any(|it| it.is_none());
            is_removal
                || versions
                    .iter()
                    .any(|it| it.as_ref().is_some_and(|it| it.text.contains(comment)))
        })
    };
    let names: BTreeSet<&String> = [&base, &standing, &yours, &result]
        .iter()
        .flat_map(|it| it.keys())
        .collect();
    let wrong = names.into_iter().filter(|name| {
        let count =
            |of: &std::collections::BTreeMap<String, usize>| of.get(*name).copied().unwrap_or(0);
        let (base, standing, yours, result) = (
            count(&base),
            count(&standing),
            count(&yours),
            count(&result),
        );
        let wanted = match () {
            () if base == standing => yours,
            () if base == yours => standing,
            () => standing.max(yours),
        };
        result != wanted && !told(name)
    });
    wrong.cloned().collect()
}

/// Checks that an edit merged with none is itself, byte for byte.
fn one_edit_alone_is_kept(pair: &Pair, kind: Kind) -> Result<(), TestCaseError> {
    let texts = pair.texts(kind);
    let [base, standing, yours] = texts.each_ref().map(|text| text.as_bytes());
    for (one, other, wanted) in [
        (standing, base, standing),
        (base, yours, yours),
        (yours, yours, yours),
    ] {
        let merged = merge(Some(base), one, other, kind.format()).unwrap();
        prop_assert_eq!(
            text(&merged.content),
            text(wanted),
            "{}",
            texts.join("=====\n")
        );
        prop_assert_eq!(merged.conflicts, Vec::new());
    }
    Ok(())
}

/// Checks that the sides see the same conflicts, whichever stands.
fn conflicts_are_symmetric(pair: &Pair, kind: Kind) -> Result<(), TestCaseError> {
    let texts = pair.texts(kind);
    let [base, standing, yours] = texts.each_ref().map(|text| text.as_bytes());
    let seen = |one: &[u8], other: &[u8], turned: bool| {
        let merged = merge(Some(base), one, other, kind.format()).unwrap();
        let decided = merged
            .conflicts
            .into_iter()
            .filter(|it| matches!(it.about, About::Value | About::Order));
        let mut seen: Vec<_> = decided
            .map(|it| {
                let words = [it.base, it.standing, it.yours].map(|it| it.map(|it| it.text));
                let [base, one, other] = words;
                let sides = if turned {
                    [base, other, one]
                } else {
                    [base, one, other]
                };
                format!("{:?} {sides:?}", it.about)
            })
            .collect();
        seen.sort();
        seen
    };
    prop_assert_eq!(
        seen(standing, yours, false),
        seen(yours, standing, true),
        "{}",
        texts.join("=====\n")
    );
    Ok(())
}

/// Checks that conflicts settled as they stand change nothing, and settled the other way bring the other side in.
fn conflicts_can_be_settled(pair: &Pair, kind: Kind) -> Result<(), TestCaseError> {
    let texts = pair.texts(kind);
    let [base, standing, yours] = texts.each_ref().map(|text| text.as_bytes());
    let merged = merge(Some(base), standing, yours, kind.format()).unwrap();
    let choose = |choice: &dyn Fn(&Conflict) -> Choice| {
        let choices: Vec<Choice> = merged.conflicts.iter().map(choice).collect();
        settle(Some(base), standing, yours, kind.format(), &choices)
    };
    let kept = choose(&|_| Choice::Standing).unwrap();
    prop_assert_eq!(text(&kept), text(&merged.content));
    let by_hand = |it: &Conflict| matches!(it.about, About::Note | About::Writing);
    let taken = choose(&|it| match by_hand(it) {
        true => Choice::Standing,
        false => Choice::Yours,
    });
    let Ok(taken) = taken else {
        return Ok(());
    };
    let all = [base, yours, standing, &taken].map(|bytes| facts(bytes, kind));
    let found = faults(
        all.each_ref(),
        |path| covers(&merged.conflicts, path, &all) && !merged.conflicts.iter().any(by_hand),
        |path| merged.conflicts.iter().any(|it| it.path == *path),
    );
    let is_whole = !merged.conflicts.iter().any(by_hand);
    prop_assert!(
        !is_whole || found.is_empty(),
        "{found:#?}\n{}\n=====\n{}",
        texts.join("=====\n"),
        text(&taken)
    );
    Ok(())
}

/// Writes one test for each format and property.
macro_rules! hold {
    ($($name:ident: $property:ident in $kind:ident;)*) => {
        proptest! {
            $(
                #[test]
                fn $name(pair in pairs()) {
                    $property(&pair, Kind::$kind)?;
                }
            )*
        }
    };
}

hold! {
    nothing_is_lost_in_yaml: nothing_is_lost in Yaml;
    nothing_is_lost_in_toml: nothing_is_lost in Toml;
    nothing_is_lost_in_json: nothing_is_lost in Json;
    nothing_is_lost_in_pages_with_yaml: nothing_is_lost in YamlPage;
    nothing_is_lost_in_pages_with_toml: nothing_is_lost in TomlPage;
    one_edit_alone_is_kept_in_yaml: one_edit_alone_is_kept in Yaml;
    one_edit_alone_is_kept_in_toml: one_edit_alone_is_kept in Toml;
    one_edit_alone_is_kept_in_json: one_edit_alone_is_kept in Json;
    one_edit_alone_is_kept_in_pages: one_edit_alone_is_kept in YamlPage;
    conflicts_are_symmetric_in_yaml: conflicts_are_symmetric in Yaml;
    conflicts_are_symmetric_in_toml: conflicts_are_symmetric in Toml;
    conflicts_are_symmetric_in_json: conflicts_are_symmetric in Json;
    conflicts_are_symmetric_in_pages: conflicts_are_symmetric in YamlPage;
    conflicts_can_be_settled_in_yaml: conflicts_can_be_settled in Yaml;
    conflicts_can_be_settled_in_toml: conflicts_can_be_settled in Toml;
    conflicts_can_be_settled_in_json: conflicts_can_be_settled in Json;
    conflicts_can_be_settled_in_pages: conflicts_can_be_settled in YamlPage;
}

/// Bytes put into a text in the place of others.
fn hurt(text: &str, wounds: &[(usize, usize, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for (start, length, with) in wounds {
        let start = start % (bytes.len() + 1);
        let end = (start + length % 12).min(bytes.len());
        bytes.splice(start..end, with.iter().copied());
    }
    bytes
}

fn wounds() -> impl Strategy<Value = Vec<(usize, usize, Vec<u8>)>> {
    let mark = prop::sample::select(b"-:#&*!|>[]{},\"'\n\r\t =+.?%<\xef\xbb\xbf0a".to_vec());
    let with = prop_oneof![
        3 => prop::collection::vec(mark, 0..4),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec((any::<usize>(), any::<usize>(), with), 0..3)
}

proptest! {
    #[test]
    fn no_bytes_make_a_merge_panic(pair in pairs(), kind in 0usize..5, [one, two, three] in [wounds(), wounds(), wounds()]) {
        let kind = [Kind::Yaml, Kind::Toml, Kind::Json, Kind::YamlPage, Kind::TomlPage][kind];
        let texts = pair.texts(kind);
        let [base, standing, yours] = [(&texts[0], one), (&texts[1], two), (&texts[2], three)].map(|(text, wounds)| hurt(text, &wounds));
        for base in [Some(&base[..]), None] {
            if let Ok(merged) = merge(base, &standing, &yours, kind.format()) {
                prop_assert!(parse(&merged.content, kind.format()).is_ok(), "{}", text(&merged.content));
            }
        }
        if let Ok(merged) = merge(Some(&base), &standing, &base, kind.format()) {
            prop_assert_eq!(text(&merged.content), text(&standing));
        }
    }
}
