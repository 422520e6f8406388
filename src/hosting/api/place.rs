//! Where the API of a repository's host stands, told from the repository's own address.

use reqwest::Url;

use crate::hosting::Host;
use crate::repository::network::ssh_host;

/// An API, and what the host calls the repository there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The API's address, without a slash at its end.
    pub base: String,
    /// The repository: `team/register`.
    pub project: String,
}

/// Returns where the API of a repository's host stands; `None` where its address does not tell. Another address of the API may be given.
pub fn place(host: Host, repository: &str, given: Option<&str>) -> Option<Place> {
    let (site, project) = match ssh_host(repository) {
        Some((name, _)) => {
            let rest = repository.strip_prefix("ssh://");
            let path = match rest {
                Some(rest) => rest.split_once('/')?.1,
                None => repository.split_once(':')?.1,
            };
            (format!("https://{name}"), path.to_owned())
        }
        None => {
            let url = Url::parse(repository).ok()?;
            let port = url.port().map(|port| format!(":{port}"));
            let site = format!(
                "{}://{}{}",
                url.scheme(),
                url.host_str()?,
                port.unwrap_or_default()
            );
            (site, url.path().to_owned())
        }
    };
    let project = project.trim_matches('/');
    let project = project.strip_suffix(".git").unwrap_or(project);
    let base = match given {
        Some(given) => given.trim_end_matches('/').to_owned(),
        None => base(host, &site)?,
    };
    (!project.is_empty()).then(|| Place {
        base,
        project: project.to_owned(),
    })
}

/// Returns where the API of a host's site stands; `None` for a plain host, which has none.
pub fn base(host: Host, site: &str) -> Option<String> {
    Some(match (host, site) {
        (Host::GitHub, "https://github.com") => "https://api.github.com".to_owned(),
        (Host::GitHub, site) => format!("{site}/api/v3"),
        (Host::GitLab, site) => format!("{site}/api/v4"),
        (Host::Gitea | Host::Forgejo, site) => format!("{site}/api/v1"),
        (Host::Bitbucket, "https://bitbucket.org") => "https://api.bitbucket.org/2.0".to_owned(),
        (Host::Bitbucket, site) => format!("{site}/2.0"),
        (Host::Plain, _) => return None,
    })
}

/// Returns the site that an address belongs to: its scheme, host and port; that of an API which stands on a host of its own is the host's own.
pub fn site(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let host = match url.host_str()? {
        "api.github.com" => "github.com",
        "api.bitbucket.org" => "bitbucket.org",
        host => host,
    };
    let port = url.port_or_known_default()?;
    Some(format!("{}://{host}:{port}", url.scheme()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_is_found_from_the_repositorys_address() {
        for (host, address, base, project) in [
            (
                Host::GitHub,
                "https://github.com/team/register.git",
                "https://api.github.com",
                "team/register",
            ),
            (
                Host::GitHub,
                "git@github.com:team/register.git",
                "https://api.github.com",
                "team/register",
            ),
            (
                Host::GitHub,
                "https://git.example.org:8443/team/register",
                "https://git.example.org:8443/api/v3",
                "team/register",
            ),
            (
                Host::GitLab,
                "ssh://git@gitlab.example.org:2222/group/sub/register.git",
                "https://gitlab.example.org/api/v4",
                "group/sub/register",
            ),
            (
                Host::Forgejo,
                "https://codeberg.org/team/register",
                "https://codeberg.org/api/v1",
                "team/register",
            ),
            (
                Host::Bitbucket,
                "https://ana@bitbucket.org/team/register.git",
                "https://api.bitbucket.org/2.0",
                "team/register",
            ),
        ] {
            let place = place(host, address, None).unwrap();
            assert_eq!(
                (place.base.as_str(), place.project.as_str()),
                (base, project)
            );
        }
        for (one, other, is_one) in [
            ("https://github.com", "https://api.github.com", true),
            ("https://gitlab.com/", "https://gitlab.com/api/v4", true),
            (
                "https://gitlab.com",
                "https://gitlab.example.org/api/v4",
                false,
            ),
            ("https://x.org", "https://x.org:8443/api/v1", false),
            ("https://x.org", "http://x.org/api/v1", false),
        ] {
            assert_eq!(site(one) == site(other), is_one, "{one} {other}");
        }
        assert_eq!(place(Host::Plain, "https://example.org/x.git", None), None);
        assert_eq!(place(Host::GitHub, "https://github.com/", None), None);
        let given = place(
            Host::GitLab,
            "https://x.org/a.git",
            Some("https://api.x.org/v4/"),
        );
        assert_eq!(given.unwrap().base, "https://api.x.org/v4");
    }
}
