//! Filled by the step that needs it.
