# L’hôte git.

hosting-heading = Hôte git
hosting-lead = Un webhook dit aussitôt à ce serveur que quelque chose a été poussé. Il ne fait pas autorité : il dit « regarde de nouveau », et ce qui compte est ce que git contient. Sans lui, le serveur regarde à intervalles réguliers.
hosting-made = Donnez ceci à l’hôte
hosting-address = Adresse :
hosting-secret = Secret :
hosting-made-note = Copiez-le maintenant : il ne sera plus montré. Le secret précédent, s’il y en a un, vaut aussi jusqu’à ce que vous y mettiez fin.
hosting-how-github = Dans les réglages du dépôt, ajoutez un webhook de type application/json, pour les pushs et les pull requests.
hosting-how-gitlab = Dans les réglages du projet, ajoutez un webhook avec ce jeton secret, pour les pushs, les étiquettes et les merge requests.
hosting-how-gitea = Dans les réglages du dépôt, ajoutez un webhook du type de l’hôte, en application/json, pour les pushs et les pull requests.
hosting-how-bitbucket = Dans les réglages du dépôt, ajoutez un webhook avec ce secret, pour les pushs et les pull requests.
hosting-how-plain = Envoyez un POST après chaque push, signé comme le fait GitHub : X-Hub-Signature-256 avec sha256= et le HMAC du corps. Un secret qui commence par whsec_ désigne plutôt Standard Webhooks.
hosting-endpoints = Points d’entrée
hosting-none = Aucun webhook n’est accepté : le serveur ne regarde qu’à intervalles réguliers.
hosting-changed = secret créé
hosting-older = le secret précédent vaut aussi
hosting-end-older = Mettre fin au secret précédent
hosting-off = Désactiver
hosting-host = Hôte
hosting-own-secret = Votre propre secret
hosting-own-secret-hint = Laissez vide pour qu’il en soit créé un. Le jeton de signature de GitLab, qui commence par whsec_, se met ici.
hosting-make = Créer un secret
hosting-api = Demandes de fusion
hosting-api-lead = Les demandes sont ici des propositions, suivies par git seul. Avec un jeton pour l’API de l’hébergeur, leurs titres et leurs états concordent aussi, ce qui est décidé ici s’affiche là-bas comme statut et commentaire, et l’hébergeur est réglé tout seul.
hosting-api-known = { $host } est interrogé à { $address } sur { $project }.
hosting-api-none = Aucune API n’est interrogée.
hosting-api-token = Jeton
hosting-api-token-hint = Il peut lire et écrire les demandes, les statuts et les webhooks, et les clés là où ce serveur vient par SSH. Il est gardé dans la base privée et n’est montré nulle part.
hosting-api-connect = Connecter
hosting-api-forget = Oublier le jeton
hosting-tried-api = API
hosting-tried-webhook = Webhook
hosting-tried-key = Clé de déploiement
hosting-tried-protection = Branche publiée
hosting-tried-status = Statut
hosting-told-answers = { $count ->
    [0] Elle répond, et aucune demande n’est ouverte.
    [one] Elle répond, et une demande est ouverte.
   *[other] Elle répond, et { $count } demandes sont ouvertes.
}
hosting-told-made = C’est fait chez l’hébergeur.
hosting-told-known = L’hébergeur l’a déjà, comme il faut.
hosting-told-protected = Elle est protégée. Laissez l’accès de ce serveur y pousser.
hosting-told-unprotected = Qui peut écrire là-bas peut y pousser sans relecture. Protégez-la, et laissez l’accès de ce serveur y pousser.
hosting-told-unknown = Ce jeton ne peut voir si elle est protégée. Regardez là-bas, et laissez l’accès de ce serveur y pousser.
hosting-told-shown = Il est affiché à côté de la tête de la branche publiée.
hosting-deliveries = Ce qui est arrivé
hosting-no-deliveries = Aucun webhook n’est encore arrivé.
hosting-look = Regarder maintenant
hosting-looked = Regardé
hosting-waiting = En attente
hosting-ignored = Ignoré
hosting-refused = Refusé
hosting-after = { $seconds ->
    [0] regardé en moins d’une seconde
    [one] regardé après { $seconds } seconde
   *[other] regardé après { $seconds } secondes
}
hosting-again = { $note } ; il est arrivé { $times } fois
hosting-came-again = il est arrivé { $times } fois
