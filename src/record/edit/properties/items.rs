//! Random items put into random lists and moved there: the file reads as wanted, or the edit is refused and nothing happened.

use super::*;
use crate::record::edit::wanted::place_after;

/// A change of a list: `at` chooses the list, `from` and `to` its places.
#[derive(Debug, Clone)]
struct Reorder {
    what: u8,
    at: usize,
    from: usize,
    to: usize,
    value: Model,
}

fn to_value(model: &Model) -> Value {
    let node = |model: &Model| Node::unplaced(to_value(model));
    match model {
        Model::Scalar(scalar) => Value::Scalar(scalar.clone()),
        Model::List(items) => Value::List(items.iter().map(node).collect()),
        Model::Map(map) => Value::Map(
            map.iter()
                .map(|(key, value)| (key.clone(), node(value)))
                .collect(),
        ),
    }
}

fn reorders(with_null: bool) -> impl Strategy<Value = Vec<Reorder>> {
    let items = scalars(with_null)
        .prop_map(Model::Scalar)
        .prop_recursive(2, 8, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Model::List),
                maps(inner, 0).prop_map(Model::Map),
            ]
        });
    let change = (
        0..3_u8,
        any::<usize>(),
        any::<usize>(),
        any::<usize>(),
        items,
    )
        .prop_map(|(what, at, from, to, value)| Reorder {
            what,
            at,
            from,
            to,
            value,
        });
    prop::collection::vec(change, 1..5)
}

/// Returns the edit that a change means, and the model after it; `None` where there is no place for it.
fn decide(root: &[(String, Model)], change: &Reorder) -> Option<(Edit, Vec<(String, Model)>)> {
    let fits = |(_, model): &(Vec<Segment>, Model)| match change.what {
        0 => matches!(model, Model::List(_)),
        1 => matches!(model, Model::List(items) if items.len() > 1),
        _ => matches!(model, Model::Map(_)),
    };
    let places: Vec<_> = super::addresses(root).into_iter().filter(fits).collect();
    let (path, _) = places.get(change.at % places.len().max(1))?.clone();
    let mut after = Model::Map(root.to_vec());
    let edit = match at(&mut after, &path) {
        Model::List(items) if change.what == 0 => {
            let place = change.to % (items.len() + 1);
            items.insert(place, change.value.clone());
            Edit::Insert {
                list: path.into(),
                after: place.checked_sub(1).map(|before| before.to_string()),
                item: to_value(&change.value),
            }
        }
        Model::List(items) => {
            let from = change.from % items.len();
            let behind = (change.to % (items.len() + 1)).checked_sub(1);
            let behind = behind.filter(|behind| *behind != from);
            let moved = items.remove(from);
            items.insert(place_after(from, behind), moved);
            let item = Segment::Item(from.to_string());
            Edit::Move {
                item: FieldPath::from(path).join(item),
                after: behind.map(|behind| behind.to_string()),
            }
        }
        Model::Map(map) => {
            let key = "added".to_owned();
            if map.iter().any(|(known, _)| *known == key) {
                return None;
            }
            map.push((key.clone(), change.value.clone()));
            Edit::Add {
                path: FieldPath::from(path).join(Segment::Key(key)),
                value: to_value(&change.value),
            }
        }
        Model::Scalar(_) => return None,
    };
    let Model::Map(after) = after else {
        return None;
    };
    Some((edit, after))
}

fn sorted(text: &str) -> Vec<u8> {
    let mut bytes: Vec<u8> = text.bytes().collect();
    bytes.sort_unstable();
    bytes
}

fn check_bytes(edit: &Edit, before: &str, after: &str) {
    match edit {
        Edit::Move { .. } => assert_eq!(sorted(before), sorted(after), "{edit:?}"),
        // An empty list or nothing gives up its brackets for lines.
        Edit::Insert { .. } if before.contains("[]") || before.contains(['~', ':']) => {}
        _ => assert!(
            is_subsequence(before, after),
            "{edit:?}\n{before:?}\n{after:?}"
        ),
    }
}

fn run(
    root: Vec<(String, Model)>,
    choices: Vec<u8>,
    changes: &[Reorder],
    format: Format,
    syntax: Syntax,
) {
    let mut style = Style::new(choices);
    let printed = print::print(&root, syntax, &mut style);
    let mut text = dress(printed, &mut style, format, syntax);
    let mut model = read_back(&text, format);
    for change in changes {
        let Some((wanted, after)) = decide(&model, change) else {
            continue;
        };
        match edit(text.as_bytes(), format, std::slice::from_ref(&wanted)) {
            Ok(bytes) => {
                let new = String::from_utf8(bytes).unwrap();
                let read = Model::Map(read_back(&new, format));
                assert!(
                    alike(&read, &Model::Map(after.clone())),
                    "{wanted:?}\n{text}\n{new}"
                );
                check_bytes(&wanted, &text, &new);
                (text, model) = (new, after);
            }
            Err(refusal) => assert_eq!(refusal.code, "REC-EDIT-006", "{refusal}\n{text}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn yaml_lists_take_and_move_items_or_stay_as_they_are(root in roots(true), choices in choices(), changes in reorders(true)) {
        run(root, choices, &changes, Format::Yaml, Syntax::Yaml);
    }

    #[test]
    fn toml_lists_take_and_move_items_or_stay_as_they_are(root in roots(false), choices in choices(), changes in reorders(false)) {
        run(root, choices, &changes, Format::Markdown, Syntax::Toml);
    }

    #[test]
    fn json_lists_take_and_move_items_or_stay_as_they_are(root in roots(true), choices in choices(), changes in reorders(true)) {
        run(root, choices, &changes, Format::Json, Syntax::Json);
    }
}
