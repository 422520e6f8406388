# What the last act came to.

notice-saved = Your text is saved
notice-version = { $title } is { $status } as version { $version }
notice-status = { $title } is { $status }
notice-policy-restored = The policy stands as it was in force
notice-policy-in-force = The changed policy is in force
notice-the-policy = the changed policy
notice-approved = Your approval of { $title } is recorded
notice-waits = It waits for the others who must approve
notice-changes = Your request for changes to { $title } is recorded
notice-stands = It stands until the text changes or you take it back
notice-submitted = { $title } waits for review
notice-seen = Those who may approve it see it in their queue
notice-vetoed = Your veto against { $title } is recorded
notice-veto-stands = It stands until you take it back, whatever the text becomes
notice-withdrawn = What you decided about { $title } is taken back
notice-said = What you said of { $title } is recorded
notice-following = Next: { $title }
notice-assigned = { $title } is assigned
notice-described = { $title } has its new title
notice-closed = { $title } is closed
notice-closed-next = Nothing is lost: it can be reopened
notice-reopened = { $title } is open again
notice-taken-down = { $title } is taken down. A second administrator has 72 hours to ratify it
notice-ratified = You ratified that { $title } was taken down
notice-yanked = { $title } is taken back. It stays at its address and says so
