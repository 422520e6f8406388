# The first page of a repository that nobody has adopted.

set-up-heading = Set up this register
set-up-lead = Nobody has said yet who may approve what, so it can only be read. Name the people, look at the rules, and make them official.
set-up-you = You
set-up-people = The first people
set-up-people-note = Two people at least: nobody makes a text official alone. Everybody else can be added later, by a change of the policy that is approved like any other.
set-up-person = Person { $number }
set-up-name = Name
set-up-author = writes
set-up-reviewer = judges whether a text is right
set-up-publisher = makes a text public
set-up-administrator = keeps these rules
set-up-propose = Write the rules for these people
set-up-more = More rows
set-up-replace = Write them anew and lose my changes
set-up-written = The rules are written from the people above.
set-up-written-note = Nothing is official yet: look at them, then adopt the register.
set-up-policy = The rules
set-up-policy-proposed = Proposed from what stands in the repository. Correct what was guessed wrongly.
set-up-policy-found = As they lie in the repository. Correct them here if you like.
set-up-guessed = What was guessed, and from what
set-up-sound = Nothing is wrong with these rules.
set-up-faults = { $count ->
    [one] One thing keeps them from being adopted.
   *[other] { $count } things keep them from being adopted.
}
set-up-check = Look at the text again
set-up-adopt = Adopt the register
set-up-adopt-note = This makes the rules, this server’s key and what stands in the repository official, in one signed commit. It is done once; afterwards the rules change only by review.

adopted-heading = Adopted
adopted-title = { $title } is adopted
adopted-lead = From now on a text becomes official by the approvals that its rules ask for.
adopted-signed-in = You are signed in. Choose a password within a quarter of an hour, so that you can come back.
adopted-password = Choose a password
adopted-onward = Go to the register
adopted-links = Let the others in
adopted-links-note = Send each person their own link. It works once, within 24 hours, and is not shown again; whoever runs the server can make a new one.
adopted-left-alone = Not brought up to date in the working copy
adopted-key = Signed with the key
set-up-nobody-yet = Name the people above first; the rules are then written for them.
