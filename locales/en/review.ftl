# A review: what changed, and may I approve it?

review-title = Review: { $record }
review-question-outside = Countersign this change, or restore what was there?
review-question-revision = { $names } wrote this revision. May it become { $status }?
review-question-text = { $names } wrote this text. May it become { $status }?
review-question-none = Nothing is asked of anybody here.
review-written-by = Written by
review-unproven = (author not proven)
review-to-decision = Go to your decision

review-outside-banner = Changed outside review.
review-outside = { $names } changed this record without review.
review-outside-version = { $names } changed this record without review. Version { $version } is what was approved last, until somebody countersigns.
review-stale-banner = Changed since you looked.
review-stale = It was changed after you opened it. Nothing was decided; what you typed is still in the form.
review-since-approved = Changed since you approved: { $fields }.
review-since-published = What is published changed since you approved: { $fields }.
review-since-both = Changed since you approved: { $fields }; and in what is published: { $published }.
review-since-layout = The layout changed since you approved.
review-since-next = Your approval was for the earlier text and counts no more.
review-vetoed-record = { $name } vetoed this record.
review-vetoed-proposal = { $name } vetoed the whole proposal.
review-vetoed-next = Nothing lands until they take it back, whatever the text becomes.
review-since = What changed since

review-way = The way to active
review-step-written = Written
review-step-done = done
review-step-current = now
review-step-ahead = to come
review-step-held = held back

review-version = Version
review-version-will-be = Will be
review-version-after = after { $version }
review-bump-first = the first version
review-bump-major = major: the meaning changed
review-bump-minor = minor: more is said
review-bump-patch = patch: wording
review-bump-none = none: presentation only
review-reason = { $field } { $what }
review-version-computed = { $version } ({ $bump }, computed)
review-version-lowered = { $version } ({ $bump }, needs a reason)
review-version-raised = { $version } ({ $bump })
bump-major = major
bump-minor = minor
bump-patch = patch
bump-none = none

review-findings = Findings
review-no-findings = The rules found nothing wrong.

review-approvals = Who must approve
review-no-role = Nobody may approve this. The policy must name a role first.
review-more-new = A text that was never published asks for { $needed } in this role
review-more-bump = A { $bump } change asks for { $needed } in this role
review-more-field = A change of { $field } asks for { $needed } in this role
review-more-unproven = Nothing proves who wrote this, which asks for { $needed } in this role
review-more-unknown = Nobody could compare this with what is published, which asks for { $needed } in this role
review-vetoed = { $name } vetoed it
review-wrote = { $name } wrote this text
review-approved-earlier = { $name } approved an earlier step

review-discussion = Discussion
review-no-discussion = Nobody has said anything yet.
review-said-approved = approved “{ $move }”
review-said-changes = requested changes
review-said-comment = commented
review-said-submitted = asked for review
review-said-vetoed = vetoed it
review-said-withdrew = took back what they decided
review-elsewhere = about another text of this record
review-outdated = for an earlier text

review-decision = Your decision
review-you-approved = You have approved this text already.
review-you-vetoed = Your veto stands against this. Take it back before you approve.
review-you-wrote = You wrote this text, so somebody else must approve it.
review-you-approved-earlier = You approved "{ $earlier }" for this text, so somebody else must approve "{ $wanted }".
review-you-hold-none = It takes somebody in the role of { $roles } to approve this, and you are none.
review-held = A finding holds it back: { $finding }.
review-reason-label = Reason or comment
review-reason-hint = Kept with your decision, for everyone to read. Needed when you request changes, return a text or lower the version.
review-approve = Approve
review-countersign = Countersign
review-make-version = make version { $version } { $status }
review-make-it = make it { $status }
review-act-completes = { $act }: { $outcome }
review-act-counts = { $act }: one of { $left } still needed to { $move }
review-act-restore = Restore what was approved
review-act-submit = Ask for review
review-act-changes = Request changes
review-act-comment = Comment only
review-act-veto = Veto
review-act-withdraw = Take back what I decided
review-said-assigned = asked for a look
review-said-described = gave the proposal another title
review-said-closed = closed the proposal
review-said-reopened = reopened the proposal
review-said-release = decided about its release
review-said-history = decided about the register’s history
review-release-banner = Part of a release.
review-release = It reaches readers with “{ $title }”, when all of that is ready, and not alone.
review-release-due = It reaches readers with “{ $title }”, planned for { $when }, and not alone.
review-referrers = { $count ->
    [one] Should it end, this record will name one that has ended.
   *[other] Should it end, these { $count } records will name one that has ended.
  }
review-question-down = This record was taken down. Readers have it no more; a second administrator ratifies that, or its text comes back through review
review-act-take-down = Take down at once
review-act-ratify = Ratify that it was taken down
review-question-version = Is version { $version } to be taken back? It stays at its address and tells its readers so; the number is never used again
review-act-yank = Take the version back
review-act-yank-counts = { $left ->
    [one] Ask that the version be taken back; one more must agree
   *[other] Ask that the version be taken back; { $left } must agree, you among them
  }
