use proptest::prelude::*;

use super::*;

fn text(text: &str) -> Node {
    scalar(Scalar::text(text))
}

fn scalar(scalar: Scalar) -> Node {
    Node {
        value: Value::Scalar(scalar),
        line: 1,
        span: 0..0,
    }
}

fn list(items: Vec<Node>) -> Node {
    Node {
        value: Value::List(items),
        line: 1,
        span: 0..0,
    }
}

fn fields(entries: Vec<(&str, Node)>) -> IndexMap<String, Node> {
    entries
        .into_iter()
        .map(|(key, node)| (key.to_owned(), node))
        .collect()
}

fn map(entries: Vec<(&str, Node)>) -> Node {
    Node {
        value: Value::Map(fields(entries)),
        line: 1,
        span: 0..0,
    }
}

fn claim(key: &str, words: &str) -> Node {
    map(vec![("key", text(key)), ("text", text(words))])
}

fn record(entries: Vec<(&str, Node)>) -> Record {
    Record {
        fields: fields(entries),
        body: None,
    }
}

fn with_body(body: &str) -> Record {
    Record {
        fields: IndexMap::new(),
        body: Some(Body {
            text: body.to_owned(),
            line: 5,
            start: 40,
        }),
    }
}

/// Tells each change in a word.
fn told(diff: &Diff) -> Vec<String> {
    diff.changes
        .iter()
        .map(|change| {
            let what = match &change.change {
                Change::Added { .. } => "added".to_owned(),
                Change::Removed { .. } => "removed".to_owned(),
                Change::Scalar { old, new } => format!("{} -> {}", old.text, new.text),
                Change::Prose(_) => "prose".to_owned(),
                Change::Replaced { .. } => "replaced".to_owned(),
                Change::Moved { from, to } => format!("moved {from} -> {to}"),
            };
            let was = change
                .was
                .as_ref()
                .map_or_else(String::new, |was| format!(" (was {was})"));
            format!("{}: {what}{was}", change.path)
        })
        .collect()
}

fn told_lists(old: Vec<Node>, new: Vec<Node>) -> Vec<String> {
    told(&diff(
        Some(&record(vec![("l", list(old))])),
        Some(&record(vec![("l", list(new))])),
    ))
}

fn told_bodies(old: &str, new: &str) -> Vec<String> {
    told(&diff(Some(&with_body(old)), Some(&with_body(new))))
}

/// Writes a paragraph with `[-removed-]` and `{+added+}`.
fn marked(blocks: &[Block]) -> Vec<String> {
    blocks
        .iter()
        .map(|block| {
            block
                .runs
                .iter()
                .map(|run| match run.fate {
                    Fate::Removed => format!("[-{}-]", run.text),
                    Fate::Added => format!("{{+{}+}}", run.text),
                    Fate::Same | Fate::Changed => run.text.clone(),
                })
                .collect()
        })
        .collect()
}

fn prose_of(old: &str, new: &str) -> Vec<String> {
    marked(&prose::blocks(
        &meaning(old),
        &meaning(new),
        &mut Budget::new(),
    ))
}

#[test]
fn fields_are_told_in_the_order_of_the_new_record() {
    let old = record(vec![
        ("title", text("Weights")),
        ("gone", text("x")),
        ("version", text("1.0.0")),
    ]);
    let new = record(vec![
        ("title", text("Open weights")),
        ("fresh", text("y")),
        ("version", text("1.0.0")),
    ]);
    assert_eq!(
        told(&diff(Some(&old), Some(&new))),
        [
            "title: Weights -> Open weights",
            "gone: removed",
            "fresh: added"
        ]
    );
}

#[test]
fn a_record_that_appears_or_goes_is_told_field_by_field() {
    let mut one = with_body("Intro\n\n# A\n");
    one.fields = fields(vec![("title", text("x"))]);
    assert_eq!(
        told(&diff(None, Some(&one))),
        ["title: added", "body: added", "body#a: added"]
    );
    assert_eq!(
        told(&diff(Some(&one), None)),
        ["title: removed", "body: removed", "body#a: removed"]
    );
    assert!(diff(None, None).is_empty());
}

#[test]
fn items_are_known_by_their_key_wherever_they_stand() {
    let old = vec![
        claim("c1", "one"),
        claim("c2", "two"),
        claim("c3", "three"),
        claim("c4", "four"),
    ];
    let new = vec![
        claim("c4", "fore"),
        claim("c1", "one"),
        claim("c9", "two"),
        claim("c3", "three"),
    ];
    assert_eq!(
        told_lists(old, new),
        [
            "l[c4]: moved 3 -> 0",
            "l[c4].text: four -> fore",
            "l[c2]: removed",
            "l[c9]: added"
        ]
    );
}

#[test]
fn items_without_a_key_are_known_by_their_content() {
    let old = ["alpha", "beta", "open weight model", "delta"].map(text);
    let new = ["delta", "alpha", "an open weight model", "epsilon"].map(text);
    assert_eq!(
        told_lists(old.into(), new.into()),
        [
            "l[0]: moved 3 -> 0 (was l[3])",
            "l[1]: removed",
            "l[2]: open weight model -> an open weight model",
            "l[3]: added"
        ]
    );
}

#[test]
fn equal_keys_in_a_list_are_told_by_index() {
    let old = vec![claim("c1", "first words"), claim("c1", "second thing")];
    let new = vec![claim("c1", "second thing"), claim("c2", "other")];
    assert_eq!(told_lists(old, new), ["l[0]: removed", "l[c2]: added"]);
}

#[test]
fn a_list_that_gains_keys_is_not_all_new() {
    let old = vec![map(vec![("text", text("weights are public"))])];
    let new = vec![claim("c1", "weights are public")];
    assert_eq!(told_lists(old, new), ["l[c1].key: added"]);
}

#[test]
fn a_value_of_another_kind_is_replaced() {
    let old = record(vec![
        ("a", text("x")),
        (
            "n",
            scalar(Scalar {
                kind: ScalarKind::Float,
                text: "1.10".into(),
            }),
        ),
    ]);
    let new = record(vec![("a", list(vec![text("x")])), ("n", text("1.10"))]);
    assert_eq!(
        told(&diff(Some(&old), Some(&new))),
        ["a: replaced", "n: 1.10 -> 1.10"]
    );
}

#[test]
fn a_body_is_told_by_section() {
    let old = "Intro.\n\n## Scope\n\nAll of it.\n\n## Limits\n\nSome words stand here.\n\n## Old\n\nGone soon.\n";
    let new = "Intro!\n\n## Limits\n\nSome words stand there.\n\n## Scope\n\nAll of it.\n\n## New\n\nQuite different.";
    assert_eq!(
        told_bodies(old, new),
        [
            "body: Intro. -> Intro!",
            "body#limits: prose",
            "body#old: removed",
            "body#scope: moved 1 -> 2",
            "body#new: added"
        ]
    );
}

#[test]
fn a_section_with_a_new_heading_is_still_itself() {
    assert_eq!(
        told_bodies(
            "# Limit\n\nSome words stand here.",
            "# Limits\n\nSome words stand here."
        ),
        ["body#limits: prose (was body#limit)"]
    );
}

#[test]
fn a_new_section_of_the_same_heading_leaves_the_other_alone() {
    assert_eq!(
        told_bodies(
            "# Example\n\nAlpha beta.",
            "# Example\n\nGamma delta epsilon.\n\n# Example\n\nAlpha beta."
        ),
        ["body#example: added"]
    );
}

#[test]
fn lines_are_those_of_the_files() {
    let found = diff(
        Some(&with_body("a\n\n# B\n\nc c c c c c c c")),
        Some(&with_body("# B\n\nd d c c c c c c")),
    );
    let lines: Vec<_> = found
        .changes
        .iter()
        .map(|change| (change.line_old, change.line_new))
        .collect();
    assert_eq!(lines, [(Some(5), None), (Some(7), Some(5))]);
}

#[test]
fn layout_is_told_apart_from_meaning() {
    let found = diff(
        Some(&with_body("a\r\n\r\n# B\r\n")),
        Some(&with_body("a\n\n# B\n")),
    );
    assert!(found.keeps_meaning() && !found.is_empty());
    assert_eq!(
        found.layout,
        [LayoutChange {
            path: FieldPath::body(),
            layout: Layout::LineEnds
        }]
    );

    let found = diff(
        Some(&with_body("a\n\n# B\n\nc")),
        Some(&with_body("a\n\n# B  \n\nc")),
    );
    assert!(found.keeps_meaning());
    assert_eq!(found.layout[0].path.to_string(), "body#b");

    let found = diff(Some(&with_body("a\n")), Some(&with_body("\na\n\n")));
    assert!(!found.is_empty());

    let found = diff(
        Some(&record(vec![("a", text("x")), ("b", text("y "))])),
        Some(&record(vec![("b", text("y")), ("a", text("x"))])),
    );
    assert!(found.keeps_meaning());
    assert_eq!(
        found
            .layout
            .iter()
            .map(|change| change.layout)
            .collect::<Vec<_>>(),
        [Layout::KeyOrder, Layout::TrailingSpace]
    );
}

#[test]
fn prose_is_aligned_by_paragraph_and_then_by_word() {
    let old =
        "First one stays.\n\nThe weights of the model are public.\n\nGone for good, entirely.";
    let new =
        "First one stays.\n\nSomething new comes in.\n\nThe weights of a model were made public.";
    assert_eq!(
        prose_of(old, new),
        [
            "First one stays.",
            "{+Something new comes in.+}",
            "The weights of [-the-]{+a+} model [-are-]{+were made+} public.",
            "[-Gone for good, entirely.-]"
        ]
    );
}

#[test]
fn a_hostile_pair_is_answered_soon() {
    let started = std::time::Instant::now();
    let many = |step: usize, size: usize, gap: &str| -> String {
        (0..size)
            .map(|n| format!("w{}{gap}", (n * step) % 7919))
            .collect()
    };
    for gap in [" ", "\n\n", "\n\n# h\n"] {
        let (old, new) = (many(17, 90_000, gap), many(31, 90_000, gap));
        assert!(!diff(Some(&with_body(&old)), Some(&with_body(&new))).is_empty());
    }
    let items = |step: usize| {
        (0..20_000)
            .map(|n| text(&format!("a b {}", n * step % 7919)))
            .collect()
    };
    assert!(!told_lists(items(3), items(5)).is_empty());
    // Optimised code takes a fraction of this; the bound is for a busy machine and a debug build.
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

fn any_text() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "a", "b", "c ", "open", "weight", " ", "\n", "\n\n", "\r\n", "é", "-", "# h\n", "===",
    ]);
    prop::collection::vec(word, 0..14).prop_map(|words| words.concat())
}

fn any_node() -> impl Strategy<Value = Node> {
    let leaf = prop_oneof![
        any_text().prop_map(|words| text(&words)),
        Just(scalar(Scalar {
            kind: ScalarKind::Null,
            text: String::new()
        })),
        Just(scalar(Scalar {
            kind: ScalarKind::Integer,
            text: "17".into()
        })),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        let key = prop::sample::select(vec!["key", "id", "x", "y"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(list),
            prop::collection::vec((key, inner), 0..4).prop_map(map),
        ]
    })
}

fn any_record() -> impl Strategy<Value = Record> {
    let key = prop::sample::select(vec!["p", "q", "r"]);
    (
        prop::collection::vec((key, any_node()), 0..4),
        prop::option::of(any_text()),
    )
        .prop_map(|(entries, body)| Record {
            body: body.map(|text| Body {
                text,
                line: 1,
                start: 0,
            }),
            ..record(entries)
        })
}

/// Everything of a record that counts.
fn sense(record: &Record) -> (String, Vec<String>) {
    let fields = Node {
        value: Value::Map(record.fields.clone()),
        line: 0,
        span: 0..0,
    };
    let body = Cut::of(record.body.as_ref())
        .entries()
        .into_iter()
        .map(|entry| entry.content)
        .collect();
    (pair::content(&fields), body)
}

/// Returns the value at an address, by its index in each map and list on the way.
fn place(record: &Record, path: &FieldPath) -> Vec<usize> {
    let root = Node {
        value: Value::Map(record.fields.clone()),
        line: 0,
        span: 0..0,
    };
    let mut node = &root;
    let mut place = Vec::new();
    for segment in path.segments() {
        let (index, next) = match (&node.value, segment) {
            (Value::Map(map), Segment::Key(key)) => {
                (map.get_index_of(key).unwrap(), &map[key.as_str()])
            }
            (Value::List(items), name) => {
                let mut names = addresses(items).into_iter();
                let index = names.position(|known| known == *name).unwrap();
                (index, &items[index])
            }
            _ => panic!("{path} leads nowhere"),
        };
        place.push(index);
        node = next;
    }
    place
}

/// Puts a mark in place of a value.
fn mark(record: &mut Record, place: &[usize], with: &str) {
    let mut node = &mut record.fields[place[0]];
    for &index in &place[1..] {
        node = match &mut node.value {
            Value::Map(map) => &mut map[index],
            Value::List(items) => &mut items[index],
            Value::Scalar(_) => panic!("no value in a scalar"),
        };
    }
    *node = text(with);
}

/// Takes off what was marked as gone, and forgets the order of lists.
fn settle(node: &mut Node) {
    let gone = |node: &Node| node.as_text() == Some("\u{0}gone");
    match &mut node.value {
        Value::Scalar(_) => {}
        Value::List(items) => {
            items.retain(|item| !gone(item));
            items.iter_mut().for_each(settle);
            items.sort_by_key(pair::content);
        }
        Value::Map(map) => {
            map.retain(|_, value| !gone(value));
            map.values_mut().for_each(settle);
        }
    }
}

/// Returns the fields of both sides without what the diff tells, which must be equal.
fn remainders(old: &Record, new: &Record, found: &Diff) -> (String, String) {
    let (mut left, mut right) = (old.clone(), new.clone());
    let body = Segment::Key("body".to_owned());
    let in_fields = |change: &&FieldChange| change.path.segments()[0] != body;
    for (number, change) in found.changes.iter().filter(in_fields).enumerate() {
        let before = change.was.as_ref().unwrap_or(&change.path);
        let same = format!("\u{0}{number}");
        match change.change {
            Change::Moved { .. } => {}
            Change::Added { .. } => mark(&mut right, &place(new, &change.path), "\u{0}gone"),
            Change::Removed { .. } => mark(&mut left, &place(old, before), "\u{0}gone"),
            Change::Scalar { .. } | Change::Prose(_) | Change::Replaced { .. } => {
                mark(&mut left, &place(old, before), &same);
                mark(&mut right, &place(new, &change.path), &same);
            }
        }
    }
    let rest = |record: Record| {
        let mut node = Node {
            value: Value::Map(record.fields),
            line: 0,
            span: 0..0,
        };
        settle(&mut node);
        pair::content(&node)
    };
    (rest(left), rest(right))
}

fn counts(found: &Diff) -> [usize; 4] {
    let count = |wanted: fn(&Change) -> bool| {
        found
            .changes
            .iter()
            .filter(|change| wanted(&change.change))
            .count()
    };
    [
        count(|change| matches!(change, Change::Added { .. })),
        count(|change| matches!(change, Change::Removed { .. })),
        count(|change| matches!(change, Change::Moved { .. })),
        found.changes.len(),
    ]
}

fn side(blocks: &[Block], left_out: Fate) -> String {
    let paragraphs: Vec<String> = blocks
        .iter()
        .filter(|block| block.fate != left_out)
        .map(|block| {
            block
                .runs
                .iter()
                .filter(|run| run.fate != left_out)
                .map(|run| run.text.as_str())
                .collect()
        })
        .collect();
    paragraphs.join("\n\n")
}

proptest! {
    #[test]
    fn a_record_does_not_differ_from_itself(one in any_record()) {
        prop_assert!(diff(Some(&one), Some(&one)).is_empty());
    }

    #[test]
    fn a_diff_is_empty_exactly_when_the_meaning_is_equal(old in any_record(), new in any_record()) {
        let found = diff(Some(&old), Some(&new));
        prop_assert_eq!(found.keeps_meaning(), sense(&old) == sense(&new));
        if old.fields != new.fields || old.body.as_ref().zip(new.body.as_ref()).is_some_and(|(old, new)| old.text != new.text) {
            prop_assert!(!found.is_empty());
        }
    }

    #[test]
    fn every_difference_of_the_fields_is_told(old in any_record(), new in any_record()) {
        let found = diff(Some(&old), Some(&new));
        let (left, right) = remainders(&old, &new, &found);
        prop_assert_eq!(left, right);
    }

    #[test]
    fn swapping_the_sides_swaps_the_answer(old in any_record(), new in any_record()) {
        let [added, removed, moved, all] = counts(&diff(Some(&old), Some(&new)));
        let turned = counts(&diff(Some(&new), Some(&old)));
        prop_assert_eq!(turned, [removed, added, moved, all]);
    }

    #[test]
    fn runs_give_both_texts_back(old in any_text(), new in any_text()) {
        let (old, new) = (meaning(&old), meaning(&new));
        let blocks = prose::blocks(&old, &new, &mut Budget::new());
        prop_assert_eq!(side(&blocks, Fate::Added), old);
        prop_assert_eq!(side(&blocks, Fate::Removed), new);
    }

    #[test]
    fn swapping_two_texts_swaps_what_was_added_and_removed(old in any_text(), new in any_text()) {
        let (old, new) = (meaning(&old), meaning(&new));
        let of = |blocks: Vec<Block>, fate: Fate| -> Vec<String> {
            let runs = blocks.into_iter().flat_map(|block| block.runs);
            runs.filter(|run| run.fate == fate).map(|run| run.text).collect()
        };
        let compare = |old, new| prose::blocks(old, new, &mut Budget::new());
        for (fate, turned) in [(Fate::Same, Fate::Same), (Fate::Added, Fate::Removed)] {
            prop_assert_eq!(of(compare(&old, &new), fate), of(compare(&new, &old), turned));
        }
    }

    #[test]
    fn meaning_has_one_form(words in any_text()) {
        let once = meaning(&words).into_owned();
        prop_assert_eq!(meaning(&once), once.as_str());
    }
}
