# Les propositions : ce qui est en chemin.

section-proposals = Propositions
keys-proposals = aller aux propositions
proposals-lists = Quelles propositions
proposals-open = Ouvertes
proposals-closed = Fermées
proposals-landed = Publiées
proposals-empty = Ne change rien
proposals-none = Il n’y en a pas. Modifier une fiche publiée en commence une ; une branche poussée aussi.
proposals-older = Plus anciennes
proposals-changes = { $others ->
    [0] { $names } modifie { $first }
    [one] { $names } modifie { $first } et une autre fiche
   *[other] { $names } modifie { $first } et { $others } autres fiches
}
proposals-nothing = { $names } ne modifie aucune fiche
proposals-yours = { $count ->
    [one] Vous attend
   *[other] { $count } fiches vous attendent
}
proposals-others = Attend { $names }
proposals-blocked = Quelque chose s’y oppose
proposals-outdated = Le texte publié a changé depuis son début
proposals-unasked = En cours de rédaction ; personne n’a encore été sollicité

proposals-eyebrow = Proposition
proposals-outdated-banner = En retard sur ce qui est publié.
proposals-request = Demande { $number } de l’hébergeur git.
proposals-request-of = Demande { $number } de { $name } chez l’hébergeur git.
proposals-request-note = Sa branche est à son auteur : rien n’y est écrit d’ici.
proposals-request-there = L’ouvrir là-bas
proposals-outdated-told = Une partie a changé entre-temps ; elle ne peut être publiée telle quelle.
proposals-update = La mettre à jour
proposals-description = Description
proposals-records = { $count ->
    [one] Une fiche
   *[other] { $count } fiches
}
proposals-together = { $count ->
    [one] La lire et décider
   *[other] Lire les { $count } ensemble et décider
}
proposals-edit = Modifier
proposals-changes-nothing = Elle ne modifie aucune fiche.
proposals-new = nouvelle
proposals-revised = révisée
proposals-removed = supprimée
proposals-renamed = auparavant { $path }
proposals-has-landed = publiée
proposals-removal = Une fiche publiée se retire et ne se supprime pas ; un brouillon se supprime sur sa propre page
proposals-history = Son passé
proposals-desk = La proposition dans son ensemble
proposals-comment-hint = Sur la proposition dans son ensemble, lisible par tous. Ce qui concerne une fiche se dit sur sa propre page.
proposals-comment = Commenter
proposals-close = Fermer la proposition
proposals-reopen = La reprendre
proposals-assign = Demander à quelqu’un de regarder
proposals-assignee = Qui
proposals-nobody = Personne en particulier
proposals-due = Jusqu’au
proposals-ask-to-look = Demander
proposals-claim = Je m’en charge
proposals-describe = Changer le titre et la description
proposals-title = Titre
proposals-save-title = Enregistrer
proposals-assigned = { $name } a été prié de regarder
proposals-assigned-until = { $name } a été prié de regarder d’ici au { $day }
proposals-due-by = À regarder d’ici au { $day }

update-title = Mettre à jour : { $proposal }
update-ready = Rien ne se contredit : ce qui a été publié entre-temps rejoint la proposition à côté de ses propres changements. Les approbations des textes inchangés restent valables.
update-lead = Les deux côtés ont changé ce qui suit. Choisissez ce qui doit rester ; tout le reste se rejoint de lui-même.
update-base = Avant
update-standing = Publié
update-yours = Proposé
update-new = L’écrire autrement
update-nothing = Rien
update-gone = Supprimé
update-whole = La fiche entière
update-name = Le nom de son fichier
update-order = L’ordre de ses parties
update-note = Un commentaire du fichier
update-writing = Ne peut être écrit à côté de l’autre changement
update-kept = Gardée, telle que modifiée
update-leave = La laisser telle quelle
proposals-since = Elle a changé depuis votre passage précédent.
proposals-since-what = Voir ce qui a changé
between-title = { $title } : ce qui a changé
between-began = son début
between-looked = ce que vous aviez vu
between-same = Les deux disent la même chose.
proposals-filing = Renommer ou laisser de côté…
