# La connexion d’une personne.

account-heading = Votre compte
account-signed-in-as = Vous êtes connecté en tant que
account-sessions = Où vous êtes connecté
account-sessions-note = Un navigateur que vous ne connaissez pas est celui de quelqu’un d’autre : fermez sa session, puis changez votre mot de passe.
account-this-one = ce navigateur
account-seen = vu en dernier
account-begun = connecté
account-end = Fermer cette session
account-end-others = Fermer toutes les autres sessions
account-some-browser = Un navigateur qui ne dit pas lequel
account-some-browser-on = Un navigateur sous { $system }
account-browser-on = { $browser } sous { $system }
account-password = Mot de passe
account-password-note = Le changer ferme votre session dans tous les autres navigateurs.
account-no-password = Vous n’avez pas encore de mot de passe. Vous pouvez en choisir un maintenant, car vous venez de vous connecter.
account-no-password-now = Vous n’avez pas de mot de passe. Pour en choisir un, déconnectez-vous, reconnectez-vous et revenez ici dans le quart d’heure.
account-present-password = Mot de passe actuel
account-new-password = Nouveau mot de passe
account-change-password = Changer le mot de passe
account-set-password = Définir le mot de passe

set-up-from-terminal = Qui exploite le serveur peut le faire dans un navigateur : son terminal a affiché un lien au démarrage.

account-programs = Programmes
account-programs-note = Un programme agit pour vous au moyen d’un jeton à lui, que vous créez et révoquez ; fermer des sessions ou changer de mot de passe ne touche pas aux jetons.
account-programs-tokens = Voir vos jetons
