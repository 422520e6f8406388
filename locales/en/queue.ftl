# The queue: what needs me?

queue-heading = { $count ->
    [0] Nothing waits for you
    [one] One text waits for you
   *[other] { $count } texts wait for you
}
queue-new-record = New record
queue-empty = The desk is clear: nobody waits for anybody, and every record stands as it was approved.
queue-read-records = Read the records
queue-or = , or
queue-begin = begin a new one

queue-yours = Waiting for you
queue-no-yours = Nothing. New work appears here, the oldest first.
queue-outside = Changed outside review
queue-no-outside = Every record stands as it was approved.
queue-others = Waiting for others
queue-no-others = Nobody owes you an answer.
queue-blocked = Blocked
queue-no-blocked = No finding holds anything back.
queue-drafts = Drafts
queue-no-drafts = Nothing is being written.

queue-removed-version = { $path } was removed; version { $version } still counts
queue-removed-status = { $path } was removed; its status, { $status }, still counts
queue-bring-back = A proposal brings its last approved text back.
queue-again = Bring it back…

queue-policy = The policy
queue-policy-collection = policy
queue-not-in-force = not in force
queue-will-be = will be { $version }

queue-in-proposal = in { $proposal }
queue-act-outside = Countersign or restore
queue-act-draft = Being written
queue-act-answer = Answer the request for changes
queue-act-approve = Approve as { $status }
queue-act-become = Approve to become { $status }
queue-act-read = Read

queue-why-yours = Your approval is one that counts
queue-why-answer = { $names } asked for changes to your text
queue-why-countersign = You may countersign it
queue-why-others = Waits for { $names }
queue-why-draft = Nobody was asked to review it yet
queue-why-vetoed = Vetoed by { $names }: { $why }
queue-why-objections = { $names } asked for changes
queue-why-nobody = Nobody may approve it; the policy must give somebody the role
queue-why-blocked = { $count ->
    [one] One finding holds it back
   *[other] { $count } findings hold it back
}
queue-why-release = Approved; waits for the release “{ $title }”
queue-taken-down = Taken down
queue-down = { $name } took it down on { $day }. A second administrator has until { $until } to ratify it
queue-down-overdue = { $name } took it down on { $day }, and nobody ratified it within 72 hours. It stays down until that is decided: ratify it, or bring a text of it through review
queue-decide-down = Decide…
queue-yank = { $name } wants version { $version } taken back. It waits for { $names }
