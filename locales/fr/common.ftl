# Ce qui figure sur toutes les pages, et la manière d’énumérer.

language-tag = fr

skip-to-main = Aller à la page
sections = Rubriques
section-queue = À traiter
section-inbox = Messages
section-records = Fiches
section-releases = Publications groupées
section-activity = Activité
section-people = Personnes et politique
section-health = État
unread-by-you = non lus
waiting-for-you = en attente de vous
sign-in = Se connecter
sign-out = Se déconnecter
your-account = Votre compte :
kept-by = tenu par Countersign

tone-good = Fait
tone-warning = À voir
tone-wrong = Pas fait

list-all = { $first } et { $last }
list-any = { $first } ou { $last }
list-nobody = personne

not-published = Enregistré ici, pas encore publié :

moment-now = à l’instant
moment-minutes = { $count ->
    [one] il y a une minute
   *[other] il y a { $count } minutes
}
moment-hours = { $count ->
    [one] il y a une heure
   *[other] il y a { $count } heures
}
moment-days = { $count ->
    [one] il y a un jour
   *[other] il y a { $count } jours
}
moment-yesterday = hier
moment-due = dès que vient son tour
moment-soon = dans moins d’une minute
moment-in-minutes = { $count ->
    [one] dans une minute
   *[other] dans { $count } minutes
}
moment-in-hours = { $count ->
    [one] dans une heure
   *[other] dans { $count } heures
}
moment-date = { $day ->
    [1] 1er
   *[other] { $day }
} { $month ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
} { $year }
moment-unknown = à une date qu’aucun calendrier ne connaît
moment-today = Aujourd’hui
moment-last-day = Hier
moment-no-day = À une date inconnue

badge-unknown = inconnu
value-none = non renseigné
field-place = { $field }, rang { $place }
field-below = { $field }, { $name }

place-line = ligne { $line }
place-column = colonne { $column }

finding-note = À noter :
finding-warning = Avertissement :
finding-blocking = Bloquant :
finding-line = ligne { $line }
finding-field-line = { $field }, ligne { $line }
finding-everywhere = toute la fiche

approval-open = { $given } sur { $needed }
approval-met = { $given } sur { $needed }, c’est fait
approval-given = Approuvé par { $name },
approval-nobody = Personne d’autre ne le peut. Un administrateur doit confier ce rôle à quelqu’un.
approval-may = Peuvent approuver :

paging-label = Pages de cette liste
paging-previous = Page précédente
paging-next = Page suivante

details-summary = Détails pour qui se sert de git
details-file = Fichier
details-record = Fiche
details-text = Texte
details-text-judged = Texte jugé
details-published-text = Texte publié
details-none = aucun
details-changed-by = Dernière modification par
details-branch = Branche
details-head = Dernier commit
details-commit = Commit
details-decided-by = Décidé par
details-place = Rang dans la chaîne
details-policy = Politique
details-official = Rendue officielle par
details-keys = Clés

live-lost = La connexion est perdue ; cette page est peut-être ancienne. Elle se rétablira d’elle-même.
live-changed = Quelque chose a changé sur cette page depuis que vous l’avez ouverte.
live-look = Regarder de nouveau

keys = Touches
keys-walk = ligne suivante, ligne précédente
keys-open = ouvrir la ligne
keys-select = sélectionner la ligne
keys-approve = approuver (demande une fois)
keys-request = demander des modifications
keys-comment = écrire un commentaire
keys-edit = modifier
keys-next = la prochaine fiche qui vous attend
keys-search = rechercher
keys-queue = aller à ce qui est à traiter
keys-inbox = aller à vos messages
keys-records = aller aux fiches
keys-releases = aller aux publications groupées
keys-activity = aller à l’activité
keys-people = aller aux personnes et à la politique
keys-health = aller à l’état
keys-help = afficher ou masquer cette liste
keys-use = Utiliser les touches seules
keys-close = Fermer
question-mark =  ?
question-yes = Oui
question-no = Non
