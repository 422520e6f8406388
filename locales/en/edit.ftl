# The form in which a record is written or changed.

edit-heading = Edit { $title }
edit-effect = Saving changes the draft; readers see it once it is approved.
edit-effect-new = Readers keep what they have: saving begins a proposal, which is published once it is approved.
edit-effect-proposal = Saving changes the proposal “{ $proposal }”; readers see it once it is approved.
edit-save-new = Save as a proposal
edit-save-proposal = Save in the proposal
edit-summary = What you change
edit-summary-hint = In a few words, for those who review it; the record’s title is taken where you say nothing.
edit-into = Save it in
edit-into-draft = The drafts, for everyone to see at work
edit-into-new = A new proposal
edit-save = Save the draft
edit-back = Back to the record
edit-leave = Leave without saving
edit-new-heading = New record in { $collection }
edit-new-effect = This begins a draft, which you then fill in; readers see it once it is approved.
edit-begin = Begin the draft
edit-id-hint = It stays the record's for ever
edit-slug = Name of the file
edit-slug-hint = Letters, digits and hyphens
edit-slug-hint-title = Letters, digits and hyphens; made from the title where it is left empty
edit-needed-before = Needed before it becomes { $status }.
edit-one-a-line = One a line
edit-required = required
edit-not-yet = Not yet:
edit-not-saved = Not saved yet.
edit-fields-refused = { $count ->
    [one] One field needs another look; what you typed is still here.
   *[other] { $count } fields need another look; what you typed is still here.
}
edit-conflict = Somebody else changed this record meanwhile.
edit-both-changed = Both of you changed what stands below.
edit-theirs = What stands there now
edit-yours = What you typed
edit-conflict-next = Your text is in the form below. Save it as it is, or take over what you want to keep of theirs first.

# Lists, the preview and what is kept while somebody writes.
edit-row = { $name } { $place }
edit-row-up = Move up
edit-row-down = Move down
edit-row-remove = Remove
edit-row-add = Add to { $list }
edit-body-hint = Markdown. Sections begin with ##.
edit-elsewhere = More than this form can show; edit it as text.
edit-ways = Ways to write
edit-way-fields = Fields
edit-way-text = Text
edit-text = The whole file
edit-preview = Preview
edit-preview-heading = As readers will see it
edit-preview-none = The text does not read yet, so there is nothing to show.
edit-told-none = The rules find nothing to mend.
edit-told = { $count ->
    [one] The rules find one thing to look at.
   *[other] The rules find { $count } things to look at.
}
edit-unsaved = You have unsaved text
edit-unsaved-from = from
edit-unsaved-continue = It stands below: write on, or discard it.
edit-unsaved-discard = Discard it
edit-kept-typing = Keeping what you type…
edit-kept = What you typed is kept. It is not saved yet.
edit-kept-lost = The connection is lost. What you type stays in this browser and is sent once it is back.
edit-kept-ended = Your session has ended. What you type stays in this browser until you have signed in again.
edit-kept-refused = The server could not keep what you typed; it stays in this browser.

# Names of what was typed, given back when it could not be sent.
form-reason = Reason
form-slug = Slug
form-title = Title
form-id = Id

# Pictures and documents that a text names.
attached-heading = Pictures and documents
attached-hint = PNG, JPEG, GIF, WebP, AVIF or PDF, up to 5 MiB. What you add is named at the end of the text, and comes with it when you save.
attached-file = File
attached-words = What it shows
attached-words-hint = In words, for those who cannot see it.
attached-add = Add the file
attached-let-go = Let go of it
attached-new = new with this text
