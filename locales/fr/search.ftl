# La liste des fiches, ses filtres et les vues enregistrées.

search-search = Rechercher
search-collection = Collection
search-status = Statut
search-standing = Situation
search-person = Écrit ou jugé par
search-language = Langue
search-finding = Constat
search-severity = Gravité
search-since = Modifié depuis
search-order = Ordre
search-record = Fiche
search-changed = Modifiée
search-show = Afficher
search-show-all = Tout afficher
search-show-all-records = Afficher toutes les fiches
search-more-filters = Autres filtres et ordre
search-filters = Filtres
search-remove = Retirer
search-new-in = Nouvelle fiche dans { $collection }
search-begin-one = Commencez-en une :

search-all-collections = Toutes les collections
search-any-status = Tous les statuts
search-anywhere = Toutes les situations
search-anybody = Tout le monde
search-any-language = Toutes les langues
search-any-severity = Avec ou sans constats
search-usual-order = Ordre habituel

search-standing-open = À traiter
search-standing-draft = Brouillon, personne n’est encore sollicité
search-standing-validated = Approuvée, pas encore publiée
search-standing-changed = Modifiée hors relecture
search-standing-settled = Telle qu’approuvée
search-standing-quarantined = Illisible

search-severity-blocking = Bloquant
search-severity-warning = Avertissement
search-severity-information = Note

search-order-match = Meilleure correspondance
search-order-changed = Dernière modification
search-order-title = Titre
search-order-waiting = Attente la plus longue

search-by-words = Mots : { $value }
search-by-collection = Collection : { $value }
search-by-status = Statut : { $value }
search-by-standing = Situation : { $value }
search-by-person = Écrit ou jugé par { $value }
search-by-language = Langue : { $value }
search-by-finding = Constat : { $value }
search-by-severity = Gravité : { $value }
search-by-since = Modifié depuis { $value }
search-by-order = Ordre : { $value }

search-no-collection = La politique n’a pas de collection « { $value } »
search-no-status = Aucun circuit de la politique n’a de statut « { $value } »
search-no-person = La politique ne connaît personne du nom de « { $value } » ; une adresse trouve les autres
search-no-day = « { $value } » n’est pas un jour ; écrivez 2026-10-01, 30d ou 2w
search-no-such-value = « { $value } » n’est pas un critère de recherche
search-words-cut = Seuls les seize premiers mots ont été recherchés

search-nothing-fits = Aucune fiche ne correspond.
search-without = Sans « { $filter } » : { $count }
search-no-record-yet = Ce référentiel ne contient encore aucune fiche.
search-unreadable = illisible
search-unreadable-line = illisible : ligne { $line }
search-changed-outside-review = modifiée hors relecture

search-more-than = plus de 10 000
search-paging = { $first } à { $last } sur { $count }
search-paging-none = 0 sur { $count }

views-heading = Vues enregistrées
views-name = Nom
views-save = Enregistrer cette vue
views-delete = Supprimer


waiting-count = { $count }
waiting-show-all = Tout afficher ({ $count })
waiting-beyond = { $count } fiches sont à traiter, et seules les 3 000 plus anciennes figurent ici : les voir toutes
waiting-whole-queue = Revenir à la liste entière
waiting-page = Page { $page } sur { $last }
