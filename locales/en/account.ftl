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

set-up-from-terminal = Whoever runs the server can do this in a browser: its terminal printed a link when it started.

account-programs = Programs
account-programs-note = A program acts for you by a token of its own, which you make and end; ending sessions and changing your password leave tokens alone.
account-programs-tokens = See your tokens
