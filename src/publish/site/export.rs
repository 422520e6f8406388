//! The whole site as files in a folder, for any web server.
//!
//! The folder holds a note of what was written into it: each file with its digest, and for each record what its files were made from. So the next run
//! reads and renders only records whose text, or whose neighbours' names, are others now, writes only files whose bytes are, and deletes only what an
//! earlier run wrote and nobody touched since. What lies in the folder may be anybody's, for it may be a checkout: no link in it is followed, and no path of a
//! note that leads out of it. The note holds no clock and no path of the machine: the same register gives the same folder.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use serde::Serialize;

use super::address::Form;
use super::feed::{self, About};
use super::files::{self, Answer};
use super::lists;
use super::load::{Known, Texts};
use super::made::{FORMS, made_by, made_from, written};
use super::note::{Made, Note, Written, byte_of};
use super::register::{PublicRecord, Register};
use crate::refusal::Refusal;

/// The page of an address where nothing stands, as hosts of files look for it.
const NOWHERE: &str = "404.html";

/// The note of what was written, at the root of the folder.
pub const NOTE: &str = ".countersign-export.json";

/// Lies beside the note while a run is on its way: a line for each file, its digest and its path, before it is written. A run that was stopped leaves it, so that
/// the next one knows which files are not somebody else's.
const ON_ITS_WAY: &str = ".countersign-export.unfinished";

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    /// The commit that stands for what is written.
    pub commit: String,
    /// Files that the folder holds.
    pub files: usize,
    /// Files that were written.
    pub written: usize,
    /// Files that were deleted.
    pub deleted: usize,
    /// Records whose texts were read.
    pub rendered: usize,
    /// Files that an earlier run wrote, that are not of the site any more, and that somebody changed: they were left alone.
    pub left: Vec<String>,
    /// Files of the site that somebody changed since an earlier run wrote them: they were written anew.
    pub replaced: Vec<String>,
}

/// A folder that is written into.
pub struct Folder {
    root: PathBuf,
    before: Note,
    /// What a run that was stopped wrote, or this one, or was about to: path and digest.
    begun: HashMap<String, String>,
    /// Whether a run was stopped before its end.
    is_unfinished: bool,
    on_its_way: Option<fs::File>,
    /// Folders below the root that are there and are no links.
    sound: HashSet<PathBuf>,
}

impl Folder {
    /// Opens a folder: an empty one, one that is not there yet, or one that an earlier run wrote.
    ///
    /// # Errors
    /// A refusal where it holds anything else; an error where the disk refuses.
    pub fn open(root: &Path) -> Result<Result<Self, Refusal>> {
        let refuse = |cause: &str| {
            let next = "give an empty folder, or one that countersign export wrote";
            Refusal::new("EXP-DIR-001", cause, next).in_path(root.display().to_string())
        };
        let (note, begun) = match (kept(root, NOTE)?, kept(root, ON_ITS_WAY)?) {
            (Ok(note), Ok(begun)) => (note, begun),
            (Err(cause), _) | (_, Err(cause)) => return Ok(Err(refuse(cause))),
        };
        let before: Note = match &note {
            Some(bytes) => match serde_json::from_slice(bytes) {
                Ok(note) => note,
                Err(_) => return Ok(Err(refuse("its note of the last export does not read"))),
            },
            None => Note::default(),
        };
        let is_unfinished = begun.is_some();
        let begun = begun.unwrap_or_default();
        let begun = String::from_utf8_lossy(&begun);
        let begun = begun.lines().filter_map(|line| line.split_once(' '));
        let begun: HashMap<String, String> = begun
            .map(|(digest, path)| (path.to_owned(), digest.to_owned()))
            .collect();
        if note.is_none() && !is_unfinished && !is_empty(root)? {
            return Ok(Err(refuse("it holds files, and no export wrote them")));
        }
        let is_own =
            before.all().all(|(path, _)| is_below(path)) && begun.keys().all(|path| is_below(path));
        if !is_own {
            return Ok(Err(refuse("its note of the last export leads out of it")));
        }
        Ok(Ok(Self {
            root: root.to_owned(),
            before,
            begun,
            is_unfinished,
            on_its_way: None,
            sound: HashSet::new(),
        }))
    }

    /// Returns what the last run read of texts, if it read them as this program does.
    pub fn known(&self) -> Arc<Known> {
        if self.before.forms != FORMS {
            return Arc::default();
        }
        let (facts, versions) = (self.before.facts.iter(), self.before.briefs.iter());
        Arc::new(Known {
            policy: self.before.policy.clone(),
            facts: facts
                .map(|(text, facts)| (text.clone(), Arc::clone(facts)))
                .collect(),
            versions: versions
                .map(|(text, brief)| (text.clone(), Arc::clone(brief)))
                .collect(),
        })
    }

    /// Writes what readers have.
    ///
    /// # Errors
    /// A refusal where somebody's own file stands in the way; an error where git cannot be read or the disk refuses.
    pub fn write(
        mut self,
        register: &Register,
        known: &Known,
        texts: &Texts<'_>,
    ) -> Result<Result<Done, Refusal>> {
        fs::create_dir_all(&self.root)
            .with_context(|| format!("failed to make {}", self.root.display()))?;
        let made_by = made_by(register, &known.policy);
        let mut after = Note {
            forms: FORMS,
            policy: known.policy.clone(),
            facts: register.open_facts(known),
            briefs: register.open_versions(known),
            shown: register.names(),
            commit: register.commit.clone(),
            ..Note::default()
        };
        let mut done = Done {
            commit: register.commit.clone(),
            ..Done::default()
        };
        after.made_by = made_by;
        let before = std::mem::take(&mut self.before);
        let mut run = Run {
            is_same: before.made_by == after.made_by && !self.is_unfinished,
            new: after
                .shown
                .difference(&before.shown)
                .map(|name| byte_of(name))
                .collect(),
            stood: before
                .all()
                .map(|(path, written)| (&**path, written))
                .collect(),
            before: &before,
            folder: &mut self,
            after: &mut after,
            done: &mut done,
        };
        for record in &register.records {
            if let Err(refusal) = run.record(register, texts, record)? {
                return Ok(Err(refusal));
            }
        }
        if let Err(refusal) = run.whole(register, texts)? {
            return Ok(Err(refusal));
        }
        run.delete()?;
        done.files = after.all().count();
        if done.written + done.deleted > 0 || self.is_unfinished || after.commit != before.commit {
            self.keep(&after)?;
            match fs::remove_file(self.root.join(ON_ITS_WAY)) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        Ok(Ok(done))
    }

    /// Says that a file is about to be written.
    fn say(&mut self, path: &str, digest: &str) -> Result<()> {
        let whole = self.root.join(ON_ITS_WAY);
        let file = match &mut self.on_its_way {
            Some(file) => file,
            None => self.on_its_way.insert(
                fs::File::options()
                    .create(true)
                    .append(true)
                    .open(whole)
                    .context("failed to say that an export is on its way")?,
            ),
        };
        file.write_all(format!("{digest} {path}\n").as_bytes())?;
        self.begun.insert(path.to_owned(), digest.to_owned());
        Ok(())
    }

    /// Whether a file is there, as large as it was written.
    fn has(&self, path: &str, written: &Written) -> bool {
        let found = fs::symlink_metadata(self.root.join(path));
        found.is_ok_and(|found| found.is_file() && found.len() == written.bytes)
    }

    fn keep(&self, note: &Note) -> Result<()> {
        let bytes = serde_json::to_vec(note)?;
        self.replace(NOTE, &bytes)
    }

    /// Writes a file beside its place and moves it there, so that nobody is ever served half of one.
    fn replace(&self, path: &str, bytes: &[u8]) -> Result<()> {
        let whole = self.root.join(path);
        let name = whole.file_name().unwrap_or_default().to_string_lossy();
        let beside = whole.with_file_name(format!(".{name}.new"));
        made_anew(&beside)
            .and_then(|mut file| file.write_all(bytes))
            .with_context(|| format!("failed to write {path}"))?;
        fs::rename(&beside, &whole).with_context(|| format!("failed to write {path}"))
    }

    /// Whether the folders of a file are there, and none leads elsewhere.
    fn leads_to(&self, path: &str) -> bool {
        let parents = Path::new(path).ancestors().skip(1);
        let mut folders = parents.filter(|way| !way.as_os_str().is_empty());
        folders.all(|way| {
            let found = fs::symlink_metadata(self.root.join(way));
            found.is_ok_and(|found| found.is_dir())
        })
    }

    /// Makes the folders of a file, none of which may lead elsewhere.
    fn make_way(&mut self, path: &str) -> Result<Result<(), Refusal>> {
        let Some(parent) = Path::new(path).parent() else {
            return Ok(Ok(()));
        };
        let mut way = PathBuf::new();
        for part in parent.components() {
            way.push(part);
            if self.sound.contains(&way) {
                continue;
            }
            let whole = self.root.join(&way);
            match fs::symlink_metadata(&whole) {
                Ok(found) if found.is_dir() => {}
                Ok(_) => return Ok(Err(in_the_way(&way.to_string_lossy()))),
                Err(error) if error.kind() == ErrorKind::NotFound => fs::create_dir(&whole)
                    .with_context(|| format!("failed to make {}", way.display()))?,
                Err(error) => return Err(error).context("failed to look into the folder"),
            }
            self.sound.insert(way.clone());
        }
        Ok(Ok(()))
    }
}

/// Reads what an export keeps for itself in its folder, or says what stands in its place.
fn kept(folder: &Path, name: &str) -> Result<Result<Option<Vec<u8>>, &'static str>> {
    let path = folder.join(name);
    match fs::symlink_metadata(&path) {
        Ok(found) if found.is_file() => {
            let bytes = fs::read(&path);
            Ok(Ok(Some(
                bytes.with_context(|| format!("failed to read {name}"))?,
            )))
        }
        Ok(_) => Ok(Err("where an export keeps its notes is no file")),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Ok(None)),
        Err(error) if error.kind() == ErrorKind::NotADirectory => Ok(Err("it is no folder")),
        Err(error) => Err(error).with_context(|| format!("failed to read {name}")),
    }
}

/// Whether a path stays below the folder that it is read from.
fn is_below(path: &str) -> bool {
    let mut parts = Path::new(path).components();
    parts.all(|part| matches!(part, Component::Normal(_)))
}

/// Makes a file where anything may lie: a link there is removed, and what it leads to is left alone.
fn made_anew(path: &Path) -> std::io::Result<fs::File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => fs::File::create_new(path),
    }
}

fn is_empty(folder: &Path) -> Result<bool> {
    match fs::read_dir(folder) {
        // What a checkout keeps for itself is in nobody's way.
        Ok(mut entries) => {
            Ok(entries.all(|entry| entry.is_ok_and(|entry| entry.file_name() == ".git")))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error).context("failed to look into the folder"),
    }
}

fn in_the_way(path: &str) -> Refusal {
    Refusal::new(
        "EXP-FILE-001",
        "something stands here that no export wrote, and the site needs the place",
        "move it elsewhere, and export again",
    )
    .in_path(path)
}

/// One run.
struct Run<'a> {
    folder: &'a mut Folder,
    /// What the last run wrote.
    before: &'a Note,
    /// Each file of it.
    stood: HashMap<&'a str, &'a Written>,
    /// Whether a record's files are as they were as long as what they were made from is.
    is_same: bool,
    /// A byte of the digest of each name of a record that readers did not have when the last run ended.
    new: BTreeSet<u8>,
    after: &'a mut Note,
    done: &'a mut Done,
}

impl Run<'_> {
    /// Writes a record's files, unless they would be the same.
    fn record(
        &mut self,
        register: &Register,
        texts: &Texts<'_>,
        record: &PublicRecord,
    ) -> Result<Result<(), Refusal>> {
        let before = self.before.records.get(&record.id);
        if let Some(made) =
            before.filter(|made| self.is_same && made.asked_hidden.is_disjoint(&self.new))
            && made.from == made_from(register, record, &made.asked)
            && made
                .files
                .iter()
                .all(|(file, written)| self.folder.has(file, written))
        {
            self.after
                .records
                .insert(record.id.clone(), Arc::clone(made));
            return Ok(Ok(()));
        }
        self.done.rendered += 1;
        let mut asked = BTreeSet::new();
        let mut files = BTreeMap::new();
        for (path, bytes) in written(register, texts, record, &mut asked)? {
            let written = match self.put(&path, &bytes)? {
                Ok(written) => written,
                Err(refusal) => return Ok(Err(refusal)),
            };
            files.insert(path, written);
        }
        let (asked, hidden): (BTreeSet<String>, BTreeSet<String>) = asked
            .into_iter()
            .partition(|name| !register.answer(name).is_empty());
        let made = Made {
            from: made_from(register, record, &asked),
            asked_hidden: hidden.iter().map(|name| byte_of(name)).collect(),
            asked,
            files,
        };
        self.after.records.insert(record.id.clone(), Arc::new(made));
        Ok(Ok(()))
    }

    /// Writes the files that are made of the whole register, and those that travel with texts.
    fn whole(&mut self, register: &Register, texts: &Texts<'_>) -> Result<Result<(), Refusal>> {
        for path in files::whole_paths(register) {
            let Some(file) = files::whole_site(register, &path)? else {
                continue;
            };
            if let Err(refusal) = self.put_whole(path, &file.bytes)? {
                return Ok(Err(refusal));
            }
        }
        // Web servers of files answer with it wherever nothing stands, so that it names the site by its whole address.
        let nowhere = lists::not_found(register, &register.whole(""))?;
        if let Err(refusal) = self.put_whole(NOWHERE.to_owned(), nowhere.as_bytes())? {
            return Ok(Err(refusal));
        }
        for about in About::all(register) {
            for (path, bytes) in feed::all(register, &about)? {
                if let Err(refusal) = self.put_whole(path, &bytes)? {
                    return Ok(Err(refusal));
                }
            }
        }
        for folder in files::whole_folders(register) {
            let path = match folder.as_str() {
                "" => String::new(),
                folder => format!("{folder}/"),
            };
            if let Some(Answer::File(file)) = files::find(register, texts, &path, Form::Html)?
                && let Err(refusal) = self.put_whole(file.path, &file.bytes)?
            {
                return Ok(Err(refusal));
            }
        }
        for (path, blob) in register.attached_files() {
            // Its path names its bytes: what an earlier run wrote is as it would be now.
            if let Some(written) = self.before.files.get(&path)
                && self.folder.has(&path, written)
            {
                self.after.files.insert(path, written.clone());
            } else if let Err(refusal) = self.put_whole(path, &texts.bytes(blob)?)? {
                return Ok(Err(refusal));
            }
        }
        Ok(Ok(()))
    }

    /// Writes a file that is of no single record.
    fn put_whole(&mut self, path: String, bytes: &[u8]) -> Result<Result<(), Refusal>> {
        let put = self.put(&path, bytes)?;
        Ok(put.map(|written| {
            self.after.files.insert(path, written);
        }))
    }

    /// Writes a file, unless it is there with these bytes, and returns what was written.
    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<Result<Written, Refusal>> {
        let written = Written::of(bytes);
        let stood = self.stood.get(path).copied();
        let is_written = !self.folder.is_unfinished
            && stood == Some(&written)
            && self.folder.has(path, &written);
        if is_written {
            return Ok(Ok(written));
        }
        if let Err(refusal) = self.folder.make_way(path)? {
            return Ok(Err(refusal));
        }
        let is_ours = stood.is_some() || self.folder.begun.contains_key(path);
        let whole = self.folder.root.join(path);
        let is_free = fs::symlink_metadata(&whole).map_or(true, |found| is_ours && found.is_file());
        if !is_free {
            return Ok(Err(in_the_way(path)));
        }
        if is_ours && whole.exists() && !self.is_as_written(path, &fs::read(&whole)?) {
            self.done.replaced.push(path.to_owned());
        }
        self.folder.say(path, &written.digest)?;
        self.folder.replace(path, bytes)?;
        self.done.written += 1;
        Ok(Ok(written))
    }

    /// Whether these are the bytes that an earlier run left at a path.
    fn is_as_written(&self, path: &str, bytes: &[u8]) -> bool {
        let digest = Written::of(bytes).digest;
        let stood = self.stood.get(path);
        stood.is_some_and(|written| written.digest == digest)
            || self.folder.begun.get(path) == Some(&digest)
    }

    /// Deletes what an earlier run wrote, is not of the site any more, and is still as it was written.
    fn delete(&mut self) -> Result<()> {
        let kept: HashSet<&str> = self.after.all().map(|(path, _)| &**path).collect();
        let begun = self.folder.begun.keys().map(String::as_str);
        let all = self.stood.keys().copied().chain(begun);
        let gone: BTreeSet<&str> = all.filter(|path| !kept.contains(path)).collect();
        for path in gone.into_iter().filter(|path| self.folder.leads_to(path)) {
            let whole = self.folder.root.join(path);
            let bytes = match fs::symlink_metadata(&whole) {
                Ok(found) if found.is_file() => fs::read(&whole)?,
                _ => continue,
            };
            if !self.is_as_written(path, &bytes) {
                self.done.left.push(path.to_owned());
                continue;
            }
            fs::remove_file(&whole).with_context(|| format!("failed to delete {path}"))?;
            self.done.deleted += 1;
            let mut folder = Path::new(path).parent();
            while let Some(empty) = folder.filter(|folder| !folder.as_os_str().is_empty()) {
                // A folder that still holds something stays.
                if fs::remove_dir(self.folder.root.join(empty)).is_err() {
                    break;
                }
                folder = empty.parent();
            }
        }
        Ok(())
    }
}
