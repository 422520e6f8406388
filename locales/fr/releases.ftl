# Publications groupées : ce qui paraît ensemble, quand, et ce qui y fait obstacle.

releases-lead = Des textes qui paraissent ensemble, tous ou aucun, quand quelqu’un le dit ou à une heure donnée. D’ici là, chacun attend les autres.
releases-open = Planifiées
releases-no-open = Rien n’est planifié.
releases-ended = Précédentes
releases-no-ended = Rien n’a encore paru ensemble.
releases-earlier = Publications plus anciennes
release-plan = Planifier une publication groupée
release-title = Publication groupée : { $title }
release-texts = { $count ->
    [one] 1 texte
   *[other] { $count } textes
}
release-when = { $day }, { $time } UTC
release-state-planned = Attend que quelqu’un la publie.
release-state-due = Paraîtra d’elle-même : { $when }.
release-state-overdue = Prévue : { $when }. Elle paraît dans un instant.
release-state-releasing = Est en train de paraître.
release-state-released = Parue : { $when }.
release-state-failed = N’a pas pu paraître à l’heure dite, et attend quelqu’un.
release-state-cancelled = Abandonnée : { $when }.
release-all-ready = Tout est prêt : voici ce qui se passerait maintenant.
release-not-ready = { $count ->
    [one] Un texte n’est pas prêt, rien ne paraîtrait donc maintenant.
   *[other] { $count } textes ne sont pas prêts, rien ne paraîtrait donc maintenant.
}
release-went-out = Tout a paru d’un seul coup.
release-let-go = Ses textes n’attendent plus rien.
release-ready = Prêt
release-waits = En attente
release-out = Paru
release-from-proposal = de la proposition { $branch }
release-becomes = par « { $move } »
release-becomes-first = par « { $move } », comme première version { $to }
release-becomes-version = par « { $move } », de la version { $from } à { $to } ({ $bump })
release-gone = Il n’est plus là, ou a paru par une autre voie. Changez le plan.
release-changed = Son texte a changé depuis qu’il a été planifié. Relisez-le, puis changez le plan pour prendre le texte actuel.
release-outdated = Le texte publié a changé depuis le début de sa proposition. Mettez la proposition à jour.
release-before = Il est « { $status } », et « { $move } » vient d’abord.
release-no-way = Il est « { $status } », et rien ne mène de là aux lecteurs.
release-missing = « { $move } » n’est pas encore approuvé.
release-need = { $count ->
    [one] Il manque une approbation, dans le rôle { $role } : { $names } peut la donner.
   *[other] Il manque { $count } approbations, chacune dans le rôle { $role } : { $names } peuvent les donner.
}
release-objection = { $names } : des changements sont demandés.
release-finding = Un constat s’y oppose : { $finding }
release-twin = C’est la même fiche qu’un autre texte de cette publication, ou le même fichier : { $other }
release-referrers = Renvois vers ce que les lecteurs n’auraient plus
release-refers = { $field } nomme { $record }
release-events = Ce qui a été décidé
release-event-planned = Planifiée par { $name }
release-event-released = Publiée par { $name }
release-event-clock = Son heure est venue, comme planifié par { $name }
release-event-cancelled = Abandonnée par { $name }
release-event-failed = { $name } n’a pas pu la publier à l’heure dite
release-decision = Décider
release-reason = Pourquoi, s’il y a plus à dire. Conservé avec votre décision, lisible par tous.
release-now = { $count ->
    [one] Publier ce texte maintenant
   *[other] Publier { $count } textes maintenant
}
release-cancel = Abandonner la publication groupée
release-change = Changer le plan
release-held-back = Elle pourra paraître dès que rien ne fera obstacle à aucun texte.

plan-heading = Planifier une publication groupée
plan-heading-change = Changer le plan
plan-lead = Ce que vous choisissez paraît ensemble ou pas du tout. Vous pouvez choisir avant que tout soit approuvé ; ce qui l’est entre-temps attend.
plan-title = De quoi il s’agit, en une ligne
plan-text = Pourquoi, et ce que les lecteurs doivent savoir
plan-due = Heure, en UTC
plan-due-hint = En temps universel coordonné, non à l’heure de votre horloge. Laissez vide pour publier à la main.
plan-choose = Ce qui paraît ensemble
plan-look = Voir
plan-none = Rien de ce que vous pouvez publier n’est en route.
plan-published = { $collection }, { $status }
plan-proposed = { $collection }, de la proposition { $branch }
plan-button = Planifier
plan-button-change = Changer
plan-leave = Renoncer
