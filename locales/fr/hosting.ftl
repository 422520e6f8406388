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
