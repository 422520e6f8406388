# How somebody is told outside the pages: letters, a feed, and the letters' own words.

telling-heading = How you are told
telling-lead = Your inbox tells you everything. You can be told of it elsewhere too.
telling-mail = By mail
telling-problem = The last letter could not be delivered:
telling-to = Mail to
telling-off = none
telling-soon = within minutes, what belongs together in one letter
telling-daily = once a day
telling-save = Save
telling-no-mail = This server sends no mail.
telling-feed = In a feed reader
telling-feed-note = Whoever has the address can read what you are told, without signing in. Renew it when somebody else might know it.
telling-feed-once = Copy the address now: it is shown this once.
telling-feed-made = The address was made
telling-feed-make = Make an address
telling-feed-renew = Renew the address
telling-feed-end = End the feed
account-telling = Mail and feed
account-telling-note = What you are told of in your inbox can reach you by mail and in a feed reader.
account-telling-choose = Choose how you are told

unsubscribe-heading = No more mail
unsubscribe-ask = Send no more mail to
unsubscribe-act = Send no more
unsubscribe-done = No more mail goes to
unsubscribe-again = Your inbox still tells you everything. On the page of your account you can choose mail again.

feed-title = { $register }: what { $name } is told

letter-subject = { $register }: { $title }
letter-subject-many = { $register }: { $count ->
    [one] 1 notice
   *[other] { $count } notices
}
letter-more = There is more in your inbox.
letter-waiting = { $count ->
    [one] 1 text waits for you in the queue.
   *[other] { $count } texts wait for you in the queue.
}
letter-inbox = Your inbox
letter-why = You get this because you chose mail from { $register }.
letter-unsubscribe = No more mail
