# The git host.

hosting-heading = Git host
hosting-lead = A webhook tells this server at once that something was pushed. It carries no authority: it says “look again”, and what counts is what git holds. Without one the server looks by the clock.
hosting-made = Give this to the host
hosting-address = Address:
hosting-secret = Secret:
hosting-made-note = Copy it now: it is not shown again. The secret before, where there is one, counts too until you end it.
hosting-how-github = In the repository’s settings add a webhook with the content type application/json, for pushes and pull requests.
hosting-how-gitlab = In the project’s settings add a webhook with this secret token, for pushes, tag pushes and merge requests.
hosting-how-gitea = In the repository’s settings add a webhook of the host’s own kind with the content type application/json, for pushes and pull requests.
hosting-how-bitbucket = In the repository’s settings add a webhook with this secret, for pushes and pull requests.
hosting-how-plain = Send a POST after each push, signed as GitHub signs: X-Hub-Signature-256 with sha256= and the HMAC of the body. A secret that begins with whsec_ means Standard Webhooks instead.
hosting-endpoints = Endpoints
hosting-none = No webhook is taken: the server looks by the clock alone.
hosting-changed = secret made
hosting-older = the secret before counts too
hosting-end-older = End the secret before
hosting-off = Turn off
hosting-host = Host
hosting-own-secret = Secret of your own
hosting-own-secret-hint = Leave it empty and one is made. GitLab’s signing token, which begins with whsec_, goes in here.
hosting-make = Make a secret
hosting-api = Pull and merge requests
hosting-api-lead = Requests are proposals here, followed by git alone. With a token for the host’s API their titles and states are kept in step as well, what is decided here is shown there as a status and a comment, and the host is set up by itself.
hosting-api-known = { $host } is asked at { $address } about { $project }.
hosting-api-none = No API is asked.
hosting-api-token = Token
hosting-api-token-hint = It may read and write requests, statuses and webhooks, and keys where this server comes over SSH. It is kept in the private database and shown nowhere.
hosting-api-connect = Connect
hosting-api-forget = Forget the token
hosting-tried-api = API
hosting-tried-webhook = Webhook
hosting-tried-key = Deploy key
hosting-tried-protection = Published branch
hosting-tried-status = Status
hosting-told-answers = { $count ->
    [0] It answers, and no request is open.
    [one] It answers, and one request is open.
   *[other] It answers, and { $count } requests are open.
}
hosting-told-made = It is made on the host.
hosting-told-known = It is on the host already, as it should be.
hosting-told-protected = It is protected. Let this server’s login push to it.
hosting-told-unprotected = Whoever may write there can push to it around review. Protect it, and let this server’s login push to it.
hosting-told-unknown = This token may not see whether it is protected. Look there, and let this server’s login push to it.
hosting-told-shown = One stands beside the head of the published branch.
hosting-deliveries = What came
hosting-no-deliveries = No webhook has come yet.
hosting-look = Look now
hosting-looked = Looked
hosting-waiting = Waiting
hosting-ignored = Ignored
hosting-refused = Refused
hosting-after = { $seconds ->
    [0] looked at within a second
    [one] looked at after one second
   *[other] looked at after { $seconds } seconds
}
hosting-again = { $note }; it came { $times } times
hosting-came-again = it came { $times } times
