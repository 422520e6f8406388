# Releases: what goes out together, when, and what is in its way.

releases-lead = Texts that reach readers together, all or none, when somebody says so or at a time. Until then each waits for the others.
releases-open = Planned
releases-no-open = Nothing is planned.
releases-ended = Earlier
releases-no-ended = Nothing was released together yet.
releases-earlier = Earlier releases
release-plan = Plan a release
release-title = Release: { $title }
release-texts = { $count ->
    [one] 1 text
   *[other] { $count } texts
}
release-when = { $day }, { $time } UTC
release-state-planned = Waits for somebody to release it.
release-state-due = Goes out by itself: { $when }.
release-state-overdue = Was due: { $when }. It goes out in a moment.
release-state-releasing = Is going out now.
release-state-released = Released: { $when }.
release-state-failed = Could not go out at its time, and waits for somebody.
release-state-cancelled = Given up: { $when }.
release-all-ready = Everything is ready: this is what would happen now.
release-not-ready = { $count ->
    [one] One text is not ready, so nothing would go out now.
   *[other] { $count } texts are not ready, so nothing would go out now.
}
release-went-out = All of it went out in one step.
release-let-go = Its texts wait for nothing any more.
release-ready = Ready
release-waits = Waits
release-out = Out
release-from-proposal = from the proposal { $branch }
release-becomes = by “{ $move }”
release-becomes-first = by “{ $move }”, as the first version { $to }
release-becomes-version = by “{ $move }”, from version { $from } to { $to } ({ $bump })
release-gone = It is gone, or reached readers by another way. Change the plan.
release-changed = Its text changed since it was planned. Look at it, and change the plan to take what stands now.
release-outdated = The published text changed since its proposal began. Bring the proposal up to date.
release-before = It is { $status }, and “{ $move }” comes first.
release-no-way = It is { $status }, and no move leads from there to readers.
release-missing = “{ $move }” is not approved yet.
release-need = { $count ->
    [one] One approval is missing, by a { $role }: { $names } may give it.
   *[other] { $count } approvals are missing, each by a { $role }: { $names } may give them.
}
release-objection = { $names } asked for changes.
release-finding = A finding stands against it: { $finding }
release-twin = It is the same record as another text of this release, or takes up the same file: { $other }
release-referrers = References that would lead to what readers no longer have
release-refers = { $field } names { $record }
release-events = What was decided
release-event-planned = { $name } planned it
release-event-released = { $name } released it
release-event-clock = Its time came, as { $name } planned
release-event-cancelled = { $name } gave it up
release-event-failed = { $name } could not release it at its time
release-decision = Decide
release-reason = Why, if there is more to say. Kept with your decision, for everyone to read.
release-now = { $count ->
    [one] Release this text now
   *[other] Release { $count } texts now
}
release-cancel = Give the release up
release-change = Change the plan
release-held-back = It can be released as soon as nothing is in the way of any text.

plan-heading = Plan a release
plan-heading-change = Change the plan
plan-lead = What you choose reaches readers together or not at all. It may be chosen before everything is approved; whatever is approved meanwhile waits.
plan-title = What it is, in one line
plan-text = Why, and what readers should know
plan-due = Time, in UTC
plan-due-hint = Coordinated Universal Time, not your own clock’s. Leave it empty to release by hand.
plan-choose = What goes out together
plan-look = Look
plan-none = Nothing that you may publish is on its way.
plan-published = { $collection }, { $status }
plan-proposed = { $collection }, from the proposal { $branch }
plan-button = Plan it
plan-button-change = Change it
plan-leave = Leave it
