# The door.

sign-in-address = E-mail address
sign-in-password = Password
sign-in-forgotten = No password yet, or forgotten? Whoever runs the server can give you a link that signs you in once.
sign-in-welcome = Welcome
sign-in-welcome-name = Welcome, { $name }
sign-in-link-again = This link signs you in.
sign-in-link-once = This link signs you in, once, and lets you choose a password.
sign-in-set-password = Set password and sign in
sign-in-new-password = New password
sign-in-password-hint = At least { $count } characters
sign-in-not-you = Not you? Close this page; nothing has happened yet.
sign-in-signed-out = Signed out
sign-in-you-are-out = You are signed out
sign-in-nothing-lost = Nothing you sent was lost. What you typed and did not send is gone.
sign-in-again = Sign in again
sign-in-with = Sign in with { $provider }
sign-in-or = or with a password
sign-in-then-go-on = It opens a page of its own. Come back here when you are signed in: this button takes along what you typed, and nothing is decided before you have looked at it again.
sign-in-go-on = I am signed in: go on with what I typed
