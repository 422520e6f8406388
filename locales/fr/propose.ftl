# Ce qui se propose depuis une fiche publiée : un texte antérieur, ou sa fin.

propose-again = Revenir à un texte antérieur de { $title }
propose-again-version = Revenir à la version { $version } de { $title }
propose-again-effect = Une proposition reprend le texte d’alors. Les lecteurs gardent ce qu’ils ont jusqu’à son approbation, et elle paraît comme une nouvelle version.
propose-restore = Rétablir { $title }
propose-restore-effect = Le fichier a été retiré hors relecture. Une proposition reprend son dernier texte approuvé ; une fois approuvée, les lecteurs l’ont de nouveau.
propose-ending = { $move } : { $title }
propose-ending-effect = Une proposition met fin à la fiche. Les lecteurs gardent ce qu’ils ont jusqu’à son approbation ; ensuite la fiche est { $status } et reste à son adresse.
propose-named-by = Fiches qui la nomment
propose-referrers = { $count ->
    [one] Une fiche nomme celle-ci, et nommera une fiche terminée.
   *[other] { $count } fiches nomment celle-ci, et nommeront une fiche terminée.
  }
propose-seen = Je les ai regardées
propose-reason = Pourquoi
propose-reason-hint = Ceux qui la relisent commencent par là
propose-send = Faire la proposition
propose-changes = Ce qui changerait
