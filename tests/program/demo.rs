//! The sample: its past is played by the product itself, and ends as the register that the binary carries.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use countersign::demo;
use countersign::index::{self, Index};
use countersign::repository::{Repository, SigningKey};
use countersign::review::{self, Desk, Item};

use crate::common::git;

/// The sample, made once more, and its picture.
struct Sample {
    folder: tempfile::TempDir,
    desk: Arc<Desk>,
}

impl Sample {
    async fn build() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("demo.git");
        demo::build(&path, key(folder.path())).await.unwrap();
        let file = folder.path().join("index.sqlite");
        let (index, key) = (Index::open(&file).await.unwrap(), key(folder.path()));
        let desk = Arc::new(Desk::new("demo", path, "refs/heads/main", index, key));
        desk.sync().await.unwrap();
        Self { folder, desk }
    }

    fn git(&self, arguments: &[&str]) -> String {
        git(&self.desk.path, arguments)
    }

    /// Every file at the tip.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let repository = Repository::open(&self.desk.path).unwrap();
        let tip = repository.head_of(&self.desk.tip_ref).unwrap().unwrap();
        let entries = repository.entries(tip).unwrap().into_iter();
        entries
            .map(|entry| (entry.path, repository.bytes(entry.blob).unwrap()))
            .collect()
    }

    async fn open_items(&self) -> Vec<Item> {
        let paths = index::open_paths(self.desk.index.reader()).await.unwrap();
        review::items(self.desk.index.reader(), &paths)
            .await
            .unwrap()
    }

    /// One line for each move that is open to an item, without the one that puts everything back: who may still approve it.
    fn moves(&self, item: &Item) -> Vec<String> {
        let rules = self.desk.index.rules();
        let policy = &rules.as_ref().as_ref().unwrap().as_ref().unwrap().policy;
        let offers = review::offers(policy, item).into_iter();
        offers
            .filter(|offer| !offer.is_restore())
            .map(|offer| {
                let requirement = review::requirement(policy, item, &offer);
                assert_eq!(requirement.blocked, Vec::<String>::new(), "{}", item.path);
                let needs = requirement.needs.iter();
                let needs: Vec<String> = needs
                    .map(|need| format!("{} of {}", need.role, need.may.join(" ")))
                    .collect();
                format!("{}: {}", offer.name, needs.join(", "))
            })
            .collect()
    }
}

fn key(folder: &Path) -> SigningKey {
    SigningKey::load_or_create(&folder.join("key")).unwrap()
}

fn register() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("repo")
}

fn read_folder(folder: &Path, below: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            read_folder(&entry.path(), &format!("{path}/"), files);
        } else {
            files.insert(path, std::fs::read(entry.path()).unwrap());
        }
    }
}

#[tokio::test]
async fn the_past_ends_as_the_register_that_the_binary_carries() {
    let sample = Sample::build().await;
    sample.git(&["fsck", "--full", "--strict"]);
    files_are_the_registers(&sample);
    the_first_commit_adds_the_key(&sample);
    attestations_touch_the_servers_lines_alone(&sample);
    the_last_push_is_unsigned(&sample);
    an_auditor_finds_no_fault(&sample);
    the_queue_holds_what_the_story_leaves_open(&sample).await;
    versions_are_what_they_became(&sample).await;
    let differences = index::compare(&sample.desk.index, &sample.desk.path, &sample.desk.tip_ref);
    assert_eq!(differences.await.unwrap(), []);
    let left: Vec<_> = std::fs::read_dir(sample.folder.path()).unwrap().collect();
    let unfinished = left.iter().map(|entry| entry.as_ref().unwrap().file_name());
    assert!(
        !unfinished
            .into_iter()
            .any(|name| name.to_string_lossy().starts_with(".demo-"))
    );
}

fn files_are_the_registers(sample: &Sample) {
    let mut expected = BTreeMap::new();
    read_folder(&register(), "", &mut expected);
    expected.insert(
        ".countersign/allowed_signers".into(),
        sample.desk.key.allowed_signers_line().into_bytes(),
    );
    let found = sample.files();
    let paths: Vec<&String> = found.keys().collect();
    assert_eq!(paths, expected.keys().collect::<Vec<_>>());
    for (path, bytes) in &expected {
        let (found, expected) = (&found[path], bytes);
        let (found, expected) = (
            String::from_utf8_lossy(found),
            String::from_utf8_lossy(expected),
        );
        assert_eq!(found, expected, "{path}");
    }
}

fn the_first_commit_adds_the_key(sample: &Sample) {
    let roots = sample.git(&["rev-list", "--max-parents=0", "main"]);
    let first = roots.trim();
    let signers = sample.git(&["show", &format!("{first}:.countersign/allowed_signers")]);
    assert_eq!(signers, sample.desk.key.allowed_signers_line());
    assert_eq!(
        sample.git(&["log", "-1", "--format=%an, %cn, %s", first]),
        "Ruth Amadi, Countersign, Adopt this repository\n"
    );
    let files = sample.git(&["ls-tree", "-r", "--name-only", first]);
    assert!(!files.contains("records/"), "{files}");
}

fn attestations_touch_the_servers_lines_alone(sample: &Sample) {
    let own = [
        "status",
        "version",
        "confidence",
        "validated_on",
        "published_on",
        "retired_on",
    ];
    let attestations = sample.git(&["log", "--format=%H", "--grep=^Transition: ", "main"]);
    assert!(attestations.lines().count() > 60, "{attestations}");
    for commit in attestations.lines() {
        let patch = sample.git(&["diff", "-U0", &format!("{commit}^"), commit]);
        assert_eq!(patch.matches("\n+++ ").count(), 1, "{patch}");
        let lines = patch.lines().skip_while(|line| !line.starts_with("@@"));
        for line in lines.filter(|line| line.starts_with(['+', '-'])) {
            let field = line[1..].split(':').next().unwrap();
            assert!(own.contains(&field), "{commit} touches {line}");
        }
    }
}

fn the_last_push_is_unsigned(sample: &Sample) {
    let tip = sample.git(&["cat-file", "commit", "main"]);
    let joel = "Joel Aster <joel@lanternworks.example> 1794938700 +0000";
    assert!(tip.contains(&format!("author {joel}")), "{tip}");
    assert!(tip.contains(&format!("committer {joel}")), "{tip}");
    assert!(!tip.contains("gpgsig"), "{tip}");
}

fn an_auditor_finds_no_fault(sample: &Sample) {
    let repository = Repository::open(&sample.desk.path).unwrap();
    let trust = sample.desk.key.fingerprint();
    let report = review::verify(&repository, &sample.desk.tip_ref, Some(&trust)).unwrap();
    assert_eq!(report.faults, []);
    assert!(report.attestations > 60, "{report:?}");
}

async fn the_queue_holds_what_the_story_leaves_open(sample: &Sample) {
    let mut found = String::new();
    for item in sample.open_items().await {
        let status = item.attested_status.as_deref().unwrap_or("draft");
        found.push_str(&format!("{}: {:?}, {status}\n", item.record, item.standing));
        for line in sample.moves(&item) {
            found.push_str(&format!("  {line}\n"));
        }
    }
    assert_eq!(found, OPEN);
}

/// Four eyes everywhere: who wrote a text is never among those who may approve it, and who validated it is not among those who may publish it.
const OPEN: &str = "\
lw:concept:editorial-claim: Draft, draft
  validate: reviewer of joel sunniva tomas
lw:concept:model-licence: Settled, validated
  return: reviewer of joel sunniva tomas
  activate: publisher of sunniva tomas
lw:concept:version-of-record: Changed, active
  revise: reviewer of sunniva tomas, publisher of sunniva tomas
  supersede: reviewer of sunniva tomas, publisher of sunniva tomas
  retire: reviewer of sunniva tomas, publisher of sunniva tomas
lw:project:loom-notes: Settled, validated
  return: reviewer of joel sunniva tomas
  activate: publisher of tomas
lw:publication:against-silent-edits: Draft, draft
  validate: reviewer of sunniva tomas
lw:technology:llama-cpp: Draft, draft
  validate: reviewer of sunniva tomas
";

async fn versions_are_what_they_became(sample: &Sample) {
    for (id, status, version) in [
        ("lw:concept:open-weight-model", "active", "1.1.0"),
        ("lw:concept:knowledge-graph", "active", "2.0.0"),
        ("lw:concept:local-inference", "active", "1.0.1"),
        ("lw:concept:provenance", "active", "1.2.0"),
        ("lw:concept:link-rot", "active", "1.1.0"),
        ("lw:concept:semantic-version", "superseded", "1.0.0"),
        ("lw:concept:web-ring", "retired", "1.0.0"),
        (
            "lw:publication:why-claims-need-boundaries",
            "active",
            "1.0.0",
        ),
    ] {
        let rows = index::records_of(sample.desk.index.reader(), id)
            .await
            .unwrap();
        let [row] = rows.as_slice() else {
            panic!("{id} is {} records", rows.len());
        };
        assert_eq!(row.attested_status.as_deref(), Some(status), "{id}");
        assert_eq!(row.attested_version.as_deref(), Some(version), "{id}");
    }
}

#[tokio::test]
async fn one_key_gives_one_past() {
    let folder = tempfile::tempdir().unwrap();
    let mut refs = Vec::new();
    for name in ["one.git", "two.git"] {
        let path = folder.path().join(name);
        demo::build(&path, key(folder.path())).await.unwrap();
        refs.push(git(&path, &["for-each-ref"]));
    }
    assert_eq!(refs[0], refs[1]);
    assert!(refs[0].contains("refs/countersign/journal"), "{}", refs[0]);
}

#[tokio::test]
async fn nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine");
    std::fs::write(&path, "mine").unwrap();
    let refused = demo::build(&path, key(folder.path())).await.unwrap_err();
    assert!(refused.to_string().contains("is there already"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
}

#[test]
fn the_people_of_the_sample_are_known_by_name_address_and_role() {
    let people = demo::people().unwrap();
    let listed: Vec<String> = people
        .iter()
        .map(|person| {
            let roles: Vec<&str> = person
                .roles
                .iter()
                .map(|grant| grant.role.as_str())
                .collect();
            format!(
                "{} <{}> {}",
                person.name,
                person.addresses[0],
                roles.join(" ")
            )
        })
        .collect();
    assert_eq!(
        listed,
        [
            "Imane Roche <imane@lanternworks.example> author",
            "Joel Aster <joel@lanternworks.example> author reviewer",
            "Sunniva Kell <sunniva@lanternworks.example> reviewer publisher",
            "Tomas Verdier <tomas@lanternworks.example> reviewer publisher",
            "Ruth Amadi <ruth@lanternworks.example> administrator",
        ]
    );
}
