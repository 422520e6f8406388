//! Playing the past: each step is an order to the committer, or a commit that goes around it.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use indexmap::IndexMap;

use super::script::{self, Past, Step, Verb};
use super::{identity, policy, texts};
use crate::id::BlobId;
use crate::index;
use crate::ledger::{About, Act, Decision};
use crate::policy::Policy;
use crate::record::{self, Edit, FieldPath, Format, Record, Scalar};
use crate::repository::{PlainCommit, Repository};
use crate::review::{self, Committer, Desk, EditOrder, Intent, Item, NewText, Outcome};

/// Somebody who plays every part.
pub(super) struct Player {
    desk: Arc<Desk>,
    committer: Committer,
    policy: Policy,
    past: Past,
}

impl Player {
    /// Takes an adopted repository and the past to be played in it.
    pub fn start(desk: Arc<Desk>, past: Past) -> Result<Self> {
        Ok(Self {
            committer: Committer::start(Arc::clone(&desk)),
            policy: policy()?,
            desk,
            past,
        })
    }

    /// Plays every step.
    pub async fn play(self) -> Result<()> {
        for (number, step) in self.past.steps.iter().enumerate() {
            self.play_step(number, step).await.with_context(|| {
                format!("at {}, when {} was to {:?}", step.at, step.by, step.verb)
            })?;
        }
        Ok(())
    }

    async fn play_step(&self, number: usize, step: &Step) -> Result<()> {
        match step.verb {
            Verb::Add | Verb::Edit => self.edit(step).await,
            Verb::Push => self.push(step).await,
            Verb::Submit | Verb::Approve | Verb::Return | Verb::Comment => {
                self.decide(number, step).await
            }
        }
    }

    async fn edit(&self, step: &Step) -> Result<()> {
        let mut texts = Vec::new();
        for path in &step.files {
            let standing = self.standing(path).await?;
            texts.push(NewText {
                path: path.clone(),
                from: standing.as_ref().map(|(blob, _)| *blob),
                content: self.text(step, path, standing)?,
            });
        }
        let order = EditOrder {
            place: crate::review::Place::Published,
            removes: Vec::new(),
            coauthors: Vec::new(),
            by: identity(&self.policy, &step.by)?,
            texts,
            attached: Vec::new(),
            subject: step.message.clone().context("an edit needs a message")?,
            at: script::seconds(&step.at)?,
        };
        self.committer.edit(order).await?;
        Ok(())
    }

    async fn push(&self, step: &Step) -> Result<()> {
        let mut files = Vec::new();
        for path in &step.files {
            let standing = self.standing(path).await?;
            files.push((path.clone(), self.text(step, path, standing)?));
        }
        let message = step.message.as_ref().context("a push needs a message")?;
        let plain = PlainCommit {
            branch_ref: self.desk.tip_ref.clone(),
            files,
            by: identity(&self.policy, &step.by)?,
            at: script::seconds(&step.at)?,
            message: format!("{message}\n"),
        };
        self.desk
            .on_repository(move |repository, _| repository.commit_plain(&plain))
            .await??;
        Ok(())
    }

    /// Decides of each record as it stands, in the order of their paths: the committer attests in that order, however it cuts its batches.
    async fn decide(&self, number: usize, step: &Step) -> Result<()> {
        self.desk.sync().await?;
        let mut paths = Vec::new();
        for id in &step.records {
            let rows = index::records_of(self.desk.index.reader(), id).await?;
            ensure!(rows.len() == 1, "{id} names {} files", rows.len());
            paths.extend(rows.into_iter().map(|row| row.path));
        }
        let items = review::items(self.desk.index.reader(), &paths).await?;
        let by = identity(&self.policy, &step.by)?;
        let at = script::seconds(&step.at)?;
        let intents = items.iter().map(|item| Intent {
            suggestion: None,
            by: by.clone(),
            decision: decision(number, step, item),
            at,
        });
        let outcomes = self.committer.decide_all(intents.collect()).await;
        for (item, outcome) in items.iter().zip(outcomes) {
            check_version(step, item, &outcome?)?;
        }
        Ok(())
    }

    /// Returns what stands at a path of the tip.
    async fn standing(&self, path: &str) -> Result<Option<(BlobId, Vec<u8>)>> {
        let path = path.to_owned();
        let look = move |repository: &Repository, desk: &Desk| {
            let tip = repository.head_of(&desk.tip_ref)?;
            let tip = tip.context("the branch is gone")?;
            let Some(entry) = repository.entry(tip, &path)? else {
                return Ok(None);
            };
            Ok(Some((entry.blob, repository.bytes(entry.blob)?)))
        };
        self.desk.on_repository(look).await
    }

    /// Returns the text that a step gives a file: a new record begins as all begin, an older one keeps the server's lines.
    fn text(
        &self,
        step: &Step,
        path: &str,
        standing: Option<(BlobId, Vec<u8>)>,
    ) -> Result<Vec<u8>> {
        let raw = texts::of_step(step.texts.as_deref(), path)?;
        let Some(format) = Format::of_path(path) else {
            return Ok(raw);
        };
        let written = record::parse(&raw, format)?;
        let mut edits = match standing {
            None => {
                let start = &self.past.start;
                let mut edits = set(&start.set)?;
                edits.extend(remove(&written, script::fields(&start.remove)?));
                edits
            }
            Some((_, bytes)) => {
                let before = record::parse(&bytes, format)?;
                keep(&before, &written, script::fields(&self.past.kept.fields)?)
            }
        };
        edits.extend(set(&step.set)?);
        Ok(record::edit(&raw, format, &edits)?)
    }
}

fn set(values: &IndexMap<String, String>) -> Result<Vec<Edit>> {
    let edit = |(name, value): (&String, &String)| {
        Ok(Edit::Set {
            path: name.parse()?,
            value: Scalar::text(value),
        })
    };
    values.iter().map(edit).collect()
}

fn remove(record: &Record, paths: Vec<FieldPath>) -> impl Iterator<Item = Edit> {
    paths
        .into_iter()
        .filter(|path| record.get(path).is_some())
        .map(|path| Edit::Remove { path })
}

fn keep(before: &Record, written: &Record, paths: Vec<FieldPath>) -> Vec<Edit> {
    let value = |path: &FieldPath| before.get(path).and_then(|node| node.as_scalar()).cloned();
    let edit = |path: FieldPath| match value(&path) {
        Some(value) => Some(Edit::Set { path, value }),
        None => remove(written, vec![path]).next(),
    };
    paths.into_iter().filter_map(edit).collect()
}

fn decision(number: usize, step: &Step, item: &Item) -> Decision {
    let (act, transition, text) = match step.verb {
        Verb::Submit => (Act::Submit, None, &step.message),
        Verb::Approve => (Act::Approve, step.transition.clone(), &step.reason),
        Verb::Return => (Act::Approve, Some("return".to_owned()), &step.reason),
        Verb::Comment | Verb::Add | Verb::Edit | Verb::Push => (Act::Comment, None, &step.text),
    };
    Decision {
        act,
        transition,
        record: item.record.clone(),
        path: item.path.clone(),
        base: item.base,
        proposed: item.proposed,
        // The committer writes the one in force.
        policy: BlobId([0; 20]),
        bump: None,
        operation: format!("demo-{}-{}", number + 1, item.record),
        text: text.clone().unwrap_or_default(),
        about: About::default(),
    }
}

fn check_version(step: &Step, item: &Item, outcome: &Outcome) -> Result<()> {
    let computed = match outcome {
        Outcome::Attested { version, .. } => version.as_ref(),
        Outcome::Recorded { .. } | Outcome::Edited { .. } => None,
    };
    ensure!(
        computed == step.version.as_ref(),
        "{} came to version {computed:?}, and the past says {:?}",
        item.record,
        step.version
    );
    Ok(())
}
