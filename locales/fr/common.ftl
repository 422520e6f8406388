# Ce qui figure sur toutes les pages, et la manière d’énumérer.

language-tag = fr

skip-to-main = Aller à la page
sections = Rubriques
section-queue = À traiter
section-records = Fiches
section-activity = Activité
section-people = Personnes et politique
section-health = État
waiting-for-you = en attente de vous
sign-in = Se connecter
sign-out = Se déconnecter
kept-by = tenu par Countersign

tone-good = Fait
tone-warning = À voir
tone-wrong = Pas fait

list-all = { $first } et { $last }
list-any = { $first } ou { $last }
list-nobody = personne

live-lost = La connexion est perdue ; cette page est peut-être ancienne. Elle se rétablira d’elle-même.
live-changed = Quelque chose a changé sur cette page depuis que vous l’avez ouverte.
live-look = Regarder de nouveau

keys = Touches
keys-walk = ligne suivante, ligne précédente
keys-open = ouvrir la ligne
keys-select = sélectionner la ligne
keys-approve = approuver (demande une fois)
keys-request = demander des modifications
keys-comment = écrire un commentaire
keys-edit = modifier
keys-next = la prochaine fiche qui vous attend
keys-search = rechercher
keys-queue = aller à ce qui est à traiter
keys-records = aller aux fiches
keys-activity = aller à l’activité
keys-people = aller aux personnes et à la politique
keys-health = aller à l’état
keys-help = afficher ou masquer cette liste
keys-use = Utiliser les touches seules
keys-close = Fermer
question-yes = Oui
question-no = Non
