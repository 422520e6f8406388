# Les pages destinées aux lecteurs, et les mots des fils et des citations, dans la langue du registre.

public-published-by = Publié par { $publisher }
public-changes = Modifications
public-data = Données liées
public-llms = llms.txt
public-cite-register = Citer ce registre
public-collections = Collections
public-count = { $count ->
    [one] { $count } fiche
   *[other] { $count } fiches
}
public-latest = Dernières modifications
public-nothing = Rien n’est encore publié.
public-pages = Pages de la liste
public-before = Pages précédentes
public-after = Suite
public-about = À propos de cette fiche
public-record = Fiche
public-authors = Auteurs
public-publisher = Éditeur
public-license = Licence
public-file = Fichier
public-identity = Identifiant
public-references = Références
public-relations = Relations
public-named-by = Cité par
public-translations = Autres langues
public-history = Versions
public-major = le sens a changé
public-minor = davantage est dit
public-patch = formulation
public-adopted = Tel qu’adopté
public-people = Rédigé par { $authors } ; approuvé par { $approvers }
public-taken-back = retirée
public-ended = Cette fiche a le statut « { $status } » depuis le { $date }. Elle reste ici pour que ce qui la cite puisse être lu.
public-successor = Voir plutôt :
public-yanked = Cette version a été retirée le { $date } : { $reason }
public-yanked-since = La version { $version } a été retirée : { $reason }
public-older = Ceci est une version antérieure. La fiche en est maintenant à
public-translation = Ceci est une traduction de
public-stale = Cette traduction a été faite d’une version antérieure de
public-moved = Cette page se trouve désormais à
public-gone-title = Retiré
public-gone = Ce qui se trouvait ici a été retiré le { $date }.
public-cite-heading = Citer ainsi
public-cite-entry = { $title }. { $version }. { $publisher }, { $date }. { $address }
public-cite-work = { $authors }. « { $title } ». { $genre }, version { $version }. { $publisher }, { $year }. { $address }
public-cite-work-unsigned = « { $title } ». { $genre }, version { $version }. { $publisher }, { $year }. { $address }
public-feed-changes = { $register } : modifications
public-feed-collection = { $register } : { $collection }
public-feed-language = { $register } : textes en { $language }
public-feed-entry = { $title }, version { $version }
public-feed-ended = { $title } : { $status }
public-feed-yanked = { $title }, version { $version } : retirée
public-llms-about = Un registre de fiches, chacune approuvée par au moins deux personnes avant d’être publiée. Citez la version que vous avez lue : son adresse montre toujours le même texte.
public-llms-badge = Le badge d’une fiche dit son statut, le degré de certitude de ses éditeurs et sa version.
public-cff-message = Merci de citer ce registre comme ci-dessous.
