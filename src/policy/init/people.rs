//! People named on the command line.

use super::Guess;
use super::collections::slug;
use crate::policy::read::is_address;
use crate::policy::{Grant, Person};
use crate::refusal::Refusal;

/// Roles that the proposed policy asks for.
pub(super) const ROLES: [&str; 3] = ["reviewer", "publisher", "administrator"];

/// Reads `Ana Roche <ana@example.org>=reviewer,publisher`.
///
/// # Errors
///
/// Refuses what has no name, no address or no role.
pub fn parse_person(text: &str) -> Result<Person, Refusal> {
    let wrong = |cause: String| {
        Refusal::new(
            "POL-070",
            cause,
            "write it like 'Ana Roche <ana@example.org>=reviewer,publisher'",
        )
    };
    let (identity, roles) = text
        .rsplit_once('=')
        .ok_or_else(|| wrong(format!("\"{text}\" names no role")))?;
    let (name, address) = identity
        .trim()
        .strip_suffix('>')
        .and_then(|identity| identity.split_once('<'))
        .ok_or_else(|| wrong(format!("\"{text}\" has no address in < >")))?;
    let (name, address) = (name.trim(), address.trim().to_lowercase());
    if name.is_empty() || name.contains('>') || name.chars().any(char::is_control) {
        return Err(wrong(format!("\"{text}\" has no name")));
    }
    if !is_address(&address) {
        return Err(wrong(format!("\"{address}\" is not an e-mail address")));
    }
    let roles: Vec<&str> = roles.split(',').map(str::trim).collect();
    if let Some(role) = roles
        .iter()
        .find(|role| slug(role) != **role || role.is_empty() || role.len() > 64)
    {
        return Err(wrong(format!("\"{role}\" is not the name of a role")));
    }
    Ok(Person {
        key: key_of(name),
        name: name.to_owned(),
        addresses: vec![address],
        accounts: Vec::new(),
        roles: roles.into_iter().map(grant).collect(),
    })
}

fn grant(role: &str) -> Grant {
    Grant {
        role: role.to_owned(),
        collections: None,
        locales: None,
    }
}

/// Returns a short name: the first word of the name, as far as it can be written in plain letters.
fn key_of(name: &str) -> String {
    let first = name.split_whitespace().next().unwrap_or_default();
    let key: String = slug(first).chars().take(32).collect();
    match key.trim_end_matches('-') {
        "" => "person".to_owned(),
        key => key.to_owned(),
    }
}

/// Says which people the policy still needs.
pub(super) fn tell_missing(people: &[Person], guesses: &mut Vec<Guess>) {
    let holds = |role: &str| {
        people
            .iter()
            .filter(|person| person.roles.iter().any(|grant| grant.role == role))
            .count()
    };
    let missing: Vec<&str> = ROLES.into_iter().filter(|role| holds(role) == 0).collect();
    if !missing.is_empty() {
        guesses.push(Guess::new(
            format!("people are still to be named for {}", missing.join(", ")),
            "nobody was given these roles; nothing can be approved without them",
        ));
    } else if people.len() < 2 {
        guesses.push(Guess::new(
            "a second person is still to be named",
            "nobody makes a text official alone: what one approves another publishes",
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_read_from_one_argument() {
        let ana = parse_person("Ana Roche <Ana@Example.org>=reviewer, publisher").unwrap();
        assert_eq!(ana.key, "ana");
        assert_eq!(ana.identity(), "Ana Roche <ana@example.org>");
        let roles: Vec<&str> = ana.roles.iter().map(|grant| grant.role.as_str()).collect();
        assert_eq!(roles, ["reviewer", "publisher"]);
        assert_eq!(
            parse_person("Юлия <j@example.org>=reviewer").unwrap().key,
            "person"
        );
    }

    #[test]
    fn what_names_nobody_is_refused_with_an_example() {
        for text in [
            "",
            "Ana",
            "Ana <ana@example.org>",
            "Ana=reviewer",
            "<a@b>=reviewer",
            "Ana <ana>=reviewer",
            "Ana <a@b>=",
            "Ana <a@b>=Big Boss",
        ] {
            assert_eq!(parse_person(text).unwrap_err().code, "POL-070", "{text}");
        }
    }
}
