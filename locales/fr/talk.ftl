# Ce qui se dit d’un champ.

talk-about = Parler de : { $field }
talk-comment = Commentaire
talk-suggest = Proposer un autre texte
talk-suggest-hint = Changez-le ici ; son auteur pourra le reprendre tel quel. Qui propose devient alors l’un des auteurs.
talk-send = Envoyer
talk-taken = Le texte le dit désormais.
talk-accept = Reprendre
talk-outdated = Le texte a changé depuis ; ceci ne peut plus être repris tel quel.
talk-on = à propos de { $field }
