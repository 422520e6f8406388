# When it cannot be done.

errors-400 = That request makes no sense here
errors-401 = Please sign in
errors-403 = You may not do this
errors-404 = There is nothing here
errors-409 = It changed since you looked
errors-413 = That is too large
errors-429 = Too many tries; please wait
errors-500 = Something broke on our side
errors-503 = Not ready yet
errors-other = That did not work
errors-to-queue = Go to the queue
errors-typed = It was not sent. Copy it before you leave.

errors-read-only = Read-only
errors-no-policy = Read-only: no policy yet
errors-nobody-may = This repository does not say who may approve what, so nobody may. It can be read; nothing can be decided.
errors-found = What was found
errors-not-adopted = The repository holds a policy that nobody has adopted yet
errors-policy-names = It names { $people } people and { $collections } collections
errors-proposed = A policy it could have
errors-command = Whoever holds the repository writes it with this command, reads it, and commits it:
