//! What the operator typed on the first page of a repository: who they are, the first people, and the policy.

use sha2::{Digest, Sha256};

use crate::id::Identity;
use crate::policy::init::parse_person;
use crate::policy::{Person, Policy};
use crate::refusal::Refusal;
use crate::web::form::Fields;

/// Roles that the proposed policy knows, and `author`, which it does not ask for.
pub const ROLES: [&str; 4] = ["author", "reviewer", "publisher", "administrator"];

/// Rows of people: those that are shown at first, and the most.
const ROWS: usize = 4;
const MOST_ROWS: usize = 40;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Write the policy from the people, unless its text was changed by hand.
    Propose,
    /// Write it from the people whatever was changed by hand.
    Replace,
    /// Show more rows.
    More,
    /// Say what is wrong with the text.
    Check,
    /// Adopt the repository.
    Adopt,
}

/// One row of people; the first is the operator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The name.
    pub name: String,
    /// The address.
    pub address: String,
    /// The roles that were ticked.
    pub roles: Vec<&'static str>,
}

/// The form as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetUpForm {
    /// What is to be done.
    pub act: Act,
    /// People, the operator first.
    pub rows: Vec<Row>,
    /// The policy's text, with plain line ends.
    pub policy: String,
    /// The digest of the text that the server last wrote.
    written: String,
}

impl SetUpForm {
    /// Returns the form that nobody filled in yet.
    pub fn empty() -> Self {
        Self {
            act: Act::Check,
            rows: vec![Row::default(); ROWS],
            policy: String::new(),
            written: String::new(),
        }
    }

    /// Reads what was sent.
    pub fn read(fields: &Fields) -> Self {
        let act = match fields.get("act") {
            "propose" => Act::Propose,
            "replace" => Act::Replace,
            "more" => Act::More,
            "adopt" => Act::Adopt,
            _ => Act::Check,
        };
        let rows = fields.get("rows").parse().unwrap_or(ROWS);
        let rows = if act == Act::More { rows + ROWS } else { rows };
        Self {
            act,
            rows: (0..rows.clamp(1, MOST_ROWS))
                .map(|row| read_row(fields, row))
                .collect(),
            policy: fields.get("policy").replace("\r\n", "\n"),
            written: fields.get("written").to_owned(),
        }
    }

    /// Returns who adopts, judged as `--as` is.
    ///
    /// # Errors
    /// Refuses what names nobody.
    pub fn operator(&self) -> Result<Identity, Refusal> {
        let row = self.rows.first().cloned().unwrap_or_default();
        // Roles are not asked of whoever adopts; any word stands for them here.
        let person = person(&row, "operator")?;
        let address = person.addresses.first().map_or("", String::as_str);
        Ok(Identity::new(&person.name, address))
    }

    /// Returns the first people, each judged as `--person` is. The operator is among them where they ticked a role.
    ///
    /// # Errors
    /// Refuses the first that names nobody or has no role.
    pub fn people(&self) -> Result<Vec<Person>, Refusal> {
        let filled = self.rows.iter().enumerate().filter(|(index, row)| {
            let is_named = !row.name.is_empty() || !row.address.is_empty();
            !row.roles.is_empty() || is_named && *index > 0
        });
        filled
            .map(|(_, row)| person(row, &row.roles.join(",")))
            .collect()
    }

    /// Returns whether the text was changed since the server wrote it.
    pub fn is_by_hand(&self) -> bool {
        self.written != digest(&self.policy)
    }

    /// Returns somebody of these people whom a policy does not name.
    pub fn missing_in<'a>(&self, policy: &Policy, people: &'a [Person]) -> Option<&'a Person> {
        let is_named = |person: &Person| {
            let mut addresses = person.addresses.iter();
            addresses.any(|address| policy.person_by_address(address).is_some())
        };
        people.iter().find(|person| !is_named(person))
    }
}

fn read_row(fields: &Fields, row: usize) -> Row {
    let ticked = |role: &&'static str| fields.find(&format!("role-{row}-{role}")).is_some();
    Row {
        name: fields.get(&format!("name-{row}")).trim().to_owned(),
        address: fields.get(&format!("address-{row}")).trim().to_owned(),
        roles: ROLES.into_iter().filter(ticked).collect(),
    }
}

fn person(row: &Row, roles: &str) -> Result<Person, Refusal> {
    parse_person(&format!("{} <{}>={roles}", row.name, row.address))
}

/// Returns the digest of a text that the server wrote.
pub fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, address: &str, roles: &[&'static str]) -> Row {
        Row {
            name: name.to_owned(),
            address: address.to_owned(),
            roles: roles.to_vec(),
        }
    }

    fn with(rows: Vec<Row>) -> SetUpForm {
        SetUpForm {
            rows,
            ..SetUpForm::empty()
        }
    }

    #[test]
    fn people_are_judged_as_the_command_judges_them() {
        let form = with(vec![
            row("Dee Moss", "Dee@example.org", &[]),
            row("Ana", "ana@example.org", &["reviewer", "publisher"]),
            Row::default(),
        ]);
        assert_eq!(form.operator().unwrap().address, "dee@example.org");
        let people = form.people().unwrap();
        assert_eq!(people.len(), 1);
        assert_eq!(people[0].identity(), "Ana <ana@example.org>");
        for wrong in [
            row("", "x@example.org", &["reviewer"]),
            row("X", "", &["reviewer"]),
            row("X", "x@example.org", &[]),
            row("X\nEvil", "x@example.org", &["reviewer"]),
            row("X <y@example.org>", "x@example.org", &["reviewer"]),
        ] {
            let form = with(vec![row("Dee", "dee@example.org", &[]), wrong.clone()]);
            assert_eq!(form.people().unwrap_err().code, "POL-070", "{wrong:?}");
        }
    }

    #[test]
    fn an_operator_without_a_role_is_nobody_of_the_policy() {
        let form = with(vec![row("Dee", "dee@example.org", &["administrator"])]);
        assert_eq!(form.people().unwrap().len(), 1);
        assert!(with(vec![Row::default()]).operator().is_err());
    }
}
