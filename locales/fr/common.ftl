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
