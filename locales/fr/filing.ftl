# Le fichier d’une fiche.

filing-title = { $title } : son fichier
filing-heading = Renommer ou retirer
filing-draft = Personne ne lit encore ce brouillon : il se renomme ou se supprime sur place, et son histoire reste dans git.
filing-published = Les lecteurs ont cette fiche. Un autre nom se propose et se relit comme tout changement ; son identifiant et ses versions restent.
filing-proposal = Le fichier est renommé dans { $proposal }, ou laissé de côté.
filing-rename = Renommer
filing-remove = Supprimer
filing-leave-out = Laisser de côté
