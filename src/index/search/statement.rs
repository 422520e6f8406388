//! The statements behind a list, put together from fixed pieces.

use sqlx::{QueryBuilder, Sqlite};

use super::{COUNTED, Order, StandingWanted, Wanted};
use crate::policy::Severity;

type Statement = QueryBuilder<Sqlite>;

/// How the columns weigh in a match: the path more than the text, the title more than both.
const RANK: &str = "bm25(search, 2.0, 8.0, 1.0)";

/// When a record began to wait: with the first word said of its very text, or with its last change.
const SINCE: &str = "coalesce((SELECT min(at) FROM decisions WHERE decisions.record_id = records.id AND decisions.proposed = records.blob), records.changed_at)";

/// How a list is put in order.
struct Sorting {
    /// What is sorted by, of each record.
    key: &'static str,
    /// The same of the record whose id was typed.
    key_of_id: &'static str,
    /// The order of the keys.
    order: &'static str,
    /// Which records are looked at when there are more than [`COUNTED`]; `None` where all of them are, because an index has the order.
    first: Option<&'static str>,
}

fn sorting(wanted: &Wanted, order: Order) -> Sorting {
    let by = |key, order, first| Sorting {
        key,
        key_of_id: key,
        order,
        first,
    };
    match order {
        Order::Match if wanted.typed.with.is_some() => Sorting {
            key_of_id: "-1e9",
            ..by(RANK, "key, path", Some(""))
        },
        Order::Match | Order::Title => by("records.title", "key COLLATE NOCASE, path", None),
        Order::Changed => by("records.changed_at", "key DESC, path DESC", None),
        Order::Waiting => by(SINCE, "key, path", Some(" ORDER BY records.changed_at")),
    }
}

/// Returns the statement for a page: row number and path of each record, in order.
pub(super) fn page(wanted: &Wanted, order: Order, offset: i64, limit: i64) -> Statement {
    let sorting = sorting(wanted, order);
    let mut statement = Statement::new("SELECT hit, path FROM (");
    if push_by_id(&mut statement, wanted, sorting.key_of_id) {
        statement.push(" UNION ALL ");
    }
    match sorting.first {
        Some(first) => {
            statement.push("SELECT hit, path, key FROM (");
            push_matching(&mut statement, wanted, sorting.key);
            statement.push(first).push(" LIMIT ").push_bind(COUNTED);
            statement.push(")");
        }
        None => push_matching(&mut statement, wanted, sorting.key),
    }
    statement.push(") ORDER BY ").push(sorting.order);
    statement.push(" LIMIT ").push_bind(limit);
    statement.push(" OFFSET ").push_bind(offset);
    statement
}

/// Returns the statement that counts up to a bound.
pub(super) fn count(wanted: &Wanted, most: i64) -> Statement {
    let mut statement = Statement::new("SELECT count(*) FROM (");
    if push_by_id(&mut statement, wanted, "0") {
        statement.push(" UNION ALL ");
    }
    push_matching(&mut statement, wanted, "0");
    statement.push(" LIMIT ").push_bind(most).push(")");
    statement
}

/// Returns the statement for the paths that follow one, in their order.
pub(super) fn after(wanted: &Wanted, path: &str, limit: i64) -> Statement {
    let mut statement = Statement::new("SELECT path FROM (");
    if push_by_id(&mut statement, wanted, "0") {
        statement
            .push(" AND records.path > ")
            .push_bind(path.to_owned());
        statement.push(" UNION ALL ");
    }
    push_matching(&mut statement, wanted, "0");
    statement
        .push(" AND records.path > ")
        .push_bind(path.to_owned());
    statement.push(") ORDER BY path LIMIT ").push_bind(limit);
    statement
}

/// Selects the record whose id was typed, and says whether there was an id to look for.
fn push_by_id(statement: &mut Statement, wanted: &Wanted, key: &'static str) -> bool {
    let Some(id) = searched_id(wanted) else {
        return false;
    };
    statement.push("SELECT records.rowid AS hit, records.path AS path, ");
    statement
        .push(key)
        .push(" AS key FROM records WHERE records.id = ");
    statement.push_bind(id.to_owned());
    push_filters(statement, wanted);
    true
}

/// A text of exclusions alone looks for no id.
fn searched_id(wanted: &Wanted) -> Option<&str> {
    let looks = wanted.typed.with.is_some() || wanted.typed.is_empty();
    wanted.id.as_deref().filter(|_| looks)
}

/// Selects what the words match, each record once; all records where no word was typed.
fn push_matching(statement: &mut Statement, wanted: &Wanted, key: &'static str) {
    statement.push("SELECT records.rowid AS hit, records.path AS path, ");
    statement.push(key).push(" AS key FROM ");
    match &wanted.typed.with {
        Some(words) => {
            // The order of the two tables is fixed: the words are looked up once.
            statement.push(
                "search CROSS JOIN records ON records.rowid = search.rowid WHERE search MATCH ",
            );
            statement.push_bind(words.clone());
        }
        None => drop(statement.push("records WHERE 1")),
    }
    if let Some(id) = searched_id(wanted) {
        // Typed, but no word: the id alone can be meant.
        let no_other = wanted.typed.is_empty();
        statement.push(if no_other { " AND 0" } else { "" });
        statement
            .push(" AND records.id <> ")
            .push_bind(id.to_owned());
    }
    push_filters(statement, wanted);
}

fn push_filters(statement: &mut Statement, wanted: &Wanted) {
    if wanted.is_impossible {
        statement.push(" AND 0");
    }
    if let Some(words) = &wanted.typed.without {
        statement.push(" AND records.rowid NOT IN (SELECT rowid FROM search WHERE search MATCH ");
        statement.push_bind(words.clone()).push(")");
    }
    if let Some(collection) = &wanted.collection {
        statement.push(" AND records.collection = ");
        statement.push_bind(collection.clone());
    }
    push_status(statement, wanted);
    if let Some(standing) = wanted.standing {
        statement.push(" AND ").push(stands(standing));
    }
    push_person(statement, wanted);
    push_locale(statement, wanted);
    push_finding(statement, wanted);
    if let Some(since) = wanted.since {
        statement
            .push(" AND records.changed_at >= ")
            .push_bind(since);
    }
}

fn push_status(statement: &mut Statement, wanted: &Wanted) {
    let Some(status) = &wanted.status else {
        return;
    };
    statement.push(" AND (records.attested_status = ");
    statement.push_bind(status.name.clone());
    if !status.begin_there.is_empty() {
        statement.push(" OR (records.attested_status IS NULL AND records.collection IN ");
        push_list(statement, &status.begin_there);
        statement.push(")");
    }
    statement.push(")");
}

fn stands(standing: StandingWanted) -> &'static str {
    match standing {
        StandingWanted::Open => {
            "records.path IN (SELECT path FROM records WHERE standing = 'changed'
               UNION ALL SELECT path FROM records WHERE standing = 'settled' AND attested_blob IS NOT base_blob
               UNION ALL SELECT told.path FROM decisions CROSS JOIN records AS told ON told.id = decisions.record_id AND told.blob = decisions.proposed
                         WHERE told.standing = 'draft')"
        }
        StandingWanted::Draft => {
            "records.standing = 'draft' AND NOT EXISTS (SELECT 1 FROM decisions WHERE decisions.record_id = records.id
               AND decisions.proposed = records.blob AND decisions.act <> 'comment')"
        }
        StandingWanted::Validated => {
            "records.standing = 'settled' AND records.attested_blob IS NOT records.base_blob"
        }
        StandingWanted::Changed => "records.standing = 'changed'",
        StandingWanted::Settled => {
            "records.standing = 'settled' AND records.attested_blob IS records.base_blob"
        }
        StandingWanted::Quarantined => "records.problem_code IS NOT NULL",
    }
}

fn push_person(statement: &mut Statement, wanted: &Wanted) {
    let Some(addresses) = &wanted.person else {
        return;
    };
    statement.push(" AND (records.path IN (SELECT path FROM authors WHERE address IN ");
    push_list(statement, addresses);
    statement.push(") OR records.id IN (SELECT record_id FROM decisions WHERE address IN ");
    push_list(statement, addresses);
    statement.push("))");
}

/// `fr` means every language that begins with `fr-` as well: what follows is sorted between `-` and the next sign, `.`.
fn push_locale(statement: &mut Statement, wanted: &Wanted) {
    let Some(locale) = &wanted.locale else {
        return;
    };
    statement.push(" AND (records.locale COLLATE NOCASE = ");
    statement.push_bind(locale.clone());
    statement.push(" OR (records.locale COLLATE NOCASE >= ");
    statement.push_bind(format!("{locale}-"));
    statement.push(" AND records.locale COLLATE NOCASE < ");
    statement.push_bind(format!("{locale}.")).push("))");
}

/// Selects by what was found: by rules in a file, by the two rules that need other files, or in its way of being read. The view `current_findings` says
/// the same of each record; here only the arms that can answer are asked.
fn push_finding(statement: &mut Statement, wanted: &Wanted) {
    if wanted.finding.is_none() && wanted.severity.is_none() {
        return;
    }
    statement.push(" AND records.path IN (SELECT path FROM findings WHERE 1");
    if let Some(code) = &wanted.finding {
        statement.push(" AND code = ").push_bind(code.clone());
    }
    if let Some(severity) = wanted.severity {
        statement
            .push(" AND severity = ")
            .push_bind(severity.name());
    }
    if wanted
        .severity
        .is_none_or(|severity| severity == Severity::Blocking)
    {
        push_blocking(statement, wanted.finding.as_deref());
    }
    statement.push(")");
}

/// Adds what blocks and stands in no row of its own.
fn push_blocking(statement: &mut Statement, code: Option<&str>) {
    if code.is_none_or(|code| code == "REF-001") {
        statement.push(
            " UNION ALL SELECT relations.path FROM relations LEFT JOIN records AS named ON named.id = relations.target WHERE named.id IS NULL",
        );
    }
    if code.is_none_or(|code| code == "ID-001") {
        statement.push(
            " UNION ALL SELECT twin.path FROM (SELECT id FROM records GROUP BY id HAVING count(*) > 1) AS doubled
              CROSS JOIN records AS twin ON twin.id = doubled.id",
        );
    }
    statement.push(" UNION ALL SELECT path FROM records WHERE problem_code IS NOT NULL");
    if let Some(code) = code {
        statement
            .push(" AND problem_code = ")
            .push_bind(code.to_owned());
    }
}

fn push_list(statement: &mut Statement, values: &[String]) {
    let list = serde_json::Value::from(values.to_vec()).to_string();
    statement.push("(SELECT value FROM json_each(");
    statement.push_bind(list).push("))");
}

#[cfg(test)]
mod tests {
    use sqlx::AssertSqlSafe;

    use super::*;
    use crate::index::{Index, StatusWanted, Typed};

    async fn plan(index: &Index, statement: Statement) -> String {
        let asked = format!("EXPLAIN QUERY PLAN {}", statement.sql().as_str());
        let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(AssertSqlSafe(asked))
            .fetch_all(index.reader())
            .await
            .unwrap();
        let steps: Vec<String> = steps.into_iter().map(|(.., step)| step).collect();
        steps.join("\n")
    }

    fn wanted(change: impl FnOnce(&mut Wanted)) -> Wanted {
        let mut wanted = Wanted::default();
        change(&mut wanted);
        wanted
    }

    #[tokio::test]
    async fn long_lists_are_read_in_the_order_of_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let index = Index::open(&folder.path().join("index.sqlite"))
            .await
            .unwrap();
        let collection = wanted(|wanted| wanted.collection = Some("notes".into()));
        let since = wanted(|wanted| wanted.since = Some(1));
        for (wanted, order) in [
            (&Wanted::default(), Order::Title),
            (&Wanted::default(), Order::Match),
            (&Wanted::default(), Order::Changed),
            (&collection, Order::Title),
            (&since, Order::Changed),
        ] {
            let plan = plan(&index, page(wanted, order, 90_000, 50)).await;
            assert!(
                plan.contains("USING") && !plan.contains("TEMP B-TREE"),
                "{wanted:?} {order:?}: {plan}"
            );
        }
    }

    #[tokio::test]
    async fn every_filter_has_an_index_and_words_are_looked_up_once() {
        let folder = tempfile::tempdir().unwrap();
        let index = Index::open(&folder.path().join("index.sqlite"))
            .await
            .unwrap();
        let some = |text: &str| Some(text.to_owned());
        for wanted in [
            wanted(|wanted| wanted.collection = some("notes")),
            wanted(|wanted| {
                wanted.status = Some(StatusWanted {
                    name: "draft".into(),
                    begin_there: vec!["notes".into()],
                });
            }),
            wanted(|wanted| wanted.standing = Some(StandingWanted::Open)),
            wanted(|wanted| wanted.standing = Some(StandingWanted::Draft)),
            wanted(|wanted| wanted.standing = Some(StandingWanted::Validated)),
            wanted(|wanted| wanted.standing = Some(StandingWanted::Changed)),
            wanted(|wanted| wanted.standing = Some(StandingWanted::Settled)),
            wanted(|wanted| wanted.standing = Some(StandingWanted::Quarantined)),
            wanted(|wanted| wanted.person = Some(vec!["ana@example.org".into()])),
            wanted(|wanted| wanted.locale = some("fr")),
            wanted(|wanted| wanted.finding = some("REF-001")),
            wanted(|wanted| wanted.finding = some("ID-001")),
            wanted(|wanted| wanted.severity = Some(Severity::Blocking)),
            wanted(|wanted| wanted.severity = Some(Severity::Warning)),
            wanted(|wanted| wanted.since = Some(1)),
        ] {
            let plan = plan(&index, count(&wanted, COUNTED)).await;
            assert!(
                !plan.contains("SCAN records\n") && !plan.ends_with("SCAN records"),
                "{wanted:?}: {plan}"
            );
            let with_words = Wanted {
                typed: Typed::read("some words"),
                id: some("some words"),
                ..wanted
            };
            let plan = self::plan(&index, count(&with_words, COUNTED)).await;
            let (words, records) = (
                plan.find("SCAN search VIRTUAL TABLE"),
                plan.find("SEARCH records USING INTEGER PRIMARY KEY"),
            );
            assert!(words.is_some() && words < records, "{plan}");
        }
    }
}
