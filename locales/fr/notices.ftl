# Ce qu’a produit le dernier acte.

notice-saved = Votre texte est enregistré
notice-version = { $title } est au statut { $status }, version { $version }
notice-status = { $title } est au statut { $status }
notice-policy-restored = La politique reste celle qui était en vigueur
notice-policy-in-force = La politique modifiée est en vigueur
notice-the-policy = la politique modifiée
notice-approved = Votre approbation est enregistrée : { $title }
notice-waits = Les autres personnes qui doivent approuver sont attendues
notice-changes = Votre demande de modifications est enregistrée : { $title }
notice-stands = Elle vaut tant que le texte ne change pas et que vous ne la retirez pas
notice-submitted = En attente de relecture : { $title }
notice-seen = Les personnes qui peuvent l’approuver la voient parmi ce qu’elles ont à traiter
notice-vetoed = Votre veto est enregistré : { $title }
notice-veto-stands = Il tient jusqu’à ce que vous le retiriez, quel que soit le nouveau texte
notice-withdrawn = Votre décision est retirée : { $title }
notice-said = Votre commentaire est enregistré : { $title }
notice-following = Ensuite : { $title }
notice-assigned = { $title } est confié
notice-described = { $title } a son nouveau titre
notice-closed = { $title } est fermé
notice-closed-next = Rien n’est perdu : vous pouvez le rouvrir
notice-reopened = { $title } est rouvert
notice-taken-down = { $title } : retrait d’urgence fait. Un second administrateur a 72 heures pour le ratifier
notice-ratified = Vous avez ratifié le retrait d’urgence : { $title }
notice-yanked = { $title } : version retirée. Elle reste à son adresse et le dit
