# The door: signing in, one-time links, having signed out.

sign-in-address = E-mail address
sign-in-password = Password
sign-in-password-hint = At least { $count } characters
sign-in-no-password = No password yet, or forgotten? An administrator can give you a link that signs you in once.
sign-in-with = Sign in with { $provider }
sign-in-or = or with a password

link-title = Welcome
link-welcome = Welcome, { $name }
link-once = This link signs you in, once, and lets you choose a password.
link-again = This link signs you in.
link-set-password = Set password and sign in
link-not-you = Not you? Close this page; nothing has happened yet.

signed-out-title = Signed out
signed-out-heading = You are signed out
signed-out-note = Nothing you sent was lost. What you typed and did not send is gone.
signed-out-again = Sign in again

sign-in-then-go-on = It opens a page of its own. Come back here when you are signed in: this button takes along what you typed, and nothing is decided before you have looked at it again.
sign-in-go-on = I am signed in: go on with what I typed
