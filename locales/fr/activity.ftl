# Ce qui s’est passé : qui, l’acte, la fiche, et la fin de la phrase.

activity-empty = Rien ne s’est encore passé. Approbations, modifications et commentaires seront relatés ici.
activity-count = { $count ->
    [one] { $count } événement
   *[other] { $count } événements
}
activity-somebody = Quelqu’un
activity-approved = a approuvé
activity-changes = a demandé des modifications à
activity-submitted = a soumis à la relecture
activity-vetoed = a mis son veto à
activity-withdrew = a retiré sa décision sur
activity-commented = a commenté
activity-for = pour « { $move } »
activity-made = { $count ->
    [one] a fait passer
   *[other] ont fait passer
}
activity-made-version = au statut { $status }, version { $version }
activity-made-status = au statut { $status }
activity-began = a commencé
activity-removed = a supprimé
activity-edited = a modifié
activity-assigned = a demandé à quelqu’un de regarder
activity-described = a renommé
activity-closed = a fermé
activity-reopened = a rouvert
activity-planned = a planifié la publication groupée
activity-released = a publié
activity-cancelled = a abandonné la publication groupée
activity-failed = n’a pas pu faire paraître
activity-rewritten = a constaté le remplacement de
activity-history-restored = a rétabli
activity-history-accepted = a accepté ce qui remplace
