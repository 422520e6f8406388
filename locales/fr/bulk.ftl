# Plusieurs textes à la fois.

bulk-title = Approuver plusieurs textes
bulk-heading = { $count ->
    [0] Rien de tout cela n’est à approuver par vous en ce moment
    [one] Un texte, avant que vous l’approuviez
   *[other] { $count } textes, avant que vous les approuviez
}
bulk-lead = Rien n’est encore décidé. Chaque texte est jugé séparément : un refus n’en retient aucun autre.
bulk-left-out = Laissés de côté
bulk-version = deviendra { $version }
bulk-approve = Approuver ce qui est coché
bulk-leave = Quitter sans décider
bulk-select = Sélectionner { $title }
bulk-select-all = Tout sélectionner
bulk-look = Voir la sélection
bulk-selected = sélectionnés

report-title = Ce qu’il est advenu de chacun
report-heading = { $refused ->
    [0] { $done ->
        [one] Un texte, c’est fait
       *[other] { $done } textes, tous faits
    }
   *[other] { $done } faits, { $refused } non faits
}
report-lead = Chacun a été jugé séparément. Ce qui n’a pas été fait est resté comme avant.
bulk-recorded = a votre approbation et attend celle des autres personnes requises.
bulk-became = est maintenant au statut { $status }.
bulk-became-version = est maintenant au statut { $status }, en version { $version }.

undo = Annuler
undo-not = Cela ne peut pas être annulé ; une modification ultérieure peut le corriger.
undo-by-return = On peut y revenir en renvoyant le texte à ses auteurs.
