# The list of records.

records-search = Search
records-collection = Collection
records-status = Status
records-all-collections = All collections
records-any-status = Any status
records-show = Show
records-show-everything = Show all
records-show-all = Show all records
records-none-fit = No record fits.
records-empty = This register holds no record yet.
records-begin = Begin one:
records-new = New in { $collection }
records-record = Record
records-changed = Changed
records-unreadable = cannot be read
records-unreadable-line = cannot be read: line { $line }
records-outside = changed outside review
records-range = { $first } to { $last } of { $count }
records-none-of = 0 of { $count }
