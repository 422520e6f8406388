# A change of the policy, its schemas or keys.

policy-change-governed = policy, schemas and keys
policy-change-heading = The policy changes
policy-change-question = { $names } changed what decides here. Shall it hold from now on?
policy-change-nobody = nobody the history names
policy-change-not-in-force = Not in force.
policy-change-until = Until it is approved, everything is decided under the policy, the schemas and the keys as they were.
policy-change-stale = A governed file was changed after you opened this page. Nothing was decided; what you typed is still in the form, and all that differs from what is in force stands below.
policy-change-files = { $count ->
    [one] One file changed
   *[other] { $count } files changed
}
policy-change-lines-of = Lines of { $file }
policy-change-no-lines = Its lines cannot be shown here; read them with git
policy-change-file = { $kind }, { $became }
policy-change-policy = the policy
policy-change-keys = the keys whose signatures count
policy-change-schema = a schema
policy-change-site = what the public site is dressed in
policy-change-added = added
policy-change-removed = removed
policy-change-changed = changed
policy-change-faults = Faults
policy-change-no-faults = The changed policy reads well.
policy-change-no-role = Nobody may approve this. The policy in force names no role for it.
policy-change-put-in-force = Put the changed policy in force
policy-change-reason-hint = Kept with your decision, for everyone to read. Needed when you request changes or restore what was in force.
