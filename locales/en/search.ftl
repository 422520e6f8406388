# The list of records, its filters, and saved views.

search-search = Search
search-collection = Collection
search-status = Status
search-standing = Stands
search-person = Written or decided by
search-language = Language
search-finding = Finding
search-severity = Severity
search-since = Changed since
search-order = Order
search-record = Record
search-changed = Changed
search-show = Show
search-show-all = Show all
search-show-all-records = Show all records
search-more-filters = More filters and order
search-filters = Filters
search-remove = Remove
search-new-in = New in { $collection }
search-begin-one = Begin one:

search-all-collections = All collections
search-any-status = Any status
search-anywhere = Anywhere
search-anybody = Anybody
search-any-language = Any language
search-any-severity = With findings or without
search-usual-order = Usual order

search-standing-open = In the queue
search-standing-draft = Draft, nobody asked yet
search-standing-validated = Approved, not yet published
search-standing-changed = Changed outside review
search-standing-settled = As approved
search-standing-quarantined = Cannot be read

search-severity-blocking = Blocking
search-severity-warning = Warning
search-severity-information = Note

search-order-match = Best match
search-order-changed = Last changed
search-order-title = Title
search-order-waiting = Oldest waiting

search-by-words = Words: { $value }
search-by-collection = Collection: { $value }
search-by-status = Status: { $value }
search-by-standing = Stands: { $value }
search-by-person = Written or decided by { $value }
search-by-language = Language: { $value }
search-by-finding = Finding: { $value }
search-by-severity = Severity: { $value }
search-by-since = Changed since { $value }
search-by-order = Order: { $value }

search-no-collection = The policy has no collection “{ $value }”
search-no-status = No workflow of the policy has a status “{ $value }”
search-no-person = The policy knows nobody called “{ $value }”; an address finds others
search-no-day = “{ $value }” is no day; write 2026-10-01, 30d or 2w
search-no-such-value = “{ $value }” is nothing that records can be looked for by
search-words-cut = Only the first sixteen words were looked for

search-nothing-fits = No record fits.
search-without = Without “{ $filter }”: { $count }
search-no-record-yet = This register holds no record yet.
search-unreadable = cannot be read
search-unreadable-line = cannot be read: line { $line }
search-changed-outside-review = changed outside review

search-more-than = more than 10,000
search-paging = { $first } to { $last } of { $count }
search-paging-none = 0 of { $count }

views-heading = Saved views
views-name = Name
views-save = Save this view
views-delete = Delete

waiting-count = { $count }
waiting-show-all = Show all { $count }
waiting-beyond = { $count } records are open, and only the 3,000 oldest stand here: see them all
waiting-whole-queue = Back to the whole queue
waiting-page = Page { $page } of { $last }
