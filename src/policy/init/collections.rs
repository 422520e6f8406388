//! Which folders make a collection.
//!
//! Top-level folders are always apart. Below one, folders whose records hold mostly the same fields are one collection; others are apart when
//! they have enough records to be sure.

use std::collections::HashSet;

use super::Guess;
use super::fields::{self, Fields};
use super::survey::{Folder, Survey};
use crate::policy::lint::{Shape, covers_governing_path, hostile_path};
use crate::record::Format;

/// Fewer records than this do not show what a folder is for.
const ENOUGH: usize = 3;

/// A collection with more patterns than this is said in one.
const MOST_PATTERNS: usize = 8;

/// A collection as it was found.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub name: String,
    pub patterns: Vec<String>,
    pub format: Format,
    pub fields: Fields,
    pub folder: Folder,
}

/// Folders that belong together.
struct Group {
    places: Vec<Place>,
    folder: Folder,
}

#[derive(Clone)]
struct Place {
    folder: String,
    deep: bool,
}

/// Finds the collections of a survey; always at least one, so that there is something to correct.
pub(super) fn find(survey: &Survey, guesses: &mut Vec<Guess>) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for format in [Format::Markdown, Format::Yaml, Format::Toml, Format::Json] {
        let folders: Vec<(&str, &Folder)> = survey
            .folders
            .iter()
            .filter(|((_, name), folder)| *name == format.name() && folder.records > 0)
            .map(|((path, _), folder)| (path.as_str(), folder))
            .collect();
        for group in top_groups(&folders, format) {
            if holds_records(&group.folder) {
                add(survey, group, &mut found, guesses);
            }
        }
    }
    if found.is_empty() {
        guesses.push(Guess::new(
            "records will stand in the folder \"records\", as Markdown",
            "no folder holds files that look like records",
        ));
        found.push(Found {
            name: "records".to_owned(),
            patterns: vec!["records/**/*.md".to_owned()],
            format: Format::Markdown,
            fields: Fields::default(),
            folder: Folder::new(Format::Markdown),
        });
    }
    found
}

/// Settings and lists are YAML, TOML and JSON too; records are several and alike.
fn holds_records(folder: &Folder) -> bool {
    folder.format == Format::Markdown || (folder.records >= 2 && folder.usual().len() >= 2)
}

fn add(survey: &Survey, group: Group, found: &mut Vec<Found>, guesses: &mut Vec<Guess>) {
    let Group { places, folder } = group;
    let name = free_name(&places, found);
    let mut patterns: Vec<String> = places
        .iter()
        .flat_map(|place| place.patterns(&folder))
        .collect();
    patterns.extend(past_patterns(survey, &name, &folder, guesses));
    patterns.retain(|pattern| may_stand(pattern, found));
    if patterns.is_empty() {
        guesses.push(Guess::new(
            format!("the {} records of \"{name}\" are left out", folder.records),
            "no safe pattern names their folder without naming other files",
        ));
        return;
    }
    let count = folder.records;
    guesses.push(Guess::new(
        format!(
            "\"{name}\" is a collection of {} records: {}",
            folder.format.name(),
            patterns.join(", ")
        ),
        match folder.unread {
            0 => format!("{count} files there hold similar fields"),
            unread => {
                format!("{count} files there hold similar fields; {unread} more could not be read")
            }
        },
    ));
    found.push(Found {
        fields: fields::find(&name, &folder, guesses),
        format: folder.format,
        name,
        patterns,
        folder,
    });
}

/// Returns whether a pattern is safe and claims nothing that an earlier collection has.
fn may_stand(pattern: &str, found: &[Found]) -> bool {
    let Some(shape) = Shape::of(pattern) else {
        return false;
    };
    let mut others = found.iter().flat_map(|other| &other.patterns);
    let free = |other: &String| {
        Shape::of(other).is_some_and(|other| other.overlaps_shortly(&shape) == Some(false))
    };
    hostile_path(pattern).is_none() && !covers_governing_path(pattern) && others.all(free)
}

/// Groups folders of one format, each top-level folder by itself.
fn top_groups(folders: &[(&str, &Folder)], format: Format) -> Vec<Group> {
    let mut groups = Vec::new();
    for (place, inside) in children("", folders) {
        if !place.is_empty() {
            groups.extend(groups_below(&place, &inside));
        // Data files at the root are settings of tools.
        } else if format == Format::Markdown {
            groups.extend(inside.iter().map(|(_, folder)| Group::alone("", folder)));
        }
    }
    groups
}

/// Groups the folders at and below a place by the fields of their records.
fn groups_below(place: &str, folders: &[(&str, &Folder)]) -> Vec<Group> {
    let mut units: Vec<Group> = Vec::new();
    for (child, inside) in children(place, folders) {
        match inside.as_slice() {
            [(path, folder)] if *path == place => units.push(Group::alone(place, folder)),
            _ if child == place => {}
            _ => units.extend(groups_below(&child, &inside)),
        }
    }
    units.sort_by_key(|unit| std::cmp::Reverse(unit.folder.records));
    let mut clusters: Vec<Group> = Vec::new();
    for unit in units {
        let nearest = clusters
            .iter_mut()
            .max_by_key(|cluster| likeness(&cluster.folder, &unit.folder));
        match nearest {
            Some(cluster)
                if unit.folder.records < ENOUGH
                    || likeness(&cluster.folder, &unit.folder) >= 60 =>
            {
                cluster.join(unit);
            }
            _ => clusters.push(unit),
        }
    }
    let too_many = clusters
        .iter()
        .any(|cluster| cluster.places.len() > MOST_PATTERNS);
    let single = matches!(clusters.as_slice(), [only] if only.places.len() == 1);
    if single || (clusters.len() > 1 && !too_many) {
        return clusters;
    }
    let deep = clusters.iter().any(|cluster| {
        let mut places = cluster.places.iter();
        places.any(|other| other.deep || other.folder != place)
    });
    let mut clusters = clusters.into_iter();
    let Some(mut whole) = clusters.next() else {
        return Vec::new();
    };
    clusters.for_each(|cluster| whole.join(cluster));
    whole.places = vec![Place {
        folder: place.to_owned(),
        deep,
    }];
    vec![whole]
}

/// Splits folders into those at a place and those below each child of it.
fn children<'a>(
    place: &str,
    folders: &[(&'a str, &'a Folder)],
) -> Vec<(String, Vec<(&'a str, &'a Folder)>)> {
    let mut children: Vec<(String, Vec<(&str, &Folder)>)> = Vec::new();
    for (path, folder) in folders {
        let rest = path
            .strip_prefix(place)
            .unwrap_or(path)
            .trim_start_matches('/');
        let step = rest.split('/').next().unwrap_or_default();
        let child = match (place, step) {
            (_, "") => place.to_owned(),
            ("", step) => step.to_owned(),
            (place, step) => format!("{place}/{step}"),
        };
        match children.iter_mut().find(|(other, _)| *other == child) {
            Some((_, inside)) => inside.push((path, folder)),
            None => children.push((child, vec![(path, folder)])),
        }
    }
    children
}

/// Returns how many of a hundred usual fields two folders share.
fn likeness(left: &Folder, right: &Folder) -> usize {
    let (left, right) = (left.usual(), right.usual());
    let all = left.union(&right).count();
    (left.intersection(&right).count() * 100)
        .checked_div(all)
        .unwrap_or(100)
}

impl Group {
    fn alone(place: &str, folder: &Folder) -> Self {
        Self {
            places: vec![Place {
                folder: place.to_owned(),
                deep: folder.deep,
            }],
            folder: folder.clone(),
        }
    }

    fn join(&mut self, other: Self) {
        self.places.extend(other.places);
        self.folder.merge(&other.folder);
    }
}

impl Place {
    fn patterns(&self, folder: &Folder) -> Vec<String> {
        let mut start: String = self.folder.chars().map(plain).collect();
        if !start.is_empty() {
            start.push('/');
        }
        if self.deep {
            start.push_str("**/");
        }
        let extensions = folder.extensions.iter();
        extensions
            .map(|extension| format!("{start}*.{extension}"))
            .collect()
    }
}

/// Characters that mean something in a pattern are matched by `?`.
fn plain(character: char) -> char {
    if matches!(character, '*' | '[' | ']' | '{' | '}' | '\\' | ',') {
        '?'
    } else {
        character
    }
}

/// Returns a name that no collection has yet: the folder's, then with the folder above it, then with a number.
fn free_name(places: &[Place], found: &[Found]) -> String {
    let folder = places.first().map_or("", |place| place.folder.as_str());
    let parts: Vec<String> = folder
        .split('/')
        .map(slug)
        .filter(|part| !part.is_empty())
        .collect();
    let whole = || parts.join("-").chars().take(48).collect::<String>();
    let last = parts.last().cloned().unwrap_or_else(|| "pages".to_owned());
    let short: String = last.chars().take(48).collect();
    let free = |name: &String| !name.is_empty() && found.iter().all(|other| other.name != *name);
    [short.clone(), whole()]
        .into_iter()
        .chain((2..).map(|number| format!("{short}-{number}")))
        .find(free)
        .unwrap_or(short)
}

/// Returns a text as a name of the policy: plain, lower case, words joined by dashes.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.chars().flat_map(char::to_lowercase) {
        if character.is_ascii_alphanumeric() {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// Returns patterns for folders that are gone and whose files bear the names of this collection's.
fn past_patterns(
    survey: &Survey,
    name: &str,
    folder: &Folder,
    guesses: &mut Vec<Guess>,
) -> Vec<String> {
    let gone = |top: &str| {
        let below = format!("{top}/");
        let mut present = survey.folders.keys();
        !present.any(|(path, _)| path == top || path.starts_with(&below))
    };
    let mut patterns = Vec::new();
    for ((top, extension), past) in &survey.past {
        let shared = past.names.intersection(&folder.names).count();
        let format = Format::of_path(&format!("x.{extension}"));
        if format == Some(folder.format)
            && gone(top)
            && shared >= ENOUGH
            && shared * 3 >= past.names.len()
        {
            guesses.push(Guess::new(
                format!("the records of \"{name}\" once stood in {top}/"),
                format!("{shared} of {} file names there are the same; kept so that their history is theirs", past.names.len()),
            ));
            let start: String = top.chars().map(plain).collect();
            patterns.push(format!("{start}/**/*.{extension}"));
        }
    }
    let mut seen = HashSet::new();
    patterns.retain(|pattern| seen.insert(pattern.clone()));
    patterns
}
