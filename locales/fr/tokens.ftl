# Jetons des programmes.

tokens-heading = Jetons
tokens-lead = Un jeton permet à un programme d’agir en votre nom, sans plus de droits que la politique ne vous en donne à ce moment. Qui le détient agit à votre place : donnez à chaque programme le sien, pour le moins de choses et le moins de temps possible.
tokens-made = Votre nouveau jeton
tokens-made-note = Copiez-le maintenant : il ne sera plus affiché. Le programme l’envoie ainsi : { $header }.
tokens-yours = Vos jetons
tokens-none = Aucun programme n’agit en votre nom.
tokens-begins = commence par { $prefix }
tokens-for-all = tous les dépôts que vous pouvez lire
tokens-expires = expire
tokens-used = dernier emploi
tokens-unused = jamais employé
tokens-end = Révoquer ce jeton
tokens-new = Nouveau jeton
tokens-name = Nom
tokens-name-hint = Ce à quoi vous le reconnaîtrez, par exemple le nom du programme.
tokens-scopes = Ce à quoi il sert
tokens-scope-read = Lire : fiches, relectures, activité, personnes et politique
tokens-scope-decide = Décider : approuver, demander des changements, commenter, soumettre, retirer
tokens-scope-edit = Rédiger : modifier des brouillons et commencer des fiches
tokens-scope-report = Signaler : dire ce qu’est devenue une construction
tokens-repository = Dépôt
tokens-days = Il expire après
tokens-days-count = { $days ->
    [one] un jour
   *[other] { $days } jours
}
tokens-make = Créer le jeton
