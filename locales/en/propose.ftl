# What is proposed from a published record: an earlier text, or its end.

propose-again = Go back to an earlier text of { $title }
propose-again-version = Go back to version { $version } of { $title }
propose-again-effect = This makes a proposal with the text of then. Readers keep what they have until it is approved, and it lands as a new version.
propose-restore = Bring back { $title }
propose-restore-effect = The file was removed outside review. This makes a proposal with its last approved text; once that is approved, readers have it again.
propose-ending = { $move } { $title }
propose-ending-effect = This makes a proposal that ends the record. Readers keep what they have until it is approved; then the record is { $status } and stays at its address.
propose-named-by = Records that name it
propose-referrers = { $count ->
    [one] One record names this one, and will name a record that has ended.
   *[other] { $count } records name this one, and will name a record that has ended.
  }
propose-seen = I looked at them
propose-reason = Why
propose-reason-hint = Those who review it read this first
propose-send = Make the proposal
propose-changes = What would change
