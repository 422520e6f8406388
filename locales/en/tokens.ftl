# Tokens of programs.

tokens-heading = Tokens
tokens-lead = A token lets a program act for you, with no more rights than the policy gives you at that moment. Whoever holds it acts as you: give each program its own, for as little and as short a time as it needs.
tokens-made = Your new token
tokens-made-note = Copy it now: it is not shown again. The program sends it as { $header }.
tokens-yours = Your tokens
tokens-none = No program acts for you.
tokens-begins = begins with { $prefix }
tokens-for-all = every repository that you may read
tokens-expires = ends
tokens-used = last used
tokens-unused = never used
tokens-end = End this token
tokens-new = New token
tokens-name = Name
tokens-name-hint = What you will know it by, such as the program’s name.
tokens-scopes = What it is for
tokens-scope-read = Read: records, reviews, activity, people and policy
tokens-scope-decide = Decide: approve, request changes, comment, submit, withdraw
tokens-scope-edit = Edit: change drafts and begin records
tokens-scope-report = Report: say what a build came to
tokens-repository = Repository
tokens-days = It ends after
tokens-days-count = { $days ->
    [one] one day
   *[other] { $days } days
}
tokens-make = Make the token
