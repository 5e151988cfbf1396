<?php

/*
 * Texts of TwoFactorPro. Those of its pages that TwoFactor has, too, are in its file, and none is in both.
 * What belongs together stands in one part; add a part of your own below.
 */

// -- the module ---------------------------------------------------------------------------------------

$lang['pro_friendlyname'] = 'Due fattori Pro';
$lang['pro_description'] = 'Ciò che serve in più a un sito con molti utenti: aggiunge le sue pagine ai due fattori e richiede una licenza.';
$lang['pro_help'] = '<p>Aggiunge le sue pagine a <em>Amministrazione del sito, Gestione dei due fattori, Premium</em>. Inserisca lì la chiave di licenza. Tutto ciò che tiene al sicuro un account è nel modulo TwoFactor, senza licenza. Quando una licenza finisce, o questo modulo viene rimosso, a nessuno è impedito di accedere e nessuno perde un secondo fattore.</p><p>La licenza viene rinnovata dalle attività di CMS Made Simple (CmsJobManager). Dove non vengono eseguite, viene rinnovata quando un amministratore apre la pagina.</p><h3>Permessi</h3><p>Gli amministratori li hanno tutti. In <em>Gruppi</em> qualcun altro ne riceve una parte:</p><ul><li><code>help_twofactor_users</code>: cercare utenti, sbloccarli, emettere un codice temporaneo, terminare i loro accessi e browser attendibili. Né impostazioni né registro di controllo.</li><li><code>read_twofactor_audit</code>: leggere il registro di controllo e cercarvi. Nient’altro.</li><li><code>manage_twofactor_settings</code>: impostazioni, regole su chi ha bisogno di un secondo fattore, browser attendibili, richiedere a tutti una configurazione.</li><li><code>manage_twofactor_providers</code>: fornitori di codici e testi. Ciò che viene salvato attende che un amministratore lo abbia confermato.</li><li><code>manage_twofactor_premium</code>: la licenza e le statistiche.</li></ul><p>Nessuno agisce su chi può fare di più. Contano finché conta una licenza; senza, <code>manage_twofactor</code> fa tutto ciò che faceva.</p>';
$lang['pro_installed'] = 'Due fattori Pro è installato. Inserisca la chiave di licenza in «Amministrazione del sito», «Gestione dei due fattori», «Premium».';
$lang['pro_install_without'] = 'Prima deve essere installato e attivo il modulo TwoFactor 4.0.0 o più recente.';
$lang['pro_install_folder'] = 'PHP deve poter scrivere nella cartella %s, perché il CMS vi mette un file.';
$lang['pro_uninstall_ask'] = 'Disinstallare Due fattori Pro? Ciò che è impostato sulle sue pagine, e la chiave di licenza, vengono dimenticati. Nessuno resta escluso. I browser attendibili e le regole su chi ha bisogno di un secondo fattore si fermano; ciò che è impostato sulle reti continua.';
$lang['pro_uninstall_prove'] = 'La disinstallazione toglie ciò che è stabilito per tutti: prima confermi la Sua identità, in «Le mie preferenze», «Autenticazione a due fattori», poi disinstalli entro cinque minuti.';
$lang['pro_uninstall_rules'] = 'Sono impostate regole su chi ha bisogno di un secondo fattore, e si fermerebbero con esso: le rimuova prima, in «Due fattori», «Premium», «Regole». Chi non può farlo non può nemmeno disinstallarlo.';
$lang['pro_uninstalled'] = 'Due fattori Pro è disinstallato. Nessuno resta escluso. I browser attendibili e le regole su chi ha bisogno di un secondo fattore si fermano; ciò che è impostato sulle reti continua.';
$lang['permission_help'] = 'Due fattori: aiutare gli utenti (sbloccare, codice temporaneo, terminare gli accessi)';
$lang['permission_audit'] = 'Due fattori: leggere il registro di controllo';
$lang['permission_settings'] = 'Due fattori: gestire impostazioni e regole';
$lang['permission_providers'] = 'Due fattori: gestire fornitori e testi';
$lang['permission_premium'] = 'Due fattori: gestire la licenza, vedere le statistiche';

// -- the licence --------------------------------------------------------------------------------------

$lang['licence_title'] = 'Licenza';
$lang['licence_state_none'] = 'Nessuna licenza';
$lang['licence_state_valid'] = 'Valida';
$lang['licence_state_grace'] = 'Non rinnovata: giorni di tolleranza';
$lang['licence_state_expired'] = 'Finita';
$lang['licence_state_refused'] = 'Non conta';
$lang['licence_plan'] = 'Comprende';
$lang['licence_plan_pro'] = 'Due fattori Pro, tutto, per un sito';
$lang['licence_domain'] = 'Per';
$lang['licence_id'] = 'Numero';
$lang['licence_until'] = 'Rinnovata fino a';
$lang['licence_grace_until'] = 'Continua fino a';
$lang['licence_renewed_about'] = 'Una licenza si rinnova da sé, due volte al giorno. «Continua fino a» indica quanto dura se nessuno risponde.';
$lang['licence_none_about'] = 'Senza licenza non manca nulla di ciò che tiene al sicuro un account.';
$lang['licence_renew'] = 'Rinnovare ora';
$lang['licence_renewed'] = 'Il gateway è stato interrogato, o lo è stato meno di un minuto fa. La licenza è valida.';
$lang['licence_none_counts'] = 'Non c’è una licenza che conti. Nessuno resta escluso. I browser attendibili e le regole su chi ha bisogno di un secondo fattore si fermano; ciò che è impostato sulle reti continua.';
$lang['licence_enter'] = 'Inserire la chiave di licenza';
$lang['licence_change'] = 'Cambiare la licenza';
$lang['licence_keeps_rules'] = 'Ci sono regole su chi ha bisogno di un secondo fattore, e senza questa licenza non chiedono nulla a nessuno: la cambia chi può cambiare le regole.';
$lang['licence_key'] = 'Chiave di licenza';
$lang['licence_key_about'] = 'Come è arrivata con la Sua licenza. Viene conservata cifrata e non viene più mostrata.';
$lang['licence_site'] = 'Indirizzo di questo sito';
$lang['licence_site_about'] = 'La licenza viene chiesta per il suo host, senza «www.», e per nient’altro: verifichi che sia quello per cui l’ha acquistata. Viene conservato accanto alla chiave.';
$lang['licence_site_set'] = 'È impostato sul server: twofactor.site_url in php.ini, o twofactor_site_url in config.php.';
$lang['licence_site_wrong'] = 'Inserisca l’indirizzo di questo sito, come https://www.example.com.';
$lang['licence_key_missing'] = 'Inserisca la chiave di licenza.';
$lang['licence_key_save'] = 'Salvare la chiave';
$lang['licence_entered'] = 'La chiave di licenza è salvata, e la licenza è valida.';
$lang['licence_not_taken'] = 'Con questa chiave ora non c’è una licenza. Se prima ce n’era una valida, conta ancora.';
$lang['licence_forget'] = 'Dimenticare la chiave';
$lang['licence_forget_confirm'] = 'Dimenticare la chiave di licenza? Ciò che è premium finisce subito. Nessuno resta escluso. I browser attendibili e le regole su chi ha bisogno di un secondo fattore si fermano; ciò che è impostato sulle reti continua.';
$lang['licence_forgotten'] = 'La chiave di licenza è dimenticata.';
$lang['licence_no_gateway'] = 'Nessuno ha ancora detto da dove vengono le licenze: imposti twofactor.licence_url e twofactor.licence_public_keys in php.ini, come sono arrivati con la Sua licenza.';
$lang['licence_grace'] = 'Giorni di tolleranza';
$lang['licence_grace_days'] = 'Giorni';
$lang['licence_grace_about'] = 'Quanto continua una licenza quando non si può chiedere la prossima a nessuno: da 0 a 60; vuoto: 14.';
$lang['licence_grace_save'] = 'Salvare i giorni';
$lang['licence_grace_wrong'] = 'I giorni di tolleranza sono un numero da 0 a 60.';
$lang['licence_grace_set'] = 'I giorni di tolleranza sono salvati.';
$lang['log_licence_entered'] = 'Chiave di licenza inserita';
$lang['log_licence_forgotten'] = 'Chiave di licenza dimenticata';
$lang['log_licence_grace'] = 'Giorni di tolleranza della licenza impostati: %s';

// -- enforcement --------------------------------------------------------------------------------------

$lang['tab_enforcement'] = 'Regole';
$lang['rules_title'] = 'Chi ha bisogno di un secondo fattore';
$lang['rules_about'] = 'Tra le regole che valgono per qualcuno conta la più severa. Chi deve configurare qualcosa vi è condotto all’accesso, e a nient’altro prima che sia fatto.';
$lang['rules_try_first'] = 'Guardi prima chi fermerebbero, il che non imposta nulla; poi può impostarle.';
$lang['rules_none'] = 'Nessuna regola è impostata. Qui sotto c’è un esempio.';
$lang['rules_unsaved'] = 'Ciò che è qui sotto non è ancora impostato.';
$lang['rules_text'] = 'Regole come JSON';
$lang['rules_try'] = 'Chi fermerebbe questo oggi?';
$lang['rules_missing'] = 'Aggiunga una regola. Per non averne nessuna, rimuova quelle impostate.';
$lang['rules_errors'] = 'Qualcosa in queste regole non è giusto; è detto dove si trova. Nulla è stato modificato.';
$lang['rules_cut_off'] = 'Non tutte queste regole sono arrivate: il server non accetta un modulo così lungo. Nulla è stato modificato; aumenti max_input_vars in php.ini.';
$lang['rules_changed_meanwhile'] = 'Qualcuno ha modificato le regole da quando questa pagina è stata aperta. Nulla è stato modificato. Qui sotto ci sono le Sue: le imposti ancora una volta per metterle al posto delle altre.';
$lang['rules_look_first'] = 'Nulla è stato ancora modificato. Guardi che cosa farebbero oggi queste regole, poi le imposti.';
$lang['rules_not_json'] = 'Non è una policy: un oggetto con «rules», un elenco di oggetti.';
$lang['rules_not_shown'] = 'Le regole impostate sono state scritte per un’altra versione, e questa pagina non può mostrarle come modulo.';
$lang['rules_no_method'] = 'Queste regole chiedono un fattore che qui nessuno può configurare. Nulla è stato modificato.';
$lang['rules_not_proven'] = 'Queste regole Le chiedono più di quanto ha appena provato, e Lei sarebbe la prima persona fermata. Configuri un fattore forte quanto richiesto, confermi con quello e allora le imposti. Nulla è stato modificato.';
$lang['rules_no_passkeys'] = 'Non si può ancora chiedere nulla di resistente al phishing: servono passkey, che questa versione non ha.';
$lang['rules_wrong_at'] = 'La regola %s non può essere impostata così com’è.';
$lang['rules_json'] = 'Come JSON';
$lang['rules_json_read'] = 'Riportarlo nel modulo';
$lang['rules_first_of'] = 'I primi %s di %s per nome:';
$lang['rules_looked_at'] = 'Di %2$s utenti sono stati esaminati i primi %1$s.';
$lang['rules_without_codes'] = 'Utenti che hanno ciò che queste regole chiedono e nessun codice di backup: %d. Se qualcuno tenta di indovinare finché non viene disattivato, non resta loro nulla. Chieda loro di creare nuovi codici.';
$lang['rule_title'] = 'Regola %s';
$lang['rule_add'] = 'Aggiungere una regola';
$lang['rule_remove'] = 'Rimuovere la regola %s';
$lang['rule_kept'] = 'Questa regola è stata impostata altrove e dice qualcosa per cui questo modulo non ha un campo. Resta com’è.';
$lang['rule_whom'] = 'Per chi';
$lang['rule_all'] = 'tutti';
$lang['rule_named'] = 'chi è nominato qui';
$lang['rule_except'] = 'Tranne';
$lang['rule_roles'] = 'Ruoli';
$lang['rule_role_administrator'] = 'amministratori';
$lang['rule_role_other'] = 'un ruolo che il CMS non ha';
$lang['rule_groups'] = 'Gruppi';
$lang['rule_group_gone'] = 'questo gruppo non esiste più (%s)';
$lang['rule_users'] = 'Utenti';
$lang['rule_users_about'] = 'Con i loro nomi utente, separati da virgole.';
$lang['rule_no_such_user'] = 'Nessuno ha questo nome utente: %s.';
$lang['rule_for_nobody'] = 'Nessuno è nominato. Scelga tutti, o un ruolo, un gruppo o un utente.';
$lang['rule_missing_groups'] = 'Questo gruppo non esiste più: %s. Questa parte della regola non vale per nessuno.';
$lang['rule_missing_roles'] = 'Il CMS non ha questo ruolo: %s. Questa parte della regola non vale per nessuno.';
$lang['rule_missing_users'] = 'Nessuno ha più questo numero: %s. Questa parte della regola non vale per nessuno.';
$lang['rule_level'] = 'Un secondo fattore è';
$lang['rule_level_off'] = 'non chiesto (per il futuro)';
$lang['rule_level_encourage'] = 'suggerito';
$lang['rule_level_required'] = 'obbligatorio, dopo tolleranza';
$lang['rule_level_required_now'] = 'obbligatorio da subito';
$lang['rule_grace_days'] = 'Giorni di tolleranza';
$lang['rule_grace_about'] = 'Dal primo accesso sotto la regola. Non vengono mai dati due volte.';
$lang['rule_again_days'] = 'Suggerirlo di nuovo dopo tanti giorni';
$lang['rule_days_wrong'] = 'Un numero di giorni da 1 a 366.';
$lang['rule_sign_in'] = 'Quanto forte dev’essere un fattore, per un accesso';
$lang['rule_step_up_strength'] = 'Quanto forte dev’essere un fattore, per confermare modifiche';
$lang['rule_strength_any'] = 'qualsiasi';
$lang['rule_strength_no_restricted'] = 'no SMS, voce, WhatsApp, e-mail';
$lang['rule_strength_phishing_resistant'] = 'resistente al phishing (non ancora: servono passkey)';
$lang['rule_strength_same'] = 'come per un accesso';
$lang['rules_are_set'] = 'Sono impostate regole. Sono qui sotto.';
$lang['rules_text_about'] = 'Come JSON. "for" e "except": "all", o "roles" (administrator), "groups" e "users" con i loro numeri. "level": off, encourage (con "again_days"), required (con "grace_days") o required-now. "sign_in" e "step_up": any, o no-restricted (nulla per SMS, chiamata, WhatsApp o e-mail).';
$lang['rules_save'] = 'Impostare queste regole';
$lang['rules_remove'] = 'Rimuovere le regole';
$lang['rules_remove_confirm'] = 'Rimuovere le regole? Da allora nessuno deve configurare nulla a causa loro. Nessuno perde un secondo fattore.';
$lang['rules_confirm'] = 'Impostare queste regole? Nessuno che abbia effettuato l’accesso viene disconnesso. Solo gli accessi che ora attendono un codice devono essere ricominciati.';
$lang['rules_set'] = 'Le regole sono impostate.';
$lang['rules_removed'] = 'Le regole sono rimosse. A nessuno viene chiesto nulla di nuovo a causa loro.';
$lang['rules_wrong'] = 'Queste regole non possono essere impostate.';
$lang['rules_unlicensed'] = 'Senza una licenza che conti non si possono provare o impostare regole. A nessuno viene chiesto un nuovo fattore per quelle impostate; ciò che è configurato continua a essere chiesto.';
$lang['rules_would'] = 'Che cosa farebbero oggi queste regole';
$lang['rules_do'] = 'Che cosa fanno oggi le regole';
$lang['rules_nobody'] = 'Nessuno è interessato.';
$lang['col_rule_user'] = 'Utente';
$lang['col_rule_outcome'] = 'Al prossimo accesso';
$lang['col_rule_due'] = 'Richiesto da';
$lang['rule_no_day'] = 'nessun giorno';
$lang['rule_stopped'] = 'Deve configurare un fattore';
$lang['rule_grace'] = 'Nel periodo di tolleranza';
$lang['rule_encouraged'] = 'Vede il suggerimento';
$lang['rule_step_up'] = 'Non interessato; deve configurare un fattore alla prossima modifica dei fattori';
$lang['encouraged_title'] = 'Protegga il Suo account';
$lang['encouraged_about'] = 'Con un secondo fattore una password rubata non basta per accedere al Suo posto. La configurazione richiede un minuto.';
$lang['encouraged_stronger'] = 'Ha un secondo fattore. Un’app di autenticazione protegge il Suo account meglio dei codici per SMS, chiamata o e-mail.';
$lang['encouraged_set_up'] = 'Configurarla ora';
$lang['encouraged_later'] = 'Più tardi';
$lang['log_rules_set'] = 'Regole su chi ha bisogno di un secondo fattore impostate';
$lang['log_rules_removed'] = 'Regole su chi ha bisogno di un secondo fattore rimosse';

// -- trusted devices ----------------------------------------------------------------------------------

$lang['own_devices'] = 'Browser attendibili';
$lang['of_user_devices'] = 'Browser attendibili di questo utente';
$lang['devices_title'] = 'I Suoi browser attendibili';
$lang['devices_about'] = 'In questi basta la password per accedere, fino al giorno indicato. Se non ne conosce uno, o se ha considerato attendibile questo browser e nessuno si chiama «Questo», qualcuno può averne una copia: li rimuova tutti e cambi la password. Ogni modifica dei Suoi metodi o della password li rimuove tutti.';
$lang['devices_none'] = 'Nessun browser è attendibile.';
$lang['devices_of'] = 'Browser attendibili di';
$lang['devices_of_about'] = 'Rimuovere un browser non toglie alcun fattore: lì all’utente viene chiesto di nuovo un codice. Terminano anche gli accessi venuti da qualsiasi browser attendibile.';
$lang['col_trusted'] = 'Attendibile dal';
$lang['col_used'] = 'Ultimo uso';
$lang['col_until'] = 'Fino a';
$lang['col_remove'] = 'Rimuovere';
$lang['device_now'] = 'Questo';
$lang['device_end'] = 'Rimuovere';
$lang['device_ended'] = 'Quel browser non è più attendibile. Gli accessi venuti da browser attendibili sono terminati.';
$lang['devices_end'] = 'Rimuoverli tutti';
$lang['devices_end_confirm'] = 'Rimuovere tutti i Suoi browser attendibili? In ciascuno Le verrà chiesto un codice.';
$lang['devices_end_user_confirm'] = 'Rimuovere tutti i browser attendibili di questo utente?';
$lang['devices_ended'] = 'Nessun browser è più attendibile. Gli accessi venuti da browser attendibili sono terminati.';
$lang['devices_reason'] = 'Motivo, per rimuoverli tutti';
$lang['log_devices_ended'] = 'Browser attendibili di %s rimossi';
$lang['tab_devices'] = 'Browser attendibili';
$lang['device_days_about'] = 'Chi ha dato un codice giusto può considerare attendibile quel browser: per i prossimi accessi lì basta la password. Le modifiche dei metodi richiedono comunque un codice, e ogni modifica di metodi, password o gruppi pone fine alla fiducia.';
$lang['device_days_now'] = 'Un browser può essere attendibile per %s.';
$lang['device_days_none'] = 'Ora nessun browser può essere attendibile.';
$lang['device_days_insecure'] = 'I browser sono attendibili solo tramite HTTPS, e questa pagina è stata aperta senza.';
$lang['device_days'] = 'Giorni';
$lang['device_days_hint'] = 'Da 0 a 30; 0: nessun browser è attendibile. Vuoto: come dice php.ini, o 30. Dove twofactor.profile è strict: 0 o 1. Vale anche per i browser già attendibili.';
$lang['device_days_save'] = 'Salvare';
$lang['device_days_wrong'] = 'I giorni sono un numero da 0 a 30, e 0 o 1 dove twofactor.profile è strict.';
$lang['device_days_set'] = 'I giorni sono salvati.';
$lang['log_device_days'] = 'Giorni per cui i browser possono essere attendibili impostati: %s';



// -- network rules ------------------------------------------------------------------------------------

$lang['tab_networks'] = 'Reti';
$lang['networks_title'] = 'Reti';
$lang['networks_about'] = 'Da dove si risponde ai secondi fattori e si chiedono codici. Chi chiede da altrove riceve la stessa risposta di chiunque abbia un codice errato. Gli elenchi, e i limiti di indirizzi e sottoreti, contano ovunque siano impostati. Gli altri numeri qui sotto contano dove c’è una chiave di licenza, e continuano quando la licenza finisce.';
$lang['networks_none'] = 'Nessun elenco è impostato: si risponde ai secondi fattori da ovunque.';
$lang['networks_unknown'] = 'Un elenco è impostato, e ora non si può dire se conti. Veda «Stato».';
$lang['networks_alarms'] = 'Tentativi di indovinare, negli ultimi tre giorni';
$lang['networks_no_alarms'] = 'Non c’è stato alcun allarme.';
$lang['networks_audit'] = 'Tutti gli eventi nel registro di controllo';
$lang['networks_settings'] = 'Impostazioni';
$lang['networks_settings_about'] = 'Si impostano sul server, in php.ini o nell’ambiente, così nessuno che si impossessi di un accesso qui può cambiarle. Un elenco è un testo con virgole, o il percorso di un file con un indirizzo o un intervallo per riga.';
$lang['networks_unset'] = 'non impostato';
$lang['networks_docs'] = 'Descritte in README.md dell’estensione, «Configuration» e «Rules about networks and guessing»; che cosa fare in un attacco in docs/operations.md.';
$lang['col_network_setting'] = 'Impostazione';
$lang['col_network_value'] = 'Valore';
$lang['col_network_about'] = 'Che cosa fa';
$lang['about_network_allow'] = 'Solo da queste reti.';
$lang['about_network_deny'] = 'Non da queste reti.';
$lang['about_network_address_failures'] = 'Risposte errate da un indirizzo in un’ora, per qualsiasi account; 0: nessun limite.';
$lang['about_network_subnet_failures'] = 'Lo stesso da una sottorete.';
$lang['about_network_address_sends'] = 'Codici chiesti da un indirizzo in un’ora; 0: nessun limite.';
$lang['about_network_subnet_sends'] = 'Lo stesso da una sottorete.';
$lang['about_max_failures_all_methods'] = 'Risposte errate con tutti i metodi insieme, per un account da una rete in un giorno; 0: quante ne ammette ogni metodo.';
$lang['about_after_failures'] = 'Risposte errate per un account in un giorno, da dove il suo utente non è mai stato, prima che venga chiesta una nuova password; 0: mai.';
$lang['about_alarm_accounts'] = 'Per quanti account le risposte sono errate in un’ora prima che sia un allarme; 0: mai.';
$lang['about_alarm_networks'] = 'Da quante reti; 0: mai.';

// -- figures ------------------------------------------------------------------------------------------

$lang['tab_figures'] = 'Statistiche';
$lang['figures_accounts'] = 'Account';
$lang['figures_all_accounts'] = 'Tutti gli account:';
$lang['figures_enrolled'] = 'Con un secondo fattore';
$lang['figures_strong'] = 'Con uno che non è SMS, chiamata, WhatsApp o e-mail';
$lang['figures_due'] = 'Devono configurarne uno e non lo hanno ancora fatto';
$lang['figures_overdue'] = 'Devono farlo, e il loro tempo è scaduto';
$lang['figures_locked'] = 'Con un metodo bloccato';
$lang['figures_disabled'] = 'Metodi disattivati';
$lang['figures_without_codes'] = 'Senza codice di backup';
$lang['figures_unused'] = 'Con un fattore non usato da 180 giorni';
$lang['figures_unreadable'] = 'Non si possono aprire: veda «Stato»';
$lang['figures_counted'] = 'Ciò che è successo è contato fino a ora. I giorni cominciano e finiscono in UTC.';
$lang['figures_counting'] = 'Il conteggio è ancora in corso: mancano alcuni giorni. Ricarichi questa pagina tra un po\'.';
$lang['figures_accounts_at'] = 'Gli account sono stati esaminati: %s.';
$lang['figures_no_accounts'] = 'Gli account vengono esaminati per la prima volta. Ricarichi questa pagina tra un po\'.';
$lang['figures_period'] = 'Periodo:';
$lang['figures_table'] = 'Mostrare come tabella';
$lang['figures_nothing'] = 'Nulla in questo periodo.';
$lang['figures_adoption'] = 'Account con un secondo fattore';
$lang['figures_chart_challenges'] = 'Accessi';
$lang['figures_chart_failures'] = 'Risposte errate';
$lang['figures_chart_blocked'] = 'Blocchi';
$lang['figures_chart_enrolments'] = 'Configurati e rimossi';
$lang['figures_chart_codes_sent'] = 'Codici inviati';
$lang['figures_chart_network_refusals'] = 'Rifiuti per le regole sulle reti';
$lang['figures_challenges'] = 'Secondo fattore chiesto';
$lang['figures_sign_ins'] = 'Accesso effettuato';
$lang['figures_failures'] = 'Risposte errate';
$lang['figures_blocked'] = 'Bloccati';
$lang['figures_enrolments'] = 'Configurati';
$lang['figures_removals'] = 'Rimossi';
$lang['figures_codes_sent'] = 'Inviati';
$lang['figures_codes_failed'] = 'Non inviati';
$lang['figures_network_refusals'] = 'Rifiutati';
$lang['figures_methods'] = 'Metodi';
$lang['figures_device'] = 'Browser attendibile';
$lang['figures_delivery'] = 'Codici per telefono';
$lang['figures_delivery_about'] = 'Ciò che i fornitori hanno fatto da quando sono stati interpellati la prima volta. Il costo è quello che comunicano.';
$lang['figures_sent'] = 'Inviati';
$lang['figures_not_sent'] = 'Non inviati';
$lang['figures_cost'] = 'Costo';
$lang['figures_messages'] = 'Paesi';
$lang['figures_messages_about'] = 'Messaggi degli ultimi 30 giorni per prefisso del numero, al massimo 20.000.';
$lang['figures_delivered'] = 'Consegnati';
$lang['figures_undelivered'] = 'Non riusciti';
$lang['figures_networks'] = 'Reti con più risposte errate';
$lang['figures_networks_about'] = 'Dei mesi di questo periodo. Se le reti sono molte, un numero può essere troppo alto, ma non più di quanto dice l’ultima colonna.';
$lang['figures_surplus'] = 'Possibile eccesso';
$lang['figures_files'] = 'Scaricare';
$lang['figures_files_about'] = 'Le tabelle sono file per un foglio di calcolo (CSV). Il JSON contiene tutto.';
$lang['figures_csv_days'] = 'Giorni (CSV)';
$lang['figures_csv_accounts'] = 'Account nel tempo (CSV)';
$lang['figures_csv_messages'] = 'Paesi (CSV)';
$lang['figures_csv_networks'] = 'Reti (CSV)';
$lang['figures_json'] = 'Tutto (JSON)';
$lang['col_figures_what'] = 'Account';
$lang['col_figures_share'] = 'Quota';
$lang['col_figures_picture'] = 'Immagine della quota';
$lang['col_figures_day'] = 'Giorno';
$lang['col_figures_country'] = 'Prefisso del Paese';
$lang['col_figures_network'] = 'Rete';

// -- events -------------------------------------------------------------------------------------------

$lang['tab_events'] = 'Eventi';
$lang['col_severity'] = 'Urgenza';
$lang['severity_info'] = 'Tutti';
$lang['severity_notice'] = 'Notifiche e oltre';
$lang['severity_warning'] = 'Avvisi e oltre';
$lang['severity_error'] = 'Errori e oltre';
$lang['severity_alert'] = 'Solo allarmi';
$lang['events_from'] = 'Dal';
$lang['events_until'] = 'Fino al';
$lang['events_no_user'] = 'Non c’è alcun utente con questo nome.';
$lang['events_no_day'] = 'Inserisca giorni come 2027-01-31.';
$lang['events_looked_back_to'] = 'Cercato fino a %s. «Meno recenti» continua da lì.';
$lang['events_files_about'] = 'Tutti gli eventi trovati da questo filtro, i più recenti per primi, con ciò che questa pagina mostra di ciascuno. Il CSV è per un foglio di calcolo; le righe JSON contengono un evento per riga.';
$lang['events_file_csv'] = 'Eventi trovati (CSV)';
$lang['events_file_jsonl'] = 'Eventi trovati (righe JSON)';
$lang['events_incomplete'] = 'Questo file non è completo: non è stato possibile leggere oltre l’archivio.';
$lang['log_events_taken'] = 'Elenco di eventi scaricato';

// -- saved filters ------------------------------------------------------------------------------------

$lang['filters'] = 'Filtri salvati';
$lang['filter_save_this'] = 'Salva questo filtro';
$lang['filter_name'] = 'Nome del filtro';
$lang['filter_save'] = 'Salva';
$lang['filter_remove'] = 'Rimuovi';
$lang['filter_saved'] = 'Il filtro è salvato.';
$lang['filter_removed'] = 'Il filtro è rimosso.';
$lang['filter_no_name'] = 'Dia un nome al filtro.';
$lang['filter_empty'] = 'Non c’è nulla da salvare: scelga prima che cosa cercare.';
$lang['filter_too_long'] = 'Un nome e ogni elemento cercato possono avere al massimo %d caratteri.';
$lang['filter_too_many'] = 'Su questa pagina ci sono già %d filtri salvati, il massimo: ne rimuova prima uno.';

// -- many users ---------------------------------------------------------------------------------------

$lang['tab_people'] = 'Più utenti';
$lang['people_state_all'] = 'Tutti';
$lang['people_state_without'] = 'Senza un secondo fattore';
$lang['people_state_due'] = 'Devono configurarne uno';
$lang['people_state_locked'] = 'Bloccati per un certo tempo';
$lang['people_state_disabled'] = 'Con un metodo disattivato';
$lang['people_state_codeless'] = 'Senza codice di backup';
$lang['people_state_unreadable'] = 'Account che non si può aprire';
$lang['people_what'] = 'Con quelli selezionati';
$lang['people_act_require'] = 'Richiedere un secondo fattore';
$lang['people_act_unlock'] = 'Sbloccare';
$lang['people_act_end'] = 'Terminare tutti gli accessi';
$lang['people_act_reset'] = 'Rimuovere tutti i fattori';
$lang['people_about_require'] = 'Da ora nessun accesso di questi utenti si completa senza configurare un secondo fattore, di nuovo dove c’è già.';
$lang['people_about_unlock'] = 'I blocchi di questi utenti finiscono subito.';
$lang['people_about_end'] = 'Questi utenti vengono disconnessi ovunque, e nessun loro browser è più attendibile.';
$lang['people_about_reset'] = 'Tutti i fattori e tutti i codici di questi utenti vengono rimossi: accedono con la sola password finché non ne configurano di nuovi.';
$lang['people_look'] = 'Chi riguarda?';
$lang['people_do'] = 'Farlo ora';
$lang['people_back'] = 'Torna all’elenco';
$lang['people_no_act'] = 'Scelga che cosa fare.';
$lang['people_nobody'] = 'Selezioni almeno un utente.';
$lang['people_too_many'] = 'Selezioni al massimo %d utenti.';
$lang['people_none_of_them'] = 'Non si può fare per nessuno di loro.';
$lang['people_gone'] = 'non è più un utente';
$lang['people_yourself'] = 'è Lei: usi la Sua pagina';
$lang['people_unavailable'] = 'non è stato possibile raggiungere o aprire l’account: veda «Stato»';
$lang['people_looked_at'] = 'Utenti esaminati per questa pagina: %d.';
$lang['people_failed'] = 'Non fatto: %d';
$lang['people_done'] = 'Fatto: %d';
$lang['people_why'] = 'Perché';
