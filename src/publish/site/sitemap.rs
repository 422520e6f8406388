//! The map of the site for search engines (sitemaps.org 0.9), with the languages of each page, and what robots are told.

use std::collections::BTreeSet;

use anyhow::Result;

use super::address;
use super::page;
use super::register::{PublicRecord, Register};
use super::words::moment;
use super::xml::{document, element, empty};

/// Addresses that one file may hold.
const MOST: usize = 50_000;

const SITEMAP: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// Returns the paths of the map's files.
pub fn paths(register: &Register) -> Vec<String> {
    let count = register.published().count() + 1;
    let files = count.div_ceil(MOST);
    let mut paths = vec!["sitemap.xml".to_owned()];
    if files > 1 {
        paths.extend((1..=files).map(|number| format!("sitemap-{number}.xml")));
    }
    paths
}

/// Returns a file of the map; `None` where there is no such file.
///
/// # Errors
/// Never for memory.
pub fn file(register: &Register, path: &str) -> Result<Option<Vec<u8>>> {
    let files = paths(register);
    let Some(place) = files.iter().position(|own| own == path) else {
        return Ok(None);
    };
    if files.len() == 1 {
        return Ok(Some(urls(register, 0)?));
    }
    match place {
        0 => Ok(Some(index(register, &files[1..])?)),
        number => Ok(Some(urls(register, (number - 1) * MOST)?)),
    }
}

fn index(register: &Register, files: &[String]) -> Result<Vec<u8>> {
    let written = document("sitemapindex", &[("xmlns", SITEMAP)], |writer| {
        for file in files {
            writer
                .create_element("sitemap")
                .write_inner_content(|writer| {
                    let address = format!("{}/{file}", register.settings.base);
                    element(writer, "loc", &address)
                })?;
        }
        Ok(())
    })?;
    Ok(written)
}

fn urls(register: &Register, after: usize) -> Result<Vec<u8>> {
    let pages = std::iter::once(None).chain(register.published().map(Some));
    let pages: Vec<Option<&PublicRecord>> = pages.skip(after).take(MOST).collect();
    let names = [
        ("xmlns", SITEMAP),
        ("xmlns:xhtml", "http://www.w3.org/1999/xhtml"),
    ];
    let written = document("urlset", &names, |writer| {
        for page in pages {
            let (folder, at) = match page {
                Some(record) => (record.route.as_str(), record.current.at),
                None => ("", register.at),
            };
            writer.create_element("url").write_inner_content(|writer| {
                element(writer, "loc", &register.whole(folder))?;
                element(writer, "lastmod", &moment(at))?;
                let alternates = page.map(|record| page::alternates(register, record));
                for (language, address) in alternates.unwrap_or_default() {
                    let link = [
                        ("rel", "alternate"),
                        ("hreflang", &*language),
                        ("href", &*address),
                    ];
                    empty(writer, "xhtml:link", &link)?;
                }
                Ok(())
            })?;
        }
        Ok(())
    })?;
    Ok(written)
}

/// Returns what robots are told: everything may be read, and where the map is.
pub fn robots(register: &Register) -> String {
    let base = &register.settings.base;
    format!("User-agent: *\nAllow: /\n\nSitemap: {base}/sitemap.xml\n")
}

/// Returns a language's name in itself, or its tag.
pub fn language_name(tag: &str) -> String {
    let primary = tag.split('-').next().unwrap_or(tag);
    let name = match primary.to_ascii_lowercase().as_str() {
        "ar" => "العربية",
        "de" => "Deutsch",
        "en" => "English",
        "es" => "Español",
        "fr" => "Français",
        "it" => "Italiano",
        "ja" => "日本語",
        "nl" => "Nederlands",
        "pl" => "Polski",
        "pt" => "Português",
        "ru" => "Русский",
        "sv" => "Svenska",
        "uk" => "Українська",
        "zh" => "中文",
        _ => return tag.to_owned(),
    };
    match tag.split_once('-') {
        Some((_, region)) => format!("{name} ({region})"),
        None => name.to_owned(),
    }
}

impl Register {
    /// Returns the languages of texts that are public, by tag.
    pub(super) fn spoken(&self) -> Vec<String> {
        let tags = self
            .published()
            .map(|record| record.language(&self.settings));
        let tags: BTreeSet<&str> = tags.collect();
        let tags = tags.into_iter();
        tags.filter(|tag| address::safe_path(tag) == **tag)
            .map(str::to_owned)
            .collect()
    }
}
