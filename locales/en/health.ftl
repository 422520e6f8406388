# Is it well?

health-well = All is well
health-needs-a-hand = Something needs a hand
health-good = Well
health-warning = Look
health-wrong = Broken
health-quarantined = Files that cannot be read
health-no-quarantined = Every file is a record.
health-findings = Findings
health-no-findings = The rules found nothing wrong.

health-pages = Pages
health-pages-new = They show the newest state of the repository
health-pages-old = They are behind the repository by at least one commit
health-pages-next = Wait a moment and look again; if it stays, ask the operator to read the server's log
health-publication = Publication
health-published = Everything that is committed here is published
health-remote = Remote
health-remote-seen = Last seen { $when }
health-remote-new = It has not been looked at yet
health-remote-failing = It could not be seen since { $when }
health-key = Key
health-unsent = Proposal
health-unsent-what = { $branch } is not on the remote as it stands here: { $why }
health-api = Git host’s API
health-api-what = Requests are not in step with the git host: { $why }
health-mirror = Mirror
health-mirror-what = { $address } does not follow: { $why }
health-webhooks = Webhooks
health-webhooks-last = The last one came { $when }
health-webhooks-none = None has come yet; until one does the server looks by the clock
health-webhooks-missed = A look by the clock { $when } found what no webhook had told of
health-webhooks-next = Look into the host's own log of deliveries: its address, its secret, and whether the host turned it off
health-working-copy = Working copy
health-left-alone = { $path } was left as it is
health-left-alone-next = Compare it with the commit and bring it along with git
health-not-committed = Not committed
health-removed-here = { $path } was removed and the removal is not committed
health-edited-well = { $path } is edited and not committed; the rules find nothing wrong
health-edited = { $path } is edited and not committed; { $finding }{ $more ->
    [0] {""}
   *[other] , and { $more } more
}
health-unread-line = line { $line }: { $why }
health-commit-it = Commit it with git when it is done; nothing here counts before that
health-reading = Reading
health-all-read = Every file is a record
health-unread = { $count ->
    [one] One record cannot be read
   *[other] { $count } records cannot be read
}
health-unread-next = Correct the files named below; all others work meanwhile
health-review = Review
health-all-reviewed = Every record stands as it was approved
health-outside = { $count ->
    [one] One record changed outside review
   *[other] { $count } records changed outside review
}
health-outside-next = Countersign or restore them from the queue
health-presence = Presence
health-all-there = Every approved record is still there
health-gone = { $record } ({ $status }) was removed from { $path } outside review
health-gone-next = Bring it back from the queue, where it stands among the changes outside review
health-signatures = Signatures
health-all-proven = Every commit that claims an approval proves it
health-unproven = Commit { $commit } claims an approval and proves none
health-unproven-next = It counts for nothing; ask whoever pushed it why
