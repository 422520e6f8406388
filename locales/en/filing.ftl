# The file of a record.

filing-title = { $title }: its file
filing-heading = Rename or take away
filing-draft = Nobody reads this draft yet: it is renamed or removed where it stands, and its history stays in git.
filing-published = Readers have this record. Another name is proposed and reviewed as any change is; its id and its versions stay.
filing-proposal = The file is renamed in { $proposal }, or left out of it.
filing-rename = Rename
filing-remove = Remove
filing-leave-out = Leave it out
