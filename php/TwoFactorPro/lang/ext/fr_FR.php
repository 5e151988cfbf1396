<?php

/*
 * Texts of TwoFactorPro. Those of its pages that TwoFactor has, too, are in its file, and none is in both.
 * What belongs together stands in one part; add a part of your own below.
 */

// -- the module ---------------------------------------------------------------------------------------

$lang['pro_friendlyname'] = 'Deux facteurs Pro';
$lang['pro_description'] = 'Ce dont un site aux nombreux utilisateurs a besoin en plus : ajoute ses pages aux deux facteurs et demande une licence.';
$lang['pro_help'] = '<p>Ajoute ses pages à <em>Administration du site, Gestion des deux facteurs, Premium</em>. Saisissez-y la clé de licence. Tout ce qui protège un compte est dans le module TwoFactor, sans licence. Quand une licence prend fin ou que ce module est retiré, personne n’est empêché de se connecter et personne ne perd de second facteur.</p><p>La licence est renouvelée par les tâches de CMS Made Simple (CmsJobManager). Là où elles ne s’exécutent pas, elle est renouvelée quand un administrateur ouvre la page.</p><h3>Permissions</h3><p>Les administrateurs les ont toutes. Sous <em>Groupes</em>, quelqu’un d’autre en reçoit une partie :</p><ul><li><code>help_twofactor_users</code> : chercher des utilisateurs, les débloquer, émettre un code temporaire, mettre fin à leurs connexions et navigateurs de confiance. Ni réglages ni journal d’audit.</li><li><code>read_twofactor_audit</code> : lire le journal d’audit et y chercher. Rien d’autre.</li><li><code>manage_twofactor_settings</code> : les réglages, les règles disant qui a besoin d’un second facteur, les navigateurs de confiance, exiger une configuration de tous.</li><li><code>manage_twofactor_providers</code> : les fournisseurs de codes et les textes. Ce qui est enregistré attend qu’un administrateur l’ait confirmé.</li><li><code>manage_twofactor_premium</code> : la licence et les statistiques.</li></ul><p>Personne n’agit sur quelqu’un qui peut en faire plus. Elles comptent tant qu’une licence compte ; sans elle, <code>manage_twofactor</code> fait tout ce qu’il faisait.</p>';
$lang['pro_installed'] = 'Deux facteurs Pro est installé. Saisissez la clé de licence sous « Administration du site », « Gestion des deux facteurs », « Premium ».';
$lang['pro_install_without'] = 'Le module TwoFactor 4.0.0 ou plus récent doit d’abord être installé et actif.';
$lang['pro_install_folder'] = 'PHP doit pouvoir écrire dans le dossier %s, car le CMS y place un fichier.';
$lang['pro_uninstall_ask'] = 'Désinstaller Deux facteurs Pro ? Ce qui est réglé sur ses pages, et la clé de licence, sont oubliés. L’accès n’est refusé à personne. Les navigateurs de confiance et les règles sur l’obligation d’un second facteur s’arrêtent ; ce qui est réglé pour les réseaux continue.';
$lang['pro_uninstall_prove'] = 'La désinstallation retire ce qui est établi pour tout le monde : confirmez d’abord qu’il s’agit bien de vous, sous « Mes préférences », « Authentification à deux facteurs », puis désinstallez dans les cinq minutes.';
$lang['pro_uninstall_rules'] = 'Des règles sur l’obligation d’un second facteur sont définies et s’arrêteraient avec ce module : supprimez-les d’abord, sous « Deux facteurs », « Premium », « Règles ». Qui n’a pas le droit de le faire n’a pas non plus le droit de le désinstaller.';
$lang['pro_uninstalled'] = 'Deux facteurs Pro est désinstallé. L’accès n’est refusé à personne. Les navigateurs de confiance et les règles sur l’obligation d’un second facteur s’arrêtent ; ce qui est réglé pour les réseaux continue.';
$lang['permission_help'] = 'Double authentification : aider les utilisateurs (débloquer, code temporaire, mettre fin aux connexions)';
$lang['permission_audit'] = 'Double authentification : lire le journal d’audit';
$lang['permission_settings'] = 'Double authentification : gérer les réglages et les règles';
$lang['permission_providers'] = 'Double authentification : gérer les fournisseurs et les textes';
$lang['permission_premium'] = 'Double authentification : gérer la licence, voir les statistiques';

// -- the licence --------------------------------------------------------------------------------------

$lang['licence_title'] = 'Licence';
$lang['licence_state_none'] = 'Aucune licence';
$lang['licence_state_valid'] = 'Valable';
$lang['licence_state_grace'] = 'Non renouvelée : jours de grâce';
$lang['licence_state_expired'] = 'Terminée';
$lang['licence_state_refused'] = 'Non valable';
$lang['licence_plan'] = 'Contenu de la licence';
$lang['licence_plan_pro'] = 'Deux facteurs Pro, tout compris, pour un site';
$lang['licence_domain'] = 'Pour';
$lang['licence_id'] = 'Numéro';
$lang['licence_until'] = 'Renouvelée jusqu’au';
$lang['licence_grace_until'] = 'Continue jusqu’au';
$lang['licence_renewed_about'] = 'Une licence se renouvelle toute seule, deux fois par jour. « Continue jusqu’au » indique combien de temps elle dure si personne ne répond.';
$lang['licence_none_about'] = 'Sans licence, il ne manque rien de ce qui protège un compte.';
$lang['licence_renew'] = 'Renouveler maintenant';
$lang['licence_renewed'] = 'La passerelle a été interrogée, ou l’a été il y a moins d’une minute. La licence est valable.';
$lang['licence_none_counts'] = 'Il n’y a pas de licence valable. L’accès n’est refusé à personne. Les navigateurs de confiance et les règles sur l’obligation d’un second facteur s’arrêtent ; ce qui est réglé pour les réseaux continue.';
$lang['licence_enter'] = 'Saisir la clé de licence';
$lang['licence_change'] = 'Changer la licence';
$lang['licence_keeps_rules'] = 'Des règles disent qui a besoin d’un second facteur, et sans cette licence elles ne demandent rien à personne : celui qui peut modifier les règles la modifie.';
$lang['licence_key'] = 'Clé de licence';
$lang['licence_key_about'] = 'Telle qu’elle est venue avec votre licence. Elle est conservée chiffrée et n’est plus affichée.';
$lang['licence_site'] = 'Adresse de ce site';
$lang['licence_site_about'] = 'La licence est demandée pour son hôte, sans « www. », et pour rien d’autre : vérifiez que c’est celui pour lequel vous l’avez achetée. Elle est conservée à côté de la clé.';
$lang['licence_site_set'] = 'Elle est réglée sur le serveur : twofactor.site_url dans php.ini, ou twofactor_site_url dans config.php.';
$lang['licence_site_wrong'] = 'Saisissez l’adresse de ce site, par exemple https://www.example.com.';
$lang['licence_key_missing'] = 'Saisissez la clé de licence.';
$lang['licence_key_save'] = 'Enregistrer la clé';
$lang['licence_entered'] = 'La clé de licence est enregistrée, et la licence est valable.';
$lang['licence_not_taken'] = 'Avec cette clé, il n’y a pas de licence en ce moment. S’il y en avait une valable auparavant, elle compte toujours.';
$lang['licence_forget'] = 'Oublier la clé';
$lang['licence_forget_confirm'] = 'Oublier la clé de licence ? Ce qui est premium s’arrête aussitôt. L’accès n’est refusé à personne. Les navigateurs de confiance et les règles sur l’obligation d’un second facteur s’arrêtent ; ce qui est réglé pour les réseaux continue.';
$lang['licence_forgotten'] = 'La clé de licence est oubliée.';
$lang['licence_no_gateway'] = 'Personne n’a encore indiqué d’où viennent les licences : réglez twofactor.licence_url et twofactor.licence_public_keys dans php.ini, tels qu’ils sont venus avec votre licence.';
$lang['licence_grace'] = 'Jours de grâce';
$lang['licence_grace_days'] = 'Jours';
$lang['licence_grace_about'] = 'Combien de temps une licence continue quand personne ne peut être interrogé pour la suivante : de 0 à 60 ; vide : 14.';
$lang['licence_grace_save'] = 'Enregistrer les jours';
$lang['licence_grace_wrong'] = 'Les jours de grâce sont un nombre de 0 à 60.';
$lang['licence_grace_set'] = 'Les jours de grâce sont enregistrés.';
$lang['log_licence_entered'] = 'Clé de licence saisie';
$lang['log_licence_forgotten'] = 'Clé de licence oubliée';
$lang['log_licence_grace'] = 'Jours de grâce de la licence réglés : %s';

// -- enforcement --------------------------------------------------------------------------------------

$lang['tab_enforcement'] = 'Règles';
$lang['rules_title'] = 'Qui a besoin d’un second facteur';
$lang['rules_about'] = 'Parmi les règles qui s’appliquent à une personne, la plus stricte compte. Qui doit configurer quelque chose y est conduit à sa connexion, et nulle part ailleurs avant que ce soit fait.';
$lang['rules_try_first'] = 'Regardez d’abord qui elles arrêteraient, ce qui ne définit rien ; vous pourrez ensuite les définir.';
$lang['rules_none'] = 'Aucune règle n’est définie. Un exemple figure ci-dessous.';
$lang['rules_unsaved'] = 'Ce qui figure ci-dessous n’est pas encore défini.';
$lang['rules_text'] = 'Règles en JSON';
$lang['rules_try'] = 'Qui cela arrêterait-il aujourd’hui ?';
$lang['rules_missing'] = 'Ajoutez une règle. Pour n’en avoir aucune, supprimez celles qui sont définies.';
$lang['rules_errors'] = 'Quelque chose ne va pas dans ces règles ; c’est indiqué à l’endroit concerné. Rien n’a été modifié.';
$lang['rules_cut_off'] = 'Ces règles ne sont pas toutes arrivées : le serveur n’accepte pas de formulaire aussi long. Rien n’a été modifié ; augmentez max_input_vars dans php.ini.';
$lang['rules_changed_meanwhile'] = 'Quelqu’un a modifié les règles depuis l’ouverture de cette page. Rien n’a été modifié. Ci-dessous figurent les vôtres : définissez-les encore une fois pour qu’elles remplacent les autres.';
$lang['rules_look_first'] = 'Rien n’a encore été modifié. Regardez ce que ces règles feraient aujourd’hui, puis définissez-les.';
$lang['rules_not_json'] = 'Ce n’est pas une politique : un objet avec « rules », une liste d’objets.';
$lang['rules_not_shown'] = 'Les règles définies ont été écrites pour une autre version, et cette page ne peut pas les afficher en formulaire.';
$lang['rules_no_method'] = 'Ces règles demandent un facteur que personne ne peut configurer ici. Rien n’a été modifié.';
$lang['rules_not_proven'] = 'Ces règles vous demandent plus que ce que vous venez de prouver, et vous seriez la première personne arrêtée. Configurez un facteur aussi fort que demandé, confirmez avec lui, puis définissez-les. Rien n’a été modifié.';
$lang['rules_no_passkeys'] = 'Rien de résistant à l’hameçonnage ne peut encore être demandé : il faut pour cela des clés d’accès, que cette version n’a pas.';
$lang['rules_wrong_at'] = 'La règle %s ne peut pas être définie ainsi.';
$lang['rules_json'] = 'En JSON';
$lang['rules_json_read'] = 'Reprendre dans le formulaire';
$lang['rules_first_of'] = 'Les %s premiers sur %s par nom :';
$lang['rules_looked_at'] = 'Sur %2$s utilisateurs, les %1$s premiers ont été examinés.';
$lang['rules_without_codes'] = 'Utilisateurs qui ont ce que ces règles demandent, mais aucun code de secours : %d. Si quelqu’un devine jusqu’à ce que la méthode soit désactivée, il ne leur reste rien. Demandez-leur de créer de nouveaux codes.';
$lang['rule_title'] = 'Règle %s';
$lang['rule_add'] = 'Ajouter une règle';
$lang['rule_remove'] = 'Supprimer la règle %s';
$lang['rule_kept'] = 'Cette règle a été définie ailleurs et dit quelque chose pour quoi ce formulaire n’a pas de champ. Elle reste telle quelle.';
$lang['rule_whom'] = 'Pour qui';
$lang['rule_all'] = 'tout le monde';
$lang['rule_named'] = 'les personnes nommées ici';
$lang['rule_except'] = 'Sauf';
$lang['rule_roles'] = 'Rôles';
$lang['rule_role_administrator'] = 'administrateurs';
$lang['rule_role_other'] = 'un rôle que le CMS n’a pas';
$lang['rule_groups'] = 'Groupes';
$lang['rule_group_gone'] = 'ce groupe n’existe plus (%s)';
$lang['rule_users'] = 'Utilisateurs';
$lang['rule_users_about'] = 'Par leurs noms d’utilisateur, séparés par des virgules.';
$lang['rule_no_such_user'] = 'Personne n’a ce nom d’utilisateur : %s.';
$lang['rule_for_nobody'] = 'Personne n’est nommé. Choisissez tout le monde, ou un rôle, un groupe ou un utilisateur.';
$lang['rule_missing_groups'] = 'Ce groupe n’existe plus : %s. Cette partie de la règle ne concerne personne.';
$lang['rule_missing_roles'] = 'Le CMS n’a pas ce rôle : %s. Cette partie de la règle ne concerne personne.';
$lang['rule_missing_users'] = 'Personne n’a plus ce numéro : %s. Cette partie de la règle ne concerne personne.';
$lang['rule_level'] = 'Un second facteur est';
$lang['rule_level_off'] = 'non demandé (pour plus tard)';
$lang['rule_level_encourage'] = 'suggéré';
$lang['rule_level_required'] = 'exigé, après des jours de grâce';
$lang['rule_level_required_now'] = 'exigé dès maintenant';
$lang['rule_grace_days'] = 'Jours de grâce';
$lang['rule_grace_about'] = 'À compter de la première connexion soumise à la règle. Ils ne sont jamais accordés deux fois.';
$lang['rule_again_days'] = 'Le suggérer à nouveau après tant de jours';
$lang['rule_days_wrong'] = 'Un nombre de jours de 1 à 366.';
$lang['rule_sign_in'] = 'Force du facteur, pour une connexion';
$lang['rule_step_up_strength'] = 'Force du facteur, pour confirmer des modifications';
$lang['rule_strength_any'] = 'quelconque';
$lang['rule_strength_no_restricted'] = 'ni SMS, appel, WhatsApp, e-mail';
$lang['rule_strength_phishing_resistant'] = 'résistant à l’hameçonnage (pas encore : il faut des clés d’accès)';
$lang['rule_strength_same'] = 'comme pour une connexion';
$lang['rules_are_set'] = 'Des règles sont définies. Elles figurent ci-dessous.';
$lang['rules_text_about'] = 'En JSON. "for" et "except" : "all", ou "roles" (administrator), "groups" et "users" par leurs numéros. "level" : off, encourage (avec "again_days"), required (avec "grace_days") ou required-now. "sign_in" et "step_up" : any, ou no-restricted (rien par SMS, appel, WhatsApp ou e-mail).';
$lang['rules_save'] = 'Définir ces règles';
$lang['rules_remove'] = 'Supprimer les règles';
$lang['rules_remove_confirm'] = 'Supprimer les règles ? Dès lors, personne n’a plus rien à configurer à cause d’elles. Personne ne perd de second facteur.';
$lang['rules_confirm'] = 'Définir ces règles ? Aucune personne connectée n’est déconnectée. Seules les connexions qui attendent un code en ce moment doivent être recommencées.';
$lang['rules_set'] = 'Les règles sont définies.';
$lang['rules_removed'] = 'Les règles sont supprimées. Rien de nouveau n’est demandé à personne à cause d’elles.';
$lang['rules_wrong'] = 'Ces règles ne peuvent pas être définies.';
$lang['rules_unlicensed'] = 'Sans licence valable, aucune règle ne peut être essayée ni définie. Aucun nouveau facteur n’est demandé à personne à cause de celles qui sont définies ; ce qui est configuré reste demandé.';
$lang['rules_would'] = 'Ce que ces règles feraient aujourd’hui';
$lang['rules_do'] = 'Ce que les règles font aujourd’hui';
$lang['rules_nobody'] = 'Personne n’est concerné.';
$lang['col_rule_user'] = 'Utilisateur';
$lang['col_rule_outcome'] = 'À la prochaine connexion';
$lang['col_rule_due'] = 'Exigé à partir du';
$lang['rule_no_day'] = 'aucun jour';
$lang['rule_stopped'] = 'Doit configurer un facteur';
$lang['rule_grace'] = 'Dans le délai de grâce';
$lang['rule_encouraged'] = 'Voit la suggestion';
$lang['rule_step_up'] = 'Non concerné ; doit configurer un facteur au prochain changement de facteurs';
$lang['encouraged_title'] = 'Protégez votre compte';
$lang['encouraged_about'] = 'Avec un second facteur, un mot de passe volé ne suffit pas pour se connecter à votre place. La configuration prend une minute.';
$lang['encouraged_stronger'] = 'Vous avez un second facteur. Une application d’authentification protège mieux votre compte que des codes par SMS, appel ou e-mail.';
$lang['encouraged_set_up'] = 'Configurer maintenant';
$lang['encouraged_later'] = 'Plus tard';
$lang['log_rules_set'] = 'Règles sur l’obligation d’un second facteur définies';
$lang['log_rules_removed'] = 'Règles sur l’obligation d’un second facteur supprimées';

// -- trusted devices ----------------------------------------------------------------------------------

$lang['own_devices'] = 'Navigateurs de confiance';
$lang['of_user_devices'] = 'Navigateurs auxquels cet utilisateur fait confiance';
$lang['devices_title'] = 'Navigateurs auxquels vous faites confiance';
$lang['devices_about'] = 'Dans ceux-ci, votre mot de passe seul vous connecte, jusqu’au jour indiqué. Si vous n’en connaissez pas un, ou si vous avez fait confiance à ce navigateur et qu’aucun ne s’appelle « Celui-ci », quelqu’un en a peut-être une copie : retirez-les tous et changez votre mot de passe. Tout changement de vos méthodes ou de votre mot de passe les retire tous.';
$lang['devices_none'] = 'Aucun navigateur n’est de confiance.';
$lang['devices_of'] = 'Navigateurs de confiance de';
$lang['devices_of_about'] = 'Retirer un navigateur ne retire aucun facteur : un code y est à nouveau demandé à l’utilisateur. Les connexions issues d’un navigateur de confiance, quel qu’il soit, sont fermées en même temps.';
$lang['col_trusted'] = 'De confiance depuis';
$lang['col_used'] = 'Dernière utilisation';
$lang['col_until'] = 'Jusqu’au';
$lang['col_remove'] = 'Retirer';
$lang['device_now'] = 'Celui-ci';
$lang['device_end'] = 'Retirer';
$lang['device_ended'] = 'Ce navigateur n’est plus de confiance. Les connexions issues de navigateurs de confiance ont été fermées.';
$lang['devices_end'] = 'Les retirer tous';
$lang['devices_end_confirm'] = 'Retirer tous les navigateurs auxquels vous faites confiance ? Un code vous sera demandé dans chacun.';
$lang['devices_end_user_confirm'] = 'Retirer tous les navigateurs auxquels cet utilisateur fait confiance ?';
$lang['devices_ended'] = 'Aucun navigateur n’est plus de confiance. Les connexions issues de navigateurs de confiance ont été fermées.';
$lang['devices_reason'] = 'Motif, pour les retirer tous';
$lang['log_devices_ended'] = 'Navigateurs de confiance de %s retirés';
$lang['tab_devices'] = 'Navigateurs de confiance';
$lang['device_days_about'] = 'Qui a donné un code correct peut faire confiance à ce navigateur : les prochaines connexions n’y demandent que le mot de passe. Les changements de méthodes demandent tout de même un code, et chaque changement de méthodes, de mot de passe ou de groupes met fin à la confiance.';
$lang['device_days_now'] = 'On peut faire confiance à un navigateur pendant %s.';
$lang['device_days_none'] = 'On ne peut faire confiance à aucun navigateur en ce moment.';
$lang['device_days_insecure'] = 'On ne peut faire confiance aux navigateurs que par HTTPS, et cette page a été appelée sans.';
$lang['device_days'] = 'Jours';
$lang['device_days_hint'] = 'De 0 à 30 ; 0 : aucun navigateur n’est de confiance. Vide : comme dans php.ini, ou 30. Là où twofactor.profile vaut strict : 0 ou 1. Cela vaut aussi pour les navigateurs déjà de confiance.';
$lang['device_days_save'] = 'Enregistrer';
$lang['device_days_wrong'] = 'Les jours sont un nombre de 0 à 30, et 0 ou 1 là où twofactor.profile vaut strict.';
$lang['device_days_set'] = 'Les jours sont enregistrés.';
$lang['log_device_days'] = 'Jours de confiance pour les navigateurs réglés : %s';



// -- network rules ------------------------------------------------------------------------------------

$lang['tab_networks'] = 'Réseaux';
$lang['networks_title'] = 'Réseaux';
$lang['networks_about'] = 'D’où les seconds facteurs reçoivent une réponse et d’où des codes sont demandés. Qui demande d’ailleurs reçoit la même réponse que toute personne dont le code est erroné. Les listes, et les limites des adresses et sous-réseaux, comptent où qu’elles soient réglées. Les autres nombres ci-dessous comptent là où il y a une clé de licence, et continuent quand la licence prend fin.';
$lang['networks_none'] = 'Aucune liste n’est réglée : les seconds facteurs reçoivent une réponse de partout.';
$lang['networks_unknown'] = 'Une liste est réglée, et on ne peut pas dire en ce moment si elle compte. Voyez « État ».';
$lang['networks_alarms'] = 'Essais de codes, ces trois derniers jours';
$lang['networks_no_alarms'] = 'Aucune alerte n’a été donnée.';
$lang['networks_audit'] = 'Tous les événements dans le journal d’audit';
$lang['networks_settings'] = 'Réglages';
$lang['networks_settings_about'] = 'Ils sont définis sur le serveur, dans php.ini ou l’environnement ; qui s’empare d’une connexion ici ne peut donc pas les changer. Une liste est un texte avec des virgules, ou le chemin d’un fichier avec une adresse ou une plage par ligne.';
$lang['networks_unset'] = 'non défini';
$lang['networks_docs'] = 'Décrits dans README.md de l’extension, « Configuration » et « Rules about networks and guessing » ; ce qu’il faut faire en cas d’attaque, dans docs/operations.md.';
$lang['col_network_setting'] = 'Réglage';
$lang['col_network_value'] = 'Valeur';
$lang['col_network_about'] = 'Ce qu’il fait';
$lang['about_network_allow'] = 'Seulement depuis ces réseaux.';
$lang['about_network_deny'] = 'Pas depuis ces réseaux.';
$lang['about_network_address_failures'] = 'Réponses erronées depuis une adresse en une heure, quels que soient les comptes ; 0 : sans limite.';
$lang['about_network_subnet_failures'] = 'La même chose depuis un sous-réseau.';
$lang['about_network_address_sends'] = 'Codes demandés depuis une adresse en une heure ; 0 : sans limite.';
$lang['about_network_subnet_sends'] = 'La même chose depuis un sous-réseau.';
$lang['about_max_failures_all_methods'] = 'Réponses erronées avec toutes les méthodes ensemble, pour un compte depuis un réseau en un jour ; 0 : autant que chaque méthode en accepte.';
$lang['about_after_failures'] = 'Réponses erronées pour un compte en un jour, depuis des lieux où son utilisateur n’a jamais été, avant qu’un nouveau mot de passe soit demandé ; 0 : jamais.';
$lang['about_alarm_accounts'] = 'Pour combien de comptes les réponses sont erronées en une heure avant que ce soit une alerte ; 0 : jamais.';
$lang['about_alarm_networks'] = 'Depuis combien de réseaux ; 0 : jamais.';

// -- figures ------------------------------------------------------------------------------------------

$lang['tab_figures'] = 'Statistiques';
$lang['figures_accounts'] = 'Comptes';
$lang['figures_all_accounts'] = 'Tous les comptes :';
$lang['figures_enrolled'] = 'Avec un second facteur';
$lang['figures_strong'] = 'Avec un facteur autre que SMS, appel, WhatsApp et e-mail';
$lang['figures_due'] = 'Doivent en configurer un et ne l’ont pas encore fait';
$lang['figures_overdue'] = 'Y sont tenus, et leur délai est écoulé';
$lang['figures_locked'] = 'Avec une méthode bloquée';
$lang['figures_disabled'] = 'Méthodes désactivées';
$lang['figures_without_codes'] = 'Sans code de secours';
$lang['figures_unused'] = 'Avec un facteur non utilisé depuis 180 jours';
$lang['figures_unreadable'] = 'Ne peuvent pas être ouverts : voir « État »';
$lang['figures_counted'] = 'Ce qui s’est passé est compté jusqu’à maintenant. Les jours commencent et finissent en UTC.';
$lang['figures_counting'] = 'Le décompte est en cours : certains jours manquent. Rechargez cette page dans un moment.';
$lang['figures_accounts_at'] = 'Les comptes ont été examinés : %s.';
$lang['figures_no_accounts'] = 'Les comptes sont examinés pour la première fois. Rechargez cette page dans un moment.';
$lang['figures_period'] = 'Période :';
$lang['figures_table'] = 'Afficher en tableau';
$lang['figures_nothing'] = 'Rien dans cette période.';
$lang['figures_adoption'] = 'Comptes avec un second facteur';
$lang['figures_chart_challenges'] = 'Connexions';
$lang['figures_chart_failures'] = 'Réponses erronées';
$lang['figures_chart_blocked'] = 'Blocages';
$lang['figures_chart_enrolments'] = 'Configurés et retirés';
$lang['figures_chart_codes_sent'] = 'Codes envoyés';
$lang['figures_chart_network_refusals'] = 'Refus par les règles sur les réseaux';
$lang['figures_challenges'] = 'Second facteur demandé';
$lang['figures_sign_ins'] = 'Connectés';
$lang['figures_failures'] = 'Réponses erronées';
$lang['figures_blocked'] = 'Bloqués';
$lang['figures_enrolments'] = 'Configurés';
$lang['figures_removals'] = 'Retirés';
$lang['figures_codes_sent'] = 'Envoyés';
$lang['figures_codes_failed'] = 'Non envoyés';
$lang['figures_network_refusals'] = 'Refusés';
$lang['figures_methods'] = 'Méthodes';
$lang['figures_device'] = 'Navigateur de confiance';
$lang['figures_delivery'] = 'Codes par téléphone';
$lang['figures_delivery_about'] = 'Ce que les fournisseurs ont fait depuis leur première sollicitation. Le coût est celui qu’ils indiquent.';
$lang['figures_sent'] = 'Envoyés';
$lang['figures_not_sent'] = 'Non envoyés';
$lang['figures_cost'] = 'Coût';
$lang['figures_messages'] = 'Pays';
$lang['figures_messages_about'] = 'Messages des 30 derniers jours selon l’indicatif du numéro, 20 000 au plus.';
$lang['figures_delivered'] = 'Distribués';
$lang['figures_undelivered'] = 'Échecs';
$lang['figures_networks'] = 'Réseaux avec le plus de réponses erronées';
$lang['figures_networks_about'] = 'Des mois de cette période. S’il y a beaucoup de réseaux, un nombre peut être trop élevé, mais pas de plus que ne dit la dernière colonne.';
$lang['figures_surplus'] = 'Excédent possible';
$lang['figures_files'] = 'Téléchargement';
$lang['figures_files_about'] = 'Les tableaux sont des fichiers pour un tableur (CSV). Le JSON contient tout.';
$lang['figures_csv_days'] = 'Jours (CSV)';
$lang['figures_csv_accounts'] = 'Comptes dans le temps (CSV)';
$lang['figures_csv_messages'] = 'Pays (CSV)';
$lang['figures_csv_networks'] = 'Réseaux (CSV)';
$lang['figures_json'] = 'Tout (JSON)';
$lang['col_figures_what'] = 'Comptes';
$lang['col_figures_share'] = 'Part';
$lang['col_figures_picture'] = 'Image de la part';
$lang['col_figures_day'] = 'Jour';
$lang['col_figures_country'] = 'Indicatif';
$lang['col_figures_network'] = 'Réseau';

// -- events -------------------------------------------------------------------------------------------

$lang['tab_events'] = 'Événements';
$lang['col_severity'] = 'Urgence';
$lang['severity_info'] = 'Toutes';
$lang['severity_notice'] = 'Notices et au-dessus';
$lang['severity_warning'] = 'Avertissements et au-dessus';
$lang['severity_error'] = 'Erreurs et au-dessus';
$lang['severity_alert'] = 'Alertes seulement';
$lang['events_from'] = 'Du';
$lang['events_until'] = 'Jusqu’au';
$lang['events_no_user'] = 'Aucun utilisateur ne porte ce nom.';
$lang['events_no_day'] = 'Saisissez des jours tels que 2027-01-31.';
$lang['events_looked_back_to'] = 'Recherché jusqu’à %s. « Plus anciens » continue à partir de là.';
$lang['events_files_about'] = 'Tous les événements que ce filtre trouve, les plus récents d’abord, avec ce que cette page montre de chacun. Le CSV est destiné à un tableur ; les lignes JSON contiennent un événement par ligne.';
$lang['events_file_csv'] = 'Événements trouvés (CSV)';
$lang['events_file_jsonl'] = 'Événements trouvés (lignes JSON)';
$lang['events_incomplete'] = 'Ce fichier n’est pas complet : le stockage n’a pas pu être lu plus loin.';
$lang['log_events_taken'] = 'Liste d’événements téléchargée';

// -- saved filters ------------------------------------------------------------------------------------

$lang['filters'] = 'Filtres enregistrés';
$lang['filter_save_this'] = 'Enregistrer ce filtre';
$lang['filter_name'] = 'Nom du filtre';
$lang['filter_save'] = 'Enregistrer';
$lang['filter_remove'] = 'Supprimer';
$lang['filter_saved'] = 'Le filtre est enregistré.';
$lang['filter_removed'] = 'Le filtre est supprimé.';
$lang['filter_no_name'] = 'Donnez un nom au filtre.';
$lang['filter_empty'] = 'Il n’y a rien à enregistrer : choisissez d’abord ce qu’il faut chercher.';
$lang['filter_too_long'] = 'Un nom et chaque élément recherché peuvent avoir %d caractères au plus.';
$lang['filter_too_many'] = 'Cette page a déjà %d filtres enregistrés, le maximum : supprimez-en un d’abord.';

// -- many users ---------------------------------------------------------------------------------------

$lang['tab_people'] = 'Plusieurs utilisateurs';
$lang['people_state_all'] = 'Tous';
$lang['people_state_without'] = 'Sans second facteur';
$lang['people_state_due'] = 'Doivent en configurer un';
$lang['people_state_locked'] = 'Bloqués pour un temps';
$lang['people_state_disabled'] = 'Avec une méthode désactivée';
$lang['people_state_codeless'] = 'Sans code de secours';
$lang['people_state_unreadable'] = 'Compte impossible à ouvrir';
$lang['people_what'] = 'Pour ceux qui sont cochés';
$lang['people_act_require'] = 'Exiger un second facteur';
$lang['people_act_unlock'] = 'Débloquer';
$lang['people_act_end'] = 'Fermer toutes les connexions';
$lang['people_act_reset'] = 'Retirer tous les facteurs';
$lang['people_about_require'] = 'Dès lors, aucune connexion de ces utilisateurs ne se termine sans la configuration d’un second facteur, à nouveau là où il y en a un.';
$lang['people_about_unlock'] = 'Les blocages de ces utilisateurs prennent fin aussitôt.';
$lang['people_about_end'] = 'Ces utilisateurs sont déconnectés partout, et aucun de leurs navigateurs n’est plus de confiance.';
$lang['people_about_reset'] = 'Tous les facteurs et tous les codes de ces utilisateurs sont retirés : ils se connectent avec leur seul mot de passe jusqu’à ce qu’ils en configurent de nouveaux.';
$lang['people_look'] = 'Qui est concerné ?';
$lang['people_do'] = 'Le faire maintenant';
$lang['people_back'] = 'Retour à la liste';
$lang['people_no_act'] = 'Choisissez ce qu’il faut faire.';
$lang['people_nobody'] = 'Cochez au moins un utilisateur.';
$lang['people_too_many'] = 'Cochez %d utilisateurs au plus.';
$lang['people_none_of_them'] = 'Cela n’est possible pour aucun d’eux.';
$lang['people_gone'] = 'n’est plus un utilisateur';
$lang['people_yourself'] = 'c’est vous : utilisez votre propre page';
$lang['people_unavailable'] = 'le compte n’a pas pu être atteint ou ouvert : voir « État »';
$lang['people_looked_at'] = 'Utilisateurs examinés pour cette page : %d.';
$lang['people_failed'] = 'Non fait : %d';
$lang['people_done'] = 'Fait : %d';
$lang['people_why'] = 'Pourquoi';
