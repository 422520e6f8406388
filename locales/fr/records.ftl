# La liste des fiches.

records-search = Rechercher
records-collection = Collection
records-status = Statut
records-all-collections = Toutes les collections
records-any-status = Tous les statuts
records-show = Afficher
records-show-everything = Tout afficher
records-show-all = Afficher toutes les fiches
records-none-fit = Aucune fiche ne correspond.
records-empty = Ce référentiel ne contient encore aucune fiche.
records-begin = Commencez-en une :
records-new = Nouvelle fiche dans { $collection }
records-record = Fiche
records-changed = Modifiée
records-unreadable = illisible
records-unreadable-line = illisible : ligne { $line }
records-outside = modifiée hors relecture
records-range = { $first } à { $last } sur { $count }
records-none-of = 0 sur { $count }
