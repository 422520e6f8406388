# The history of the register: whether it is whole, what was lost, and the one decision about it.

history-heading = The register’s history
history-whole = What was published stands as it was known. Nothing is to be decided.
history-rewritten = Somebody replaced the published history of { $branch }: what stands there now does not contain what stood there before.
history-restoring = It was decided to restore the earlier history. That is being done.
history-on-hold = Publishing is on hold.
history-until = Nothing is published, released or edited there until one of the people below decides. Comments, approvals and proposals go on, and are carried out afterwards.
history-lost = { $count ->
    [0] No approval is lost
    [one] 1 approved change is lost
   *[other] { $count } approved changes are lost
}
history-approval-gone = Approval no longer in the history
history-lost-version = { $move }, version { $version }
history-more = { $count ->
    [one] One more is not listed.
   *[other] { $count } more are not listed.
}
history-rest = { $lost ->
    [0] Beside them nothing else is lost
    [one] Beside them 1 other change is lost
   *[other] Beside them { $lost } other changes are lost
}, and { $added ->
    [0] nothing is new.
    [one] 1 change is new.
   *[other] { $added } changes are new.
}
history-old = Earlier end
history-kept-as = Kept as
history-new = Present end
history-decision = The decision
history-who = { $names } decides, by the rules that were in force before.
history-nobody = Nobody can decide: the earlier history, or the rules in it, cannot be read here.
history-reason = Why. Kept with your decision, for everyone to read.
history-restore-means = Restoring brings back what stood there before; what stands there now is kept aside.
history-accept-means = Accepting takes what stands there now for what is published; approvals that are lost have to be given again.
history-restore = Restore what was published
history-accept = { $count ->
    [0] Accept what is there now
    [one] Accept, and give up 1 approved change
   *[other] Accept, and give up { $count } approved changes
}
history-events = What happened
history-no-events = The history was never replaced.
history-event-rewritten = { $name } noticed that the history was replaced, and put publishing on hold
history-event-restored = { $name } restored what was published
history-event-accepted = { $name } accepted what replaced it
history-open = Read what is lost, and who decides
history-name = the register’s history
