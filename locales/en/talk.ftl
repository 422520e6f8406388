# What is said of single fields.

talk-about = Say something about { $field }
talk-comment = Comment
talk-suggest = Suggest another text
talk-suggest-hint = Change it here, and its author can take it over as it stands. Whoever suggests becomes one of the authors then.
talk-send = Send
talk-taken = The text says so now.
talk-accept = Take it over
talk-outdated = The text changed since, so this can no longer be taken over as it stands.
talk-on = on { $field }
