# What stands on every page, and how things are put in a row.

language-tag = en

skip-to-main = Skip to the page
sections = Sections
section-queue = Queue
section-records = Records
section-activity = Activity
section-people = People and policy
section-health = Health
waiting-for-you = waiting for you
sign-in = Sign in
sign-out = Sign out
kept-by = kept by Countersign

tone-good = Done
tone-warning = Look
tone-wrong = Not done

list-all = { $first } and { $last }
list-any = { $first } or { $last }
list-nobody = nobody
