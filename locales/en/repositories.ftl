# The registers of a server that holds several.

repositories-heading = Registers
repositories-records = { $count ->
    [one] 1 record
   *[other] { $count } records
}
repositories-nothing-waits = Nothing waits for you
repositories-none = You may read no register on this server. Ask whoever invited you to add your address to a policy.
