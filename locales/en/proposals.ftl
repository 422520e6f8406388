# Proposals: what is on its way.

section-proposals = Proposals
keys-proposals = go to the proposals
proposals-lists = Which proposals
proposals-open = Open
proposals-closed = Closed
proposals-landed = Published
proposals-empty = Changes nothing
proposals-none = There is none. Editing a published record begins one; so does a branch that somebody pushes.
proposals-older = Older ones
proposals-changes = { $others ->
    [0] { $names } changes { $first }
    [one] { $names } changes { $first } and one more record
   *[other] { $names } changes { $first } and { $others } more records
}
proposals-nothing = { $names } changes no record
proposals-yours = { $count ->
    [one] Waits for you
   *[other] { $count } records wait for you
}
proposals-others = Waits for { $names }
proposals-blocked = Something holds it back
proposals-outdated = What is published changed since it began
proposals-unasked = Being written; nobody was asked to look yet

proposals-eyebrow = Proposal
proposals-outdated-banner = Behind what is published.
proposals-request = Request { $number } of the git host.
proposals-request-of = Request { $number } of { $name } on the git host.
proposals-request-note = Its branch is its author’s: nothing is written to it here.
proposals-request-there = Open it there
proposals-outdated-told = Some of it was changed meanwhile, so this cannot be published as it is.
proposals-update = Bring it up to date
proposals-description = Description
proposals-records = { $count ->
    [one] One record
   *[other] { $count } records
}
proposals-together = { $count ->
    [one] Look at it and decide
   *[other] Look at { $count } together and decide
}
proposals-edit = Edit
proposals-changes-nothing = It changes no record.
proposals-new = new
proposals-revised = revised
proposals-removed = removed
proposals-renamed = renamed from { $path }
proposals-has-landed = published
proposals-removal = A published record is retired, not removed; a draft is removed on its own page
proposals-history = Its past
proposals-desk = The proposal as a whole
proposals-comment-hint = About the proposal as a whole, for everyone to read. What you say of a record stands on its own page.
proposals-comment = Comment
proposals-close = Close the proposal
proposals-reopen = Take it up again
proposals-assign = Ask somebody to look
proposals-assignee = Who
proposals-nobody = Nobody in particular
proposals-due = Until
proposals-ask-to-look = Ask
proposals-claim = I look at it
proposals-describe = Change title and description
proposals-title = Title
proposals-save-title = Save
proposals-assigned = { $name } was asked to look
proposals-assigned-until = { $name } was asked to look until { $day }
proposals-due-by = Somebody is to look until { $day }

update-title = Bring up to date: { $proposal }
update-ready = Nothing is in conflict: what was published meanwhile comes into the proposal beside its own changes. Approvals of texts that stay as they are stand.
update-lead = Both sides changed what is shown here. Choose what is to stand; everything else comes together by itself.
update-base = Before
update-standing = Published now
update-yours = Proposed
update-new = Write it anew
update-nothing = Nothing
update-gone = Removed
update-whole = The record as a whole
update-name = The name of its file
update-order = The order of its parts
update-note = A comment in the file
update-writing = It cannot be written beside the other change
update-kept = Kept, as changed
update-leave = Leave it as it is
proposals-since = It changed since you looked before.
proposals-since-what = See what changed
between-title = { $title }: what changed
between-began = where it began
between-looked = what you looked at before
between-same = Both say the same.
proposals-filing = Rename or leave out…
