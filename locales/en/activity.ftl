# What happened: who, what they did, the record, and how it ends.

activity-empty = Nothing has happened yet. Approvals, changes and comments will be told here.
activity-count = { $count ->
    [one] 1 event
   *[other] { $count } events
}
activity-somebody = Somebody
activity-approved = approved
activity-changes = requested changes to
activity-submitted = asked for review of
activity-vetoed = vetoed
activity-withdrew = took back what they decided about
activity-commented = commented on
activity-for = for “{ $move }”
activity-made = { $count ->
   *[other] made
}
activity-made-version = { $status } as version { $version }
activity-made-status = { $status }
activity-began = began
activity-removed = removed
activity-edited = edited
activity-assigned = asked somebody to look at
activity-described = renamed
activity-closed = closed
activity-reopened = reopened
activity-planned = planned the release
activity-released = released
activity-cancelled = gave up the release
activity-failed = could not let out the release
activity-rewritten = noticed that somebody replaced
activity-history-restored = restored
activity-history-accepted = accepted what replaced
