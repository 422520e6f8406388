# Personnes et politique : qui peut faire quoi ?

people-change-waits = Une modification de la politique attend.
people-pending = Le fichier de la branche publiée n’est pas la politique en vigueur ; il reste sans effet tant qu’il n’est pas approuvé.
people-rules = Ce qu’il faut
people-rule = { $rule }.
people-rule-takes = { $move } (de { $from } à { $to }, { $workflow }) : il faut { $takes }
people-rule-not-author = { $rule }, aucune de ces personnes n’ayant rédigé le texte
people-rule-not-same = { $rule }, aucune de ces personnes n’ayant approuvé { $earlier }
people-rule-reason = { $rule }, avec un motif
people-more-bump = { $move } ({ $workflow }) d’une modification { $bump } ou plus grande, ou d’un texte jamais publié : il faut au moins { $takes }.
people-more-fields = { $move } ({ $workflow }) d’une modification de { $fields } : il faut au moins { $takes }.
people-more-unproven = { $move } ({ $workflow }) d’un texte dont rien ne prouve qui l’a rédigé : il faut au moins { $takes }.
people-people = Personnes
people-role-in = { $role } pour { $collections }
people-role-for = { $role } pour les textes en { $locales }
people-role-in-for = { $role } pour { $collections }, textes en { $locales }
people-no-role = aucun rôle
people-nobody = La politique ne nomme personne ; personne ne peut donc rien approuver.
people-matrix = Qui peut approuver dans { $collection }
people-matrix-note = Qui a rédigé un texte ne peut pas l’approuver, quoi que dise ce tableau.
people-person = Personne
people-may = peut
people-may-not = ne peut pas
people-file = La politique telle qu’elle figure dans le fichier
