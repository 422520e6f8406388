//! Random values, written in random styles, changed by random edits: the file reads as wanted and no other byte moves.

mod items;
mod print;

use proptest::prelude::*;

use super::*;
use crate::record::{Node, Segment, Value, parse};

/// A value as the tests see it.
#[derive(Debug, Clone, PartialEq)]
enum Model {
    Scalar(Scalar),
    List(Vec<Model>),
    Map(Vec<(String, Model)>),
}

/// A source of choices for the printer.
#[derive(Debug, Clone)]
struct Style {
    choices: Vec<u8>,
    next: usize,
    anchors: usize,
    extras: bool,
}

impl Style {
    fn new(choices: Vec<u8>) -> Self {
        Self {
            choices,
            next: 0,
            anchors: 0,
            extras: true,
        }
    }

    fn pick(&mut self, count: usize) -> usize {
        self.next += 1;
        match self.extras {
            true => usize::from(self.choices[self.next % self.choices.len()]) % count,
            false => count - 1,
        }
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.pick(count) == 0
    }

    /// Allows an anchor once in a file, so that none is defined twice.
    fn take_anchor(&mut self, property: &str) -> bool {
        let is_free = !property.is_empty() && self.anchors == 0;
        self.anchors += usize::from(is_free);
        is_free
    }

    fn without_extras(&self) -> Self {
        Self {
            extras: false,
            ..self.clone()
        }
    }
}

/// A change to make somewhere: `at` chooses the place.
#[derive(Debug, Clone)]
struct Change {
    what: u8,
    at: usize,
    value: Scalar,
}

fn texts() -> impl Strategy<Value = String> {
    let tricky = prop::sample::select(vec![
        "",
        " ",
        "no",
        "1.10",
        "true",
        "~",
        "2026-03-16",
        "a: b",
        "a #b",
        "- a",
        "[x], {y}",
        "it's \"so\"",
        "two\nlines",
        "end\n",
        "\n\n",
        "# x",
        "tab\there",
        "größe",
        "\u{1f600}",
        "\u{85}\u{2028}",
        "bs\\n",
        "---",
        "...",
        "a:",
        "*x",
        "&x",
        "!x",
        "'''",
        "\"\"\"",
        "a\r\nb",
        " lead",
        "a\n  b\nc\n",
        "%",
        "@",
        "`",
        "\u{202e}x",
        "plain",
        "status",
    ])
    .prop_map(str::to_owned);
    prop_oneof![3 => tricky, 2 => "[a-z]{1,9}", 1 => "\\PC{0,12}", 1 => "[ -~\n]{0,20}"]
}

fn scalars(with_null: bool) -> impl Strategy<Value = Scalar> {
    let numbers = prop::sample::select(vec![
        (ScalarKind::Bool, "true"),
        (ScalarKind::Bool, "false"),
        (ScalarKind::Integer, "0"),
        (ScalarKind::Integer, "-12"),
        (ScalarKind::Float, "1.10"),
        (ScalarKind::Float, "-0.5e3"),
    ]);
    let others = numbers.prop_map(|(kind, text)| Scalar {
        kind,
        text: text.to_owned(),
    });
    let nulls = Just(Scalar {
        kind: ScalarKind::Null,
        text: String::new(),
    });
    prop_oneof![
        5 => texts().prop_map(Scalar::text),
        3 => others,
        u32::from(with_null) => nulls,
    ]
}

fn keys() -> impl Strategy<Value = String> {
    let tricky = prop::sample::select(vec![
        "a b", "é", "a: b", "1", "no", "", "x.y", "\"q\"", "a#b", "<<",
    ]);
    prop_oneof![4 => "[a-z]{4,7}", 1 => tricky.prop_map(str::to_owned)]
}

fn maps(
    values: impl Strategy<Value = Model>,
    least: usize,
) -> impl Strategy<Value = Vec<(String, Model)>> {
    prop::collection::vec((keys(), values), least..5).prop_map(|entries| {
        let mut map: Vec<(String, Model)> = Vec::new();
        for (key, value) in entries {
            if map.iter().all(|(known, _)| *known != key) {
                map.push((key, value));
            }
        }
        map
    })
}

fn roots(with_null: bool) -> impl Strategy<Value = Vec<(String, Model)>> {
    let values = scalars(with_null)
        .prop_map(Model::Scalar)
        .prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Model::List),
                maps(inner, 0).prop_map(Model::Map),
            ]
        });
    maps(values, 1)
}

fn changes(with_null: bool) -> impl Strategy<Value = Vec<Change>> {
    let change = (0..8_u8, any::<usize>(), scalars(with_null))
        .prop_map(|(what, at, value)| Change { what, at, value });
    prop::collection::vec(change, 1..5)
}

fn dress(text: String, style: &mut Style, format: Format, syntax: Syntax) -> String {
    let mark = if syntax == Syntax::Toml { "+++" } else { "---" };
    let mut text = match format {
        Format::Markdown => format!("{mark}\n{text}{mark}\n\nbody: text\n{mark}\nend"),
        Format::Yaml | Format::Toml | Format::Json => text,
    };
    if style.one_in(4) && !text.ends_with("\n\n") && !matches!(format, Format::Yaml) {
        text.truncate(text.trim_end_matches('\n').len());
    }
    if style.one_in(3) {
        text = text.replace('\n', "\r\n");
    }
    if style.one_in(4) {
        text.insert(0, '\u{feff}');
    }
    text
}

fn to_model(value: &Value) -> Model {
    match value {
        Value::Scalar(scalar) => Model::Scalar(scalar.clone()),
        Value::List(items) => Model::List(items.iter().map(|item| to_model(&item.value)).collect()),
        Value::Map(map) => Model::Map(
            map.iter()
                .map(|(key, node)| (key.clone(), to_model(&node.value)))
                .collect(),
        ),
    }
}

fn read_back(text: &str, format: Format) -> Vec<(String, Model)> {
    let record =
        parse(text.as_bytes(), format).unwrap_or_else(|refusal| panic!("{refusal}\n{text}"));
    let fields = record.fields.iter();
    fields
        .map(|(key, node)| (key.clone(), to_model(&node.value)))
        .collect()
}

/// Returns every address in a model with what stands there, the root's maps and lists included.
fn addresses(root: &[(String, Model)]) -> Vec<(Vec<Segment>, Model)> {
    let mut found = Vec::new();
    let mut waiting: Vec<(Vec<Segment>, Model)> = vec![(Vec::new(), Model::Map(root.to_vec()))];
    while let Some((path, model)) = waiting.pop() {
        let step = |segment| path.iter().cloned().chain([segment]).collect::<Vec<_>>();
        match &model {
            Model::Scalar(_) => {}
            Model::List(items) => waiting.extend(
                items
                    .iter()
                    .enumerate()
                    .map(|(at, item)| (step(Segment::Item(at.to_string())), item.clone())),
            ),
            Model::Map(map) => waiting.extend(
                map.iter()
                    .map(|(key, value)| (step(Segment::Key(key.clone())), value.clone())),
            ),
        }
        found.push((path, model));
    }
    found
}

fn at<'m>(model: &'m mut Model, path: &[Segment]) -> &'m mut Model {
    path.iter()
        .fold(model, |model, segment| match (model, segment) {
            (Model::Map(map), Segment::Key(key)) => {
                &mut map.iter_mut().find(|(known, _)| known == key).unwrap().1
            }
            (Model::List(items), Segment::Item(at)) => &mut items[at.parse::<usize>().unwrap()],
            _ => unreachable!("the path was made from this model"),
        })
}

/// Returns the edit that a change means for a model, and the model after it; `None` where there is no place for it.
fn decide(root: &[(String, Model)], change: &Change) -> Option<(Edit, Vec<(String, Model)>)> {
    let fits = |(path, model): &(Vec<Segment>, Model)| match change.what {
        0..=2 => matches!(model, Model::Scalar(_)),
        3 | 4 => matches!(model, Model::Map(_)),
        5 => matches!(model, Model::List(_)),
        _ => !path.is_empty(),
    };
    let places: Vec<_> = addresses(root).into_iter().filter(fits).collect();
    let (path, model) = places.get(change.at % places.len().max(1))?.clone();
    let mut after = Model::Map(root.to_vec());
    let value = change.value.clone();
    let fresh = ["added", "new key", "zürich"][change.at % 3].to_owned();
    let edit = match (change.what, model) {
        (0..=2, _) => {
            *at(&mut after, &path) = Model::Scalar(value.clone());
            Edit::Set {
                path: path.into(),
                value,
            }
        }
        (3 | 4, Model::Map(map)) => {
            if map.iter().any(|(key, _)| *key == fresh) {
                return None;
            }
            let path_of_key: Vec<Segment> = path
                .iter()
                .cloned()
                .chain([Segment::Key(fresh.clone())])
                .collect();
            let Model::Map(map) = at(&mut after, &path) else {
                return None;
            };
            match change.what {
                3 => {
                    map.push((fresh, Model::Scalar(value.clone())));
                    Edit::Set {
                        path: path_of_key.into(),
                        value,
                    }
                }
                _ => {
                    map.push((fresh, Model::List(vec![Model::Scalar(value.clone())])));
                    Edit::Append {
                        path: path_of_key.into(),
                        value,
                    }
                }
            }
        }
        (5, _) => {
            let Model::List(items) = at(&mut after, &path) else {
                return None;
            };
            items.push(Model::Scalar(value.clone()));
            Edit::Append {
                path: path.into(),
                value,
            }
        }
        _ => {
            let (last, parents) = path.split_last()?;
            match (at(&mut after, parents), last) {
                (Model::Map(map), Segment::Key(key)) => map.retain(|(known, _)| known != key),
                (Model::List(items), Segment::Item(at)) => {
                    items.remove(at.parse::<usize>().unwrap());
                }
                _ => return None,
            }
            Edit::Remove { path: path.into() }
        }
    };
    let Model::Map(after) = after else {
        return None;
    };
    Some((edit, after))
}

/// Maps compare without order: TOML lists its tables behind its values.
fn alike(left: &Model, right: &Model) -> bool {
    match (left, right) {
        (Model::Map(left), Model::Map(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| {
                    right
                        .iter()
                        .any(|(other, wanted)| key == other && alike(value, wanted))
                })
        }
        (Model::List(left), Model::List(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| alike(left, right))
        }
        (left, right) => left == right,
    }
}

fn is_subsequence(part: &str, whole: &str) -> bool {
    let mut whole = whole.bytes();
    part.bytes().all(|byte| whole.any(|other| other == byte))
}

/// Checks the bytes of one edit by what it is.
fn check_bytes(edit: &Edit, before: &str, after: &str, format: Format) {
    let record = parse(before.as_bytes(), format).unwrap();
    match edit {
        Edit::Set { path, .. } => match record.get(path) {
            Some(Node { span, .. }) => {
                assert!(
                    after.starts_with(&before[..span.start]),
                    "{edit:?}\n{before:?}\n{after:?}"
                );
                assert!(
                    after.ends_with(&before[span.end..]),
                    "{edit:?}\n{before:?}\n{after:?}"
                );
            }
            None => assert!(
                is_subsequence(before, after),
                "{edit:?}\n{before:?}\n{after:?}"
            ),
        },
        Edit::Append { .. } => assert!(
            is_subsequence(before, after),
            "{edit:?}\n{before:?}\n{after:?}"
        ),
        Edit::Remove { path } => {
            let parents = &path.segments()[..path.segments().len() - 1];
            let parent = record.get(&parents.to_vec().into());
            let is_only = parent.is_some_and(|parent| match &parent.value {
                Value::List(items) => items.len() == 1,
                Value::Map(map) => map.len() == 1,
                Value::Scalar(_) => false,
            });
            assert!(
                is_only || is_subsequence(after, before),
                "{path}\n{before:?}\n{after:?}"
            );
        }
        Edit::Add { .. } | Edit::Insert { .. } | Edit::Move { .. } | Edit::Body(_) => {}
    }
}

fn run(
    root: Vec<(String, Model)>,
    choices: Vec<u8>,
    changes: &[Change],
    format: Format,
    syntax: Syntax,
) {
    let mut style = Style::new(choices);
    let printed = print::print(&root, syntax, &mut style);
    let mut text = dress(printed, &mut style, format, syntax);
    let mut model = read_back(&text, format);
    assert!(
        alike(&Model::Map(model.clone()), &Model::Map(root.clone())),
        "{root:?}\n{model:?}\n{text}"
    );
    for change in changes {
        let Some((edit_wanted, after)) = decide(&model, change) else {
            continue;
        };
        match edit(text.as_bytes(), format, std::slice::from_ref(&edit_wanted)) {
            Ok(bytes) => {
                let new = String::from_utf8(bytes).unwrap();
                let read = read_back(&new, format);
                assert!(
                    alike(&Model::Map(read), &Model::Map(after.clone())),
                    "{edit_wanted:?}\n{text}\n{new}"
                );
                check_bytes(&edit_wanted, &text, &new, format);
                (text, model) = (new, after);
            }
            Err(refusal) => {
                let is_right = match &edit_wanted {
                    // The last field of a file stays, and the last value behind a comment.
                    Edit::Remove { .. } => matches!(refusal.code, "REC-EDIT-006" | "REC-EDIT-007"),
                    // A TOML list of tables takes no single value.
                    Edit::Append { .. } => refusal.code == "REC-EDIT-003" && text.contains("[["),
                    _ => false,
                };
                assert!(is_right, "{refusal}\n{edit_wanted:?}\n{text}");
            }
        }
    }
}

fn choices() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 8..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn yaml_files_change_only_where_meant(root in roots(true), choices in choices(), changes in changes(true)) {
        run(root, choices, &changes, Format::Yaml, Syntax::Yaml);
    }

    #[test]
    fn toml_files_change_only_where_meant(root in roots(false), choices in choices(), changes in changes(false)) {
        run(root, choices, &changes, Format::Toml, Syntax::Toml);
    }

    #[test]
    fn json_files_change_only_where_meant(root in roots(true), choices in choices(), changes in changes(true)) {
        run(root, choices, &changes, Format::Json, Syntax::Json);
    }

    #[test]
    fn front_matter_changes_only_where_meant(root in roots(true), choices in choices(), changes in changes(true)) {
        run(root, choices, &changes, Format::Markdown, Syntax::Yaml);
    }

    #[test]
    fn toml_front_matter_changes_only_where_meant(root in roots(false), choices in choices(), changes in changes(false)) {
        run(root, choices, &changes, Format::Markdown, Syntax::Toml);
    }

    #[test]
    fn no_bytes_make_the_reader_or_the_editor_panic(bytes in prop::collection::vec(any::<u8>(), 0..60), text in "[-+:{}\\[\\]\"'|>&*!#a1= \\n\\t,.?\r<]{0,40}") {
        for format in [Format::Markdown, Format::Yaml, Format::Toml, Format::Json] {
            for source in [bytes.clone(), text.clone().into_bytes(), format!("---\n{text}\n---\n").into_bytes(), format!("a:\n{text}\nb: 1\n").into_bytes(), format!("+++\na = 1\n{text}\n+++\n").into_bytes()] {
                let Ok(record) = parse(&source, format) else { continue };
                for key in record.fields.keys() {
                    let path = FieldPath::key(key.clone());
                    let _ = edit(&source, format, &[Edit::Set { path: path.clone(), value: Scalar::text("x") }]);
                    let _ = edit(&source, format, &[Edit::Append { path: path.clone(), value: Scalar::text("x") }]);
                    let _ = edit(&source, format, &[Edit::Remove { path }]);
                }
                let _ = edit(&source, format, &[Edit::Set { path: FieldPath::key("new"), value: Scalar::text("x") }]);
            }
        }
    }
}
