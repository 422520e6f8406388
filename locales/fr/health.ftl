# Tout va-t-il bien ?

health-well = Tout va bien
health-needs-a-hand = Quelque chose demande une intervention
health-good = Bien
health-warning = À voir
health-wrong = En panne
health-quarantined = Fichiers illisibles
health-no-quarantined = Chaque fichier est une fiche.
health-findings = Constats
health-no-findings = Les règles n’ont rien trouvé à redire.

health-pages = Pages
health-pages-new = Elles montrent l’état le plus récent du dépôt
health-pages-old = Elles ont au moins un commit de retard sur le dépôt
health-pages-next = Patientez un instant et regardez de nouveau ; si cela dure, demandez à l’exploitant de lire le journal du serveur
health-publication = Publication
health-published = Tout ce qui est enregistré ici est publié
health-remote = Dépôt distant
health-remote-seen = Vu pour la dernière fois { $when }
health-remote-new = Il n’a pas encore été regardé
health-remote-failing = Il n’a pas pu être vu depuis { $when }
health-key = Clé
health-unsent = Proposition
health-unsent-what = { $branch } n’est pas sur le dépôt distant telle qu’elle est ici : { $why }
health-api = API de l’hébergeur git
health-api-what = Les demandes ne suivent pas celles de l’hébergeur git : { $why }
health-mirror = Miroir
health-mirror-what = { $address } ne suit pas : { $why }
health-webhooks = Webhooks
health-webhooks-last = Le dernier est arrivé { $when }
health-webhooks-none = Aucun n’est encore arrivé ; jusque-là, le serveur regarde à intervalles réguliers
health-webhooks-missed = Un regard de routine { $when } a trouvé ce qu’aucun webhook n’avait dit
health-webhooks-next = Consultez le journal des envois de l’hôte : son adresse, son secret, et si l’hôte l’a désactivé
health-working-copy = Copie de travail
health-left-alone = { $path } a été laissé tel quel
health-left-alone-next = Comparez-le avec le commit et mettez-le à jour avec git
health-not-committed = Sans commit
health-removed-here = { $path } a été supprimé et aucun commit ne le dit
health-edited-well = { $path } est modifié sans commit ; les règles n’y trouvent rien à redire
health-edited = { $path } est modifié sans commit ; { $finding }{ $more ->
    [0] {""}
    [one] , et { $more } autre
   *[other] , et { $more } autres
}
health-unread-line = ligne { $line } : { $why }
health-commit-it = Faites-en un commit quand il est prêt ; rien ne compte ici avant cela
health-reading = Lecture
health-all-read = Chaque fichier est une fiche
health-unread = { $count ->
    [one] Une fiche est illisible
   *[other] { $count } fiches sont illisibles
}
health-unread-next = Corrigez les fichiers nommés ci-dessous ; tous les autres fonctionnent pendant ce temps
health-review = Relecture
health-all-reviewed = Chaque fiche est telle qu’elle a été approuvée
health-outside = { $count ->
    [one] Une fiche a été modifiée hors relecture
   *[other] { $count } fiches ont été modifiées hors relecture
}
health-outside-next = Contresignez-les ou rétablissez-les depuis la liste à traiter
health-presence = Présence
health-all-there = Chaque fiche approuvée est toujours là
health-gone = { $record } ({ $status }) a été supprimée de { $path } hors relecture
health-gone-next = Rétablissez-la depuis la file, où elle figure parmi les changements hors relecture
health-signatures = Signatures
health-all-proven = Chaque commit qui prétend à une approbation la prouve
health-unproven = Le commit { $commit } prétend à une approbation et n’en prouve aucune
health-unproven-next = Il ne compte pour rien ; demandez pourquoi à qui l’a poussé
