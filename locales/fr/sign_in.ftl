# L’entrée : connexion, liens à usage unique, déconnexion.

sign-in-address = Adresse électronique
sign-in-password = Mot de passe
sign-in-password-hint = Au moins { $count } caractères
sign-in-no-password = Pas encore de mot de passe, ou oublié ? Un administrateur peut vous donner un lien qui vous connecte une fois.
sign-in-with = Se connecter avec { $provider }
sign-in-or = ou avec un mot de passe

link-title = Bienvenue
link-welcome = Bienvenue, { $name }
link-once = Ce lien vous connecte une seule fois et vous laisse choisir un mot de passe.
link-again = Ce lien vous connecte.
link-set-password = Définir le mot de passe et se connecter
link-not-you = Ce n’est pas vous ? Fermez cette page : rien ne s’est encore passé.

signed-out-title = Déconnecté
signed-out-heading = Vous êtes déconnecté
signed-out-note = Rien de ce que vous avez envoyé n’est perdu. Ce que vous avez saisi sans l’envoyer a disparu.
signed-out-again = Se reconnecter

sign-in-then-go-on = Elle s’ouvre dans une page à part. Revenez ici une fois connecté : ce bouton reprend ce que vous avez saisi, et rien n’est décidé avant que vous l’ayez revu.
sign-in-go-on = Je suis connecté : reprendre ce que j’ai saisi
