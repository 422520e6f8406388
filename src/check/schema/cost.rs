//! How many steps judging a value by a schema takes, counted before it is done.
//!
//! A schema of a few lines can ask for more steps than there are atoms: two branches that each refer to the next definition double the work with
//! each one. The validator cannot be stopped halfway, so the walk here visits what it would visit at worst, and gives up early.

use serde_json::Value as Json;

use super::read::target;

/// The most visits of a subschema at a value that one record may cost; well-meant schemas need a few for each value.
const MAX_VISITS: u32 = 1_000_000;

/// The deepest chain of such visits: a bound on the validator's stack.
pub(super) const MAX_NESTING: u32 = 256;

/// Keywords whose value is a schema for the same value.
pub(super) const SAME_ONE: &[&str] = &["not", "if", "then", "else"];
/// Keywords whose value is a list of schemas for the same value.
pub(super) const SAME_LIST: &[&str] = &["allOf", "anyOf", "oneOf"];
/// Keywords whose value maps names to schemas for the same value.
pub(super) const SAME_MAP: &[&str] = &["dependentSchemas"];
/// Keywords whose value is a schema for each child.
pub(super) const CHILD_ONE: &[&str] = &[
    "additionalProperties",
    "unevaluatedProperties",
    "propertyNames",
    "items",
    "contains",
    "unevaluatedItems",
];
/// Keywords whose value is a list of schemas for the first children.
pub(super) const CHILD_LIST: &[&str] = &["prefixItems"];
/// Keywords whose value maps names or patterns to schemas for children.
pub(super) const CHILD_MAP: &[&str] = &["properties", "patternProperties"];
/// Keywords that refer to another schema for the same value.
pub(super) const REFERENCES: &[&str] = &["$ref", "$dynamicRef"];

/// Returns whether judging a value stays within bounds.
pub(super) fn is_bounded(schema: &Json, value: &Json) -> bool {
    let mut walk = Walk {
        root: schema,
        left: MAX_VISITS,
    };
    walk.visit(schema, value, 0).is_some()
}

struct Walk<'a> {
    root: &'a Json,
    left: u32,
}

impl<'a> Walk<'a> {
    /// Visits a schema at a value; `None` ends the walk.
    fn visit(&mut self, schema: &'a Json, value: &Json, depth: u32) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        if depth > MAX_NESTING {
            return None;
        }
        let Some(keywords) = schema.as_object() else {
            return Some(());
        };
        for (keyword, inner) in keywords {
            let keyword = keyword.as_str();
            if REFERENCES.contains(&keyword) {
                if let Some(meant) = inner.as_str().and_then(|name| target(self.root, name)) {
                    self.visit(meant, value, depth + 1)?;
                }
            } else if SAME_ONE.contains(&keyword) {
                self.visit(inner, value, depth + 1)?;
            } else if SAME_LIST.contains(&keyword) || SAME_MAP.contains(&keyword) {
                for one in members(inner) {
                    self.visit(one, value, depth + 1)?;
                }
            } else {
                self.visit_children(keyword, inner, value, depth + 1)?;
            }
        }
        Some(())
    }

    fn visit_children(
        &mut self,
        keyword: &str,
        inner: &'a Json,
        value: &Json,
        depth: u32,
    ) -> Option<()> {
        match keyword {
            "properties" => {
                let (Some(schemas), Some(values)) = (inner.as_object(), value.as_object()) else {
                    return Some(());
                };
                for (key, value) in values {
                    if let Some(schema) = schemas.get(key) {
                        self.visit(schema, value, depth)?;
                    }
                }
            }
            "prefixItems" => {
                for (schema, value) in members(inner).zip(members(value)) {
                    self.visit(schema, value, depth)?;
                }
            }
            "propertyNames" => {
                for _ in value.as_object().into_iter().flatten() {
                    self.visit(inner, &Json::Null, depth)?;
                }
            }
            "patternProperties" => {
                for schema in members(inner) {
                    self.visit_each(schema, value, depth)?;
                }
            }
            _ if CHILD_ONE.contains(&keyword) => self.visit_each(inner, value, depth)?,
            _ => {}
        }
        Some(())
    }

    fn visit_each(&mut self, schema: &'a Json, value: &Json, depth: u32) -> Option<()> {
        members(value).try_for_each(|child| self.visit(schema, child, depth))
    }
}

/// Returns the values in a list or a map.
pub(super) fn members(value: &Json) -> Box<dyn Iterator<Item = &Json> + '_> {
    match value {
        Json::Array(items) => Box::new(items.iter()),
        Json::Object(fields) => Box::new(fields.values()),
        _ => Box::new(std::iter::empty()),
    }
}
