# Ce qui est dit à quelqu’un : qui, l’acte, le titre de la fiche, et la fin de la phrase.

inbox-empty = Rien de nouveau. Vous l’apprendrez ici quand quelqu’un décidera de vos textes, s’adressera à vous ou vous demandera de regarder.
inbox-earlier = Lu
inbox-read-one = Marquer comme lu
inbox-read-all = Tout marquer comme lu
inbox-elsewhere = Vous pouvez aussi être averti par courriel et dans un lecteur de flux.
inbox-settings = Choisir comment
inbox-somebody = Quelqu’un
inbox-assigned = vous demande de regarder
inbox-until = avant le { $day }
inbox-mentioned = s’adresse à vous au sujet de
inbox-answered = vous a répondu au sujet de
inbox-approved = a approuvé votre texte de
inbox-for = pour « { $move } »
inbox-changes = vous demande de modifier
inbox-vetoed = s’oppose à
inbox-commented = a commenté votre texte de
inbox-suggested = suggère une modification de votre texte de
inbox-withdrawn = a retiré sa décision sur votre texte de
inbox-closed = a fermé votre proposition
inbox-reopened = a rouvert votre proposition
inbox-landed = { $count ->
    [one] a fait passer votre texte de
   *[other] ont fait passer votre texte de
}
inbox-as-version = au statut { $status }, version { $version }
inbox-as-status = au statut { $status }
inbox-sent-back = { $count ->
    [one] a renvoyé votre texte de
   *[other] ont renvoyé votre texte de
}
inbox-changed = a modifié
inbox-changed-end = depuis votre décision
inbox-outdated = { $count ->
    [one] a publié un autre texte de
   *[other] ont publié un autre texte de
}
inbox-outdated-end = pendant que votre proposition attend ; mettez-la à jour
inbox-due = On vous a demandé de regarder
inbox-overdue = Vous deviez avoir regardé
inbox-rewritten = a constaté le remplacement de l’historique publié de
inbox-rewritten-end = et c’est à vous de décider
inbox-by-day = avant le { $day }
inbox-count = { $count ->
    [one] { $count } message
   *[other] { $count } messages
}
inbox-title = « { $title } »
inbox-taken-down = a retiré d’urgence
