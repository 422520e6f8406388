//! Names of git objects and of records, parsed once at the edge and passed on as types.

use std::fmt;
use std::str::FromStr;

/// The text was not a full object id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a full object id of 40 hexadecimal digits")]
pub struct NotAnObjectId(pub String);

macro_rules! object_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub [u8; 20]);

        impl $name {
            /// Returns the first ten digits, for a details line; never for looking anything up.
            pub fn short(&self) -> String {
                hex::encode(&self.0[..5])
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = NotAnObjectId;

            /// Reads exactly 40 lower-case hexadecimal digits: no prefixes, no revisions, no spaces.
            fn from_str(text: &str) -> Result<Self, NotAnObjectId> {
                let wrong = || NotAnObjectId(text.chars().take(60).collect());
                if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
                    return Err(wrong());
                }
                let mut bytes = [0; 20];
                hex::decode_to_slice(text, &mut bytes).map_err(|_| wrong())?;
                Ok(Self(bytes))
            }
        }
    };
}

object_id! {
    /// The id of a commit.
    CommitId
}
object_id! {
    /// The id of a blob: the bytes of one file.
    BlobId
}

/// A record's id: the value of the field that the policy names, or `collection/slug` at birth.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordId(pub String);

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A name and an e-mail address, as git writes them: `Name <address>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity {
    /// The name, never trusted alone.
    pub name: String,
    /// The address, lower case.
    pub address: String,
}

impl Identity {
    /// Returns an identity with its address in lower case and nothing in either part that would end it early.
    pub fn new(name: &str, address: &str) -> Self {
        let clean = |text: &str| {
            let kept: String = text
                .chars()
                .filter(|c| !c.is_control() && !matches!(c, '<' | '>'))
                .collect();
            kept.trim().to_owned()
        };
        Self {
            name: clean(name),
            address: clean(address).to_lowercase(),
        }
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} <{}>", self.name, self.address)
    }
}

/// The text was not of the form `Name <address>`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not of the form Name <address>")]
pub struct NotAnIdentity(pub String);

impl FromStr for Identity {
    type Err = NotAnIdentity;

    fn from_str(text: &str) -> Result<Self, NotAnIdentity> {
        let wrong = || NotAnIdentity(text.to_owned());
        let (name, address) = text
            .trim()
            .strip_suffix('>')
            .and_then(|rest| rest.rsplit_once('<'))
            .ok_or_else(wrong)?;
        Ok(Self::new(name, address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_full_lower_case_ids_are_read() {
        let id = "18be5aa28cdb9eab37062aa5a330c435ee53a089";
        assert_eq!(id.parse::<CommitId>().unwrap().to_string(), id);
        for text in [
            "",
            "HEAD^{/x}",
            "@{-1}",
            "18be5aa",
            &id.to_uppercase(),
            &format!("{id} "),
        ] {
            assert!(text.parse::<CommitId>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_identity_cannot_smuggle_a_second_one() {
        let identity = Identity::new("Ana\nApproved-by: Eve", "Ana@Example.org>");
        assert_eq!(
            identity.to_string(),
            "AnaApproved-by: Eve <ana@example.org>"
        );
        assert_eq!(identity.to_string().parse::<Identity>().unwrap(), identity);
    }
}
