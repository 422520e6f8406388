# The pages that readers have, and the words in feeds and citations. They are said in the language of the register.

public-published-by = Published by { $publisher }
public-changes = Changes
public-data = Linked data
public-llms = llms.txt
public-cite-register = Cite this register
public-collections = Collections
public-count = { $count ->
    [one] 1 record
   *[other] { $count } records
}
public-latest = Latest changes
public-nothing = Nothing is published yet.
public-pages = Pages of the list
public-before = Earlier pages
public-after = More
public-about = About this record
public-record = Record
public-authors = Authors
public-publisher = Publisher
public-license = Licence
public-file = File
public-identity = Identifier
public-references = References
public-relations = Relations
public-named-by = Named by
public-translations = Other languages
public-history = Versions
public-major = meaning changed
public-minor = more is said
public-patch = wording
public-adopted = As adopted
public-people = Written by { $authors }; approved by { $approvers }
public-taken-back = taken back
public-ended = This record is { $status } since { $date }. It stays here so that what cites it can be read.
public-successor = See instead:
public-yanked = This version was taken back on { $date }: { $reason }
public-yanked-since = Version { $version } was taken back: { $reason }
public-older = This is an earlier version. Now it is at
public-translation = This is a translation of
public-stale = This translation was made of an earlier version of
public-moved = This page has moved to
public-gone-title = Taken down
public-gone = What stood here was taken down on { $date }.
public-cite-heading = Cite as
public-cite-entry = { $title }. { $version }. { $publisher }, { $date }. { $address }
public-cite-work = { $authors }. “{ $title }.” { $genre }, version { $version }. { $publisher }, { $year }. { $address }
public-cite-work-unsigned = “{ $title }.” { $genre }, version { $version }. { $publisher }, { $year }. { $address }
public-feed-changes = { $register }: changes
public-feed-collection = { $register }: { $collection }
public-feed-language = { $register }: texts in { $language }
public-feed-entry = { $title }, version { $version }
public-feed-ended = { $title }: { $status }
public-feed-yanked = { $title }, version { $version }: taken back
public-llms-about = A register of records that are each approved by at least two people before they are published. Cite the version that you read: its address always shows the same text.
public-llms-badge = The badge of a record says its status, how sure its editors are, and its version.
public-cff-message = Please cite this register as below.
