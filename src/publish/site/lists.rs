//! Pages that lead to others: the first one, the lists of collections, and what stands where something was.

use anyhow::Result;
use askama::Template;

use super::address;
use super::facts::one_line;
use super::page::{Anchor, Frame, anchor};
use super::register::{PublicRecord, Register};
use super::words::{day, heading};
use crate::language::{filters, say};

/// The first page.
#[derive(Template)]
#[template(path = "public/home.html")]
struct HomePage {
    frame: Frame,
    title: String,
    shelves: Vec<(Anchor, usize)>,
    latest: Vec<Row>,
}

/// A list of records.
#[derive(Template)]
#[template(path = "public/shelf.html")]
struct ShelfPage {
    frame: Frame,
    title: String,
    rows: Vec<Row>,
    count: usize,
    before: Option<String>,
    after: Option<String>,
    feed: String,
}

/// A record in a list.
struct Row {
    link: Anchor,
    lead: String,
    badge: String,
    version: Option<String>,
    date: String,
}

/// Records on one page of a list.
const ON_A_PAGE: usize = 100;

/// Entries of the first page's list.
const LATEST: usize = 12;

/// Returns the first page.
///
/// # Errors
/// When the template fails, which it does for no data.
pub fn home(register: &Register) -> Result<String> {
    let shelves = register.collections.iter().filter_map(|shelf| {
        let count = register.on_shelf(&shelf.name).count();
        let link = Anchor {
            title: heading(&shelf.name),
            href: address::relative("", &shelf.name),
            language: String::new(),
        };
        (count > 0).then_some((link, count))
    });
    let mut latest: Vec<&PublicRecord> = register.published().collect();
    latest.sort_by(|a, b| {
        let order = b.current.sequence.cmp(&a.current.sequence);
        order.then_with(|| a.route.cmp(&b.route))
    });
    let page = HomePage {
        frame: Frame::of(register, ""),
        title: register.settings.title.clone(),
        shelves: shelves.collect(),
        latest: latest
            .into_iter()
            .take(LATEST)
            .map(|record| row(register, record, ""))
            .collect(),
    };
    Ok(page.render_with_values(&register.words())?)
}

/// Returns a page of a collection's list, the first one counted as 1; `None` where the list is shorter.
///
/// # Errors
/// When the template fails, which it does for no data.
pub fn shelf(register: &Register, name: &str, number: usize) -> Result<Option<String>> {
    let count = register.on_shelf(name).count();
    let pages = pages(register, name);
    if number == 0 || number > pages {
        return Ok(None);
    }
    let folder = shelf_folder(name, number);
    let records = register.on_shelf(name);
    let records = records.skip((number - 1) * ON_A_PAGE).take(ON_A_PAGE);
    let other = |number: usize| address::relative(&folder, &shelf_folder(name, number));
    let page = ShelfPage {
        frame: Frame::of(register, &folder),
        title: heading(name),
        rows: records
            .map(|record| row(register, record, &folder))
            .collect(),
        count,
        before: (number > 1).then(|| other(number - 1)),
        after: (number < pages).then(|| other(number + 1)),
        feed: format!("feeds/collection/{name}.atom"),
    };
    Ok(Some(page.render_with_values(&register.words())?))
}

/// Returns how many pages a collection's list has: one although nothing is on it, as long as a page of a record leads to it.
pub fn pages(register: &Register, name: &str) -> usize {
    let leads = register.read().any(|record| record.collection == name);
    let pages = register.on_shelf(name).count().div_ceil(ON_A_PAGE);
    pages.max(usize::from(leads))
}

/// Returns the folder of a page of a collection's list.
pub fn shelf_folder(name: &str, number: usize) -> String {
    match number {
        1 => name.to_owned(),
        _ => format!("{name}/v/{number}"),
    }
}

fn row(register: &Register, record: &PublicRecord, folder: &str) -> Row {
    let status = format!("{} {}", record.status, record.facts.confidence);
    Row {
        link: anchor(register.named(record), folder),
        lead: record.facts.lead().to_owned(),
        badge: one_line(&status),
        version: record.edition().map(|edition| edition.version.clone()),
        date: day(record.current.at),
    }
}

/// A page that leads on.
#[derive(Template)]
#[template(path = "public/moved.html")]
struct MovedPage {
    frame: Frame,
    title: String,
    to: Anchor,
}

/// Returns a page that leads on to a record.
///
/// # Errors
/// When the template fails, which it does for no data.
pub fn moved(register: &Register, folder: &str, record: &PublicRecord) -> Result<String> {
    let mut frame = Frame::of(register, folder);
    frame.is_apart = true;
    frame.canonical = register.whole(&record.route);
    let title = match record.is_read() {
        true => record.facts.title.clone(),
        false => say("public-gone-title").text(register.words()),
    };
    let page = MovedPage {
        to: Anchor {
            title: title.clone(),
            href: address::relative(folder, &record.route),
            language: String::new(),
        },
        title,
        frame,
    };
    Ok(page.render_with_values(&register.words())?)
}

/// What is left of a record that was taken down.
#[derive(Template)]
#[template(path = "public/gone.html")]
struct GonePage {
    frame: Frame,
    date: String,
}

/// Returns what is left of a record that was taken down: that it was, and when.
///
/// # Errors
/// When the template fails, which it does for no data.
pub fn gone(register: &Register, folder: &str, at: i64) -> Result<String> {
    let mut frame = Frame::of(register, folder);
    frame.is_apart = true;
    let page = GonePage {
        frame,
        date: day(at),
    };
    Ok(page.render_with_values(&register.words())?)
}

/// What stands where nothing is.
#[derive(Template)]
#[template(path = "public/not_found.html")]
struct NotFoundPage {
    frame: Frame,
}

/// Returns the page that is shown where nothing is. It may stand at any address, so it is told the way to the site's root, with a slash at its end.
///
/// # Errors
/// When the template fails, which it does for no data.
pub fn not_found(register: &Register, root: &str) -> Result<String> {
    let frame = Frame {
        root: root.to_owned(),
        canonical: String::new(),
        is_apart: true,
        ..Frame::of(register, "")
    };
    Ok(NotFoundPage { frame }.render_with_values(&register.words())?)
}
