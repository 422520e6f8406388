//! Collects what was read into pieces of bounded size.

use anyhow::{Context, Result};
use tokio::sync::mpsc;

use super::{AttachedFile, NewCommitRow, Piece, TipFile};

/// Rows handed on together: enough to make the call cheap beside the work, few enough for memory.
const ROWS: usize = 500;

/// Text handed on together at most; one file may hold more.
const TEXT_BYTES: usize = 4 * 1024 * 1024;

/// Collects rows into pieces.
pub(super) struct Outbox<'a> {
    pieces: &'a mpsc::Sender<Piece>,
    commits: Vec<NewCommitRow>,
    changes: usize,
    files: Vec<(String, Option<TipFile>)>,
    text_bytes: usize,
    attached: Vec<(String, Option<AttachedFile>)>,
}

impl<'a> Outbox<'a> {
    pub(super) fn new(pieces: &'a mpsc::Sender<Piece>) -> Self {
        Self {
            pieces,
            commits: Vec::new(),
            changes: 0,
            files: Vec::new(),
            text_bytes: 0,
            attached: Vec::new(),
        }
    }

    pub(super) fn commit(&mut self, row: NewCommitRow) -> Result<()> {
        self.changes += row.changes.len();
        self.commits.push(row);
        if self.commits.len() >= ROWS || self.changes >= ROWS {
            self.flush_commits()?;
        }
        Ok(())
    }

    pub(super) fn file(&mut self, path: String, file: Option<TipFile>) -> Result<()> {
        self.text_bytes += file.as_ref().map_or(0, |file| file.text.len());
        self.files.push((path, file));
        if self.files.len() >= ROWS || self.text_bytes >= TEXT_BYTES {
            self.flush_files()?;
        }
        Ok(())
    }

    pub(super) fn attached(&mut self, path: String, file: Option<AttachedFile>) -> Result<()> {
        self.attached.push((path, file));
        if self.attached.len() >= ROWS {
            self.flush_attached()?;
        }
        Ok(())
    }

    pub(super) fn flush(&mut self) -> Result<()> {
        self.flush_commits()?;
        self.flush_files()?;
        self.flush_attached()
    }

    fn flush_attached(&mut self) -> Result<()> {
        let attached = std::mem::take(&mut self.attached);
        if attached.is_empty() {
            return Ok(());
        }
        self.send(Piece::AttachedFiles(attached))
    }

    fn flush_commits(&mut self) -> Result<()> {
        self.changes = 0;
        let rows = std::mem::take(&mut self.commits);
        if rows.is_empty() {
            return Ok(());
        }
        self.send(Piece::Commits(rows))
    }

    fn flush_files(&mut self) -> Result<()> {
        self.text_bytes = 0;
        let files = std::mem::take(&mut self.files);
        if files.is_empty() {
            return Ok(());
        }
        self.send(Piece::Files(files))
    }

    pub(super) fn send(&self, piece: Piece) -> Result<()> {
        self.pieces
            .blocking_send(piece)
            .ok()
            .context("the sync ended before everything was read")
    }
}
