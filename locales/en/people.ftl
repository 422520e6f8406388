# People and policy: who may do what?

people-change-waits = A change of the policy waits.
people-pending = The file on the published branch is not the policy in force; it has no effect until it is approved.
people-rules = What it takes
people-rule = { $rule }.
people-rule-takes = { $move } ({ $from } to { $to }, { $workflow }) takes { $takes }
people-rule-not-author = { $rule }, none of whom wrote the text
people-rule-not-same = { $rule }, none of whom approved { $earlier }
people-rule-reason = { $rule }, with a reason
people-more-bump = { $move } ({ $workflow }) of a { $bump } or larger change, or of a text that was never published, takes at least { $takes }.
people-more-fields = { $move } ({ $workflow }) of a change of { $fields } takes at least { $takes }.
people-more-unproven = { $move } ({ $workflow }) of a text whose author is not proven takes at least { $takes }.
people-people = People
people-role-in = { $role } of { $collections }
people-role-for = { $role } for texts in { $locales }
people-role-in-for = { $role } of { $collections }, for texts in { $locales }
people-no-role = no role
people-nobody = The policy names nobody, so nobody may approve anything.
people-matrix = Who may approve in { $collection }
people-matrix-note = Whoever wrote a text may not approve it, whatever stands here.
people-person = Person
people-may = may
people-may-not = may not
people-file = The policy as it stands in the file
