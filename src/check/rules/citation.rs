//! F01: each reference names its target in the form of its type.
//!
//! Field: `references`, whose items have a `type` (`web`, `doi`, `isbn`, `arxiv`, `rfc`, `spec`, `record`) and a `target`; an item may also be an
//! address alone. Whether a record of that id exists is asked of all records together, and whether a page answers is asked of nobody here.

use super::{Fault, Subject, entry, name};
use crate::check::words::shown;
use crate::record::Node;

pub(super) fn faults(subject: &Subject<'_>) -> Vec<Fault> {
    let mut found = Vec::new();
    for (path, node) in subject.list("references") {
        if let Some((message, next)) = fault(node) {
            found.push(Fault::new(
                &path,
                node.line,
                format!("{} {message}", name(&path)),
                next,
            ));
        }
    }
    found
}

/// Returns what is wrong with a reference, worded to follow its name, and what to do.
fn fault(reference: &Node) -> Option<(String, &'static str)> {
    let kind = entry(reference, "type").unwrap_or_default();
    let target = match reference.as_text() {
        Some(address) => address,
        None => entry(reference, "target").unwrap_or_default(),
    };
    if target.trim().is_empty() {
        return Some((
            "names no target".to_owned(),
            "add the \"target\" that it refers to",
        ));
    }
    let form = match kind {
        "record" => return None,
        "doi" => (is_doi(target), "a DOI", "write it like 10.1000/182"),
        "arxiv" => (
            is_arxiv(target),
            "an arXiv identifier",
            "write it like 2301.12345",
        ),
        "rfc" => (is_rfc(target), "the number of an RFC", "write it like 9110"),
        "isbn" => (
            is_isbn(target),
            "an ISBN with the right check digit",
            "compare it with the book's",
        ),
        "web" => return address_fault(target),
        _ if target.contains("://") => return address_fault(target),
        _ => return None,
    };
    let (is_right, wanted, next) = form;
    (!is_right).then(|| {
        (
            format!("is to {}, which is not {wanted}", shown(target)),
            next,
        )
    })
}

fn address_fault(address: &str) -> Option<(String, &'static str)> {
    let (what, next) = match address_problem(address)? {
        Problem::Insecure => (
            "does not begin with https://",
            "write the address that begins with https://",
        ),
        Problem::Host => (
            "has no proper host name",
            "write it like https://example.org/page",
        ),
        Problem::Person => (
            "carries a user name or password",
            "remove what stands before the @",
        ),
        Problem::Port => (
            "has no proper port",
            "write a number from 1 to 65535 after the colon, or nothing",
        ),
        Problem::Character => (
            "holds a character that an address cannot have",
            "copy the address from the browser, which writes such characters with %",
        ),
    };
    Some((format!("is to {}, which {what}", shown(address)), next))
}

#[derive(Debug, PartialEq, Eq)]
enum Problem {
    Insecure,
    Host,
    Person,
    Port,
    Character,
}

/// Judges the syntax of a web address. Letters beyond ASCII are let through: people copy them, and browsers read them.
fn address_problem(address: &str) -> Option<Problem> {
    let Some(rest) = address.strip_prefix("https://") else {
        return Some(Problem::Insecure);
    };
    let wrong = |character: char| {
        character.is_whitespace() || character.is_control() || "<>\"{}|\\^`".contains(character)
    };
    if address.contains(wrong) || !percents_are_whole(address) {
        return Some(Problem::Character);
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Some(Problem::Person);
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    if port.is_some_and(|port| port.starts_with('+') || port.parse::<u16>().unwrap_or(0) == 0) {
        return Some(Problem::Port);
    }
    (!is_host(host)).then_some(Problem::Host)
}

fn percents_are_whole(address: &str) -> bool {
    address.split('%').skip(1).all(|after| {
        let mut digits = after.chars().take(2);
        let mut is_digit = || digits.next().is_some_and(|digit| digit.is_ascii_hexdigit());
        is_digit() && is_digit()
    })
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host
        .strip_prefix('[')
        .and_then(|inner| inner.strip_suffix(']'))
    {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let is_label = |label: &str| {
        let is_letter = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_');
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(is_letter)
    };
    host.len() <= 253
        && host
            .strip_suffix('.')
            .unwrap_or(host)
            .split('.')
            .all(is_label)
}

/// <https://www.doi.org/doi-handbook/HTML/doi-name-syntax.html>: a registrant code of digits and dots after `10.`, and any suffix.
fn is_doi(target: &str) -> bool {
    let bare = without(target, &["https://doi.org/", "doi:"]);
    let Some((prefix, suffix)) = bare
        .strip_prefix("10.")
        .and_then(|rest| rest.split_once('/'))
    else {
        return false;
    };
    let is_prefix = prefix.split('.').all(is_digits) && prefix.len() >= 4;
    is_prefix
        && !suffix.is_empty()
        && !suffix.contains(|letter: char| letter.is_whitespace() || letter.is_control())
}

/// <https://info.arxiv.org/help/arxiv_identifier.html>: `2301.12345v2` since 2007, `math.GT/0309136` before.
fn is_arxiv(target: &str) -> bool {
    let bare = without(
        target,
        &["https://arxiv.org/abs/", "https://arxiv.org/pdf/", "arXiv:"],
    );
    let name = match bare.rsplit_once('v') {
        Some((name, version)) if is_digits(version) => name,
        _ => bare,
    };
    if let Some((archive, number)) = name.split_once('/') {
        let is_archive = archive.starts_with(|letter: char| letter.is_ascii_lowercase())
            && archive
                .chars()
                .all(|letter| letter.is_ascii_alphabetic() || matches!(letter, '.' | '-'));
        return is_archive && is_digits(number) && number.len() == 7;
    }
    let parts = name.split_once('.');
    parts.is_some_and(|(month, number)| {
        is_digits(month) && month.len() == 4 && is_digits(number) && matches!(number.len(), 4 | 5)
    })
}

fn is_rfc(target: &str) -> bool {
    let places = [
        "https://www.rfc-editor.org/rfc/",
        "https://www.rfc-editor.org/info/",
        "https://datatracker.ietf.org/doc/html/",
    ];
    let lower = without(target, &places).to_ascii_lowercase();
    let bare = without(&lower, &["rfc"]).trim_start();
    is_digits(bare) && bare.len() <= 5 && !bare.starts_with('0')
}

fn is_isbn(target: &str) -> bool {
    let digits: Vec<char> = target
        .chars()
        .filter(|letter| !matches!(letter, '-' | ' '))
        .collect();
    let value = |letter: char| letter.to_digit(10);
    match digits.split_last() {
        Some((last, first)) if digits.len() == 13 => {
            let sum: Option<u32> = (0..)
                .zip(first)
                .map(|(at, digit)| Some(value(*digit)? * if at % 2 == 0 { 1 } else { 3 }))
                .sum();
            sum.is_some_and(|sum| value(*last) == Some((10 - sum % 10) % 10))
        }
        Some((last, first)) if digits.len() == 10 => {
            let sum: Option<u32> = (2..11)
                .rev()
                .zip(first)
                .map(|(weight, digit)| Some(value(*digit)? * weight))
                .sum();
            let check = if last.eq_ignore_ascii_case(&'x') {
                Some(10)
            } else {
                value(*last)
            };
            sum.zip(check)
                .is_some_and(|(sum, check)| (sum + check) % 11 == 0)
        }
        _ => false,
    }
}

/// Returns an identifier without the first of these beginnings that it has: people write it alone or as the address where it is found.
fn without<'a>(target: &'a str, beginnings: &[&str]) -> &'a str {
    let bare = beginnings.iter().find_map(|one| target.strip_prefix(one));
    bare.unwrap_or(target)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_addresses_are_judged_by_their_syntax() {
        for right in [
            "https://example.org",
            "https://example.org:8443/a/b?c=d#e",
            "https://bücher.example/ä",
            "https://[2001:db8::1]/x",
            "https://en.wikipedia.org/wiki/A_(b)%20c",
        ] {
            assert_eq!(address_problem(right), None, "{right}");
        }
        for (wrong, problem) in [
            ("http://example.org", Problem::Insecure),
            ("javascript:alert(1)", Problem::Insecure),
            ("https://", Problem::Host),
            ("https:///path", Problem::Host),
            ("https://a..b/", Problem::Host),
            ("https://exa mple.org", Problem::Character),
            ("https://example.org/%zz", Problem::Character),
            ("https://example.org/%", Problem::Character),
            ("https://u:p@example.org", Problem::Person),
            ("https://example.org:0", Problem::Port),
            ("https://example.org:99999", Problem::Port),
        ] {
            assert_eq!(address_problem(wrong), Some(problem), "{wrong}");
        }
    }

    #[test]
    fn identifiers_are_judged_by_their_pattern() {
        assert!(
            [
                "10.1000/182",
                "10.1000.10/123-456",
                "https://doi.org/10.5281/zenodo.1",
                "doi:10.1000/a"
            ]
            .iter()
            .all(|one| is_doi(one))
        );
        assert!(
            ["10.1000", "11.1000/1", "10.1000/", "10.x/1", "10.1000/a b"]
                .iter()
                .all(|one| !is_doi(one))
        );
        assert!(
            [
                "2301.12345",
                "arXiv:0704.0001v2",
                "math.GT/0309136",
                "hep-th/9901001",
                "https://arxiv.org/abs/1712.05877"
            ]
            .iter()
            .all(|one| is_arxiv(one))
        );
        assert!(
            ["2301.1", "23011.12345", "math/03", "x", "v1"]
                .iter()
                .all(|one| !is_arxiv(one))
        );
        assert!(
            [
                "9110",
                "RFC 9110",
                "rfc2119",
                "https://www.rfc-editor.org/rfc/rfc7089"
            ]
            .iter()
            .all(|one| is_rfc(one))
        );
        assert!(
            ["", "0", "RFC", "9110a", "123456"]
                .iter()
                .all(|one| !is_rfc(one))
        );
        assert!(
            ["978-3-16-148410-0", "0-306-40615-2", "080442957X"]
                .iter()
                .all(|one| is_isbn(one))
        );
        assert!(
            ["978-3-16-148410-1", "0-306-40615-3", "", "12345678901234"]
                .iter()
                .all(|one| !is_isbn(one))
        );
    }
}
