# A change as readers see it.

diff-summary = { $count ->
    [0] Nothing changes
    [one] 1 field changes
   *[other] { $count } fields change
}
diff-same = The two texts are the same.
diff-unchanged = Unchanged:
diff-file = The file as it is written
diff-lines = The file’s own lines
diff-empty = (empty)
diff-folded = { $count ->
    [one] 1 paragraph unchanged
   *[other] { $count } paragraphs unchanged
}
diff-from-place = from place { $place }

diff-added = added
diff-removed = removed
diff-changed = changed
diff-moved = moved

# Read aloud before and after the words themselves.
diff-removal-begins = removed:
diff-removal-ends = end of removal.
diff-addition-begins = added:
diff-addition-ends = end of addition.
