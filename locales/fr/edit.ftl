# Le formulaire où l’on rédige ou modifie une fiche.

edit-heading = Modifier { $title }
edit-effect = Enregistrer modifie le brouillon ; les lecteurs le voient une fois qu’il est approuvé.
edit-effect-new = Les lecteurs gardent ce qu’ils ont : enregistrer commence une proposition, publiée une fois approuvée.
edit-effect-proposal = Enregistrer modifie la proposition « { $proposal } » ; les lecteurs la verront une fois approuvée.
edit-save-new = Enregistrer comme proposition
edit-save-proposal = Enregistrer dans la proposition
edit-summary = Ce que vous changez
edit-summary-hint = En quelques mots, pour les relecteurs ; sans cela, le titre de la fiche suffit.
edit-into = Enregistrer dans
edit-into-draft = Les brouillons, à la vue de tous
edit-into-new = Une nouvelle proposition
edit-save = Enregistrer le brouillon
edit-back = Retour à la fiche
edit-leave = Quitter sans enregistrer
edit-new-heading = Nouvelle fiche dans { $collection }
edit-new-effect = Ceci commence un brouillon, que vous remplissez ensuite ; les lecteurs le voient une fois qu’il est approuvé.
edit-begin = Commencer le brouillon
edit-id-hint = Il reste pour toujours celui de la fiche
edit-slug = Nom du fichier
edit-slug-hint = Lettres, chiffres et tirets
edit-slug-hint-title = Lettres, chiffres et tirets ; tiré du titre si vous le laissez vide
edit-needed-before = Nécessaire avant le passage au statut { $status }.
edit-one-a-line = Un élément par ligne
edit-required = obligatoire
edit-not-yet = Pas encore :
edit-not-saved = Pas encore enregistré.
edit-fields-refused = { $count ->
    [one] Un champ est à revoir ; ce que vous avez saisi est toujours là.
   *[other] { $count } champs sont à revoir ; ce que vous avez saisi est toujours là.
}
edit-conflict = Quelqu’un d’autre a modifié cette fiche entre-temps.
edit-both-changed = Vous avez tous deux modifié ce qui figure ci-dessous.
edit-theirs = Ce qui s’y trouve maintenant
edit-yours = Ce que vous avez saisi
edit-conflict-next = Votre texte est dans le formulaire ci-dessous. Enregistrez-le tel quel, ou reprenez d’abord ce que vous voulez garder de l’autre.

# Les listes, l’aperçu et ce qui est gardé pendant la rédaction.
edit-row = { $name } { $place }
edit-row-up = Monter
edit-row-down = Descendre
edit-row-remove = Retirer
edit-row-add = Ajouter à { $list }
edit-body-hint = Markdown. Les sections commencent par ##.
edit-elsewhere = Plus que ce formulaire ne peut montrer ; modifiez-le comme texte.
edit-ways = Manières de rédiger
edit-way-fields = Champs
edit-way-text = Texte
edit-text = Le fichier entier
edit-preview = Aperçu
edit-preview-heading = Tel que les lecteurs le verront
edit-preview-none = Le texte n’est pas encore lisible, il n’y a donc rien à montrer.
edit-told-none = Les règles ne trouvent rien à corriger.
edit-told = { $count ->
    [one] Les règles trouvent un point à regarder.
   *[other] Les règles trouvent { $count } points à regarder.
}
edit-unsaved = Vous avez un texte non enregistré
edit-unsaved-from = saisi
edit-unsaved-continue = Il figure ci-dessous : continuez, ou abandonnez-le.
edit-unsaved-discard = L’abandonner
edit-kept-typing = Votre saisie est en train d’être gardée…
edit-kept = Votre saisie est gardée. Elle n’est pas encore enregistrée.
edit-kept-lost = La connexion est perdue. Votre saisie reste dans ce navigateur et sera envoyée à son retour.
edit-kept-ended = Votre session est terminée. Votre saisie reste dans ce navigateur jusqu’à ce que vous vous soyez reconnecté.
edit-kept-refused = Le serveur n’a pas pu garder votre saisie ; elle reste dans ce navigateur.

# Noms de ce qui a été saisi, rendu quand l’envoi n’a pas pu se faire.
form-reason = Motif
form-slug = Nom du fichier
form-title = Titre
form-id = Identifiant

# Images et documents que nomme un texte.
attached-heading = Images et documents
attached-hint = PNG, JPEG, GIF, WebP, AVIF ou PDF, jusqu’à 5 Mio. Ce que vous ajoutez est nommé à la fin du texte et l’accompagne à l’enregistrement.
attached-file = Fichier
attached-words = Ce qu’il montre
attached-words-hint = En toutes lettres, pour qui ne peut pas le voir.
attached-add = Ajouter le fichier
attached-let-go = Y renoncer
attached-new = nouveau avec ce texte
