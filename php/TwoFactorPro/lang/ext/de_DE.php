<?php

/*
 * Texte von TwoFactorPro. Was auf seinen Seiten auch TwoFactor hat, steht dort, und nichts in beiden.
 * Was zusammengehört, steht in einem Teil; fügen Sie unten einen eigenen an.
 */

// -- the module ---------------------------------------------------------------------------------------

$lang['pro_friendlyname'] = 'Zwei-Faktor Pro';
$lang['pro_description'] = 'Was eine Website mit vielen Benutzern außerdem braucht: fügt Zwei-Faktor seine Seiten hinzu und braucht eine Lizenz.';
$lang['pro_help'] = '<p>Fügt seine Seiten unter <em>Website-Administration, Zwei-Faktor-Verwaltung, Premium</em> hinzu. Dort wird der Lizenzschlüssel eingegeben. Alles, was ein Konto schützt, ist im Modul TwoFactor, ohne Lizenz. Endet eine Lizenz, oder wird dieses Modul entfernt, kann sich jeder weiter anmelden, und niemand verliert einen zweiten Faktor.</p><p>Die Lizenz wird durch die Aufgaben von CMS Made Simple (CmsJobManager) erneuert. Wo diese nicht laufen, wird sie erneuert, wenn ein Administrator die Seite öffnet.</p><h3>Berechtigungen</h3><p>Administratoren haben alle. Unter <em>Gruppen</em> bekommt jemand anderes einen Teil:</p><ul><li><code>help_twofactor_users</code>: Benutzer nachsehen, entsperren, einen vorübergehenden Code ausstellen, ihre Anmeldungen und vertrauten Browser beenden. Keine Einstellungen, kein Protokoll.</li><li><code>read_twofactor_audit</code>: das Protokoll lesen und durchsuchen. Sonst nichts.</li><li><code>manage_twofactor_settings</code>: Einstellungen, Regeln, wer einen zweiten Faktor braucht, vertraute Browser, eine Einrichtung von allen verlangen.</li><li><code>manage_twofactor_providers</code>: Anbieter für Codes, und Texte. Was gespeichert wird, wartet, bis ein Administrator es bestätigt hat.</li><li><code>manage_twofactor_premium</code>: die Lizenz und die Zahlen.</li></ul><p>Niemand handelt an jemandem, der mehr darf als er selbst. Sie gelten, solange eine Lizenz gilt; ohne sie kann <code>manage_twofactor</code> alles, was es vorher konnte.</p>';
$lang['pro_installed'] = 'Zwei-Faktor Pro ist installiert. Geben Sie den Lizenzschlüssel unter „Website-Administration“, „Zwei-Faktor-Verwaltung“, „Premium“ ein.';
$lang['pro_install_without'] = 'Zuerst muss das Modul TwoFactor 4.0.0 oder neuer installiert und aktiv sein.';
$lang['pro_install_folder'] = 'PHP muss in den Ordner %s schreiben dürfen, denn das CMS legt dort eine Datei ab.';
$lang['pro_uninstall_ask'] = 'Zwei-Faktor Pro deinstallieren? Was auf seinen Seiten eingestellt ist, und der Lizenzschlüssel, werden vergessen. Niemand wird ausgesperrt. Vertraute Browser und Regeln dazu, wer einen zweiten Faktor braucht, enden; was über Netze eingestellt ist, gilt weiter.';
$lang['pro_uninstall_prove'] = 'Das Deinstallieren nimmt weg, was für alle festgelegt ist: Bestätigen Sie zuerst unter „Meine Einstellungen“, „Zwei-Faktor-Anmeldung“, dass Sie es sind, und deinstallieren Sie dann innerhalb von fünf Minuten.';
$lang['pro_uninstall_rules'] = 'Es gibt Regeln dazu, wer einen zweiten Faktor braucht, und sie würden damit enden: Entfernen Sie sie zuerst unter „Zwei-Faktor“, „Premium“, „Regeln“. Wer das nicht darf, darf auch nicht deinstallieren.';
$lang['pro_uninstalled'] = 'Zwei-Faktor Pro ist deinstalliert. Niemand wird ausgesperrt. Vertraute Browser und Regeln dazu, wer einen zweiten Faktor braucht, enden; was über Netze eingestellt ist, gilt weiter.';
$lang['permission_help'] = 'Zwei-Faktor: Benutzern helfen (entsperren, vorübergehender Code, Anmeldungen beenden)';
$lang['permission_audit'] = 'Zwei-Faktor: Protokoll lesen';
$lang['permission_settings'] = 'Zwei-Faktor: Einstellungen und Regeln verwalten';
$lang['permission_providers'] = 'Zwei-Faktor: Anbieter und Texte verwalten';
$lang['permission_premium'] = 'Zwei-Faktor: Lizenz verwalten, Zahlen sehen';

// -- the licence --------------------------------------------------------------------------------------

$lang['licence_title'] = 'Lizenz';
$lang['licence_state_none'] = 'Keine Lizenz';
$lang['licence_state_valid'] = 'Gültig';
$lang['licence_state_grace'] = 'Nicht erneuert: Karenztage';
$lang['licence_state_expired'] = 'Abgelaufen';
$lang['licence_state_refused'] = 'Gilt nicht';
$lang['licence_plan'] = 'Lizenziert';
$lang['licence_plan_pro'] = 'Zwei-Faktor Pro, alles, für eine Website';
$lang['licence_domain'] = 'Für';
$lang['licence_id'] = 'Nummer';
$lang['licence_until'] = 'Erneuert bis';
$lang['licence_grace_until'] = 'Läuft weiter bis';
$lang['licence_renewed_about'] = 'Eine Lizenz erneuert sich von selbst, zweimal am Tag. „Läuft weiter bis“ sagt, wie lange sie gilt, wenn niemand gefragt werden kann.';
$lang['licence_none_about'] = 'Ohne Lizenz fehlt nichts, was ein Konto schützt.';
$lang['licence_renew'] = 'Jetzt erneuern';
$lang['licence_renewed'] = 'Das Gateway wurde gefragt, oder vor weniger als einer Minute. Die Lizenz ist gültig.';
$lang['licence_none_counts'] = 'Es gibt keine Lizenz, die gilt. Niemand wird ausgesperrt. Vertraute Browser und Regeln dazu, wer einen zweiten Faktor braucht, enden; was über Netze eingestellt ist, gilt weiter.';
$lang['licence_enter'] = 'Lizenzschlüssel eingeben';
$lang['licence_change'] = 'Lizenz ändern';
$lang['licence_keeps_rules'] = 'Es gibt Regeln, wer einen zweiten Faktor braucht, und ohne diese Lizenz verlangen sie von niemandem etwas: Ändern kann sie, wer die Regeln ändern darf.';
$lang['licence_key'] = 'Lizenzschlüssel';
$lang['licence_key_about'] = 'So, wie er mit Ihrer Lizenz kam. Er wird versiegelt aufbewahrt und nicht wieder gezeigt.';
$lang['licence_site'] = 'Adresse dieser Website';
$lang['licence_site_about'] = 'Die Lizenz wird für ihren Host angefragt, ohne „www.“, und für nichts anderes: Prüfen Sie, dass es der ist, für den Sie sie gekauft haben. Die Adresse wird beim Schlüssel aufbewahrt.';
$lang['licence_site_set'] = 'Sie ist auf dem Server gesetzt: twofactor.site_url in php.ini oder twofactor_site_url in config.php.';
$lang['licence_site_wrong'] = 'Geben Sie die Adresse dieser Website ein, etwa https://www.example.com.';
$lang['licence_key_missing'] = 'Geben Sie den Lizenzschlüssel ein.';
$lang['licence_key_save'] = 'Schlüssel speichern';
$lang['licence_entered'] = 'Der Lizenzschlüssel ist gespeichert, und die Lizenz ist gültig.';
$lang['licence_not_taken'] = 'Mit diesem Schlüssel gibt es jetzt keine Lizenz. Gab es vorher eine gültige, gilt sie weiter.';
$lang['licence_forget'] = 'Schlüssel vergessen';
$lang['licence_forget_confirm'] = 'Den Lizenzschlüssel vergessen? Was Premium ist, endet sofort. Niemand wird ausgesperrt. Vertraute Browser und Regeln dazu, wer einen zweiten Faktor braucht, enden; was über Netze eingestellt ist, gilt weiter.';
$lang['licence_forgotten'] = 'Der Lizenzschlüssel ist vergessen.';
$lang['licence_no_gateway'] = 'Niemand hat bisher gesagt, woher Lizenzen kommen: Setzen Sie twofactor.licence_url und twofactor.licence_public_keys in php.ini, wie sie mit Ihrer Lizenz kamen.';
$lang['licence_grace'] = 'Karenztage';
$lang['licence_grace_days'] = 'Tage';
$lang['licence_grace_about'] = 'Wie lange eine Lizenz weiterläuft, wenn niemand nach der nächsten gefragt werden kann: 0 bis 60; leer: 14.';
$lang['licence_grace_save'] = 'Tage speichern';
$lang['licence_grace_wrong'] = 'Die Karenztage sind eine Zahl von 0 bis 60.';
$lang['licence_grace_set'] = 'Die Karenztage sind gespeichert.';
$lang['log_licence_entered'] = 'Lizenzschlüssel eingegeben';
$lang['log_licence_forgotten'] = 'Lizenzschlüssel vergessen';
$lang['log_licence_grace'] = 'Karenztage der Lizenz eingestellt: %s';

// -- enforcement --------------------------------------------------------------------------------------

$lang['tab_enforcement'] = 'Regeln';
$lang['rules_title'] = 'Wer einen zweiten Faktor braucht';
$lang['rules_about'] = 'Von den Regeln, die auf jemanden zutreffen, gilt die strengste. Wer etwas einrichten muss, wird bei der Anmeldung dorthin geführt, und vorher nirgendwo sonst hin.';
$lang['rules_try_first'] = 'Sehen Sie zuerst nach, wen sie aufhalten würden; damit wird nichts gesetzt. Danach können Sie sie setzen.';
$lang['rules_none'] = 'Es sind keine Regeln gesetzt. Unten steht ein Beispiel.';
$lang['rules_unsaved'] = 'Was unten steht, ist noch nicht gesetzt.';
$lang['rules_text'] = 'Regeln als JSON';
$lang['rules_try'] = 'Wen würde das heute aufhalten?';
$lang['rules_missing'] = 'Fügen Sie eine Regel hinzu. Wenn es keine geben soll, entfernen Sie die gesetzten Regeln.';
$lang['rules_errors'] = 'An diesen Regeln stimmt etwas nicht; es steht bei dem Feld, um das es geht. Es wurde nichts geändert.';
$lang['rules_cut_off'] = 'Nicht alle Regeln sind angekommen: Der Server nimmt kein so langes Formular an. Es wurde nichts geändert; setzen Sie max_input_vars in php.ini höher.';
$lang['rules_changed_meanwhile'] = 'Jemand hat die Regeln geändert, seit diese Seite geöffnet wurde. Es wurde nichts geändert. Unten stehen Ihre: Setzen Sie sie noch einmal, wenn sie an die Stelle der anderen treten sollen.';
$lang['rules_look_first'] = 'Es wurde noch nichts geändert. Sehen Sie, was diese Regeln heute bewirken würden, und setzen Sie sie dann.';
$lang['rules_not_json'] = 'Das ist keine Richtlinie: ein Objekt mit „rules“, einer Liste von Objekten.';
$lang['rules_not_shown'] = 'Die gesetzten Regeln wurden für eine andere Version geschrieben; diese Seite kann sie nicht als Formular zeigen.';
$lang['rules_no_method'] = 'Diese Regeln verlangen einen Faktor, den hier niemand einrichten kann. Es wurde nichts geändert.';
$lang['rules_not_proven'] = 'Diese Regeln verlangen von Ihnen mehr, als Sie eben nachgewiesen haben, und würden Sie als Ersten aufhalten. Richten Sie einen Faktor ein, der so stark ist wie verlangt, bestätigen Sie mit ihm, und setzen Sie die Regeln dann. Es wurde nichts geändert.';
$lang['rules_no_passkeys'] = 'Noch kann nichts verlangt werden, das gegen Phishing schützt: Dazu braucht es Passkeys, die diese Version nicht hat.';
$lang['rules_wrong_at'] = 'Regel %s kann so nicht gesetzt werden.';
$lang['rules_json'] = 'Als JSON';
$lang['rules_json_read'] = 'In das Formular übernehmen';
$lang['rules_first_of'] = 'Die ersten %s von %s mit Namen:';
$lang['rules_looked_at'] = 'Von %2$s Benutzern wurden die ersten %1$s angesehen.';
$lang['rules_without_codes'] = 'Benutzer, die haben, was diese Regeln verlangen, und keinen Ersatzcode: %d. Wenn jemand daran rät, bis es abgeschaltet ist, bleibt ihnen nichts. Bitten Sie sie, neue Codes zu erzeugen.';
$lang['rule_title'] = 'Regel %s';
$lang['rule_add'] = 'Regel hinzufügen';
$lang['rule_remove'] = 'Regel %s entfernen';
$lang['rule_kept'] = 'Diese Regel wurde anderswo gesetzt und sagt etwas, wofür dieses Formular kein Feld hat. Sie bleibt, wie sie ist.';
$lang['rule_whom'] = 'Für wen';
$lang['rule_all'] = 'alle';
$lang['rule_named'] = 'wer hier genannt ist';
$lang['rule_except'] = 'Ausgenommen';
$lang['rule_roles'] = 'Rollen';
$lang['rule_role_administrator'] = 'Administratoren';
$lang['rule_role_other'] = 'eine Rolle, die das CMS nicht hat';
$lang['rule_groups'] = 'Gruppen';
$lang['rule_group_gone'] = 'diese Gruppe gibt es nicht mehr (%s)';
$lang['rule_users'] = 'Benutzer';
$lang['rule_users_about'] = 'Mit ihren Benutzernamen, durch Kommas getrennt.';
$lang['rule_no_such_user'] = 'Niemand hat diesen Benutzernamen: %s.';
$lang['rule_for_nobody'] = 'Es ist niemand genannt. Wählen Sie alle, eine Rolle, eine Gruppe oder einen Benutzer.';
$lang['rule_missing_groups'] = 'Diese Gruppe gibt es nicht mehr: %s. Dieser Teil der Regel gilt für niemanden.';
$lang['rule_missing_roles'] = 'Diese Rolle hat das CMS nicht: %s. Dieser Teil der Regel gilt für niemanden.';
$lang['rule_missing_users'] = 'Niemand hat mehr diese Nummer: %s. Dieser Teil der Regel gilt für niemanden.';
$lang['rule_level'] = 'Ein zweiter Faktor ist';
$lang['rule_level_off'] = 'nicht verlangt (für später)';
$lang['rule_level_encourage'] = 'vorgeschlagen';
$lang['rule_level_required'] = 'Pflicht, nach einer Schonfrist';
$lang['rule_level_required_now'] = 'ab sofort Pflicht';
$lang['rule_grace_days'] = 'Tage der Schonfrist';
$lang['rule_grace_about'] = 'Ab der ersten Anmeldung unter der Regel. Es gibt sie kein zweites Mal.';
$lang['rule_again_days'] = 'Nach so vielen Tagen wieder vorschlagen';
$lang['rule_days_wrong'] = 'Eine Zahl von 1 bis 366 Tagen.';
$lang['rule_sign_in'] = 'Wie stark ein Faktor sein muss, bei der Anmeldung';
$lang['rule_step_up_strength'] = 'Wie stark ein Faktor sein muss, um Änderungen zu bestätigen';
$lang['rule_strength_any'] = 'beliebig';
$lang['rule_strength_no_restricted'] = 'ohne SMS, Anruf, WhatsApp, Mail';
$lang['rule_strength_phishing_resistant'] = 'gegen Phishing geschützt (noch nicht: braucht Passkeys)';
$lang['rule_strength_same'] = 'wie bei der Anmeldung';
$lang['rules_are_set'] = 'Regeln sind gesetzt. Sie stehen unten.';
$lang['rules_text_about'] = 'Als JSON. "for" und "except": "all", oder "roles" (administrator), "groups" und "users" mit ihren Nummern. "level": off, encourage (mit "again_days"), required (mit "grace_days") oder required-now. "sign_in" und "step_up": any, oder no-restricted (nichts per SMS, Anruf, WhatsApp oder E-Mail).';
$lang['rules_save'] = 'Diese Regeln setzen';
$lang['rules_remove'] = 'Regeln entfernen';
$lang['rules_remove_confirm'] = 'Die Regeln entfernen? Von da an muss ihretwegen niemand etwas einrichten. Niemand verliert einen zweiten Faktor.';
$lang['rules_confirm'] = 'Diese Regeln setzen? Niemand, der angemeldet ist, wird abgemeldet. Nur Anmeldungen, die gerade auf einen Code warten, müssen neu begonnen werden.';
$lang['rules_set'] = 'Die Regeln sind gesetzt.';
$lang['rules_removed'] = 'Die Regeln sind entfernt. Von niemandem wird ihretwegen etwas Neues verlangt.';
$lang['rules_wrong'] = 'Diese Regeln können nicht gesetzt werden.';
$lang['rules_unlicensed'] = 'Ohne gültige Lizenz können keine Regeln ausprobiert oder gesetzt werden. Von niemandem wird wegen gesetzter Regeln ein neuer Faktor verlangt; was eingerichtet ist, wird weiter abgefragt.';
$lang['rules_would'] = 'Was diese Regeln heute bewirken würden';
$lang['rules_do'] = 'Was die Regeln heute bewirken';
$lang['rules_nobody'] = 'Niemand ist betroffen.';
$lang['col_rule_user'] = 'Benutzer';
$lang['col_rule_outcome'] = 'Bei der nächsten Anmeldung';
$lang['col_rule_due'] = 'Verlangt ab';
$lang['rule_no_day'] = 'kein Tag';
$lang['rule_stopped'] = 'Muss einen Faktor einrichten';
$lang['rule_grace'] = 'In der Schonfrist';
$lang['rule_encouraged'] = 'Sieht den Vorschlag';
$lang['rule_step_up'] = 'Nicht betroffen; muss bei der nächsten Änderung an Faktoren einen einrichten';
$lang['encouraged_title'] = 'Schützen Sie Ihr Konto';
$lang['encouraged_about'] = 'Mit einem zweiten Faktor reicht ein gestohlenes Passwort nicht, um sich als Sie anzumelden. Das Einrichten dauert eine Minute.';
$lang['encouraged_stronger'] = 'Sie haben einen zweiten Faktor. Eine Authenticator-App schützt Ihr Konto besser als Codes per SMS, Anruf oder E-Mail.';
$lang['encouraged_set_up'] = 'Jetzt einrichten';
$lang['encouraged_later'] = 'Später';
$lang['log_rules_set'] = 'Regeln dazu, wer einen zweiten Faktor braucht, gesetzt';
$lang['log_rules_removed'] = 'Regeln dazu, wer einen zweiten Faktor braucht, entfernt';

// -- trusted devices ----------------------------------------------------------------------------------

$lang['own_devices'] = 'Browser, denen Sie vertrauen';
$lang['of_user_devices'] = 'Browser, denen dieser Benutzer vertraut';
$lang['devices_title'] = 'Browser, denen Sie vertrauen';
$lang['devices_about'] = 'Darin genügt zur Anmeldung Ihr Passwort, bis zu dem Tag, der dort steht. Wenn Sie einen davon nicht kennen, oder wenn Sie diesem Browser vertraut haben und keiner „Dieser hier“ heißt, hat vielleicht jemand eine Kopie: Entfernen Sie alle und ändern Sie Ihr Passwort. Jede Änderung Ihrer Methoden oder Ihres Passworts entfernt alle.';
$lang['devices_none'] = 'Keinem Browser wird vertraut.';
$lang['devices_of'] = 'Vertraute Browser von';
$lang['devices_of_about'] = 'Wird ein Browser entfernt, bleiben alle Faktoren: Der Benutzer wird dort wieder nach einem Code gefragt. Anmeldungen, die durch einen vertrauten Browser zustande kamen, enden damit.';
$lang['col_trusted'] = 'Vertraut seit';
$lang['col_used'] = 'Zuletzt benutzt';
$lang['col_until'] = 'Bis';
$lang['col_remove'] = 'Entfernen';
$lang['device_now'] = 'Dieser hier';
$lang['device_end'] = 'Entfernen';
$lang['device_ended'] = 'Diesem Browser wird nicht mehr vertraut. Anmeldungen durch vertraute Browser sind beendet.';
$lang['devices_end'] = 'Alle entfernen';
$lang['devices_end_confirm'] = 'Alle vertrauten Browser entfernen? Sie werden dann in jedem nach einem Code gefragt.';
$lang['devices_end_user_confirm'] = 'Alle Browser entfernen, denen dieser Benutzer vertraut?';
$lang['devices_ended'] = 'Keinem Browser wird mehr vertraut. Anmeldungen durch vertraute Browser sind beendet.';
$lang['devices_reason'] = 'Grund, um alle zu entfernen';
$lang['log_devices_ended'] = 'Vertraute Browser von %s entfernt';
$lang['tab_devices'] = 'Vertraute Browser';
$lang['device_days_about'] = 'Wer einen richtigen Code angegeben hat, kann diesem Browser vertrauen: Die nächsten Anmeldungen dort brauchen nur das Passwort. Änderungen der Methoden brauchen trotzdem einen Code, und jede Änderung von Methoden, Passwort oder Gruppen beendet das Vertrauen.';
$lang['device_days_now'] = 'Einem Browser kann %s lang vertraut werden.';
$lang['device_days_none'] = 'Keinem Browser kann zurzeit vertraut werden.';
$lang['device_days_insecure'] = 'Browsern wird nur über HTTPS vertraut, und diese Seite wurde ohne aufgerufen.';
$lang['device_days'] = 'Tage';
$lang['device_days_hint'] = '0 bis 30; 0: Keinem Browser wird vertraut. Leer: wie es in php.ini steht, sonst 30. Wo twofactor.profile auf strict steht: 0 oder 1. Das gilt auch für Browser, denen schon vertraut wird.';
$lang['device_days_save'] = 'Speichern';
$lang['device_days_wrong'] = 'Die Tage sind eine Zahl von 0 bis 30, und 0 oder 1, wo twofactor.profile auf strict steht.';
$lang['device_days_set'] = 'Die Tage sind gespeichert.';
$lang['log_device_days'] = 'Tage, die Browsern vertraut werden kann, gesetzt: %s';



// -- network rules ------------------------------------------------------------------------------------

$lang['tab_networks'] = 'Netze';
$lang['networks_title'] = 'Netze';
$lang['networks_about'] = 'Von wo zweite Faktoren beantwortet und Codes angefordert werden. Wer von anderswo anfragt, bekommt dieselbe Antwort wie jeder, dessen Code falsch ist. Listen und Grenzen für Adressen und Teilnetze gelten, wo immer sie gesetzt sind. Die anderen Zahlen unten gelten, wo es einen Lizenzschlüssel gibt, und weiter, wenn die Lizenz endet.';
$lang['networks_none'] = 'Keine Liste ist gesetzt: Zweite Faktoren werden von überall beantwortet.';
$lang['networks_unknown'] = 'Eine Liste ist gesetzt, und es lässt sich jetzt nicht sagen, ob sie gilt. Siehe „Zustand“.';
$lang['networks_alarms'] = 'Rateversuche der letzten drei Tage';
$lang['networks_no_alarms'] = 'Es gab keinen Alarm.';
$lang['networks_audit'] = 'Alle Ereignisse im Protokoll';
$lang['networks_settings'] = 'Einstellungen';
$lang['networks_settings_about'] = 'Sie werden auf dem Server gesetzt, in php.ini oder der Umgebung; wer hier eine Anmeldung an sich bringt, kann sie also nicht ändern. Eine Liste ist ein Text mit Kommas oder der Pfad einer Datei mit einer Adresse oder einem Bereich je Zeile.';
$lang['networks_unset'] = 'nicht gesetzt';
$lang['networks_docs'] = 'Beschrieben in README.md der Erweiterung, „Configuration“ und „Rules about networks and guessing“; was bei einem Angriff zu tun ist, in docs/operations.md.';
$lang['col_network_setting'] = 'Einstellung';
$lang['col_network_value'] = 'Gesetzt auf';
$lang['col_network_about'] = 'Was sie bewirkt';
$lang['about_network_allow'] = 'Nur aus diesen Netzen.';
$lang['about_network_deny'] = 'Nicht aus diesen Netzen.';
$lang['about_network_address_failures'] = 'Falsche Antworten von einer Adresse in einer Stunde, für welche Konten auch immer; 0: ohne Grenze.';
$lang['about_network_subnet_failures'] = 'Dasselbe für ein Teilnetz.';
$lang['about_network_address_sends'] = 'Codes, die von einer Adresse in einer Stunde angefordert werden; 0: ohne Grenze.';
$lang['about_network_subnet_sends'] = 'Dasselbe für ein Teilnetz.';
$lang['about_max_failures_all_methods'] = 'Falsche Antworten mit allen Methoden zusammen, für ein Konto aus einem Netz an einem Tag; 0: so viele, wie jede Methode zulässt.';
$lang['about_after_failures'] = 'Falsche Antworten für ein Konto an einem Tag, von dort, wo sein Benutzer nie war, bevor ein neues Passwort verlangt wird; 0: nie.';
$lang['about_alarm_accounts'] = 'Für wie viele Konten Antworten in einer Stunde falsch sind, bevor das ein Alarm ist; 0: nie.';
$lang['about_alarm_networks'] = 'Aus wie vielen Netzen; 0: nie.';

// -- Zahlen -------------------------------------------------------------------------------------------

$lang['tab_figures'] = 'Zahlen';
$lang['figures_accounts'] = 'Konten';
$lang['figures_all_accounts'] = 'Alle Konten:';
$lang['figures_enrolled'] = 'Mit zweitem Faktor';
$lang['figures_strong'] = 'Mit einem, der weder SMS, Anruf, WhatsApp noch E-Mail ist';
$lang['figures_due'] = 'Müssen einen einrichten und haben es noch nicht';
$lang['figures_overdue'] = 'Müssen es, und ihre Frist ist vorbei';
$lang['figures_locked'] = 'Mit gesperrter Methode';
$lang['figures_disabled'] = 'Abgeschaltete Methoden';
$lang['figures_without_codes'] = 'Ohne Ersatzcode';
$lang['figures_unused'] = 'Mit einem Faktor, der 180 Tage lang nicht benutzt wurde';
$lang['figures_unreadable'] = 'Lassen sich nicht öffnen: siehe „Zustand“';
$lang['figures_counted'] = 'Was geschah, ist bis jetzt gezählt. Tage beginnen und enden in UTC.';
$lang['figures_counting'] = 'Was geschah, wird noch gezählt: Einige Tage fehlen. Laden Sie diese Seite nach einer Weile neu.';
$lang['figures_accounts_at'] = 'Die Konten wurden durchgesehen: %s.';
$lang['figures_no_accounts'] = 'Die Konten werden zum ersten Mal durchgesehen. Laden Sie diese Seite nach einer Weile neu.';
$lang['figures_period'] = 'Zeitraum:';
$lang['figures_table'] = 'Als Tabelle zeigen';
$lang['figures_nothing'] = 'Nichts in diesem Zeitraum.';
$lang['figures_adoption'] = 'Konten mit zweitem Faktor';
$lang['figures_chart_challenges'] = 'Anmeldungen';
$lang['figures_chart_failures'] = 'Falsche Antworten';
$lang['figures_chart_blocked'] = 'Sperren';
$lang['figures_chart_enrolments'] = 'Eingerichtet und entfernt';
$lang['figures_chart_codes_sent'] = 'Gesendete Codes';
$lang['figures_chart_network_refusals'] = 'Durch Netzregeln abgewiesen';
$lang['figures_challenges'] = 'Zweiter Faktor verlangt';
$lang['figures_sign_ins'] = 'Angemeldet';
$lang['figures_failures'] = 'Falsche Antworten';
$lang['figures_blocked'] = 'Gesperrt';
$lang['figures_enrolments'] = 'Eingerichtet';
$lang['figures_removals'] = 'Entfernt';
$lang['figures_codes_sent'] = 'Gesendet';
$lang['figures_codes_failed'] = 'Nicht gesendet';
$lang['figures_network_refusals'] = 'Abgewiesen';
$lang['figures_methods'] = 'Methoden';
$lang['figures_device'] = 'Vertrauter Browser';
$lang['figures_delivery'] = 'Codes per Telefon';
$lang['figures_delivery_about'] = 'Was Anbieter getan haben, seit sie zum ersten Mal gefragt wurden. Die Kosten sind, was sie melden.';
$lang['figures_sent'] = 'Gesendet';
$lang['figures_not_sent'] = 'Nicht gesendet';
$lang['figures_cost'] = 'Kosten';
$lang['figures_messages'] = 'Länder';
$lang['figures_messages_about'] = 'Nachrichten der letzten 30 Tage nach der Landesvorwahl der Nummer, höchstens 20 000.';
$lang['figures_delivered'] = 'Zugestellt';
$lang['figures_undelivered'] = 'Gescheitert';
$lang['figures_networks'] = 'Netze mit den meisten falschen Antworten';
$lang['figures_networks_about'] = 'Der Monate in diesem Zeitraum. Bei vielen Netzen kann eine Zahl zu hoch sein, aber um nicht mehr, als die letzte Spalte sagt.';
$lang['figures_surplus'] = 'Möglicherweise zu viel';
$lang['figures_files'] = 'Herunterladen';
$lang['figures_files_about'] = 'Tabellen sind Dateien für eine Tabellenkalkulation (CSV). JSON enthält alles.';
$lang['figures_csv_days'] = 'Tage (CSV)';
$lang['figures_csv_accounts'] = 'Konten im Lauf der Zeit (CSV)';
$lang['figures_csv_messages'] = 'Länder (CSV)';
$lang['figures_csv_networks'] = 'Netze (CSV)';
$lang['figures_json'] = 'Alles (JSON)';
$lang['col_figures_what'] = 'Konten';
$lang['col_figures_share'] = 'Anteil';
$lang['col_figures_picture'] = 'Bild des Anteils';
$lang['col_figures_day'] = 'Tag';
$lang['col_figures_country'] = 'Landesvorwahl';
$lang['col_figures_network'] = 'Netz';

// -- Ereignisse ---------------------------------------------------------------------------------------

$lang['tab_events'] = 'Ereignisse';
$lang['col_severity'] = 'Dringlichkeit';
$lang['severity_info'] = 'Alle';
$lang['severity_notice'] = 'Hinweise und darüber';
$lang['severity_warning'] = 'Warnungen und darüber';
$lang['severity_error'] = 'Fehler und darüber';
$lang['severity_alert'] = 'Nur Alarme';
$lang['events_from'] = 'Von';
$lang['events_until'] = 'Bis';
$lang['events_no_user'] = 'Es gibt keinen Benutzer dieses Namens.';
$lang['events_no_day'] = 'Geben Sie Tage wie 2027-01-31 ein.';
$lang['events_looked_back_to'] = 'Zurückgeschaut bis %s. „Ältere“ geht von dort weiter.';
$lang['events_files_about'] = 'Alle Ereignisse, die dieser Filter findet, die neuesten zuerst, mit dem, was diese Seite von jedem zeigt. CSV ist für eine Tabellenkalkulation; JSON-Zeilen haben ein Ereignis je Zeile.';
$lang['events_file_csv'] = 'Gefundene Ereignisse (CSV)';
$lang['events_file_jsonl'] = 'Gefundene Ereignisse (JSON-Zeilen)';
$lang['events_incomplete'] = 'Diese Datei ist nicht vollständig: Der Speicher konnte nicht weiter gelesen werden.';
$lang['log_events_taken'] = 'Liste von Ereignissen heruntergeladen';

// -- saved filters ------------------------------------------------------------------------------------

$lang['filters'] = 'Gespeicherte Filter';
$lang['filter_save_this'] = 'Diesen Filter speichern';
$lang['filter_name'] = 'Name des Filters';
$lang['filter_save'] = 'Speichern';
$lang['filter_remove'] = 'Entfernen';
$lang['filter_saved'] = 'Der Filter ist gespeichert.';
$lang['filter_removed'] = 'Der Filter ist entfernt.';
$lang['filter_no_name'] = 'Geben Sie dem Filter einen Namen.';
$lang['filter_empty'] = 'Es gibt nichts zu speichern: Wählen Sie zuerst, wonach gesucht wird.';
$lang['filter_too_long'] = 'Ein Name und alles, wonach gesucht wird, darf je höchstens %d Zeichen haben.';
$lang['filter_too_many'] = 'Auf dieser Seite sind schon %d Filter gespeichert, mehr sind nicht möglich: Entfernen Sie zuerst einen.';

// -- viele Benutzer -----------------------------------------------------------------------------------

$lang['tab_people'] = 'Viele Benutzer';
$lang['people_state_all'] = 'Alle';
$lang['people_state_without'] = 'Ohne zweiten Faktor';
$lang['people_state_due'] = 'Müssen einen einrichten';
$lang['people_state_locked'] = 'Vorübergehend gesperrt';
$lang['people_state_disabled'] = 'Mit abgeschalteter Methode';
$lang['people_state_codeless'] = 'Ohne Ersatzcode';
$lang['people_state_unreadable'] = 'Konto lässt sich nicht öffnen';
$lang['people_what'] = 'Mit den angekreuzten';
$lang['people_act_require'] = 'Zweiten Faktor verlangen';
$lang['people_act_unlock'] = 'Entsperren';
$lang['people_act_end'] = 'Alle Anmeldungen beenden';
$lang['people_act_reset'] = 'Alle Faktoren entfernen';
$lang['people_about_require'] = 'Von jetzt an endet keine Anmeldung dieser Benutzer, ohne dass sie einen zweiten Faktor einrichten, auch wo es schon einen gibt.';
$lang['people_about_unlock'] = 'Sperren dieser Benutzer enden sofort.';
$lang['people_about_end'] = 'Diese Benutzer werden überall abgemeldet, und keinem ihrer Browser wird mehr vertraut.';
$lang['people_about_reset'] = 'Jeder Faktor und jeder Code dieser Benutzer wird entfernt: Sie melden sich mit dem Passwort allein an, bis sie neue einrichten.';
$lang['people_look'] = 'Wen betrifft es?';
$lang['people_do'] = 'Jetzt ausführen';
$lang['people_back'] = 'Zurück zur Liste';
$lang['people_no_act'] = 'Wählen Sie, was geschehen soll.';
$lang['people_nobody'] = 'Kreuzen Sie mindestens einen Benutzer an.';
$lang['people_too_many'] = 'Kreuzen Sie höchstens %d Benutzer an.';
$lang['people_none_of_them'] = 'Bei keinem von ihnen lässt es sich ausführen.';
$lang['people_gone'] = 'ist kein Benutzer mehr';
$lang['people_yourself'] = 'sind Sie selbst: nehmen Sie Ihre eigene Seite';
$lang['people_unavailable'] = 'das Konto war nicht zu erreichen oder ließ sich nicht öffnen: siehe „Zustand“';
$lang['people_looked_at'] = 'Für diese Seite durchgesehene Benutzer: %d.';
$lang['people_failed'] = 'Nicht ausgeführt: %d';
$lang['people_done'] = 'Ausgeführt: %d';
$lang['people_why'] = 'Warum';
