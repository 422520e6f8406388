# À traiter : qu’est-ce qui m’attend ?

queue-heading = { $count ->
    [0] Rien ne vous attend
    [one] Un texte vous attend
   *[other] { $count } textes vous attendent
}
queue-new-record = Nouvelle fiche
queue-empty = Le bureau est net : personne n’attend personne, et chaque fiche est telle qu’elle a été approuvée.
queue-read-records = Lire les fiches
queue-or = , ou
queue-begin = en commencer une

queue-yours = En attente de vous
queue-no-yours = Rien. Le nouveau travail paraît ici, le plus ancien d’abord.
queue-outside = Modifié hors relecture
queue-no-outside = Chaque fiche est telle qu’elle a été approuvée.
queue-others = En attente d’autres personnes
queue-no-others = Personne ne vous doit de réponse.
queue-blocked = Bloqué
queue-no-blocked = Aucun constat ne retient quoi que ce soit.
queue-drafts = Brouillons
queue-no-drafts = Rien n’est en cours de rédaction.

queue-removed-version = { $path } a été supprimé ; la version { $version } fait toujours foi
queue-removed-status = { $path } a été supprimé ; son statut, { $status }, fait toujours foi
queue-bring-back = Une proposition rétablit son dernier texte approuvé.
queue-again = Le rétablir…

queue-policy = La politique
queue-policy-collection = politique
queue-not-in-force = pas en vigueur
queue-will-be = deviendra { $version }

queue-in-proposal = dans { $proposal }
queue-act-outside = Contresigner ou rétablir
queue-act-draft = En cours de rédaction
queue-act-answer = Répondre à la demande de modifications
queue-act-approve = Approuver au statut { $status }
queue-act-become = Approuver le passage au statut { $status }
queue-act-read = Lire

queue-why-yours = Votre approbation est de celles qui comptent
queue-why-answer = Modifications de votre texte demandées par { $names }
queue-why-countersign = Vous pouvez la contresigner
queue-why-others = En attente de { $names }
queue-why-draft = La relecture n’a encore été demandée à personne
queue-why-vetoed = Veto de { $names } : { $why }
queue-why-objections = Modifications demandées par { $names }
queue-why-nobody = Personne ne peut l’approuver ; la politique doit confier ce rôle à quelqu’un
queue-why-blocked = { $count ->
    [one] Un constat la retient
   *[other] { $count } constats la retiennent
}
queue-why-release = Approuvé ; attend la publication groupée « { $title } »
queue-taken-down = Retirées d’urgence
queue-down = { $name } l’a retirée d’urgence le { $day }. Un second administrateur a jusqu’à { $until } pour le ratifier
queue-down-overdue = { $name } l’a retirée d’urgence le { $day }, et personne ne l’a ratifié en 72 heures. Elle reste retirée jusqu’à ce que cela soit décidé : ratifiez-le, ou soumettez-en un texte à la relecture
queue-decide-down = Décider…
queue-yank = { $name } veut retirer la version { $version }. Cela attend { $names }
