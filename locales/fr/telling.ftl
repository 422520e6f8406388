# Comment quelqu’un est averti hors des pages : courriels, flux, et les mots des courriels.

telling-heading = Comment vous êtes averti
telling-lead = Vos messages vous disent tout. Vous pouvez aussi l’apprendre ailleurs.
telling-mail = Par courriel
telling-problem = Le dernier courriel n’a pas pu être remis :
telling-to = Courriels à
telling-off = aucun
telling-soon = en quelques minutes, ce qui va ensemble dans un seul courriel
telling-daily = une fois par jour
telling-save = Enregistrer
telling-no-mail = Ce serveur n’envoie pas de courriels.
telling-feed = Dans un lecteur de flux
telling-feed-note = Qui connaît l’adresse peut lire vos messages sans se connecter. Renouvelez-la quand quelqu’un d’autre pourrait la connaître.
telling-feed-once = Copiez l’adresse maintenant : elle n’est affichée que cette fois.
telling-feed-made = L’adresse a été créée
telling-feed-make = Créer une adresse
telling-feed-renew = Renouveler l’adresse
telling-feed-end = Supprimer le flux
account-telling = Courriels et flux
account-telling-note = Ce que disent vos messages peut vous parvenir par courriel et dans un lecteur de flux.
account-telling-choose = Choisir comment être averti

unsubscribe-heading = Plus de courriels
unsubscribe-ask = Ne plus envoyer de courriels à
unsubscribe-act = Ne plus envoyer
unsubscribe-done = Plus aucun courriel n’est envoyé à
unsubscribe-again = Vos messages vous disent toujours tout. Sur la page de votre compte, vous pouvez choisir de nouveau les courriels.

feed-title = { $register } : ce qui est dit à { $name }

letter-subject = { $register } : { $title }
letter-subject-many = { $register } : { $count ->
    [one] { $count } message
   *[other] { $count } messages
}
letter-more = Il y en a d’autres dans vos messages.
letter-waiting = { $count ->
    [one] { $count } texte vous attend.
   *[other] { $count } textes vous attendent.
}
letter-inbox = Vos messages
letter-why = Vous recevez ceci parce que vous avez choisi les courriels de { $register }.
letter-unsubscribe = Plus de courriels
