# A person's own sign-in.

account-heading = Your account
account-signed-in-as = You are signed in as
account-sessions = Where you are signed in
account-sessions-note = A browser that you do not know is somebody else’s: end its session, then change your password.
account-this-one = this browser
account-seen = last seen
account-begun = signed in
account-end = End this session
account-end-others = End all other sessions
account-some-browser = A browser that does not say which
account-some-browser-on = A browser on { $system }
account-browser-on = { $browser } on { $system }
account-password = Password
account-password-note = Changing it ends your session in every other browser.
account-no-password = You have no password yet. You may choose one now, because you have just signed in.
account-no-password-now = You have no password. To choose one, sign out, sign in again, and come back here within a quarter of an hour.
account-present-password = Present password
account-new-password = New password
account-change-password = Change password
account-set-password = Set password
account-links = Links that let you in
account-links-note = An administrator can let you in by a link, and whoever opens it is signed in as you. Ask about one that you did not expect.
account-link-made = made
account-link-used = used
account-link-unused = not used

people-make-link = Make a link to sign in
people-link-made = A link to sign in
people-link-for = A link that lets { $name } in
people-link-note = Send it to { $address } and to nobody else: whoever opens it is signed in as them, and chooses their password. It works once, within 24 hours, and is not shown again.
people-link-told = They see on their own page that you made it, and when it was used.

set-up-from-terminal = Whoever runs the server can do this in a browser: its terminal printed a link when it started.

account-programs = Programs
account-programs-note = A program acts for you by a token of its own, which you make and end; ending sessions and changing your password leave tokens alone.
account-programs-tokens = See your tokens
