# A published version as it was, and two texts side by side.

versions-title = { $title }, version { $version }
versions-version = version { $version }
versions-published = published
versions-people = Written by { $wrote }, approved by { $approved }
versions-taken-back = This version was taken back.
versions-newer = There is a newer version.
versions-stood = This is how the record stood; now it is at
versions-again = Go back to this version…
versions-cite = Cite this version
versions-same = A version always shows the same text.
versions-made = Who made it
versions-compare = compare
versions-compare-title = { $record }: { $from } and { $to }
versions-from-to = From { $from } to { $to }
versions-turn = Turn the order round
versions-now = the text as it stands
versions-earlier = an earlier text
versions-yank = Take this version back…
