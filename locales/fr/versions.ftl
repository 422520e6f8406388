# Une version publiée telle qu’elle était, et deux textes côte à côte.

versions-title = { $title }, version { $version }
versions-version = version { $version }
versions-published = publication :
versions-people = Rédigé par { $wrote }, approuvé par { $approved }
versions-taken-back = Cette version a été retirée.
versions-newer = Il existe une version plus récente.
versions-stood = Voici la fiche telle qu’elle était ; elle en est maintenant à la version
versions-again = Revenir à cette version…
versions-cite = Citer cette version
versions-same = Une version montre toujours le même texte.
versions-made = Qui l’a faite
versions-compare = comparaison
versions-compare-title = { $record } : { $from } et { $to }
versions-from-to = De { $from } à { $to }
versions-turn = Inverser l’ordre
versions-now = l’état présent du texte
versions-earlier = un texte antérieur
versions-yank = Retirer cette version…
