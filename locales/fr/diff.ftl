# Une modification telle qu’on la lit.

diff-summary = { $count ->
    [0] Rien ne change
    [one] 1 champ change
   *[other] { $count } champs changent
}
diff-same = Les deux textes sont identiques.
diff-unchanged = Sans changement :
diff-file = Le fichier tel qu’il est écrit
diff-lines = Les lignes mêmes du fichier
diff-empty = (vide)
diff-folded = { $count ->
    [one] 1 paragraphe inchangé
   *[other] { $count } paragraphes inchangés
}
diff-from-place = depuis le rang { $place }

diff-added = ajouté
diff-removed = supprimé
diff-changed = modifié
diff-moved = déplacé

# Lu à voix haute avant et après les mots eux-mêmes.
diff-removal-begins = supprimé :
diff-removal-ends = fin de la suppression.
diff-addition-begins = ajouté :
diff-addition-ends = fin de l’ajout.
