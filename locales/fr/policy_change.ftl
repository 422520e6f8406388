# Une modification de la politique, de ses schémas ou de ses clés.

policy-change-governed = politique, schémas et clés
policy-change-heading = La politique change
policy-change-question = Ce qui décide ici a été modifié par { $names }. Cela doit-il valoir désormais ?
policy-change-nobody = personne que l’historique nomme
policy-change-not-in-force = Pas en vigueur.
policy-change-until = Jusqu’à son approbation, tout se décide selon la politique, les schémas et les clés tels qu’ils étaient.
policy-change-stale = Un de ces fichiers a été modifié après que vous avez ouvert cette page. Rien n’a été décidé ; ce que vous avez saisi est toujours dans le formulaire, et tout ce qui diffère de ce qui est en vigueur figure ci-dessous.
policy-change-files = { $count ->
    [one] Un fichier modifié
   *[other] { $count } fichiers modifiés
}
policy-change-lines-of = Lignes de { $file }
policy-change-no-lines = Ses lignes ne peuvent être montrées ici ; lisez-les avec git
policy-change-file = { $kind } ({ $became })
policy-change-policy = la politique
policy-change-keys = les clés dont les signatures comptent
policy-change-schema = un schéma
policy-change-site = l’habillage du site public
policy-change-added = ajout
policy-change-removed = suppression
policy-change-changed = modification
policy-change-faults = Défauts
policy-change-no-faults = La politique modifiée se lit bien.
policy-change-no-role = Personne ne peut approuver ceci. La politique en vigueur ne nomme aucun rôle pour cela.
policy-change-put-in-force = Mettre en vigueur la politique modifiée
policy-change-reason-hint = Conservé avec votre décision, lisible par tous. Nécessaire pour demander des modifications ou rétablir ce qui était en vigueur.
