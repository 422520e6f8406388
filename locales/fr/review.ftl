# Une relecture : qu’est-ce qui change, et puis-je l’approuver ?

review-title = Relecture : { $record }
review-question-outside = Contresigner cette modification, ou rétablir ce qui était là ?
review-question-revision = Révision rédigée par { $names }. Peut-elle passer au statut { $status } ?
review-question-text = Texte rédigé par { $names }. Peut-il passer au statut { $status } ?
review-question-none = Rien n’est demandé à personne ici.
review-written-by = Rédigé par
review-unproven = (auteur non prouvé)
review-to-decision = Aller à votre décision

review-outside-banner = Modifié hors relecture.
review-outside = Cette fiche a été modifiée hors relecture par { $names }.
review-outside-version = Cette fiche a été modifiée hors relecture par { $names }. La version { $version } est la dernière approuvée, tant que personne n’a contresigné.
review-stale-banner = Modifié depuis votre lecture.
review-stale = Le texte a été modifié après que vous l’avez ouvert. Rien n’a été décidé ; ce que vous avez saisi est toujours dans le formulaire.
review-since-approved = Modifié depuis votre approbation : { $fields }.
review-since-published = Le texte publié a changé depuis votre approbation : { $fields }.
review-since-both = Modifié depuis votre approbation : { $fields } ; et dans le texte publié : { $published }.
review-since-layout = La mise en page a changé depuis votre approbation.
review-since-next = Votre approbation portait sur le texte précédent et ne compte plus.
review-vetoed-record = { $name } a mis son veto à cette fiche.
review-vetoed-proposal = { $name } a mis son veto à toute la proposition.
review-vetoed-next = Rien n’est publié tant que ce veto n’est pas retiré, quel que soit le nouveau texte.
review-since = Ce qui a changé depuis

review-way = Le chemin vers la publication
review-step-written = Rédigé
review-step-done = fait
review-step-current = en cours
review-step-ahead = à venir
review-step-held = retenu

review-version = Version
review-version-will-be = Deviendra
review-version-after = après { $version }
review-bump-first = la première version
review-bump-major = majeure : le sens a changé
review-bump-minor = mineure : le texte en dit plus
review-bump-patch = corrective : la formulation
review-bump-none = aucune : la présentation seule
review-reason = { $field } : { $what }
review-version-computed = { $version } ({ $bump }, calculée)
review-version-lowered = { $version } ({ $bump }, exige un motif)
review-version-raised = { $version } ({ $bump })
bump-major = majeure
bump-minor = mineure
bump-patch = corrective
bump-none = aucune

review-findings = Constats
review-no-findings = Les règles n’ont rien trouvé à redire.

review-approvals = Qui doit approuver
review-no-role = Personne ne peut approuver ceci. La politique doit d’abord nommer un rôle.
review-more-new = Un texte jamais publié en demande { $needed } dans ce rôle
review-more-bump = Une modification { $bump } en demande { $needed } dans ce rôle
review-more-field = Une modification de { $field } en demande { $needed } dans ce rôle
review-more-unproven = Rien ne prouve qui a rédigé ce texte ; il en faut { $needed } dans ce rôle
review-more-unknown = Ce texte n’a pu être comparé à ce qui est publié ; il en faut { $needed } dans ce rôle
review-vetoed = { $name } a mis son veto
review-wrote = { $name } a rédigé ce texte
review-approved-earlier = { $name } a approuvé une étape précédente

review-discussion = Discussion
review-no-discussion = Personne n’a encore rien dit.
review-said-approved = a approuvé « { $move } »
review-said-changes = a demandé des modifications
review-said-comment = a commenté
review-said-submitted = a demandé la relecture
review-said-vetoed = a mis son veto
review-said-withdrew = a retiré sa décision
review-elsewhere = à propos d’un autre texte de cette fiche
review-outdated = pour un texte antérieur

review-decision = Votre décision
review-you-approved = Vous avez déjà approuvé ce texte.
review-you-vetoed = Votre veto tient toujours. Retirez-le avant d’approuver.
review-you-wrote = Vous avez rédigé ce texte ; quelqu’un d’autre doit donc l’approuver.
review-you-approved-earlier = Vous avez approuvé « { $earlier } » pour ce texte ; quelqu’un d’autre doit donc approuver « { $wanted } ».
review-you-hold-none = Il faut tenir le rôle { $roles } pour approuver ceci, et ce n’est pas votre cas.
review-held = Un constat la retient : { $finding }.
review-reason-label = Motif ou commentaire
review-reason-hint = Conservé avec votre décision, lisible par tous. Nécessaire pour demander des modifications, renvoyer un texte ou abaisser la version.
review-approve = Approuver
review-countersign = Contresigner
review-make-version = faire passer la version { $version } au statut { $status }
review-make-it = passer au statut { $status }
review-act-completes = { $act } : { $outcome }
review-act-counts = { $act } : une des { $left } approbations qui manquent encore à « { $move } »
review-act-restore = Rétablir ce qui était approuvé
review-act-submit = Demander la relecture
review-act-changes = Demander des modifications
review-act-comment = Commenter seulement
review-act-veto = Mettre un veto
review-act-withdraw = Retirer ma décision
review-said-assigned = a demandé un regard
review-said-described = a donné un autre titre à la proposition
review-said-closed = a fermé la proposition
review-said-reopened = a rouvert la proposition
review-said-release = a décidé de sa publication groupée
review-said-history = a décidé de l’historique du registre
review-release-banner = Fait partie d’une publication groupée.
review-release = Ce texte paraîtra avec « { $title } », quand tout y sera prêt, et non seul.
review-release-due = Ce texte paraîtra avec « { $title } », prévue : { $when }, et non seul.
review-referrers = { $count ->
    [one] Si elle prend fin, cette fiche en nommera une qui est terminée.
   *[other] Si elle prend fin, ces { $count } fiches en nommeront une qui est terminée.
  }
review-question-down = Cette fiche a été retirée d’urgence. Les lecteurs ne l’ont plus ; un second administrateur le ratifie, ou son texte revient par la relecture
review-act-take-down = Retirer d’urgence
review-act-ratify = Ratifier le retrait
review-question-version = Faut-il retirer la version { $version } ? Elle reste à son adresse et le dit à ses lecteurs ; le numéro ne sert plus jamais
review-act-yank = Retirer la version
review-act-yank-counts = { $left ->
    [one] Demander le retrait de la version ; une autre personne doit être d’accord
   *[other] Demander le retrait de la version ; { $left } personnes doivent être d’accord, vous comprise
  }
