# What somebody is told: who, what they did, the record's title, and how the sentence ends.

inbox-empty = Nothing new. You will be told here when somebody decides about your texts, speaks to you or asks you to look.
inbox-earlier = Read
inbox-read-one = Mark as read
inbox-read-all = Mark all as read
inbox-elsewhere = You can be told by mail and in a feed reader too.
inbox-settings = Choose how
inbox-somebody = Somebody
inbox-assigned = asked you to look at
inbox-until = until { $day }
inbox-mentioned = speaks to you about
inbox-answered = answered you about
inbox-approved = approved your text of
inbox-for = for “{ $move }”
inbox-changes = asks you to change
inbox-vetoed = vetoed
inbox-commented = commented on your text of
inbox-suggested = suggests a change of your text of
inbox-withdrawn = took back what they decided about your text of
inbox-closed = closed your proposal
inbox-reopened = reopened your proposal
inbox-landed = { $count ->
   *[other] made your text of
}
inbox-as-version = { $status } as version { $version }
inbox-as-status = { $status }
inbox-sent-back = { $count ->
   *[other] sent back your text of
}
inbox-changed = changed
inbox-changed-end = since you decided about it
inbox-outdated = { $count ->
   *[other] published another text of
}
inbox-outdated-end = while your proposal waits; bring it up to date
inbox-due = You were asked to look at
inbox-overdue = You were to have looked at
inbox-rewritten = noticed that somebody replaced the published history of
inbox-rewritten-end = and you decide what is to become of it
inbox-by-day = by { $day }
inbox-count = { $count ->
    [one] 1 notice
   *[other] { $count } notices
}
inbox-title = “{ $title }”
inbox-taken-down = took down
