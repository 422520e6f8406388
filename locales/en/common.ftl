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

live-lost = The connection is lost; this page may be old. It comes back by itself.
live-changed = Something on this page changed since you opened it.
live-look = Look again

keys = Keys
keys-walk = next row, row before
keys-open = open the row
keys-select = select the row
keys-approve = approve (asks once)
keys-request = request changes
keys-comment = write a comment
keys-edit = edit
keys-next = the next item that waits for you
keys-search = search
keys-queue = go to the queue
keys-records = go to the records
keys-activity = go to what happened
keys-people = go to people and policy
keys-health = go to health
keys-help = show or hide this list
keys-use = Use single keys
keys-close = Close
question-yes = Yes
question-no = No
