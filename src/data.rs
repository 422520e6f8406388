//! The data directory: what a server keeps, and who may write it.
//!
//! ```text
//! server.lock                        held by the one process that serves or rebuilds
//! key                                the private key that signs (back it up)
//! private.sqlite                     passwords, sessions, links (back it up)
//! key.next, key.before                one that is to take its place, and the one that it took the place of
//! repositories/NAME/location         the repository's path, or the address it was cloned from
//! repositories/NAME/git              the clone, where the location is an address
//! repositories/NAME/ssh              what SSH reads of a login; made from the private database
//! repositories/NAME/index.sqlite     the picture; delete it at any time
//! ```

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use secrecy::{ExposeSecret, SecretString};

use crate::refusal::Refusal;
use crate::repository::SigningKey;
use crate::repository::network::{Login, is_address};
use crate::web::urls::is_repository_name;

/// A server's own folder.
#[derive(Debug, Clone)]
pub struct DataDir(PathBuf);

/// A repository that the server holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// Its name in addresses.
    pub name: String,
    /// Where it is on this machine.
    pub path: PathBuf,
    /// The address it was cloned from; then that is the place of publication.
    pub remote: Option<String>,
    /// Its picture.
    pub index: PathBuf,
}

/// Held while this process may write the data directory.
pub struct DataLock {
    _file: File,
}

impl DataDir {
    /// Opens the folder, or makes it readable by its owner alone.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(path: &Path) -> Result<Self> {
        std::fs::create_dir_all(path.join("repositories"))
            .with_context(|| format!("failed to make the data directory {}", path.display()))?;
        close_to_others(path)?;
        let path = path
            .canonicalize()
            .with_context(|| format!("failed to find {}", path.display()))?;
        Ok(Self(path))
    }

    /// Returns the folder.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Takes the lock that one process at a time holds.
    ///
    /// # Errors
    /// A refusal that names the holder.
    pub fn lock(&self) -> Result<Result<DataLock, Refusal>> {
        let path = self.0.join("server.lock");
        let mut file = File::options()
            .create(true)
            .read(true)
            .write(true)
            .truncate(false)
            .open(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                file.read_to_string(&mut holder)?;
                let cause = format!(
                    "another process uses the data directory ({})",
                    holder.trim()
                );
                return Ok(Err(Refusal::new(
                    "SRV-LOCK-001",
                    cause,
                    "stop it first, or give another --data-dir",
                )
                .in_path(path.display().to_string())));
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).context("failed to lock the data directory");
            }
        }
        file.set_len(0)?;
        file.rewind()?;
        write!(file, "process {}", std::process::id())?;
        Ok(Ok(DataLock { _file: file }))
    }

    /// Returns the key that signs, made at first use.
    ///
    /// # Errors
    /// When it cannot be read or made.
    pub fn key(&self) -> Result<SigningKey> {
        SigningKey::load_or_create(&self.0.join("key"))
    }

    /// Returns whether a key was made to take the place of the one that signs.
    pub fn has_next_key(&self) -> bool {
        self.0.join("key.next").exists()
    }

    /// Returns the key that is to take the place of the one that signs, made at first use.
    ///
    /// # Errors
    /// When it cannot be read or made.
    pub fn next_key(&self) -> Result<SigningKey> {
        SigningKey::load_or_create(&self.0.join("key.next"))
    }

    /// Takes the next key in the place of the one that signs, which is kept beside it.
    ///
    /// # Errors
    /// When the files cannot be moved.
    pub fn take_next_key(&self) -> Result<()> {
        let key = self.0.join("key");
        std::fs::copy(&key, self.0.join("key.before")).context("failed to keep the key before")?;
        // One step: there is always a key.
        std::fs::rename(self.0.join("key.next"), &key).context("failed to take the next key")
    }

    /// Returns the file of the private database.
    pub fn private_database(&self) -> PathBuf {
        self.0.join("private.sqlite")
    }

    /// Returns the repositories that the server holds, by name.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn holdings(&self) -> Result<Vec<Holding>> {
        let mut holdings = Vec::new();
        for entry in std::fs::read_dir(self.0.join("repositories"))? {
            let folder = entry?.path();
            let Ok(location) = std::fs::read_to_string(folder.join("location")) else {
                continue;
            };
            let Some(name) = folder.file_name().and_then(|name| name.to_str()) else {
                continue;
            };
            holdings.push(self.holding(name, location.trim()));
        }
        holdings.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(holdings)
    }

    /// Takes a repository into the server's hold under the last part of its location, and returns it; one that is held already is returned as it is.
    ///
    /// # Errors
    /// When the name is taken by another location, or is no name.
    pub fn hold(&self, location: &str) -> Result<Result<Holding, Refusal>> {
        let location = match is_address(location) {
            true => location.to_owned(),
            false => match Path::new(location).canonicalize() {
                Ok(path) => path.display().to_string(),
                Err(error) => {
                    return Ok(Err(Refusal::new(
                        "GIT-OPEN-001",
                        format!("the path cannot be found: {error}"),
                        "give the path of a repository, or its address",
                    )
                    .in_path(location)));
                }
            },
        };
        let name = name_of(&location);
        if !is_repository_name(&name) {
            let next = "rename the folder to letters, digits, dots, dashes and underscores";
            return Ok(Err(Refusal::new(
                "SRV-NAME-001",
                format!("\"{name}\" cannot stand in an address"),
                next,
            )
            .in_path(location)));
        }
        let holding = self.holding(&name, &location);
        let folder = self.0.join("repositories").join(&name);
        if let Ok(known) = std::fs::read_to_string(folder.join("location"))
            && known.trim() != location
        {
            let next = "use another --data-dir, or rename one of the two";
            return Ok(Err(Refusal::new(
                "SRV-NAME-002",
                format!("the name {name} already stands for {}", known.trim()),
                next,
            )
            .in_path(location)));
        }
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("location"), format!("{location}\n"))?;
        Ok(Ok(holding))
    }

    /// Returns where a repository's own files are kept, whether or not it is held.
    pub fn folder_of(&self, name: &str) -> PathBuf {
        self.0.join("repositories").join(name)
    }

    /// Copies into another data directory what git holds nothing of beside the private database: the key, and where the repositories are.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn copy_files(&self, to: &Self) -> Result<()> {
        for name in ["key", "key.next"] {
            let key = self.0.join(name);
            if key.exists() {
                write_closed(&to.0.join(name), &std::fs::read_to_string(&key)?)?;
            }
        }
        for holding in self.holdings()? {
            let location = std::fs::read_to_string(self.folder_of(&holding.name).join("location"))?;
            std::fs::create_dir_all(to.folder_of(&holding.name))?;
            write_closed(&to.folder_of(&holding.name).join("location"), &location)?;
        }
        Ok(())
    }

    /// Writes the files that SSH reads of a login, for its owner alone: they come from the private database, and are made again where they are gone.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn ssh_login(
        &self,
        name: &str,
        number: usize,
        key: &SecretString,
        host_keys: &str,
    ) -> Result<Login> {
        let folder = self.folder_of(name).join("ssh");
        std::fs::create_dir_all(&folder)?;
        let (secret, known) = (
            folder.join(format!("key-{number}")),
            folder.join(format!("known_hosts-{number}")),
        );
        write_closed(&secret, key.expose_secret())?;
        write_closed(&known, host_keys)?;
        Ok(Login::Key {
            key: secret,
            known_hosts: known,
        })
    }

    fn holding(&self, name: &str, location: &str) -> Holding {
        let folder = self.folder_of(name);
        let remote = is_address(location).then(|| location.to_owned());
        let path = if remote.is_some() {
            folder.join("git")
        } else {
            PathBuf::from(location)
        };
        Holding {
            name: name.to_owned(),
            path,
            remote,
            index: folder.join("index.sqlite"),
        }
    }
}

fn name_of(location: &str) -> String {
    let trimmed = location.trim_end_matches('/').trim_end_matches("/.git");
    let last = trimmed.rsplit(['/', ':']).next().unwrap_or_default();
    last.strip_suffix(".git").unwrap_or(last).to_owned()
}

/// Writes a file that its owner alone can read, where it does not hold this already.
fn write_closed(path: &Path, text: &str) -> Result<()> {
    if std::fs::read_to_string(path).is_ok_and(|held| held == text) {
        return Ok(());
    }
    let folder = path.parent().context("the file has a folder")?;
    // A temporary file is its owner's alone from the start.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(path)
        .with_context(|| format!("failed to write {}", path.display()))?;
    Ok(())
}

#[cfg(unix)]
fn close_to_others(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::set_permissions(
        path,
        std::fs::Permissions::from_mode(0o700),
    )?)
}

#[cfg(not(unix))]
fn close_to_others(_path: &Path) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_process_is_told_who_holds_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::open(folder.path()).unwrap();
        let held = data.lock().unwrap().unwrap();
        let refusal = data.lock().unwrap().err().unwrap();
        assert!(refusal.cause.contains(&std::process::id().to_string()));
        drop(held);
        assert!(data.lock().unwrap().is_ok());
    }

    #[test]
    fn names_come_from_locations() {
        for (location, name) in [
            ("https://example.org/team/register.git", "register"),
            ("git@example.org:register", "register"),
            ("/srv/work/register/", "register"),
        ] {
            assert_eq!(name_of(location), name);
        }
    }

    #[test]
    fn a_held_repository_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::open(&folder.path().join("data")).unwrap();
        let path = folder.path().join("register");
        std::fs::create_dir(&path).unwrap();
        let holding = data.hold(path.to_str().unwrap()).unwrap().unwrap();
        assert_eq!(data.holdings().unwrap(), [holding]);
    }
}
