# La première page d’un dépôt que personne n’a adopté.

set-up-heading = Mettre en place ce registre
set-up-lead = Personne n’a encore dit qui peut approuver quoi : on ne peut donc que le lire. Nommez les personnes, relisez les règles et rendez-les officielles.
set-up-you = Vous
set-up-people = Les premières personnes
set-up-people-note = Deux au moins : personne ne rend un texte officiel à soi seul. Toute autre personne peut être ajoutée plus tard, par une modification de la politique approuvée comme les autres.
set-up-person = Personne { $number }
set-up-name = Nom
set-up-author = écrit
set-up-reviewer = dit qu’un texte est juste
set-up-publisher = le rend public
set-up-administrator = tient ces règles
set-up-propose = Écrire les règles pour ces personnes
set-up-more = Plus de lignes
set-up-replace = Les réécrire et perdre mes modifications
set-up-written = Les règles sont écrites d’après les personnes ci-dessus.
set-up-written-note = Rien n’est encore officiel : relisez-les, puis adoptez le registre.
set-up-policy = Les règles
set-up-policy-proposed = Proposées d’après le contenu du dépôt. Corrigez ce qui a été mal deviné.
set-up-policy-found = Telles qu’elles sont dans le dépôt. Corrigez-les ici si vous le souhaitez.
set-up-guessed = Ce qui a été deviné, et d’après quoi
set-up-sound = Rien à redire à ces règles.
set-up-faults = { $count ->
    [one] Un point empêche de les adopter.
   *[other] { $count } points empêchent de les adopter.
}
set-up-check = Revoir le texte
set-up-adopt = Adopter le registre
set-up-adopt-note = Cela rend officiels les règles, la clé de ce serveur et le contenu du dépôt, en un seul commit signé. On le fait une fois ; ensuite les règles ne changent que par relecture.

adopted-heading = Adopté
adopted-title = { $title } est adopté
adopted-lead = Désormais, un texte devient officiel par les approbations que ses règles demandent.
adopted-signed-in = Vous êtes connecté. Choisissez un mot de passe dans le quart d’heure afin de pouvoir revenir.
adopted-password = Choisir un mot de passe
adopted-onward = Aller au registre
adopted-links = Faire entrer les autres
adopted-links-note = Envoyez à chacun son propre lien. Il fonctionne une fois, pendant 24 heures, et n’est plus affiché ensuite ; qui exploite le serveur peut en créer un nouveau.
adopted-left-alone = Non mis à jour dans la copie de travail
adopted-key = Signé avec la clé
set-up-nobody-yet = Nommez d’abord les personnes ci-dessus ; les règles sont ensuite écrites pour elles.
