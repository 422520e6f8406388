# Le formulaire où l’on rédige ou modifie une fiche.

edit-heading = Modifier { $title }
edit-effect = Enregistrer modifie le brouillon ; les lecteurs le voient une fois qu’il est approuvé.
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

# Noms de ce qui a été saisi, rendu quand l’envoi n’a pas pu se faire.
form-reason = Motif
form-slug = Nom du fichier
form-title = Titre
form-id = Identifiant
