# Quand ce n’est pas possible.

errors-400 = Cette demande n’a pas de sens ici
errors-401 = Veuillez vous connecter
errors-403 = Vous ne pouvez pas faire cela
errors-404 = Il n’y a rien ici
errors-409 = Cela a changé depuis votre lecture
errors-413 = C’est trop volumineux
errors-429 = Trop de tentatives ; veuillez patienter
errors-500 = Quelque chose s’est rompu de notre côté
errors-503 = Pas encore prêt
errors-other = Cela n’a pas fonctionné
errors-to-queue = Aller à la liste à traiter
errors-typed = Ceci n’a pas été envoyé. Copiez-le avant de partir.

errors-read-only = Lecture seule
errors-no-policy = Lecture seule : pas encore de politique
errors-nobody-may = Ce dépôt ne dit pas qui peut approuver quoi ; personne ne le peut donc. Il peut être lu ; rien ne peut y être décidé.
errors-found = Ce qui a été trouvé
errors-not-adopted = Le dépôt contient une politique que personne n’a encore adoptée
errors-policy-names = Elle nomme { $people ->
    [one] { $people } personne
   *[other] { $people } personnes
} et { $collections ->
    [one] { $collections } collection
   *[other] { $collections } collections
}
errors-proposed = Une politique qu’il pourrait avoir
errors-command = Qui tient le dépôt l’écrit avec cette commande, la lit et en fait un commit :
