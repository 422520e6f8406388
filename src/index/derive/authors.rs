//! Who changed a record: the last commit, and everybody since its base.

use anyhow::Result;
use serde_json::json;
use sqlx::SqliteConnection;

use crate::id::Identity;
use crate::policy::Policy;

/// Notes the last change and the authors of the records at these paths, a JSON list.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    policy: &Policy,
    paths: &str,
) -> Result<()> {
    write_last_changes(connection, paths).await?;
    write_authors(connection, policy, paths).await?;
    write_attested_authors(connection, paths).await
}

/// Notes those whom attestations since the base name: the commits of a text that landed from a proposal are not on the published branch. The server
/// signed their names.
async fn write_attested_authors(connection: &mut SqliteConnection, paths: &str) -> Result<()> {
    let rows = sqlx::query!(
        "SELECT records.path, attestations.authored_by
         FROM records JOIN attestations ON attestations.record_id = records.id AND attestations.sequence > coalesce(records.base_at, -1)
         WHERE records.path IN (SELECT value FROM json_each($1)) ORDER BY records.path, attestations.sequence",
        paths
    )
    .fetch_all(&mut *connection)
    .await?;
    let authors = rows.iter().flat_map(|row| {
        let identities = row.authored_by.lines();
        let read = identities.filter_map(|line| line.parse::<Identity>().ok());
        read.map(|identity| json!([row.path, identity.address, identity.name]))
    });
    let authors = serde_json::to_string(&authors.collect::<Vec<_>>())?;
    sqlx::query!(
        "INSERT OR IGNORE INTO authors (path, address, name, proven)
         SELECT value ->> 0, value ->> 1, value ->> 2, 1 FROM json_each($1)",
        authors
    )
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// Notes the last commit that changed each touched record. Largest generation first, then the id, so that ties fall the same way every time.
async fn write_last_changes(connection: &mut SqliteConnection, paths: &str) -> Result<()> {
    sqlx::query!(
        "UPDATE records SET changed_by = last.commit_id, changed_at = commits.committed_at
         FROM (SELECT lineage.path, substr(max(printf('%012d', commits.generation) || commits.id), 13) AS commit_id
               FROM lineage JOIN changes ON changes.path = lineage.earlier JOIN commits ON commits.id = changes.commit_id
               WHERE lineage.path IN (SELECT value FROM json_each($1)) AND (lineage.until IS NULL OR commits.generation <= lineage.until)
               GROUP BY lineage.path) AS last
         JOIN commits ON commits.id = last.commit_id
         WHERE records.path = last.path",
        paths
    )
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// Notes who wrote each touched record, or a file that it names, since its base: authors and co-authors of every commit that touched it and that no attestation of the base
/// had reached, and committers whom the policy knows. Attestations and the baseline are no authorship.
async fn write_authors(
    connection: &mut SqliteConnection,
    policy: &Policy,
    paths: &str,
) -> Result<()> {
    let known = serde_json::to_string(&known_addresses(policy))?;
    sqlx::query!(
        "DELETE FROM authors WHERE path IN (SELECT value FROM json_each($1))",
        paths
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO authors (path, address, name, proven)
         SELECT touches.path, people.address, max(people.name), min(commits.by_server)
         FROM (SELECT lineage.path, changes.commit_id
               FROM lineage JOIN changes ON changes.path = lineage.earlier JOIN commits ON commits.id = changes.commit_id
               WHERE lineage.path IN (SELECT value FROM json_each($1)) AND (lineage.until IS NULL OR commits.generation <= lineage.until)
               UNION
               SELECT records.path, changes.commit_id
               FROM records JOIN changes ON changes.record_id = records.id
               WHERE records.path IN (SELECT value FROM json_each($1))
               UNION
               SELECT attachments.path, changes.commit_id
               FROM attachments JOIN changes ON changes.path = attachments.file
               WHERE attachments.path IN (SELECT value FROM json_each($1))) AS touches
         JOIN records ON records.path = touches.path
         JOIN commits ON commits.id = touches.commit_id
         JOIN commit_people AS people ON people.commit_id = touches.commit_id
         WHERE (records.base_at IS NULL OR commits.epoch IS NULL OR commits.epoch > records.base_at)
           AND touches.commit_id NOT IN (SELECT commit_id FROM attestations)
           AND touches.commit_id NOT IN (SELECT commit_id FROM heads WHERE name = 'baseline')
           AND (people.part <> 'committer' OR people.address IN (SELECT value FROM json_each($2)))
         GROUP BY touches.path, people.address",
        paths,
        known
    )
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// Returns every address that is a person's.
fn known_addresses(policy: &Policy) -> Vec<&str> {
    policy
        .people
        .values()
        .flat_map(|person| person.addresses.iter().map(String::as_str))
        .collect()
}
