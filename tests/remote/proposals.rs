//! Proposals on a remote: whoever pushes one there finds it here, and what is written here is there.

use super::common::{DRAFT, Story, commit_files, git};
use super::{Cloned, NOTE, OTHER};
use countersign::id::Identity;
use countersign::index;
use countersign::review::{self, EditOrder, Exchanged, NewText, Outcome, Place, Publication};

const BRANCH: &str = "proposals/claims";

impl Cloned {
    pub(super) async fn exchange(&self) -> Exchanged {
        let (desk, committer) = (&self.story.desk, &self.story.committer);
        review::exchange(desk, committer, &self.place, "main")
            .await
            .unwrap()
    }

    /// An exchange after which both sides hold the same.
    async fn settle(&self) {
        for _ in 0..3 {
            let exchanged = self.exchange().await;
            assert_eq!(exchanged.publication, Publication::Published);
            assert_eq!(exchanged.unsent, []);
        }
        assert_eq!(
            branches(&self.story.desk.path),
            branches(&self.story.bare())
        );
    }

    /// Ana edits a file in a proposal, in the pages.
    async fn edit(&self, place: Place, path: &str, from: &str, to: &str) -> String {
        let desk = &self.story.desk;
        let (old, path) = (from.as_bytes().to_vec(), path.to_owned());
        let from = desk
            .on_repository(move |repository, _| repository.blob_id(&old))
            .await
            .unwrap();
        let order = EditOrder {
            by: Identity::new("Ana Roche", "ana@example.org"),
            place,
            texts: vec![NewText {
                path,
                from: Some(from),
                content: to.as_bytes().to_vec(),
            }],
            attached: Vec::new(),
            removes: Vec::new(),
            coauthors: vec![Identity::new("Ben Aster", "ben@example.org")],
            subject: "Say it shorter\n\nReaders asked for it.".to_owned(),
            at: 1_770_200_000,
        };
        match self.story.committer.edit(order).await.unwrap() {
            Outcome::Edited { branch, .. } => branch.unwrap(),
            other => panic!("{other:?}"),
        }
    }
}

const JOE: &str = "Joe <joe@example.net>";

/// Joe pushes another text of the note onto the proposal, with plain git.
fn push(story: &Story, subject: &str, text: &str) {
    story.propose(BRANCH, JOE, subject, &[(NOTE, text)]);
}

fn branches(repository: &std::path::Path) -> String {
    let format = "--format=%(refname) %(objectname)";
    git(repository, &["for-each-ref", format, "refs/heads"])
}

pub(super) async fn known(story: &Story) -> Vec<String> {
    let desk = &story.desk;
    desk.sync().await.unwrap();
    index::open_branches(desk.index.reader(), 10).await.unwrap()
}

pub(super) fn shorter() -> String {
    DRAFT.replace("A note is a short text.", "A note is short.")
}

fn longer() -> String {
    DRAFT.replace("Notes are short.", "Notes are short, and kept.")
}

#[tokio::test]
async fn a_proposal_that_is_pushed_there_is_followed_through_a_rebase_to_its_end() {
    let cloned = Cloned::with(&[(NOTE, DRAFT)]).await;
    let story = &cloned.story;
    push(story, "Shorter", &shorter());
    cloned.settle().await;
    assert_eq!(known(story).await, [BRANCH]);
    // Rewritten there, it is followed.
    let work = story.work();
    git(&work, &["switch", "-q", "-C", BRANCH, "origin/main"]);
    commit_files(&work, JOE, "Longer", &[(NOTE, &longer())]);
    git(&work, &["push", "-q", "--force", "origin", BRANCH]);
    cloned.settle().await;
    assert_eq!(story.proposed(BRANCH, NOTE).await.title, "One note");
    git(&work, &["push", "-q", "origin", &format!(":{BRANCH}")]);
    cloned.settle().await;
    assert_eq!(known(story).await, [""; 0]);
    story.rebuild_is_equal().await;
}

#[tokio::test]
async fn a_proposal_that_is_made_here_is_sent_and_lands_there() {
    let cloned = Cloned::with(&[(NOTE, DRAFT)]).await;
    let place = Place::NewProposal {
        name: "shorter".to_owned(),
    };
    let branch = cloned.edit(place, NOTE, DRAFT, &shorter()).await;
    cloned.settle().await;
    let there = git(&cloned.story.bare(), &["show", &format!("{branch}:{NOTE}")]);
    assert_eq!(there, shorter());
    cloned.story.rebuild_is_equal().await;
}

#[tokio::test]
async fn a_proposal_that_the_remote_declines_holds_up_nothing_and_says_why() {
    let cloned = Cloned::with(&[(NOTE, DRAFT), (OTHER, DRAFT)]).await;
    let place = |name: &str| Place::NewProposal {
        name: name.to_owned(),
    };
    let declined = cloned.edit(place("one"), NOTE, DRAFT, &shorter()).await;
    let taken = cloned.edit(place("two"), OTHER, DRAFT, &shorter()).await;
    let script =
        format!("test \"$1\" != refs/heads/{declined} || {{ echo 'not this one' >&2; exit 1; }}");
    cloned.remote.hook("update", &script);
    let outcome = cloned
        .story
        .approve("ben@example.org", NOTE, "validate")
        .await;
    outcome.unwrap();
    let exchanged = cloned.exchange().await;
    assert_eq!(exchanged.publication, Publication::Published);
    let [unsent] = exchanged.unsent.as_slice() else {
        panic!("{exchanged:?}");
    };
    assert_eq!(
        (unsent.branch.as_str(), unsent.refusal.code),
        (declined.as_str(), "PUB-REM-001")
    );
    assert!(
        unsent.refusal.cause.contains("not this one"),
        "{}",
        unsent.refusal
    );
    assert!(branches(&cloned.story.bare()).contains(&taken));
    std::fs::remove_file(cloned.remote.path.join("hooks/update")).unwrap();
    cloned.settle().await;
}

#[tokio::test]
async fn two_who_write_in_one_proposal_at_both_ends_keep_both_texts() {
    let cloned = Cloned::with(&[(NOTE, DRAFT), (OTHER, DRAFT)]).await;
    let story = &cloned.story;
    push(story, "Shorter", &shorter());
    cloned.settle().await;
    let place = Place::Proposal {
        branch: BRANCH.to_owned(),
    };
    cloned.edit(place, OTHER, DRAFT, &longer()).await;
    push(story, "Longer", &longer());
    cloned.exchange().await;
    cloned.settle().await;
    let there = |path: &str| git(&story.bare(), &["show", &format!("{BRANCH}:{path}")]);
    assert_eq!((there(NOTE), there(OTHER)), (longer(), longer()));
    let said = git(&story.bare(), &["log", "-1", "--format=%an%n%B", BRANCH]);
    assert_eq!(
        said.trim(),
        "Ana Roche\nSay it shorter\n\nReaders asked for it.\n\nCo-authored-by: Ben Aster <ben@example.org>"
    );
    story.rebuild_is_equal().await;
}

#[tokio::test]
async fn two_who_write_the_same_file_at_both_ends_lose_no_word() {
    let cloned = Cloned::with(&[(NOTE, DRAFT)]).await;
    let story = &cloned.story;
    push(story, "Shorter", &shorter());
    cloned.settle().await;
    let place = Place::Proposal {
        branch: BRANCH.to_owned(),
    };
    let ours = shorter().replace("A first paragraph.", "Ours.");
    let theirs = shorter().replace("A first paragraph.", "Theirs.");
    cloned.edit(place, NOTE, &shorter(), &ours).await;
    push(story, "Theirs", &theirs);
    cloned.exchange().await;
    cloned.settle().await;
    let there = |branch: &str| git(&story.bare(), &["show", &format!("{branch}:{NOTE}")]);
    assert_eq!(there(BRANCH), theirs);
    assert_eq!(there(&format!("{BRANCH}-2")), ours);
    assert_eq!(known(story).await.len(), 2);
}

/// FAULTS R5: what a remote calls a branch is asked about before it is used.
#[tokio::test]
async fn a_branch_that_is_no_proposal_is_left_alone() {
    let cloned = Cloned::with(&[(NOTE, DRAFT)]).await;
    cloned
        .story
        .propose("code", JOE, "Code", &[("x.rs", "fn x() {}")]);
    cloned.exchange().await;
    assert!(!branches(&cloned.story.desk.path).contains("refs/heads/code"));
}
