# L’historique du registre : s’il est entier, ce qui est perdu, et la décision à prendre.

history-heading = L’historique du registre
history-whole = Ce qui a été publié est tel qu’on le connaissait. Il n’y a rien à décider.
history-rewritten = Quelqu’un a remplacé l’historique publié de { $branch } : ce qui s’y trouve ne contient plus ce qui s’y trouvait.
history-restoring = Il a été décidé de rétablir l’historique antérieur. C’est en cours.
history-on-hold = La publication est suspendue.
history-until = Rien n’y est publié ni modifié tant que l’une des personnes ci-dessous n’a pas décidé. Les commentaires, les approbations et les propositions continuent, et prendront effet ensuite.
history-lost = { $count ->
    [0] Aucune approbation n’est perdue
    [one] { $count } changement approuvé est perdu
   *[other] { $count } changements approuvés sont perdus
}
history-approval-gone = Approbation absente de l’historique
history-lost-version = { $move }, version { $version }
history-more = { $count ->
    [one] { $count } autre n’est pas indiqué.
   *[other] { $count } autres ne sont pas indiqués.
}
history-rest = { $lost ->
    [0] Rien d’autre n’est perdu
    [one] { $lost } autre changement est perdu
   *[other] { $lost } autres changements sont perdus
}, et { $added ->
    [0] rien n’est nouveau.
    [one] { $added } changement est nouveau.
   *[other] { $added } changements sont nouveaux.
}
history-old = Fin antérieure
history-kept-as = Conservée sous
history-new = Fin actuelle
history-decision = La décision
history-who = La décision revient à { $names }, selon les règles qui étaient en vigueur.
history-nobody = Personne ne peut décider : l’historique antérieur, ou ses règles, ne peuvent pas être lus ici.
history-reason = Pourquoi. Conservé avec votre décision, lisible par tous.
history-restore-means = Rétablir remet ce qui s’y trouvait ; ce qui s’y trouve maintenant est conservé à part.
history-accept-means = Accepter prend ce qui s’y trouve maintenant pour ce qui est publié ; les approbations perdues devront être données de nouveau.
history-restore = Rétablir ce qui était publié
history-accept = { $count ->
    [0] Accepter ce qui s’y trouve
    [one] Accepter, et renoncer à { $count } changement approuvé
   *[other] Accepter, et renoncer à { $count } changements approuvés
}
history-events = Ce qui s’est passé
history-no-events = L’historique n’a jamais été remplacé.
history-event-rewritten = Remplacement de l’historique constaté par { $name }, qui a suspendu la publication
history-event-restored = Ce qui était publié a été rétabli par { $name }
history-event-accepted = Ce qui l’a remplacé a été accepté par { $name }
history-open = Voir ce qui est perdu, et qui décide
history-name = l’historique du registre
