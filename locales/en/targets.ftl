# Those who build on a register: the targets, their deliveries, and what they built.

targets-heading = Targets
targets-lead = Those who build on this register are told what happened to what readers have, once it is published: in order, signed, and until it arrives. The policy says who is told of what.
targets-none = The policy names no target. Add a table such as [targets.website] to it, and say here where the target is reached.
targets-policy = The policy
targets-word-well = Up to date
targets-word-behind = Behind
targets-word-resting = Resting
targets-word-off = No address
targets-word-dead = Put aside
targets-word-failed = Build failed
targets-word-left = Left
targets-build-has-failed = It was told everything, and its last build failed: its log says why.
targets-live-behind = { $count ->
    [one] It was told everything; one event is not in what is live there.
   *[other] It was told everything; { $count } events are not in what is live there.
}
targets-well = It was told everything that was published since its address was set.
targets-behind = { $count ->
    [one] One event is still to be delivered.
   *[other] { $count } events are still to be delivered.
}
targets-failing = { $count ->
    [one] One event is still to be delivered; the last attempt failed: { $why }.
   *[other] { $count } events are still to be delivered; the last attempt failed: { $why }.
}
targets-resting = Resting
targets-resting-why = Nothing is sent until somebody resumes it: { $why }.
targets-resting-by-hand = somebody let it rest
targets-dead-count = { $count ->
    [one] One delivery was put aside, and can be sent once more.
   *[other] { $count } deliveries were put aside, and can be sent once more.
}
targets-off = Nothing is sent: nobody said where it is reached. It can ask for the events.
targets-told-all = It is told of everything.
targets-told = It is told of { $events } in { $collections }, { $languages }, { $pace }.
targets-all-events = every event
targets-all-collections = all collections
targets-all-languages = in every language
targets-languages = in { $languages }
targets-at-once = each at once
targets-gathered = gathered, at most every { $seconds ->
    [one] second
   *[other] { $seconds } seconds
}
targets-nothing = nothing
targets-address = { $address }
targets-made = Give this to the receiver
targets-made-secret = Secret:
targets-made-note = Copy it now: it is not shown again. Deliveries are signed with it as Standard Webhooks says; the secret before, where there is one, signs too until you end it.
targets-test = Send a test
targets-rest = Let it rest
targets-resume = Resume
targets-replay-dead = Send everything put aside once more
targets-replay-range = Send once more, with the same ids
targets-from = From number
targets-to = To number
targets-replay = Send once more
targets-replay-one = Send once more
targets-builds = Builds
targets-no-builds = No build has reported back.
targets-build-building = Building
targets-build-live = Live
targets-build-failed = Failed
targets-log = Log
targets-up-to = up to event { $number }
targets-up-to-unknown = of a history that is not published any more
targets-live-version = Live up to { $commit }.
targets-left = Addresses that are left
targets-left-lead = The policy does not name these targets any more. Nothing is sent there; a target of the same name would go on with the address, from where it was told.
targets-deliveries = Deliveries
targets-no-deliveries = Nothing was delivered yet.
targets-earlier = Earlier deliveries
targets-delivery = Delivery
targets-delivered = Delivered
targets-waiting = Waiting
targets-dead = Put aside
targets-number = { $first }
targets-numbers = { $first } to { $last }
targets-what = { $event }: { $record }
targets-what-many = everything that happened meanwhile
targets-tries = { $count ->
    [0] not tried yet
    [one] tried once
   *[other] tried { $count } times
}
targets-next = It is tried again:
targets-attempts = Attempts
targets-no-attempts = It was not tried yet.
targets-taken = Taken
targets-failed = Failed
targets-answered = Answered { $status } after { $ms } ms
targets-not-answered = No answer after { $ms } ms
targets-exchange = What was sent and answered
targets-body = The message
targets-endpoint = Where it is reached
targets-endpoint-lead = Addresses and secrets are kept in the private database and in no file of the repository.
targets-preset-webhook = Signed webhook
targets-preset-netlify = Netlify
targets-preset-vercel = Vercel
targets-preset-cloudflare = Cloudflare Pages
targets-preset-github-dispatch = GitHub: repository dispatch
targets-preset-github-workflow = GitHub: workflow
targets-preset-gitlab = GitLab: pipeline
targets-how-webhook = Anything that takes Standard Webhooks: each delivery is signed and carries its id and time.
targets-how-netlify = In the site’s settings, under build hooks, add one and paste its address.
targets-how-vercel = In the project’s settings, under Git, add a deploy hook and paste its address.
targets-how-cloudflare = In the project’s settings, under builds, add a deploy hook and paste its address.
targets-how-github-dispatch = The token may write the contents of the repository. A workflow listens with on: repository_dispatch.
targets-how-github-workflow = The token may write actions. The workflow names on: workflow_dispatch.
targets-how-gitlab = In the project’s settings, under pipeline trigger tokens, add one and paste it.
targets-input-address = Address
targets-input-address-hint = Whole, with https://. Leave it empty to keep the one that is known.
targets-input-hook = Address of the hook
targets-input-hook-hint = It is a secret itself, so it is not shown again. Leave it empty to keep the one that is known.
targets-input-secret = Secret of your own
targets-input-secret-hint = Leave it empty and one is made, or the known one is kept.
targets-input-token = Token
targets-input-token-hint = It is not shown again. Leave it empty to keep the one that is known.
targets-input-project = Project
targets-input-project-hint = As owner/name; at GitLab its path or number.
targets-input-reference = Branch
targets-input-workflow = File of the workflow
targets-input-event = Type of the event
targets-save = Save
targets-change-secret = Change the secret
targets-end-older = End the secret before
targets-forget = Forget the address and all deliveries
targets-record = Downstream
targets-record-live = live
targets-record-live-ended = live, as ended
targets-record-live-failed = live; the last build failed
targets-record-live-older = version { $version } is live
targets-record-building = being built
targets-record-failed = the build failed
targets-record-told-only = told
targets-record-told = told, not built yet
targets-record-waiting = not told yet
