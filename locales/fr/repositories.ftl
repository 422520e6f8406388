# Les référentiels d’un serveur qui en tient plusieurs.

repositories-heading = Référentiels
repositories-records = { $count ->
    [one] { $count } fiche
   *[other] { $count } fiches
}
repositories-nothing-waits = Rien ne vous attend
repositories-none = Vous ne pouvez lire aucun référentiel sur ce serveur. Demandez à la personne qui vous a invité d’ajouter votre adresse à une politique.
