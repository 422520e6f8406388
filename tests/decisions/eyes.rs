//! Approvals that hold: who may give one, how many a change asks for, what stands against it, and what voids it.

use countersign::id::{BlobId, Identity};
use countersign::ledger::{AMEND, Act, JOURNAL_REF};
use countersign::policy::Bump;
use countersign::policy::{POLICY_PATH, Policy};
use countersign::review::queue::{Section, acts_of, place};
use countersign::review::{
    EditOrder, Intent, Item, NewText, Offer, Outcome, Place, Requirement, Target, items_at, offers,
    requirement,
};
use countersign::web::accounts::Scope;
use serde_json::json;

use crate::common::browser::Site;
use crate::common::forge::{assert_found, assert_journal_fault, forge, tip};
use crate::common::{self, DRAFT, POLICY, Story, git};

const NOTE: &str = "notes/one.md";
const FRENCH: &str = "notes/deux.md";
const BRANCH: &str = "proposals/one";
const ANA: &str = "Ana Roche <ana@example.org>";
const BEN: &str = "ben@example.org";
const CY: &str = "cy@example.org";
const DEE: &str = "dee@example.org";

/// Ben reviews French texts alone.
fn french_ben() -> String {
    POLICY.replace(
        "addresses = [\"ben@example.org\"]\nroles = [\"reviewer\"]",
        "addresses = [\"ben@example.org\"]\nroles = [{ role = \"reviewer\", locales = [\"fr\"] }]",
    )
}

fn in_french(text: &str) -> String {
    text.replace("title: \"One note\"", "lang: fr-CA\ntitle: \"Une note\"")
}

#[tokio::test]
async fn a_reviewer_of_french_approves_french_texts_and_no_others() {
    let files = [(NOTE, DRAFT), (FRENCH, &in_french(DRAFT))];
    let story = Story::with_policy(&french_ben(), &files).await;
    let refused = story.approve(BEN, NOTE, "validate").await.unwrap_err();
    assert_eq!(refused.code, "REV-RIGHT-002");
    let refused = story
        .decide(BEN, NOTE, Act::RequestChanges, None, "Say more.")
        .await;
    assert_eq!(refused.unwrap_err().code, "REV-RIGHT-002");
    story
        .decide(BEN, NOTE, Act::Comment, None, "I read no English.")
        .await
        .unwrap();
    story
        .decide(DEE, NOTE, Act::Submit, None, "")
        .await
        .unwrap();
    story
        .decide(DEE, FRENCH, Act::Submit, None, "")
        .await
        .unwrap();
    let policy = Policy::read(&french_ben()).unwrap();
    let ben = &policy.people["ben"];
    let english = place(&policy, &story.item(NOTE).await, ben);
    let french = place(&policy, &story.item(FRENCH).await, ben);
    assert_eq!(
        (english.section, french.section),
        (Section::Others, Section::Yours)
    );
    assert!(!english.waits_for.contains(&"ben".to_owned()));
    story.approve(BEN, FRENCH, "validate").await.unwrap();
    story.approve(CY, FRENCH, "activate").await.unwrap();
    story.rebuild_is_equal().await;
    story.is_proven();
}

/// Rights are read from the policy, never from the change under review: who may judge the published text must judge its successor.
#[tokio::test]
async fn a_text_that_turns_french_is_still_judged_by_those_who_judged_it_before() {
    let story = Story::with_policy(&french_ben(), &[(NOTE, DRAFT)]).await;
    story.approve(DEE, NOTE, "validate").await.unwrap();
    story.approve(CY, NOTE, "activate").await.unwrap();
    git(&story.work(), &["pull", "-q", "--rebase", "origin", "main"]);
    let turned = in_french(&story.file(NOTE));
    story.propose(BRANCH, ANA, "Translate it away", &[(NOTE, &turned)]);
    let item = story.proposed(BRANCH, NOTE).await;
    assert_eq!(item.locales, ["fr-CA", ""]);
    let refused = story.approve_proposed(BEN, BRANCH, NOTE, "revise").await;
    assert_eq!(refused.unwrap_err().code, "REV-RIGHT-002");
    story
        .approve_proposed(DEE, BRANCH, NOTE, "revise")
        .await
        .unwrap();
    story
        .approve_proposed(CY, BRANCH, NOTE, "revise")
        .await
        .unwrap();
    let item = story.item(NOTE).await;
    assert_eq!(item.locales, ["fr-CA"]);
    assert_eq!(item.attested_version.unwrap().to_string(), "1.0.1");
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn an_auditor_finds_an_approval_for_another_language() {
    let story = Story::with_policy(&french_ben(), &[(NOTE, DRAFT)]).await;
    story.approve(DEE, NOTE, "validate").await.unwrap();
    story.is_proven();
    let forged = forge(&story, |attestation, _| {
        attestation.approved_by = vec![Identity::new("Ben Aster", BEN)];
    });
    assert_found(&story, "VRF-032", forged);
}

/// Administrators may veto: Cy and Dee.
fn with_veto() -> String {
    POLICY
        .replace(
            "branch = \"main\"",
            "branch = \"main\"\nveto = [\"administrator\"]",
        )
        .replace(
            "roles = [\"publisher\"]",
            "roles = [\"publisher\", \"administrator\"]",
        )
}

async fn with_active_note(policy: &str) -> Story {
    let story = Story::with_policy(policy, &[(NOTE, DRAFT)]).await;
    story.approve(BEN, NOTE, "validate").await.unwrap();
    story.approve(CY, NOTE, "activate").await.unwrap();
    git(&story.work(), &["pull", "-q", "--rebase", "origin", "main"]);
    story
}

async fn approve_twice(story: &Story, branch: &str) -> Outcome {
    story
        .approve_proposed(BEN, branch, NOTE, "revise")
        .await
        .unwrap();
    story
        .approve_proposed(CY, branch, NOTE, "revise")
        .await
        .unwrap()
}

async fn version(story: &Story) -> String {
    story.item(NOTE).await.attested_version.unwrap().to_string()
}

async fn whole_proposal(story: &Story) -> Item {
    story.desk.sync().await.unwrap();
    let (whole, _) = story.desk.whole_proposal(BRANCH).await.unwrap().unwrap();
    whole
}

/// Puts a policy in force: Cy writes it, Dee agrees.
async fn amend(story: &Story, policy: &str) {
    story.push("Cy Lind <cy@example.org>", &[(POLICY_PATH, policy)]);
    story.desk.sync().await.unwrap();
    let rules = story.desk.index.rules();
    let Some(Ok(rules)) = rules.as_ref() else {
        panic!("no rules in force")
    };
    let item = story.desk.amendment(rules).await.unwrap().unwrap().item;
    let outcome = story
        .decide_on(DEE, &item, Act::Approve, Some(AMEND), "")
        .await;
    assert!(
        matches!(outcome, Ok(Outcome::Attested { .. })),
        "{outcome:?}"
    );
}

/// A move that a decision elsewhere completes is made after that decision is answered.
async fn until_version(story: &Story, wanted: &str) {
    for _ in 0..100 {
        if version(story).await == wanted {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the record stays at {}", version(story).await);
}

#[tokio::test]
async fn a_veto_stands_through_new_texts_until_its_giver_takes_it_back() {
    let story = with_active_note(&with_veto()).await;
    let policy = Policy::read(&with_veto()).unwrap();
    let active = story.file(NOTE);
    let text = |words: &str| format!("{active}\n{words}\n");
    story.propose(BRANCH, ANA, "Say more", &[(NOTE, &text("More."))]);
    let item = story.proposed(BRANCH, NOTE).await;
    for (address, reason, code) in [(BEN, "No.", "REV-VETO-001"), (DEE, " ", "REV-TEXT-001")] {
        let refused = story
            .decide_on(address, &item, Act::Veto, None, reason)
            .await;
        assert_eq!(refused.unwrap_err().code, code);
    }
    story
        .decide_on(DEE, &item, Act::Veto, None, "Nobody checked the licence.")
        .await
        .unwrap();
    let outcome = approve_twice(&story, BRANCH).await;
    assert!(matches!(outcome, Outcome::Recorded { .. }), "{outcome:?}");
    story.propose(BRANCH, ANA, "Say less", &[(NOTE, &text("Less."))]);
    let outcome = approve_twice(&story, BRANCH).await;
    assert!(matches!(outcome, Outcome::Recorded { .. }), "{outcome:?}");
    let item = story.proposed(BRANCH, NOTE).await;
    for key in ["ana", "ben", "cy", "dee"] {
        let place = place(&policy, &item, &policy.people[key]);
        assert_eq!(place.section, Section::Blocked);
        let vetoes = place.requirement.unwrap().vetoes;
        assert_eq!(vetoes.len(), 1);
        assert_eq!(vetoes[0].text, "Nobody checked the licence.");
        assert!(!vetoes[0].of_proposal);
    }
    let refused = story.approve_proposed(DEE, BRANCH, NOTE, "revise").await;
    assert_eq!(refused.unwrap_err().code, "REV-VETO-002");
    let acts = |item: &Item, key: &str| acts_of(&policy, item, &policy.people[key]);
    assert!(
        acts(&item, "dee").contains(&Act::Withdraw) && !acts(&item, "dee").contains(&Act::Veto)
    );
    assert!(acts(&item, "cy").contains(&Act::Veto) && !acts(&item, "ben").contains(&Act::Veto));
    story.rebuild_is_equal().await;
    story.is_proven();
    // It was given in the proposal, stands against the record, and is taken back where the record stands.
    story
        .decide(DEE, NOTE, Act::Withdraw, None, "")
        .await
        .unwrap();
    assert_eq!(version(&story).await, "1.0.1");
    assert!(story.file(NOTE).contains("Less."));
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn a_veto_outlives_a_move_back_and_holds_the_next_one_forward() {
    let story = Story::with_policy(&with_veto(), &[(NOTE, DRAFT)]).await;
    story.approve(BEN, NOTE, "validate").await.unwrap();
    story
        .decide(DEE, NOTE, Act::Veto, None, "Not this year.")
        .await
        .unwrap();
    let outcome = story.approve(CY, NOTE, "activate").await.unwrap();
    assert!(matches!(outcome, Outcome::Recorded { .. }), "{outcome:?}");
    let returned = story
        .decide(BEN, NOTE, Act::Approve, Some("return"), "Vetoed.")
        .await
        .unwrap();
    assert!(matches!(returned, Outcome::Attested { .. }), "{returned:?}");
    let outcome = story.approve(BEN, NOTE, "validate").await.unwrap();
    assert!(matches!(outcome, Outcome::Recorded { .. }), "{outcome:?}");
    story
        .decide(DEE, NOTE, Act::Withdraw, None, "")
        .await
        .unwrap();
    let status = story.item(NOTE).await.attested_status;
    assert_eq!(status.as_deref(), Some("validated"));
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn a_veto_against_a_whole_proposal_holds_that_one_alone() {
    let story = with_active_note(&with_veto()).await;
    let longer = |words: &str| format!("{}\n{words}\n", story.file(NOTE));
    story.propose(BRANCH, ANA, "Say more", &[(NOTE, &longer("More."))]);
    let whole = whole_proposal(&story).await;
    story
        .decide_on(DEE, &whole, Act::Veto, None, "Too early.")
        .await
        .unwrap();
    approve_twice(&story, BRANCH).await;
    let target = story.proposed(BRANCH, NOTE).await.target();
    let item = items_at(story.desk.index.reader(), &[target])
        .await
        .unwrap()
        .remove(0);
    let policy = Policy::read(&with_veto()).unwrap();
    let held = place(&policy, &item, &policy.people["ben"])
        .requirement
        .unwrap();
    assert!(held.met && held.vetoes[0].of_proposal);
    // Taken back on the record it would still stand: it is the proposal's.
    let refused = story
        .decide_on(DEE, &item, Act::Withdraw, None, "")
        .await
        .unwrap_err();
    assert_eq!(refused.code, "REV-MOVE-003");
    assert_eq!(version(&story).await, "1.0.0");
    story.is_proven();
    let whole = whole_proposal(&story).await;
    assert_eq!(whole.target(), Target::whole(BRANCH));
    story
        .decide_on(DEE, &whole, Act::Withdraw, None, "")
        .await
        .unwrap();
    assert_eq!(version(&story).await, "1.0.1");
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn a_veto_ends_with_the_right_to_give_it() {
    let story = with_active_note(&with_veto()).await;
    let longer = format!("{}\nMore.\n", story.file(NOTE));
    story.propose(BRANCH, ANA, "Say more", &[(NOTE, &longer)]);
    let item = story.proposed(BRANCH, NOTE).await;
    story
        .decide_on(DEE, &item, Act::Veto, None, "Over my dead body.")
        .await
        .unwrap();
    approve_twice(&story, BRANCH).await;
    assert_eq!(version(&story).await, "1.0.0");
    amend(
        &story,
        &with_veto().replace(
            "[\"administrator\", \"reviewer\", \"publisher\"]",
            "[\"reviewer\"]",
        ),
    )
    .await;
    until_version(&story, "1.0.1").await;
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn an_auditor_finds_what_landed_over_a_veto() {
    let story = with_active_note(&with_veto()).await;
    let longer = format!("{}\nMore.\n", story.file(NOTE));
    story.propose(BRANCH, ANA, "Say more", &[(NOTE, &longer)]);
    let whole = whole_proposal(&story).await;
    story
        .decide_on(DEE, &whole, Act::Veto, None, "Too early.")
        .await
        .unwrap();
    approve_twice(&story, BRANCH).await;
    let journal = git(&story.bare(), &["rev-parse", JOURNAL_REF]);
    story
        .decide_on(DEE, &whole, Act::Withdraw, None, "")
        .await
        .unwrap();
    assert_eq!(version(&story).await, "1.0.1");
    story.is_proven();
    git(&story.bare(), &["update-ref", JOURNAL_REF, journal.trim()]);
    assert_journal_fault(&story, "VRF-066", tip(&story));
}

/// Large revisions ask for two reviewers, changes of the licence for a lawyer, drafts whose author nothing proves for two reviewers.
fn with_more() -> String {
    let (_, workflow) = include_str!("../../src/policy/defaults.toml")
        .split_once("[workflows.editorial]")
        .unwrap();
    let revise = "approvals = { reviewer = 1, publisher = 1 }\n";
    let more = "more = [{ bump = \"major\", approvals = { reviewer = 2 } }, { fields = [\"license\"], approvals = { lawyer = 1 } }]\n";
    let validate = "to = \"validated\"\napprovals = { reviewer = 1 }\n";
    let proof = "more = [{ authors = \"unproven\", approvals = { reviewer = 2 } }]\n";
    let workflow = workflow
        .replace(revise, &format!("{revise}{more}"))
        .replace(validate, &format!("{validate}{proof}"));
    let policy = POLICY
        .replace("[roles]", "[roles]\nlawyer = \"Reads licences\"")
        .replace(
            "\"administrator\", \"reviewer\"",
            "\"administrator\", \"lawyer\", \"reviewer\"",
        );
    format!("{policy}\n[workflows.editorial]{workflow}")
}

/// Validated by two, since it was pushed, and published.
async fn with_more_and_active_note() -> Story {
    let story = Story::with_policy(&with_more(), &[(NOTE, DRAFT)]).await;
    for reviewer in [BEN, DEE] {
        story.approve(reviewer, NOTE, "validate").await.unwrap();
    }
    story.approve(CY, NOTE, "activate").await.unwrap();
    git(&story.work(), &["pull", "-q", "--rebase", "origin", "main"]);
    story
}

fn move_of(item: &Item, name: &str) -> (Offer, Requirement) {
    let policy = Policy::read(&with_more()).unwrap();
    let offer = offers(&policy, item)
        .into_iter()
        .find(|offer| offer.name == name)
        .unwrap();
    let has = requirement(&policy, item, &offer);
    (offer, has)
}

fn reasons(item: &Item, name: &str) -> Vec<String> {
    let (_, has) = move_of(item, name);
    let asked = has.needs.iter().flat_map(|need| &need.because);
    asked.map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_major_change_asks_for_two_reviewers_and_says_so() {
    let story = with_more_and_active_note().await;
    let redefined = story.file(NOTE).replace("a short text", "a long text");
    story.propose(BRANCH, ANA, "Redefine", &[(NOTE, &redefined)]);
    let outcome = approve_twice(&story, BRANCH).await;
    assert!(matches!(outcome, Outcome::Recorded { .. }), "{outcome:?}");
    let item = story.proposed(BRANCH, NOTE).await;
    assert_eq!(
        reasons(&item, "revise"),
        ["a major change asks for 2 in the role reviewer"]
    );
    story.rebuild_is_equal().await;
    story
        .approve_proposed(DEE, BRANCH, NOTE, "revise")
        .await
        .unwrap();
    assert_eq!(version(&story).await, "2.0.0");
    story.rebuild_is_equal().await;
    story.is_proven();
    let forged = forge(&story, |attestation, _| {
        attestation.approved_by.retain(|who| who.address != DEE);
    });
    assert_found(&story, "VRF-034", forged);
}

#[tokio::test]
async fn a_small_change_asks_for_no_more_and_one_of_the_licence_for_a_lawyer() {
    let story = with_more_and_active_note().await;
    let better = story
        .file(NOTE)
        .replace("A first paragraph", "The first paragraph");
    story.propose("proposals/words", ANA, "Say it better", &[(NOTE, &better)]);
    approve_twice(&story, "proposals/words").await;
    assert_eq!(version(&story).await, "1.0.1");
    git(&story.work(), &["pull", "-q", "--rebase", "origin", "main"]);
    let licensed = story
        .file(NOTE)
        .replace("definition:", "license: CC0\ndefinition:");
    story.propose(BRANCH, ANA, "Say the licence", &[(NOTE, &licensed)]);
    let outcome = approve_twice(&story, BRANCH).await;
    assert!(matches!(outcome, Outcome::Recorded { .. }), "{outcome:?}");
    let item = story.proposed(BRANCH, NOTE).await;
    assert_eq!(
        reasons(&item, "revise"),
        ["a change of license asks for 1 in the role lawyer"]
    );
    let (offer, _) = move_of(&item, "revise");
    assert!(offer.approvals.by_role.contains_key("lawyer"));
    story
        .approve_proposed(DEE, BRANCH, NOTE, "revise")
        .await
        .unwrap();
    assert_eq!(version(&story).await, "1.0.2");
    story.rebuild_is_equal().await;
    story.is_proven();
}

/// Whoever calls a change major asks for the eyes of one, and nobody escapes them by calling it less.
#[tokio::test]
async fn an_approver_raises_what_a_change_asks_for_and_never_lowers_it() {
    let story = with_more_and_active_note().await;
    let asking = |item: &Item, address: &str, bump, operation: &str| {
        let mut decision = common::decision(
            item,
            Act::Approve,
            Some("revise"),
            "Because.",
            operation.into(),
        );
        decision.bump = Some(bump);
        story.committer.decide(Intent {
            suggestion: None,
            by: Identity::new("", address),
            decision,
            at: 1_770_300_000,
        })
    };
    let better = story
        .file(NOTE)
        .replace("A first paragraph", "The first paragraph");
    story.propose(BRANCH, ANA, "Say it better", &[(NOTE, &better)]);
    let item = story.proposed(BRANCH, NOTE).await;
    assert_eq!(reasons(&item, "revise"), Vec::<String>::new());
    asking(&item, BEN, Bump::Major, "raise").await.unwrap();
    story
        .approve_proposed(CY, BRANCH, NOTE, "revise")
        .await
        .unwrap();
    let item = story.proposed(BRANCH, NOTE).await;
    assert_eq!(
        reasons(&item, "revise"),
        ["a major change asks for 2 in the role reviewer"]
    );
    story
        .approve_proposed(DEE, BRANCH, NOTE, "revise")
        .await
        .unwrap();
    assert_eq!(version(&story).await, "2.0.0");
    git(&story.work(), &["pull", "-q", "--rebase", "origin", "main"]);
    let redefined = story.file(NOTE).replace("a short text", "a long text");
    story.propose("proposals/two", ANA, "Redefine", &[(NOTE, &redefined)]);
    let item = story.proposed("proposals/two", NOTE).await;
    asking(&item, BEN, Bump::Patch, "lower").await.unwrap();
    asking(&item, CY, Bump::Patch, "lower too").await.unwrap();
    assert_eq!(version(&story).await, "2.0.0");
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn a_text_whose_author_is_not_proven_asks_for_one_more() {
    let story = Story::with_policy(&with_more(), &[(NOTE, DRAFT)]).await;
    story.approve(BEN, NOTE, "validate").await.unwrap();
    let item = story.item(NOTE).await;
    assert_eq!(
        reasons(&item, "validate"),
        ["a text whose author is not proven asks for 2 in the role reviewer"]
    );
    story.approve(DEE, NOTE, "validate").await.unwrap();
    let written = EditOrder {
        place: Place::Published,
        attached: Vec::new(),
        removes: Vec::new(),
        coauthors: Vec::new(),
        by: Identity::new("", "ana@example.org"),
        texts: vec![NewText {
            path: "notes/two.md".into(),
            from: None::<BlobId>,
            content: DRAFT.replace("One note", "Two notes").into(),
        }],
        subject: "Begin a note".into(),
        at: 1_770_200_000,
    };
    story.committer.edit(written).await.unwrap();
    let outcome = story
        .approve(BEN, "notes/two.md", "validate")
        .await
        .unwrap();
    assert!(matches!(outcome, Outcome::Attested { .. }), "{outcome:?}");
    story.rebuild_is_equal().await;
    story.is_proven();
    let forged = forge(&story, |attestation, _| {
        attestation.approved_by = vec![Identity::new("Dee Moss", DEE)];
    });
    // One approval was enough, and it was not Dee's.
    assert_journal_fault(&story, "VRF-061", forged);
}

/// Nobody can hide a change of a weighed field behind a published text that the index has not weighed yet.
#[tokio::test]
async fn what_was_weighed_follows_what_is_published() {
    let story = with_more_and_active_note().await;
    let redefined = story.file(NOTE).replace("a short text", "a long text");
    story.propose(BRANCH, ANA, "Redefine", &[(NOTE, &redefined)]);
    let better = story
        .file(NOTE)
        .replace("A first paragraph", "The first paragraph");
    story.propose("proposals/words", ANA, "Say it better", &[(NOTE, &better)]);
    approve_twice(&story, "proposals/words").await;
    let item = story.proposed(BRANCH, NOTE).await;
    assert!(
        item.weight
            .is_some_and(|weight| weight.bump == Bump::Major && !weight.is_new)
    );
    story.rebuild_is_equal().await;
    amend(
        &story,
        &with_more().replace("definition = \"major\"", "definition = \"minor\""),
    )
    .await;
    let item = story.proposed(BRANCH, NOTE).await;
    assert!(item.weight.is_some_and(|weight| weight.bump == Bump::Minor));
    story.rebuild_is_equal().await;
}

#[tokio::test]
async fn a_policy_that_changes_voids_the_approvals_of_those_who_lost_the_right_and_no_others() {
    let story = Story::with_policy(&with_more(), &[(NOTE, DRAFT)]).await;
    story.approve(BEN, NOTE, "validate").await.unwrap();
    let given = |item: &Item, policy: &str| {
        let policy = Policy::read(policy).unwrap();
        let offer = offers(&policy, item).remove(0);
        let has = requirement(&policy, item, &offer).approvals;
        has.into_iter().map(|it| it.person).collect::<Vec<_>>()
    };
    let renamed = with_more().replace("Test register", "Another register");
    amend(&story, &renamed).await;
    assert_eq!(given(&story.item(NOTE).await, &renamed), ["ben"]);
    let without_ben = renamed.replace(
        "addresses = [\"ben@example.org\"]\nroles = [\"reviewer\"]",
        "addresses = [\"ben@example.org\"]\nroles = [\"lawyer\"]",
    );
    let outcome = story.approve(DEE, NOTE, "validate").await.unwrap();
    assert!(matches!(outcome, Outcome::Attested { .. }), "{outcome:?}");
    story.push(ANA, &[("notes/two.md", DRAFT)]);
    story
        .approve(BEN, "notes/two.md", "validate")
        .await
        .unwrap();
    amend(&story, &without_ben).await;
    let item = story.item("notes/two.md").await;
    assert_eq!(given(&item, &renamed), ["ben"]);
    assert!(given(&item, &without_ben).is_empty());
    story
        .approve(DEE, "notes/two.md", "validate")
        .await
        .unwrap();
    let item = story.item("notes/two.md").await;
    assert_eq!(given(&item, &without_ben), ["dee"]);
    story.rebuild_is_equal().await;
    story.is_proven();
}

#[tokio::test]
async fn whoever_approved_an_earlier_text_is_told_what_changed_since() {
    let story = Story::with_policy(&with_more(), &[(NOTE, DRAFT)]).await;
    story.approve(BEN, NOTE, "validate").await.unwrap();
    story.push(
        ANA,
        &[(NOTE, &DRAFT.replace("a short text", "a long text"))],
    );
    let policy = Policy::read(&with_more()).unwrap();
    let item = story.item(NOTE).await;
    let approved = |key: &str| {
        countersign::review::outdated_approval(&policy, &item, &policy.people[key]).is_some()
    };
    assert!(approved("ben") && !approved("dee"));
    let site = Site::of(story).await;
    let mut ben = site.signed_in(BEN).await;
    let page = ben.get("/test/review/notes/one").await;
    assert!(
        page.has("Changed since you approved: definition."),
        "{}",
        page.html
    );
    let mut dee = site.signed_in(DEE).await;
    let page = dee.get("/test/review/notes/one").await;
    assert!(!page.has("Changed since you approved"), "{}", page.html);
    ben.decide("/test/review/notes/one", "approve:validate", "")
        .await;
    let page = ben.get("/test/review/notes/one").await;
    assert!(!page.has("Changed since you approved"), "{}", page.html);
}

#[tokio::test]
async fn a_veto_is_given_seen_and_taken_back_on_the_pages() {
    let story = Story::with_policy(&with_veto(), &[(NOTE, DRAFT)]).await;
    story.approve(BEN, NOTE, "validate").await.unwrap();
    let site = Site::of(story).await;
    let review = "/test/review/notes/one";
    let mut dee = site.signed_in(DEE).await;
    let said = dee
        .decide(review, "veto", "Nobody checked the licence.")
        .await;
    assert_eq!(
        said.status,
        axum::http::StatusCode::SEE_OTHER,
        "{}",
        said.html
    );
    let mut cy = site.signed_in(CY).await;
    let page = cy.get(review).await;
    assert!(page.has("Dee Moss vetoed this record."), "{}", page.html);
    assert!(page.has("Nobody checked the licence."), "{}", page.html);
    let page = cy.get("/test/queue").await;
    assert!(
        page.has("Vetoed by Dee Moss: Nobody checked the licence."),
        "{}",
        page.html
    );
    cy.decide(review, "approve:activate", "").await;
    assert!(cy.get(review).await.has("Dee Moss vetoed this record."));
    dee.decide(review, "withdraw", "").await;
    let page = cy.get("/test/records/notes/one").await;
    assert!(page.has("1.0.0"), "{}", page.html);
}

#[tokio::test]
async fn programs_are_told_of_vetoes_of_more_eyes_and_of_what_changed_since() {
    let policy = with_more().replace(
        "branch = \"main\"",
        "branch = \"main\"\nveto = [\"lawyer\"]",
    );
    let story = Story::with_policy(&policy, &[(NOTE, DRAFT)]).await;
    story.approve(BEN, NOTE, "validate").await.unwrap();
    let longer = DRAFT.replace("a short text", "a long text");
    story.push(ANA, &[(NOTE, &longer)]);
    story.desk.sync().await.unwrap();
    let site = Site::of(story).await;
    let address = "/api/v1/repositories/test/review/notes%2Fone";
    let dee = site.program(DEE, &[Scope::Read, Scope::Decide]).await;
    let item = dee.get(address).await.good();
    assert_eq!(item["since_you_approved"], json!(null));
    let blob = item["proposed"].as_str().unwrap();
    let body = json!({"decision": "veto", "base": null, "reason": "Not ours."});
    let decisions = format!("{address}/decisions");
    dee.if_match(blob).post(&decisions, body).await.good();
    let ben = site.program(BEN, &[Scope::Read]).await;
    let item = ben.get(address).await.good();
    assert_eq!(item["part"], "blocked");
    assert_eq!(item["since_you_approved"]["fields"], json!(["definition"]));
    let validate = &item["moves"][0];
    assert_eq!(validate["vetoes"][0]["by"]["person"], "dee");
    assert_eq!(validate["vetoes"][0]["reason"], "Not ours.");
    assert_eq!(validate["needs"][0]["needed"], 2);
    assert_eq!(validate["needs"][0]["because"][0]["reason"], "unproven");
    let told = ben.get("/api/v1/repositories/test/policy").await.good();
    assert_eq!(told["veto"], json!(["lawyer"]));
    let transitions = told["workflows"][0]["transitions"].as_array().unwrap();
    let revise = transitions
        .iter()
        .find(|it| it["name"] == "revise")
        .unwrap();
    assert_eq!(revise["more"][0]["bump"], "major");
    assert_eq!(revise["more"][1]["fields"], json!(["license"]));
    let mut cy = site.signed_in(CY).await;
    let page = cy.get("/test/people").await;
    assert!(page.has("takes at least 2 reviewer"), "{}", page.html);
}
