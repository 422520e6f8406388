# What stands on every page, and how things are put in a row.

language-tag = en

skip-to-main = Skip to the page
sections = Sections
section-queue = Queue
section-inbox = Inbox
section-records = Records
section-releases = Releases
section-activity = Activity
section-people = People and policy
section-health = Health
unread-by-you = unread
waiting-for-you = waiting for you
sign-in = Sign in
sign-out = Sign out
your-account = Your account:
kept-by = kept by Countersign

tone-good = Done
tone-warning = Look
tone-wrong = Not done

list-all = { $first } and { $last }
list-any = { $first } or { $last }
list-nobody = nobody

not-published = Committed here, not yet published:

moment-now = just now
moment-minutes = { $count ->
    [one] a minute ago
   *[other] { $count } minutes ago
}
moment-hours = { $count ->
    [one] an hour ago
   *[other] { $count } hours ago
}
moment-days = { $count ->
    [one] a day ago
   *[other] { $count } days ago
}
moment-yesterday = yesterday
moment-due = as soon as its turn comes
moment-soon = in less than a minute
moment-in-minutes = { $count ->
    [one] in a minute
   *[other] in { $count } minutes
}
moment-in-hours = { $count ->
    [one] in an hour
   *[other] in { $count } hours
}
moment-date = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
moment-unknown = at a time that no calendar holds
moment-today = Today
moment-last-day = Yesterday
moment-no-day = At no known time

badge-unknown = unknown
value-none = not given
field-place = { $field }, place { $place }
field-below = { $field }, { $name }

place-line = line { $line }
place-column = col { $column }

finding-note = Note:
finding-warning = Warning:
finding-blocking = Blocking:
finding-line = line { $line }
finding-field-line = { $field }, line { $line }
finding-everywhere = the whole record

approval-open = { $given } of { $needed }
approval-met = { $given } of { $needed }, done
approval-given = { $name } approved
approval-nobody = Nobody else may. An administrator must give somebody this role.
approval-may = May approve:

paging-label = Pages of this list
paging-previous = Previous page
paging-next = Next page

details-summary = Details for those who use git
details-file = File
details-record = Record
details-text = Text
details-text-judged = Text judged
details-published-text = Published text
details-none = none
details-changed-by = Last changed by
details-branch = Branch
details-head = Last commit
details-commit = Commit
details-decided-by = Decided by
details-place = Place in the chain
details-policy = Policy
details-official = Made official by
details-keys = Keys

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
keys-inbox = go to your inbox
keys-records = go to the records
keys-releases = go to the releases
keys-activity = go to what happened
keys-people = go to people and policy
keys-health = go to health
keys-help = show or hide this list
keys-use = Use single keys
keys-close = Close
question-mark = ?
question-yes = Yes
question-no = No
