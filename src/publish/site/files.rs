//! The one function from an address of the site to what stands there. The server and the export both ask it, so they cannot differ.

use anyhow::Result;
use serde_json::Value as Json;

use super::address::{Form, media_type};
use super::feed;
use super::leaf::Leaf;
use super::load::Texts;
use super::register::{Edition, PublicRecord, Register, State};
use super::{bundle, cite, data, dress, json, jsonld, lists, llms, markdown, page, sitemap};

/// What stands at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A file.
    File(File),
    /// Another page; a folder of the site.
    Leads {
        /// The folder.
        to: String,
        /// Whether it is what is asked for, and not merely where that is described.
        is_same: bool,
    },
}

/// A file of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path on the site.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub media_type: &'static str,
    /// When what it says was published, seconds since 1970 in UTC.
    pub at: i64,
    /// Whether it is what is left of something that was taken down.
    pub is_gone: bool,
    /// Whether search engines are to leave it out.
    pub is_apart: bool,
    /// The folder of the record that takes its place.
    pub successor: Option<String>,
    /// The folder of a record, where this is one of its forms.
    pub folder: Option<String>,
    /// The language of the text that it is a form of.
    pub language: Option<String>,
}

/// Returns what stands at a path of the site: a file, or a folder with or without a slash at its end, in the form that is wanted of a record.
///
/// # Errors
/// When a text cannot be read.
pub fn find(
    register: &Register,
    texts: &Texts<'_>,
    path: &str,
    wanted: Form,
) -> Result<Option<Answer>> {
    if let Some(path) = path.strip_suffix('/').or(path.is_empty().then_some("")) {
        return folder(register, texts, path, wanted);
    }
    if let Some(file) = whole_site(register, path)? {
        return Ok(Some(Answer::File(file)));
    }
    if let Some((folder, name)) = path.rsplit_once('/')
        && let Some(form) = Form::of_file(name)
    {
        return match form {
            Form::Html => self::folder(register, texts, folder, form),
            other => Ok(record_form(register, texts, folder, other)?.map(Answer::File)),
        };
    }
    if let Some(file) = attached(register, texts, path)? {
        return Ok(Some(Answer::File(file)));
    }
    // A folder is named with a slash at its end: its page names others from there.
    let found = folder(register, texts, path, Form::Html)?;
    Ok(found.map(|found| match found {
        Answer::File(_) => Answer::Leads {
            to: path.to_owned(),
            is_same: true,
        },
        leads @ Answer::Leads { .. } => leads,
    }))
}

/// Returns the page of a folder.
fn folder(
    register: &Register,
    texts: &Texts<'_>,
    path: &str,
    wanted: Form,
) -> Result<Option<Answer>> {
    if let Some(file) = record_form(register, texts, path, wanted)? {
        return Ok(Some(Answer::File(file)));
    }
    if path.is_empty() {
        let html = lists::home(register)?;
        return Ok(Some(Answer::File(plain(register, "index.html", html))));
    }
    if let Some(record) = register.at_earlier_route(path) {
        return Ok(Some(Answer::Leads {
            to: record.route.clone(),
            is_same: true,
        }));
    }
    if let Some(record) = register.at_identity(path) {
        return Ok(Some(Answer::Leads {
            to: record.route.clone(),
            is_same: false,
        }));
    }
    let (name, number) = match path.split_once("/v/") {
        Some((name, number)) => (name, number.parse().unwrap_or(0)),
        None => (path, 1),
    };
    let html = match register.collections.iter().any(|shelf| shelf.name == name) {
        true if lists::shelf_folder(name, number) == path => lists::shelf(register, name, number)?,
        true | false => None,
    };
    let file = html.map(|html| plain(register, &format!("{path}/index.html"), html));
    Ok(file.map(Answer::File))
}

/// Returns a form of the record whose folder, or whose version's, this is.
fn record_form(
    register: &Register,
    texts: &Texts<'_>,
    folder: &str,
    form: Form,
) -> Result<Option<File>> {
    let (record, asked) = match located(register, folder) {
        Some(Located::Text(record, asked)) => (record, asked),
        Some(Located::Gone(at)) => {
            let html = lists::gone(register, folder, at)?;
            let file = plain(register, &format!("{folder}/index.html"), html);
            return Ok(Some(File {
                at,
                is_gone: true,
                is_apart: true,
                ..file
            }));
        }
        None => return Ok(None),
    };
    let text = asked.map_or(&record.current, |edition| &edition.text);
    let leaf = Leaf::read(register, record, asked, &texts.bytes(&text.blob)?)?;
    Ok(Some(form_of(&leaf, form)?))
}

/// What a folder is of.
enum Located<'a> {
    /// A record, or one of its versions.
    Text(&'a PublicRecord, Option<&'a Edition>),
    /// Something that was taken down, and when.
    Gone(i64),
}

fn located<'a>(register: &'a Register, folder: &str) -> Option<Located<'a>> {
    if let Some(record) = register.at_route(folder) {
        return Some(match record.state {
            State::TakenDown { at } => Located::Gone(at),
            State::Published | State::Ended { .. } => Located::Text(record, None),
        });
    }
    let (route, version) = folder.rsplit_once("/v/")?;
    let record = register.at_route(route)?;
    if let Some(edition) = record.edition_of(version) {
        return Some(Located::Text(record, Some(edition)));
    }
    let mut gone = record.gone_versions();
    let (_, at) = gone.find(|(own, _)| *own == version)?;
    Some(Located::Gone(at))
}

/// Returns a form of a text.
///
/// # Errors
/// When a page's template fails, which it does for no data.
pub fn form_of(leaf: &Leaf<'_>, form: Form) -> Result<File> {
    let language = leaf.register.words();
    let bytes = match form {
        Form::Html => page::record(leaf)?.into_bytes(),
        Form::Markdown => markdown::document(leaf, language).into_bytes(),
        Form::Json => lines(&json::document(leaf, language)),
        Form::JsonLd => lines(&jsonld::document(leaf)),
        Form::Csl => lines(&cite::csl(leaf)),
        Form::Bibtex => cite::bibtex(leaf).into_bytes(),
        Form::Ris => cite::ris(leaf).into_bytes(),
    };
    let is_yanked = leaf.edition.is_some_and(|edition| edition.yanked.is_some());
    let successor = leaf.successors().into_iter().find_map(|one| one.route);
    let folder = leaf.folder();
    let path = format!("{folder}/{}", form.file());
    Ok(File {
        media_type: media_type(&path),
        path,
        bytes,
        at: leaf.text.at,
        is_gone: false,
        is_apart: is_yanked || !leaf.record.is_published(),
        successor: successor.filter(|_| !leaf.record.is_published()),
        folder: Some(folder),
        language: Some(leaf.language().to_owned()),
    })
}

/// Returns a file that is made of the whole register.
///
/// # Errors
/// When a template fails, which it does for no data.
pub fn whole_site(register: &Register, path: &str) -> Result<Option<File>> {
    let bytes = match path {
        "index.html" => Some(lists::home(register)?.into_bytes()),
        "robots.txt" => Some(sitemap::robots(register).into_bytes()),
        "llms.txt" => Some(llms::text(register).into_bytes()),
        "graph.json" => Some(lines(&data::graph(register))),
        "graph.jsonld" => Some(lines(&data::linked(register))),
        "manifest.json" => Some(lines(&data::manifest(register))),
        "CITATION.cff" => Some(data::citation_file(register).into_bytes()),
        other => below(register, other)?,
    };
    Ok(bytes.map(|bytes| File {
        path: path.to_owned(),
        media_type: media_type(path),
        bytes,
        at: register.at,
        is_gone: false,
        is_apart: false,
        successor: None,
        folder: None,
        language: None,
    }))
}

fn below(register: &Register, path: &str) -> Result<Option<Vec<u8>>> {
    let (folder, name) = path.split_once('/').unwrap_or(("", path));
    match folder {
        "" => sitemap::file(register, path),
        "assets" if name == dress::OWN => Ok(register.settings.stylesheet.clone()),
        "assets" => Ok(dress::file(name)),
        "feeds" => feed::at(register, path),
        "search" => Ok(search_at(register, name)),
        "releases" => bundle::at(register, name),
        _ => Ok(None),
    }
}

fn search_at(register: &Register, name: &str) -> Option<Vec<u8>> {
    let language = name.strip_prefix("index.")?.strip_suffix(".json")?;
    let is_known = register.languages.iter().any(|own| own == language);
    is_known.then(|| lines(&data::search(register, language)))
}

/// Returns a file that travels with a text that readers have.
fn attached(register: &Register, texts: &Texts<'_>, path: &str) -> Result<Option<File>> {
    let Some((text, blob, _)) = register.attached_at(path) else {
        return Ok(None);
    };
    let at = text.at;
    Ok(Some(File {
        path: path.to_owned(),
        bytes: texts.bytes(blob)?,
        media_type: media_type(path),
        at,
        is_gone: false,
        is_apart: false,
        successor: None,
        folder: None,
        language: None,
    }))
}

fn plain(register: &Register, path: &str, html: String) -> File {
    File {
        path: path.to_owned(),
        bytes: html.into_bytes(),
        media_type: media_type(path),
        at: register.at,
        is_gone: false,
        is_apart: false,
        successor: None,
        folder: None,
        language: None,
    }
}

/// JSON as people can read it too.
pub(super) fn lines(json: &Json) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(json).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// Returns the paths of all files that are made of the whole register, but for pages and feeds.
pub fn whole_paths(register: &Register) -> Vec<String> {
    let fixed = [
        "robots.txt",
        "llms.txt",
        "graph.json",
        "graph.jsonld",
        "manifest.json",
        "CITATION.cff",
    ];
    let mut paths: Vec<String> = fixed.map(str::to_owned).to_vec();
    paths.extend(sitemap::paths(register));
    paths.extend(
        dress::names()
            .into_iter()
            .map(|name| format!("assets/{name}")),
    );
    if register.settings.stylesheet.is_some() {
        paths.push(format!("assets/{}", dress::OWN));
    }
    let languages = register.languages.iter();
    paths.extend(languages.map(|language| format!("search/index.{language}.json")));
    paths.extend(
        bundle::names(register)
            .into_iter()
            .map(|name| format!("releases/{name}")),
    );
    paths
}

/// Returns the folders of all pages that are made of the whole register.
pub fn whole_folders(register: &Register) -> Vec<String> {
    let mut folders = vec![String::new()];
    for shelf in &register.collections {
        let pages = lists::pages(register, &shelf.name);
        folders.extend((1..=pages).map(|number| lists::shelf_folder(&shelf.name, number)));
    }
    folders
}

#[cfg(test)]
mod tests {
    use crate::publish::site::address;

    #[test]
    fn an_attached_file_has_an_address_of_its_own() {
        assert_eq!(address::attached("ab", "media/x y.png"), "files/ab/x-y.png");
    }
}
