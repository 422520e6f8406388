# Ceux qui construisent à partir d’un registre : les cibles, leurs livraisons et ce qu’elles ont construit.

targets-heading = Cibles
targets-lead = Ceux qui construisent à partir de ce registre apprennent ce qui est arrivé à ce qu’ont les lecteurs, une fois que c’est publié : dans l’ordre, signé, et jusqu’à l’arrivée. La politique dit qui est averti de quoi.
targets-none = La politique ne nomme aucune cible. Ajoutez-y une table comme [targets.website], puis dites ici où la cible est jointe.
targets-policy = La politique
targets-word-well = À jour
targets-word-behind = En retard
targets-word-resting = Au repos
targets-word-off = Sans adresse
targets-word-dead = Mises de côté
targets-word-failed = En échec
targets-word-left = Restée
targets-build-has-failed = Elle a tout appris, et sa dernière construction a échoué : son journal dit pourquoi.
targets-live-behind = { $count ->
    [one] Elle a tout appris ; un évènement manque à ce qui y est en ligne.
   *[other] Elle a tout appris ; { $count } évènements manquent à ce qui y est en ligne.
}
targets-well = Elle a appris tout ce qui a été publié depuis que son adresse est connue.
targets-behind = { $count ->
    [one] Un évènement reste à livrer.
   *[other] { $count } évènements restent à livrer.
}
targets-failing = { $count ->
    [one] Un évènement reste à livrer ; le dernier essai a échoué : { $why }.
   *[other] { $count } évènements restent à livrer ; le dernier essai a échoué : { $why }.
}
targets-resting = Au repos
targets-resting-why = Rien n’est envoyé avant que quelqu’un la reprenne : { $why }.
targets-resting-by-hand = quelqu’un l’a mise au repos
targets-dead-count = { $count ->
    [one] Une livraison a été mise de côté et peut être renvoyée.
   *[other] { $count } livraisons ont été mises de côté et peuvent être renvoyées.
}
targets-off = Rien n’est envoyé : personne n’a dit où elle est jointe. Elle peut demander les évènements.
targets-told-all = Elle est avertie de tout.
targets-told = Elle est avertie de { $events } dans { $collections }, { $languages }, { $pace }.
targets-all-events = tout évènement
targets-all-collections = toutes les collections
targets-all-languages = dans toutes les langues
targets-languages = en { $languages }
targets-at-once = chacun aussitôt
targets-gathered = groupés, au plus toutes les { $seconds ->
    [one] secondes
   *[other] { $seconds } secondes
}
targets-nothing = rien
targets-address = { $address }
targets-made = Donnez ceci au destinataire
targets-made-secret = Secret :
targets-made-note = Copiez-le maintenant : il ne sera plus montré. Les livraisons en sont signées selon Standard Webhooks ; le secret précédent, s’il y en a un, signe aussi jusqu’à ce que vous y mettiez fin.
targets-test = Envoyer un essai
targets-rest = Mettre au repos
targets-resume = Reprendre
targets-replay-dead = Renvoyer tout ce qui a été mis de côté
targets-replay-range = Renvoyer, sous les mêmes identifiants
targets-from = Du numéro
targets-to = Au numéro
targets-replay = Renvoyer
targets-replay-one = Renvoyer
targets-builds = Constructions
targets-no-builds = Aucune construction n’a donné de nouvelles.
targets-build-building = En construction
targets-build-live = En ligne
targets-build-failed = Échec
targets-log = Journal
targets-up-to = jusqu’à l’évènement { $number }
targets-up-to-unknown = d’un historique qui n’est plus publié
targets-live-version = En ligne jusqu’à { $commit }.
targets-left = Adresses qui restent
targets-left-lead = La politique ne nomme plus ces cibles. Rien n’y est envoyé ; une cible du même nom reprendrait l’adresse, là où elle a été avertie.
targets-deliveries = Livraisons
targets-no-deliveries = Rien n’a encore été livré.
targets-earlier = Livraisons antérieures
targets-delivery = Livraison
targets-delivered = Livrée
targets-waiting = En attente
targets-dead = Mise de côté
targets-number = { $first }
targets-numbers = { $first } à { $last }
targets-what = { $event } : { $record }
targets-what-many = tout ce qui s’est passé entre-temps
targets-tries = { $count ->
    [0] pas encore essayée
    [one] essayée une fois
   *[other] essayée { $count } fois
}
targets-next = Prochain essai :
targets-attempts = Essais
targets-no-attempts = Elle n’a pas encore été essayée.
targets-taken = Reçue
targets-failed = Échec
targets-answered = Réponse { $status } après { $ms } ms
targets-not-answered = Aucune réponse après { $ms } ms
targets-exchange = Ce qui a été envoyé et répondu
targets-body = Le message
targets-endpoint = Où elle est jointe
targets-endpoint-lead = Adresses et secrets sont gardés dans la base privée, et dans aucun fichier du dépôt.
targets-preset-webhook = Webhook signé
targets-preset-netlify = Netlify
targets-preset-vercel = Vercel
targets-preset-cloudflare = Cloudflare Pages
targets-preset-github-dispatch = GitHub : dispatch de dépôt
targets-preset-github-workflow = GitHub : workflow
targets-preset-gitlab = GitLab : pipeline
targets-how-webhook = Tout ce qui reçoit des Standard Webhooks : chaque livraison est signée et porte son identifiant et son heure.
targets-how-netlify = Dans les réglages du site, sous les build hooks, ajoutez-en un et collez son adresse.
targets-how-vercel = Dans les réglages du projet, sous Git, ajoutez un deploy hook et collez son adresse.
targets-how-cloudflare = Dans les réglages du projet, sous les builds, ajoutez un deploy hook et collez son adresse.
targets-how-github-dispatch = Le jeton peut écrire le contenu du dépôt. Un workflow écoute avec on: repository_dispatch.
targets-how-github-workflow = Le jeton peut écrire les actions. Le workflow porte on: workflow_dispatch.
targets-how-gitlab = Dans les réglages du projet, sous les jetons de déclenchement, ajoutez-en un et collez-le.
targets-input-address = Adresse
targets-input-address-hint = Entière, avec https://. Laissez le champ vide pour garder celle qui est connue.
targets-input-hook = Adresse du hook
targets-input-hook-hint = Elle est elle-même un secret, et n’est donc plus montrée. Laissez le champ vide pour garder celle qui est connue.
targets-input-secret = Votre propre secret
targets-input-secret-hint = Laissez le champ vide : il en est fait un, ou celui qui est connu est gardé.
targets-input-token = Jeton
targets-input-token-hint = Il n’est plus montré. Laissez le champ vide pour garder celui qui est connu.
targets-input-project = Projet
targets-input-project-hint = Comme propriétaire/nom ; chez GitLab, son chemin ou son numéro.
targets-input-reference = Branche
targets-input-workflow = Fichier du workflow
targets-input-event = Type de l’évènement
targets-save = Enregistrer
targets-change-secret = Changer le secret
targets-end-older = Mettre fin au secret précédent
targets-forget = Oublier l’adresse et toutes les livraisons
targets-record = En aval
targets-record-live = en ligne
targets-record-live-ended = en ligne, comme terminée
targets-record-live-failed = en ligne ; la dernière construction a échoué
targets-record-live-older = la version { $version } est en ligne
targets-record-building = en construction
targets-record-failed = la construction a échoué
targets-record-told-only = avertie
targets-record-told = avertie, pas encore construite
targets-record-waiting = pas encore avertie
