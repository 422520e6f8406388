# Ce que dit chaque code, et ce qu’il y a à faire. Les mots exacts, en anglais, nomment la valeur qui a été vue ; les pages les montrent au-dessous.

# Lire une fiche

REC-SIZE-001 = Le fichier dépasse 1 Mio
    .next = Sortez de la fiche le contenu volumineux, ou partagez-la
REC-SIZE-002 = La fiche contient plus de valeurs qu’on n’en lit, chaque alias compté à chaque fois
    .next = Partagez la fiche, ou écrivez moins d’alias
REC-SIZE-003 = Les alias répètent plus de 1 Mio de texte
    .next = Écrivez moins d’alias
REC-DEPTH-001 = Listes et tables sont imbriquées sur plus de 64 niveaux
    .next = Aplatissez la fiche
REC-ENC-001 = La marque d’ordre des octets annonce un autre encodage que UTF-8
    .next = Enregistrez le fichier en UTF-8
REC-ENC-002 = Un octet n’est pas de l’UTF-8 valide
    .next = Enregistrez le fichier en UTF-8
REC-EMPTY-001 = Le fichier n’a aucun champ
    .next = Écrivez au moins un champ, ou supprimez le fichier
REC-FM-001 = Le fichier Markdown ne commence pas par une ligne --- ou +++
    .next = Placez les champs entre deux lignes --- en tête du fichier
REC-FM-002 = L’en-tête est ouvert et n’est jamais fermé
    .next = Ajoutez la ligne de fermeture sous le dernier champ
REC-ROOT-001 = La racine est une liste ou une valeur seule, non une suite de champs
    .next = Écrivez la fiche en champs, chacun avec un nom et une valeur
REC-KEY-001 = Une clé figure deux fois, et les lecteurs ne s’accordent pas sur celle qui compte
    .next = Gardez l’une des deux
REC-YAML-001 = Le YAML n’est pas valide
    .next = Corrigez le fichier à cet endroit
REC-YAML-002 = Le fichier contient plusieurs documents YAML
    .next = Gardez-en un, et placez les autres dans leurs propres fichiers
REC-YAML-003 = Une liste ou une table tient lieu de clé
    .next = Donnez à l’entrée un nom pour clé
REC-YAML-004 = Un alias figure dans la valeur même qu’il répète
    .next = Écrivez la valeur en toutes lettres
REC-TOML-001 = Le TOML n’est pas valide
    .next = Corrigez le fichier à cet endroit
REC-JSON-001 = Le JSON n’est pas valide
    .next = Corrigez le fichier à cet endroit
REC-LINK-001 = Le chemin est un lien symbolique ; les liens ne sont jamais suivis
    .next = Remplacez le lien par le fichier lui-même
REC-LINK-002 = Le chemin est un sous-module ; les sous-modules ne sont jamais récupérés
    .next = Remplacez le sous-module par le fichier lui-même
REC-NAME-001 = Le nom du fichier n’est pas de l’UTF-8
    .next = Renommez le fichier

# Modifier une fiche

REC-EDIT-001 = Rien ne se trouve à l’endroit à modifier
    .next = Nommez une des valeurs de la fiche
REC-EDIT-002 = La valeur vient d’un alias ou d’une clé de fusion, ou l’un d’eux la répète
    .next = Écrivez la valeur en toutes lettres dans le fichier, puis modifiez-la
REC-EDIT-003 = L’endroit désigne une liste ou une table là où il faut une valeur seule, ou l’inverse
    .next = Désignez une valeur à l’intérieur, ou une liste
REC-EDIT-004 = L’endroit n’est pas un champ qui se modifie seul
    .next = Remplacez le corps en entier, ou modifiez un champ
REC-EDIT-005 = Le format ne peut pas dire la nouvelle valeur à cet endroit
    .next = Écrivez une valeur que le format connaît, ou supprimez le champ
REC-EDIT-006 = La modification toucherait d’autres octets
    .next = Modifiez le fichier à la main dans git
REC-EDIT-007 = Le champ est le seul de la fiche
    .next = Supprimez plutôt le fichier, ou ajoutez d’abord un autre champ
REC-EDIT-008 = Le champ à ajouter existe déjà
    .next = Modifiez ce qui s’y trouve, ou supprimez-le d’abord

# Ce que le référentiel demande à une fiche

S02 = Un champ est inconnu du schéma
    .next = Employez le champ voulu, retirez-le, ou faites-le ajouter au schéma
S03 = L’identifiant manque, ou ne peut pas figurer dans une adresse
    .next = Écrivez-en un, par exemple concepts/provenance
S04 = Une valeur ne convient pas au schéma
    .next = Écrivez-la comme le message le montre
S06 = Un champ obligatoire manque
    .next = Ajoutez-le
S07 = Le statut déclaré n’est aucun de ceux du circuit
    .next = Employez l’un d’eux, à la lettre
S08 = La version déclarée n’est pas une version sémantique
    .next = Écrivez trois nombres entiers, par exemple 1.0.0
S09 = Le titre manque ou est vide ; les pages montrent l’identifiant à sa place
    .next = Écrivez un titre
S10 = Il y a plus de constats qu’on n’en montre
    .next = Corrigez d’abord les autres
S11 = Juger la fiche selon son schéma demanderait trop d’étapes
    .next = Rendez la fiche plus petite ou plus plate, ou simplifiez ce qui se désigne soi-même dans le schéma
REF-001 = Une référence ne désigne aucune fiche du référentiel
    .next = Corrigez le nom, ou écrivez d’abord cette fiche
ID-001 = Deux fichiers sont la même fiche
    .next = Donnez à l’un d’eux un autre identifiant

# Règles nommées

T01 = Un texte ou une section est vide, ou contient un texte provisoire
    .next = Dites quelque chose, ou retirez-le
T02 = Une définition n’est pas une phrase à elle seule, ou une affirmation est aussi une limite
    .next = Réécrivez-la comme le message le montre
T03 = Une affirmation n’a pas de référence qui l’appuie
    .next = Ajoutez une référence, ou retirez l’affirmation
F01 = Une référence ne nomme pas sa cible dans la forme de son type
    .next = Écrivez-la comme le message le montre
D01 = Le corps contient autre chose que du Markdown simple et sûr, ou est trop long pour être relu
    .next = Retirez ce que le message nomme

# Schémas

CHK-SCHEMA-001 = Le schéma est plus grand que ce qui est lu
    .next = Réduisez-le
CHK-SCHEMA-002 = Le schéma n’est pas du JSON
    .next = Corrigez-le à cet endroit
CHK-SCHEMA-003 = Le schéma n’est pas un objet, ou suit un autre dialecte que 2020-12
    .next = Écrivez un JSON Schema du dialecte 2020-12
CHK-SCHEMA-004 = Le schéma renvoie hors de son fichier, ou contient un autre schéma doté d’un $id ; rien n’est récupéré
    .next = Recopiez ce qui est visé sous $defs
CHK-SCHEMA-005 = Des renvois du schéma ne mènent nulle part, tournent en rond ou sont trop nombreux
    .next = Que chacun mène à une fin
CHK-SCHEMA-006 = Le schéma enfreint les règles de JSON Schema
    .next = Corrigez-le comme JSON Schema 2020-12 le demande
CHK-SCHEMA-007 = Un motif du schéma ne peut pas être essayé en un temps borné
    .next = Écrivez-le sans assertions ni renvois arrière, avec de petites répétitions

# Versions

VER-001 = Un texte n’est pas une version
    .next = Écrivez trois nombres entiers, par exemple 1.0.0
VER-002 = Une version porte des métadonnées de construction
    .next = Retirez le signe plus et ce qui le suit
VER-003 = Le nombre de la version est le plus grand qui soit
    .next = Choisissez un pas plus grand, ou remplacez la fiche
VER-004 = Le pas choisi est inférieur à ce que la modification demande, et aucun motif n’est donné
    .next = Donnez le motif, ou gardez le pas calculé

# La politique elle-même

POL-001 = Le fichier de la politique dépasse 256 Kio
    .next = Raccourcissez-le
POL-002 = Une ligne n’est pas du TOML
    .next = Corrigez la ligne ; rien d’autre n’est jugé avant
POL-003 = Une clé, ou un texte d’une liste, figure deux fois
    .next = Gardez l’un des deux
POL-004 = Une clé est inconnue
    .next = Employez celle qui était voulue, ou retirez-la
POL-005 = Une valeur n’est pas du bon type
    .next = Écrivez-la comme le message le montre
POL-006 = Une clé manque, ou une table ou une liste qui doit contenir quelque chose est vide
    .next = Ajoutez ce qui manque
POL-007 = Un mot n’est aucun de ceux que la clé admet
    .next = Employez l’un d’eux
POL-008 = Un texte n’est ni l’adresse d’un champ ni un motif de champs
    .next = Écrivez-le sous la forme claims[].text
POL-009 = Un nom contient d’autres caractères que a-z, 0-9, - et _, ou il est réservé
    .next = Choisissez-en un autre
POL-010 = Un texte est vide ou de plusieurs lignes, ou un nom contient un chevron
    .next = Écrivez une ligne
POL-020 = Un motif de chemins n’en est pas un
    .next = Employez les signes que la politique admet, chacun à sa place
POL-021 = Un chemin est absolu, sort du dépôt, entre dans .git ou porte un nom que certains systèmes lisent mal
    .next = Écrivez un chemin simple à l’intérieur du dépôt
POL-022 = Les motifs de deux collections peuvent désigner un même chemin
    .next = Restreignez l’un d’eux
POL-023 = L’extension d’un motif n’est pas celle du format de la collection
    .next = Corrigez le format, ou faites une autre collection
POL-024 = Un motif ferait une fiche de la politique, des clés ou d’un schéma
    .next = Restreignez-le
POL-025 = Une collection nomme un circuit qui n’existe pas
    .next = Employez-en un qui est déclaré
POL-026 = Les motifs sont trop nombreux ou trop complexes pour être comparés
    .next = Employez-en moins, ou de plus simples
POL-030 = Un statut n’est pas déclaré
    .next = Employez-en un qui l’est, ou déclarez-le
POL-031 = Aucune transition ne mène à un statut
    .next = Ajoutez-en une, ou retirez le statut
POL-032 = Aucune transition ne quitte un statut de brouillon ou d’approbation
    .next = Ajoutez-en une, ou faites-en un statut final
POL-033 = Le statut initial n’est pas un statut de brouillon
    .next = Commencez par un statut qui l’est
POL-034 = Aucun statut n’est un statut de publication
    .next = Ajoutez-en un
POL-035 = Une transition ne part d’aucun statut
    .next = Nommez-en sous from
POL-036 = Une transition fixe un champ de deux façons, ou fixe l’identifiant, le statut ou la version
    .next = Retirez ce réglage
POL-037 = La clé not ne nomme ni author ni une autre transition
    .next = Employez un nom qui est déclaré
POL-040 = Un rôle n’est pas déclaré
    .next = Employez-en un qui l’est, ou déclarez-le
POL-041 = La liste des approbations est vide, ou un nombre n’y est pas compris entre 1 et 20
    .next = Dites qui, et combien
POL-042 = Il n’y a pas assez de personnes pour une transition, ou pour deux qui s’excluent
    .next = Confiez le rôle à plus de personnes, ou demandez-en moins
POL-043 = Des auteurs pourraient approuver leur propre texte
    .next = Ajoutez author à la clé not
POL-044 = Une seule personne pourrait porter un texte jusqu’aux lecteurs
    .next = Demandez deux personnes, ou séparez les approbateurs avec la clé not
POL-045 = Un circuit a trop de voies vers les lecteurs pour qu’on en prouve quoi que ce soit
    .next = Employez moins de statuts d’approbation
POL-046 = Un rôle qui peut mettre un veto n’appartient à personne
    .next = Donnez ce rôle à quelqu’un, ou retirez-le de « veto »
POL-047 = Une entrée de « more » ne dit pas, ou dit de plusieurs façons, quels changements elle vise
    .next = Nommez l’un de bump, fields et authors
POL-048 = Une entrée de « more » ne demande rien de plus que la transition elle-même
    .next = Demandez plus de personnes dans un rôle, ou un autre rôle
POL-050 = Une adresse figure deux fois
    .next = Donnez-la à une seule personne
POL-051 = Une personne n’a pas d’adresse
    .next = Ajoutez-en une
POL-052 = Un texte n’est pas une adresse
    .next = Écrivez-la sous la forme ana@example.org
POL-053 = Un rôle est limité à une collection qui n’existe pas
    .next = Employez-en une qui est déclarée
POL-054 = Un rôle est limité à ce qui ne s’écrit pas comme une langue
    .next = Écrivez fr, pt-BR ou zh-Hant
POL-055 = Les rôles nomment plus de 200 langues
    .next = Nommez-en moins ; un rôle pour fr vaut aussi pour fr-CA
POL-061 = Un motif de propositions ne désigne aucune branche
    .next = Écrivez-le sans refs/heads/
POL-060 = La branche n’est pas un nom de branche
    .next = Écrivez-le sans refs/heads/
POL-070 = L’option --person de countersign init n’a pas la forme voulue
    .next = Écrivez le nom, l’adresse entre chevrons, puis les rôles

# Politique et adoption

POL-READ-001 = La politique en vigueur ne se lit pas ; rien ne peut donc être décidé
    .next = Lancez countersign check, et corrigez la politique
POL-SCHEMA-001 = La politique nomme un schéma qui n’est pas dans le dépôt
    .next = Ajoutez le schéma au dépôt, ou retirez-le de la collection
POL-ADOPT-001 = Le dépôt n’est pas adopté ; rien ne peut y être décidé
    .next = Lancez countersign adopt sur ce dépôt
POL-ADOPT-002 = Il n’y a pas de countersign.toml ; le dépôt est en lecture seule
    .next = Lancez countersign init, lisez la politique, puis lancez countersign adopt
POL-ADOPT-003 = Le dépôt est déjà adopté
    .next = Modifiez plutôt la politique par relecture
POL-ADOPT-004 = L’option --as ne nomme personne
    .next = Écrivez le nom, puis l’adresse entre chevrons

# Décisions

REV-STALE-001 = La fiche a changé depuis que vous l’avez lue ; la décision porterait sur un autre texte
    .next = Lisez ce qui a changé, puis décidez de nouveau
REV-STALE-002 = Quelqu’un a modifié la fiche pendant que vous la rédigiez
    .next = Comparez les deux textes et renvoyez le vôtre ; rien n’a été écrasé
REV-GONE-001 = La fiche n’est plus là
    .next = Ouvrez la liste des fiches
REV-RIGHT-001 = Vous n’avez aucun rôle dans cette collection
    .next = Demandez un rôle dans la politique à un administrateur
REV-RIGHT-002 = Cette transition est approuvée par des rôles que vous n’avez pas
    .next = Laissez-la aux personnes nommées à côté de la décision
REV-RIGHT-003 = La politique ne connaît pas votre adresse
    .next = Demandez à un administrateur de l’ajouter
REV-EYES-001 = Vous avez rédigé ce texte, ou approuvé une étape qui exclut celle-ci
    .next = Laissez la décision aux personnes nommées à côté
REV-VETO-001 = Vous ne pouvez pas mettre de veto à ceci
    .next = Demandez des modifications, ou laissez un commentaire
REV-VETO-002 = Votre propre veto tient toujours
    .next = Retirez-le d’abord
REV-MOVE-001 = Cette transition n’est pas ouverte à une fiche de ce statut
    .next = Rouvrez la fiche pour voir lesquelles le sont
REV-MOVE-002 = Seul un brouillon se soumet à la relecture
    .next = Ouvrez la fiche pour voir ce qu’elle attend
REV-MOVE-003 = Vous n’avez ici aucune décision à retirer
    .next = Ouvrez la fiche pour voir ce qui a été décidé
REV-MOVE-004 = La collection de la fiche n’est pas dans la politique
    .next = Ajoutez d’abord la collection à la politique
REV-MOVE-006 = Cet acte ne convient pas ici
    .next = Rouvrez la page pour voir ce qui peut être décidé
REV-ASSIGN-001 = Cette personne n’a aucun rôle dans la collection
    .next = Choisissez quelqu’un qui en a un
REV-ASSIGN-002 = Ce jour n’en est pas un
    .next = Écrivez-le sous la forme 2026-12-31
PRO-OLD-001 = Le texte publié a changé depuis le début de cette proposition
    .next = Mettez la proposition à jour
PRO-GONE-001 = Cette proposition n’existe plus
    .next = Ouvrez la liste des propositions ; votre texte peut en commencer une autre
PRO-NAME-001 = La politique ne laisse aucun nom libre pour une proposition
    .next = Demandez à un administrateur un motif tel que proposals/**
PRO-TITLE-001 = Une proposition porte un titre, et celui-ci est vide
    .next = Écrivez en une ligne ce dont il s’agit
REV-MOVE-005 = Rien n’a été attesté qui puisse être rétabli
    .next = Décidez de la fiche telle qu’elle est
REV-FIND-001 = Un constat bloquant s’oppose à cette transition
    .next = Faites d’abord corriger le texte
REV-FIELD-001 = Un champ que la transition exige est vide
    .next = Remplissez-le, puis décidez du nouveau texte
REV-TEXT-001 = Un motif ou un commentaire est nécessaire, et il est vide
    .next = Écrivez-le, puis renvoyez
REV-TEXT-002 = La raison ou le commentaire est trop long
    .next = Dites l’essentiel ici, et mettez le reste là où un lien peut y mener
REV-EDIT-001 = La fiche n’est plus un brouillon, et seuls les brouillons se modifient sur place
    .next = Faites-la d’abord revenir au brouillon
REV-EDIT-002 = La modification toucherait la ligne du statut ; un statut change par une décision
    .next = Laissez cette ligne comme elle était
REV-PATH-001 = Le nom du fichier n’est pas de ceux qui s’écrivent ici
    .next = Choisissez un autre nom
REV-PATH-002 = Aucune collection de la politique ne contient ce chemin
    .next = Choisissez un nom à l’intérieur de la collection
REV-TIME-001 = Le moment n’est pas une date
    .next = Réglez l’horloge du serveur

# Git

GIT-OBJ-001 = Le texte ne peut pas être lu dans git
    .next = Lancez git fsck sur le dépôt
GIT-REF-001 = La branche a bougé entre-temps, ou un autre processus la verrouille
    .next = Recommencez
GIT-REF-002 = La branche ne contient encore aucun commit
    .next = Faites d’abord un commit
GIT-HIST-001 = L’historique du dépôt distant a été réécrit ; la publication est suspendue, et l’ancienne pointe est conservée
    .next = Rétablissez l’ancienne pointe sur le dépôt distant, ou faites un nouveau clone pour accepter ce qui s’y trouve

# Publication

PUB-REM-001 = Le dépôt distant a refusé, ou le programme git a échoué
    .next = Corrigez ce que le dépôt distant nomme
PUB-REM-002 = Le dépôt distant n’a pas répondu à temps
    .next = Vérifiez la liaison et le dépôt distant
PUB-REM-003 = L’envoi a été accepté, mais un nouveau coup d’œil montre autre chose
    .next = Si cela dure, cherchez sur le dépôt distant une règle ou un miroir qui déplace la branche
PUB-REM-004 = Le programme git n’a pas pu être lancé
    .next = Installez git, et veillez à ce que le serveur puisse le lancer
PUB-REM-005 = La branche n’a cessé de bouger sur le dépôt distant
    .next = Il n’y a rien à faire : un nouvel essai suit

# Le serveur

SRV-BUSY-001 = Plus d’ordres attendent que le serveur n’en accepte
    .next = Renvoyez dans un instant ; rien n’a été enregistré
SRV-BUSY-003 = La base de données du serveur est occupée ; rien n’a été fait
    .next = Renvoyez-le dans un instant ; si cela dure, demandez à l’exploitant ce qui utilise d’autre le dossier de données
SRV-BUSY-002 = La fiche n’a cessé de changer pendant que votre texte lui était comparé
    .next = Renvoyez dans un instant ; rien n’a été enregistré
SRV-STORE-001 = Le dépôt n’a pas pu être écrit
    .next = Réessayez ; si cela dure, demandez à l’exploitant de lire le journal du serveur
SRV-STORE-002 = L’index ne peut pas être lu
    .next = Réessayez ; si cela dure, demandez à l’exploitant de lire le journal du serveur

# Pages

WEB-PATH-001 = Aucune page n’a cette adresse
    .next = Vérifiez l’adresse, ou cherchez dans la liste des fiches
WEB-PATH-002 = L’adresse contient des caractères qu’aucune adresse de page ne contient
    .next = Suivez un lien d’une page au lieu de saisir l’adresse
WEB-PATH-003 = La page n’accepte pas ce genre de demande
    .next = Ouvrez-la par un lien, ou envoyez son propre formulaire
WEB-POLICY-001 = Aucune modification de la politique n’attend d’approbation
    .next = Lisez la politique en vigueur, sous « Personnes et politique »
WEB-AUTH-001 = Aucun compte n’a cette adresse et ce mot de passe
    .next = Saisissez-les de nouveau, ou demandez un lien de connexion à qui exploite le serveur
WEB-AUTH-002 = Votre session a pris fin ; rien n’a été fait
    .next = Reconnectez-vous et envoyez de nouveau ; ce que vous avez saisi figure ci-dessous
WEB-AUTH-003 = Il y a eu d’ici trop de tentatives pour cette adresse
    .next = Attendez un quart d’heure, ou employez un lien de connexion
WEB-AUTH-004 = Ce lien ne connecte personne : il a servi, il est trop ancien, ou il n’a jamais existé
    .next = Demandez-en un nouveau à la personne qui l’a envoyé
WEB-AUTH-005 = Le mot de passe est trop court, ou dépasse 1024 octets
    .next = Choisissez-en un plus long ; plusieurs mots sont les plus faciles à retenir
WEB-RIGHT-001 = Aucune politique ne vous ouvre cette page
    .next = Demandez à un administrateur du dépôt de vous ajouter à sa politique
WEB-SEARCH-001 = Le texte recherché est trop long
    .next = Cherchez quelques mots
WEB-VIEW-001 = La vue n’a pas de nom, ou son nom est trop long
    .next = Revenez en arrière et donnez-lui un nom court
WEB-VIEW-002 = Vous avez atteint le nombre de vues que l’on peut garder
    .next = Supprimez-en une qui ne vous sert pas
WEB-FORM-001 = Ce formulaire a été envoyé depuis un autre site ; il n’a pas été lu
    .next = Ouvrez la page ici et envoyez son propre formulaire
WEB-FORM-002 = Ce formulaire n’a pas été fait pour cette session, ou a été modifié en route ; rien n’a été fait
    .next = Rouvrez la page et envoyez son propre formulaire
WEB-FORM-003 = La demande n’est pas ce qu’un formulaire de ces pages envoie
    .next = Envoyez-la comme application/x-www-form-urlencoded
WEB-FORM-004 = Le formulaire n’est pas en UTF-8
    .next = Envoyez-le depuis une page de ce serveur
WEB-FORM-005 = Le formulaire dépasse 2 Mio
    .next = Envoyez moins de texte, ou enregistrez le fichier avec git
WEB-FORM-006 = Le formulaire a plus de champs qu’on n’en lit
    .next = Envoyez-en moins, ou enregistrez le fichier avec git
WEB-FORM-007 = Ce formulaire a été fait pour un autre texte, une autre personne ou d’autres transitions ; rien n’a été décidé
    .next = Rouvrez la relecture de la fiche et envoyez son propre formulaire
WEB-FORM-008 = Le formulaire ne dit pas ce qui a été décidé
    .next = Utilisez un des boutons de la page
WEB-EDIT-001 = La fiche a été supprimée pendant que vous la rédigiez
    .next = Copiez votre texte, et commencez avec lui une nouvelle fiche
WEB-EDIT-002 = Des éléments d’une liste ne peuvent être distingués
    .next = Donnez à chaque élément une clé à lui, dans le texte du fichier
WEB-EDIT-003 = Le texte a été modifié là où ses champs ne montrent rien
    .next = Enregistrez-le comme texte ; rien n’en est alors perdu
WEB-EDIT-004 = Il n’y a plus de place pour garder ce texte pendant la rédaction
    .next = Enregistrez ce texte, ou ouvrez-en d’autres et enregistrez-les ou abandonnez-les
WEB-NEW-001 = Ce nom ne peut pas figurer dans une adresse
    .next = Employez des lettres de a à z, des chiffres et des tirets
WEB-NEW-002 = Ce nom ou cet identifiant est déjà pris
    .next = Choisissez-en un autre, ou ouvrez la fiche qui le porte
WEB-NEW-003 = Aucun motif de chemin de la collection ne laisse un nom libre
    .next = Commencez la fiche avec git
WEB-NEW-004 = L’identifiant manque
    .next = Saisissez l’identifiant que la fiche gardera
WEB-NEW-005 = Le titre manque
    .next = Saisissez le titre sous lequel les lecteurs la connaîtront
WEB-SERVER-001 = Le serveur n’a pas pu produire cette page
    .next = Réessayez ; si cela dure, demandez à l’exploitant de lire le journal du serveur

# L’entrée, la mise en place et les liens de connexion.

WEB-AUTH-006 = Trop de personnes essaient de se connecter en même temps ; cet essai n’a pas été examiné
    .next = Réessayez dans un instant, ou utilisez un lien de connexion
WEB-AUTH-007 = Le mot de passe actuel est un autre ; rien n’a été changé
    .next = Saisissez-le de nouveau ; s’il est oublié, demandez un lien de connexion à qui exploite le serveur
WEB-AUTH-008 = Vous vous êtes connecté il y a un moment, et il n’y a pas de mot de passe actuel à demander
    .next = Déconnectez-vous, reconnectez-vous, et choisissez alors le mot de passe
WEB-OIDC-001 = Cette connexion n’a pas commencé dans ce navigateur, a pris trop de temps, ou était déjà terminée
    .next = Recommencez depuis cette page
WEB-OIDC-002 = Le fournisseur d’identité n’a pas pu être joint, ou n’a pas répondu comme il le devait
    .next = Réessayez dans un instant, ou connectez-vous avec un mot de passe ou un lien
WEB-OIDC-003 = Le fournisseur d’identité ne vous a pas connecté
    .next = Réessayez, ou connectez-vous avec un mot de passe ou un lien
WEB-OIDC-004 = Ce que le fournisseur d’identité dit de vous ne vaut pas pour cette connexion
    .next = Reconnectez-vous ; si cela persiste, demandez à l’exploitant de lire le journal du serveur
WEB-OIDC-005 = Le fournisseur d’identité ne donne aucune adresse qu’il ait vérifiée
    .next = Faites-y vérifier votre adresse, ou demandez un lien de connexion à qui exploite le serveur
WEB-OIDC-006 = Aucune politique de ce serveur ne nomme cette adresse
    .next = Demandez à un administrateur de l’ajouter, ou connectez-vous avec un autre compte
WEB-SETUP-001 = Ce lien ne met rien en place : le registre est adopté, ou le serveur a redémarré et affiché un autre lien
    .next = Voyez ce que le serveur a affiché à son dernier démarrage
WEB-SETUP-002 = La politique a été modifiée à la main ; elle n’a donc pas été réécrite
    .next = Nommez vous-même les personnes dans le texte, ou réécrivez-le et perdez vos modifications
WEB-SETUP-003 = Une personne figure plus haut et non dans le texte de la politique
    .next = Nommez-la dans le texte, ou videz sa ligne
POL-ADOPT-005 = La politique publie une autre branche que celle que sert ce serveur
    .next = Écrivez la branche indiquée
WEB-TOKEN-001 = Le jeton n’a pas de nom, ou un nom trop long
    .next = Saisissez ce à quoi vous le reconnaîtrez
WEB-TOKEN-002 = Le jeton ne sert à rien
    .next = Cochez au moins une chose à laquelle il sert
WEB-TOKEN-003 = Le dépôt ou le nombre de jours n’est pas de ceux qui sont proposés
    .next = Choisissez l’un de ceux du formulaire
WEB-TOKEN-004 = Vous avez déjà autant de jetons qu’il est permis
    .next = Révoquez-en un qu’aucun programme n’emploie plus
