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
