# Several texts at once.

bulk-title = Approve several
bulk-heading = { $count ->
    [0] Nothing of this is yours to approve now
    [one] One text, before you approve it
   *[other] { $count } texts, before you approve them
}
bulk-lead = Nothing is decided yet. Each text is judged by itself: one that is refused holds up no other.
bulk-left-out = Not among them
bulk-version = will be { $version }
bulk-approve = Approve what is ticked
bulk-leave = Leave without deciding
bulk-select = Select { $title }
bulk-select-all = Select all
bulk-look = Look at the selected
bulk-selected = selected

report-title = What became of each
report-heading = { $refused ->
    [0] { $done ->
        [one] One text, done
       *[other] { $done } texts, all done
    }
   *[other] { $done } done, { $refused } not done
}
report-lead = Each was judged by itself. What was not done is as it was before.
bulk-recorded = has your approval and waits for the others who must approve.
bulk-became = is { $status } now.
bulk-became-version = is { $status } as version { $version } now.

undo = Undo
undo-not = This cannot be undone; a later change can correct it.
undo-by-return = It can be taken back by returning the text to its authors.
