//! Random histories as people and tools make them: branches, merges of every shape, renames, deletions, broken files. Plain `git fast-import` builds
//! them, so that hundreds of commits take a moment.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::git;

/// A small repeatable source of chance (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }

    pub fn one_in(&mut self, times: usize) -> bool {
        self.roll(times) == 0
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }
}

type Tree = BTreeMap<String, (&'static str, Blob)>;

#[derive(Clone, PartialEq)]
enum Blob {
    Known(String),
    Text(String),
}

#[derive(Clone)]
struct Node {
    /// `:mark` in this import, or an id.
    name: String,
    parents: Vec<usize>,
    tree: Tree,
}

/// A history in the making; what is in git already can be built upon at any point.
pub struct History {
    nodes: Vec<Node>,
    marks: usize,
    clock: u64,
}

const PATHS: &[&str] = &[
    "notes/a.md",
    "notes/b.md",
    "notes/c.md",
    "notes/d.md",
    "notes/deep/a.md",
    "notes/deep/e.md",
    "notes/a.md/inner.md",
    "facts/a.yaml",
    "facts/b.yaml",
    "facts/c.yaml",
    "facts/old/a.yaml",
    "pages/a.md",
    "pages/b.md",
    "README.md",
    "loose/data.bin",
];

const PEOPLE: &[&str] = &[
    "Ana Roche <ana@example.org>",
    "Ana R. <Ana@Home.example>",
    "Ben Aster <ben@example.org>",
    "Eve <eve@example.net>",
];

impl History {
    pub fn new() -> Self {
        Self {
            nodes: Vec::new(),
            marks: 0,
            clock: 1_700_000_000,
        }
    }

    /// Makes a commit that is in git already known, with its tree.
    pub fn know(&mut self, repository: &Path, id: &str) {
        let listed = git(repository, &["ls-tree", "-r", "-z", id]);
        let mut tree = Tree::new();
        for line in listed.split_terminator('\0') {
            let (facts, path) = line.split_once('\t').unwrap();
            let facts: Vec<&str> = facts.split(' ').collect();
            let mode = match facts[0] {
                "100755" => "100755",
                "120000" => "120000",
                _ => "100644",
            };
            tree.insert(path.to_owned(), (mode, Blob::Known(facts[2].to_owned())));
        }
        let parents: Vec<usize> = git(repository, &["rev-list", "--parents", "-1", id])
            .split_whitespace()
            .skip(1)
            .filter_map(|parent| self.nodes.iter().position(|node| node.name == parent))
            .collect();
        self.nodes.push(Node {
            name: id.to_owned(),
            parents,
            tree,
        });
    }

    /// Grows the history by some commits and one that joins the last known commit with what grew; returns stops on the way to it, oldest first, each
    /// holding the one before, the first holding the last known commit.
    pub fn grow(&mut self, repository: &Path, dice: &mut Dice, commits: usize) -> Vec<String> {
        let base = self.nodes.len().checked_sub(1);
        let first_new = self.nodes.len();
        let mut heads: Vec<usize> = base.into_iter().collect();
        let mut stream = String::new();
        for _ in 0..commits {
            // Now and then an old commit is built upon, or a new root appears.
            let parents = match dice.roll(12) {
                0 => Vec::new(),
                1..=2 if !self.nodes.is_empty() => vec![dice.roll(self.nodes.len())],
                3..=6 if heads.len() > 1 => self.several(dice, &heads),
                _ if !heads.is_empty() => vec![*dice.pick(&heads)],
                _ => Vec::new(),
            };
            let node = self.commit(dice, parents.clone(), &mut stream);
            // A criss-cross comes from keeping a merged head as a head.
            if parents.len() < 2 || dice.one_in(2) {
                heads.retain(|head| !parents.contains(head));
            }
            heads.push(node);
            if heads.len() > 5 {
                heads.remove(0);
            }
        }
        let mut joined: Vec<usize> = base.into_iter().collect();
        joined.extend(heads.iter().copied().filter(|head| Some(*head) != base));
        if dice.one_in(3) {
            joined.reverse();
        }
        let tip = self.commit(dice, joined, &mut stream);
        self.import(repository, &stream, first_new);
        let mut stops = self.stops(dice, tip, base);
        stops.reverse();
        stops
    }

    fn several(&self, dice: &mut Dice, heads: &[usize]) -> Vec<usize> {
        let mut parents = heads.to_vec();
        while parents.len() > 2 && !dice.one_in(3) {
            parents.remove(dice.roll(parents.len()));
        }
        if dice.one_in(2) {
            parents.reverse();
        }
        parents
    }

    fn commit(&mut self, dice: &mut Dice, parents: Vec<usize>, stream: &mut String) -> usize {
        let (tree, trailer) = self.tree(dice, &parents);
        self.marks += 1;
        self.clock += dice.roll(100) as u64;
        // Clocks are not to be trusted.
        let time = self.clock - if dice.one_in(5) { 90_000 } else { 0 };
        let author = dice.pick(PEOPLE);
        let committer = dice.pick(PEOPLE);
        let mut message = format!("Change {}\n", self.marks);
        if dice.one_in(4) {
            let _ = write!(
                message,
                "\nCo-authored-by: {}\n{trailer}",
                dice.pick(PEOPLE)
            );
        } else if !trailer.is_empty() {
            let _ = write!(message, "\n{trailer}");
        }
        let mark = format!(":{}", self.marks);
        let _ = write!(
            stream,
            "reset refs/heads/grown\n\ncommit refs/heads/grown\nmark {mark}\nauthor {author} {time} +0000\ncommitter {committer} {time} +0000\ndata {}\n{message}\n",
            message.len()
        );
        for (position, parent) in parents.iter().enumerate() {
            let word = if position == 0 { "from" } else { "merge" };
            let _ = writeln!(stream, "{word} {}", self.nodes[*parent].name);
        }
        stream.push_str("deleteall\n");
        for (path, (mode, blob)) in &tree {
            let _ = match blob {
                Blob::Known(id) => writeln!(stream, "M {mode} {id} {path}"),
                Blob::Text(text) => {
                    writeln!(
                        stream,
                        "M {mode} inline {path}\ndata {}\n{text}",
                        text.len()
                    )
                }
            };
        }
        stream.push('\n');
        self.nodes.push(Node {
            name: mark,
            parents,
            tree,
        });
        self.nodes.len() - 1
    }

    fn tree(&self, dice: &mut Dice, parents: &[usize]) -> (Tree, String) {
        let mut tree = match parents {
            [] => Tree::new(),
            [only] => self.nodes[*only].tree.clone(),
            several => self.merged(dice, several),
        };
        let mut trailer = String::new();
        // A merge mostly decides nothing itself.
        let changes = if parents.len() > 1 {
            dice.roll(4) / 3
        } else {
            1 + dice.roll(3)
        };
        for _ in 0..changes {
            change(dice, &mut tree, &mut trailer);
        }
        (tree, trailer)
    }

    fn merged(&self, dice: &mut Dice, parents: &[usize]) -> Tree {
        let mut tree = Tree::new();
        let paths: std::collections::BTreeSet<&String> = parents
            .iter()
            .flat_map(|parent| self.nodes[*parent].tree.keys())
            .collect();
        for path in paths {
            let chosen = &self.nodes[*dice.pick(parents)].tree;
            if let Some(entry) = chosen.get(path) {
                put(&mut tree, path, entry.clone());
            }
        }
        tree
    }

    fn import(&mut self, repository: &Path, stream: &str, first_new: usize) {
        let ids = fast_import(repository, stream);
        for node in &mut self.nodes[first_new..] {
            node.name = ids[&node.name].clone();
        }
    }

    /// Returns commits from the tip down to the base, newest first, by random parents, some skipped.
    fn stops(&self, dice: &mut Dice, tip: usize, base: Option<usize>) -> Vec<String> {
        let mut stops = vec![self.nodes[tip].name.clone()];
        let mut at = tip;
        loop {
            let parents: Vec<usize> = self.nodes[at]
                .parents
                .iter()
                .copied()
                .filter(|parent| base.is_none_or(|base| self.holds(*parent, base)))
                .collect();
            if parents.is_empty() {
                return stops;
            }
            at = *dice.pick(&parents);
            if Some(at) == base {
                return stops;
            }
            if dice.one_in(2) {
                stops.push(self.nodes[at].name.clone());
            }
        }
    }

    fn holds(&self, node: usize, ancestor: usize) -> bool {
        let mut open = vec![node];
        let mut seen = std::collections::BTreeSet::new();
        while let Some(at) = open.pop() {
            if at == ancestor {
                return true;
            }
            if at > ancestor && seen.insert(at) {
                open.extend(&self.nodes[at].parents);
            }
        }
        false
    }
}

/// Imports a stream and returns what its marks became.
pub fn fast_import(repository: &Path, stream: &str) -> BTreeMap<String, String> {
    let marks = repository.join("marks");
    let mut import = Command::new("git")
        .current_dir(repository)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .args(["fast-import", "--quiet", "--force"])
        .arg(format!("--export-marks={}", marks.display()))
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = import.stdin.take().unwrap();
    input.write_all(stream.as_bytes()).unwrap();
    drop(input);
    assert!(import.wait().unwrap().success(), "{stream}");
    let listed = std::fs::read_to_string(&marks).unwrap();
    listed
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(mark, id)| (mark.to_owned(), id.to_owned()))
        .collect()
}

/// Puts a file into a tree; what cannot stand beside it goes.
fn put(tree: &mut Tree, path: &str, entry: (&'static str, Blob)) {
    let inside = format!("{path}/");
    tree.retain(|other, _| !other.starts_with(&inside) && !path.starts_with(&format!("{other}/")));
    tree.insert(path.to_owned(), entry);
}

fn change(dice: &mut Dice, tree: &mut Tree, trailer: &mut String) {
    let present: Vec<String> = tree
        .keys()
        .filter(|path| !path.contains("countersign") && !path.starts_with("schemas/"))
        .cloned()
        .collect();
    if present.is_empty() || dice.one_in(4) {
        let path = path_in(dice);
        return put(tree, path, ("100644", Blob::Text(text(dice, path))));
    }
    let path = dice.pick(&present).clone();
    let (mode, blob) = tree[&path].clone();
    match dice.roll(10) {
        0 => drop(tree.remove(&path)),
        1..=2 => {
            tree.remove(&path);
            put(tree, path_in(dice), (mode, blob));
        }
        3 => {
            tree.remove(&path);
            let to = path_in(dice);
            put(tree, to, ("100644", Blob::Text(text(dice, to))));
            let _ = writeln!(trailer, "Renamed-from: {path} -> {to}");
        }
        4 => put(tree, path_in(dice), (mode, blob)),
        5 => {
            let mode = *dice.pick(&["100644", "100755", "120000"]);
            put(tree, &path, (mode, blob));
        }
        _ => put(tree, &path, ("100644", Blob::Text(text(dice, &path)))),
    }
}

/// Returns a file's text: mostly sound, in one of two formats, sometimes broken, from few enough choices that equal blobs and equal ids meet.
fn text(dice: &mut Dice, path: &str) -> String {
    let id = format!("f{}", dice.roll(4));
    let status = *dice.pick(&[
        "draft",
        "draft",
        "validated",
        "active",
        "retired",
        "unheard-of",
    ]);
    let version = *dice.pick(&["0.1.0", "1.0.0", "1.1.0"]);
    let target = format!("f{}", dice.roll(6));
    let words = *dice.pick(&["one", "two", "three"]);
    if path.ends_with(".yaml") {
        return match dice.roll(8) {
            0 => "id: [broken\n".to_owned(),
            1 => format!("status: {status}\ntitle: {words}\n"),
            _ => format!(
                "id: {id}\nstatus: {status}\nversion: {version}\ntitle: {words}\nsee: {target}\n"
            ),
        };
    }
    match dice.roll(8) {
        0 => "---\ntitle: [broken\n---\nText\n".to_owned(),
        1 => format!("No front matter, {words}\n"),
        2..=3 => format!(
            "+++\ntitle = \"{words}\"\nstatus = \"{status}\"\nversion = \"{version}\"\n+++\nText\n"
        ),
        _ => format!(
            "---\ntitle: {words}\nstatus: {status}\nversion: {version}\n---\n\nText {words}\n"
        ),
    }
}

fn path_in(dice: &mut Dice) -> &'static str {
    dice.pick::<&'static str>(PATHS)
}
