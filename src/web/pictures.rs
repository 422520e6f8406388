//! Pictures and documents as pages show them: what a text names, found where the text stands, under an address of this server.

use super::failure::Failure;
use super::href::Href;
use super::language::verbatim;
use super::pages::parts::{AttachedFile, Link};
use super::reader::Reader;
use super::urls::Urls;
use crate::check::{self, FileKind, Finding, Reference};
use crate::id::CommitId;
use crate::ledger::Attachment;
use crate::policy::Collection;
use crate::publish::html::Addresses;
use crate::record::Record;

/// Where a text stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stands {
    /// On the published branch.
    Published,
    /// In a proposal.
    Proposal(String),
    /// In a commit.
    At(CommitId),
}

/// The files that a text names and that are there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pictures {
    files: Vec<Attachment>,
    /// What the text names and nobody has.
    missing: Vec<Reference>,
    /// Addresses as the text writes them, and the server's own.
    addresses: Addresses,
}

impl Pictures {
    /// Finds the files that a text names: among those that were brought to it, and where it stands.
    ///
    /// # Errors
    /// When git cannot be read.
    pub async fn find(
        reader: &Reader,
        collection: &Collection,
        record: &Record,
        path: &str,
        stands: Stands,
        brought: &[Attachment],
    ) -> Result<Self, Failure> {
        let policy = reader.policy();
        let mut missing = check::attachments(policy, collection, record, path);
        if missing.is_empty() {
            return Ok(Self::default());
        }
        let paths = missing.iter().map(|named| named.target.clone()).collect();
        let files = held(reader, paths, stands, brought.to_vec()).await?;
        let file_at = |path: &str| files.iter().find(|file| file.path == path);
        missing.retain(|named| file_at(&named.target).is_none());
        let links = check::links(policy, collection, record, path).into_iter();
        let addresses = links.filter_map(|link| {
            let file = file_at(&link.names.target)?;
            Some((link.address, address_of(&reader.urls, file).to_string()))
        });
        Ok(Self {
            addresses: Addresses {
                found: addresses.collect(),
                drops_unknown: false,
            },
            missing,
            files,
        })
    }

    /// Returns what is told of the files that the text names and nobody has.
    pub fn findings(&self) -> impl Iterator<Item = Finding> {
        self.missing.iter().cloned().map(check::missing_attachment)
    }

    /// Returns the server's addresses of what the text points to and is there.
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// Returns the files, to be shown beside the text.
    pub fn shown(&self, urls: &Urls) -> Vec<AttachedFile> {
        self.files.iter().map(|file| shown(urls, file)).collect()
    }
}

/// Returns a file as it is shown beside a text.
pub fn shown(urls: &Urls, file: &Attachment) -> AttachedFile {
    let address = address_of(urls, file);
    let kind = FileKind::of_path(&file.path);
    AttachedFile {
        picture: kind
            .is_some_and(FileKind::is_picture)
            .then(|| address.clone()),
        file: Link {
            label: verbatim(file.path.as_str()),
            href: address,
        },
        is_new: false,
    }
}

fn address_of(urls: &Urls, file: &Attachment) -> Href {
    urls.file(&file.blob.to_string(), &file.path)
}

/// Returns what stands at these paths, what was brought before all.
async fn held(
    reader: &Reader,
    paths: Vec<String>,
    stands: Stands,
    brought: Vec<Attachment>,
) -> Result<Vec<Attachment>, Failure> {
    let tip_ref = reader.desk.tip_ref.clone();
    let found = reader.desk.on_repository(move |repository, _| {
        let published = || repository.head_of(&tip_ref);
        let commits: Vec<CommitId> = match &stands {
            Stands::At(commit) => vec![*commit],
            Stands::Published => published()?.into_iter().collect(),
            Stands::Proposal(branch) => {
                let head = repository.head_of(&format!("refs/heads/{branch}"))?;
                head.into_iter().chain(published()?).collect()
            }
        };
        let mut files = brought;
        files.retain(|file| paths.contains(&file.path));
        for path in paths {
            for commit in &commits {
                if files.iter().any(|file| file.path == path) {
                    break;
                }
                let entry = repository.entry(*commit, &path)?;
                files.extend(entry.map(|entry| Attachment {
                    path: path.clone(),
                    blob: entry.blob,
                }));
            }
        }
        files.sort();
        Ok(files)
    });
    Ok(found.await?)
}
