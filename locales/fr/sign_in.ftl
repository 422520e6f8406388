# La porte.

sign-in-address = Adresse électronique
sign-in-password = Mot de passe
sign-in-forgotten = Pas encore de mot de passe, ou oublié ? Qui exploite le serveur peut vous donner un lien qui vous connecte une fois.
sign-in-welcome = Bienvenue
sign-in-welcome-name = Bienvenue, { $name }
sign-in-link-again = Ce lien vous connecte.
sign-in-link-once = Ce lien vous connecte, une seule fois, et vous laisse choisir un mot de passe.
sign-in-set-password = Définir le mot de passe et se connecter
sign-in-new-password = Nouveau mot de passe
sign-in-password-hint = Au moins { $count } caractères
sign-in-not-you = Ce n’est pas vous ? Fermez cette page ; rien ne s’est encore produit.
sign-in-signed-out = Déconnexion
sign-in-you-are-out = Vous êtes déconnecté
sign-in-nothing-lost = Rien de ce que vous avez envoyé n’est perdu. Ce que vous avez saisi sans l’envoyer a disparu.
sign-in-again = Se reconnecter
sign-in-with = Se connecter avec { $provider }
sign-in-or = ou avec un mot de passe
sign-in-then-go-on = Elle s’ouvre dans une page à part. Revenez ici une fois connecté : ce bouton reprend ce que vous avez saisi, et rien n’est décidé avant que vous l’ayez revu.
sign-in-go-on = Je suis connecté : reprendre ce que j’ai saisi
