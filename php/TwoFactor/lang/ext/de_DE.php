<?php

$lang['friendlyname'] = 'Zwei-Faktor-Anmeldung';
$lang['description'] = 'Verlangt bei der Anmeldung im Admin-Bereich einen zweiten Faktor';

$lang['menu_preferences'] = 'Zwei-Faktor-Anmeldung';
$lang['menu_preferences_about'] = 'Die eigene Anmeldung mit einem zweiten Faktor schützen';
$lang['menu_administration'] = 'Zwei-Faktor-Verwaltung';
$lang['menu_administration_about'] = 'Wer geschützt ist, Entsperren und Zurücksetzen, Protokoll und Zustand';
$lang['permission_manage'] = 'Zwei-Faktor-Anmeldung verwalten';
$lang['permission_use'] = 'Zwei-Faktor-Anmeldung benutzen';

// installation
$lang['installed'] = 'Die Zwei-Faktor-Anmeldung ist bereit. Alle finden sie unter „Meine Einstellungen“.';
$lang['installed_without_key'] = 'Installiert. Ein Schritt fehlt noch: Öffnen Sie „Website-Administration“, „Zwei-Faktor-Verwaltung“ und legen Sie den Schlüssel an. Bis dahin kann sich niemand registrieren und niemand wird gefragt.';
$lang['install_no_extension'] = 'Die PHP-Erweiterung „twofactor“ ist nicht geladen. Installieren Sie sie zuerst; ohne sie ließe sich nichts prüfen.';
$lang['install_refused'] = 'Nicht installiert: %s';
$lang['install_no_table'] = 'Nicht installiert: Die Tabelle der geprüften Anmeldungen ließ sich nicht anlegen.';
$lang['uninstall_ask'] = 'Ohne dieses Modul genügt das Passwort. Die eingerichteten Faktoren bleiben im Speicher der Erweiterung, damit eine neue Installation sie wiederfindet.';
$lang['uninstalled'] = 'Die Zwei-Faktor-Anmeldung ist aus: Das Passwort genügt.';

// events
$lang['event_BeforeVerification'] = 'Vor der Prüfung eines zweiten Faktors';
$lang['event_help_BeforeVerification'] = '<p>Parameter: <em>user_id</em>, <em>method</em> (totp, email, sms, voice, whatsapp oder backup), <em>purpose</em> (login, step-up oder reset-password). Nie der Code. Wirft ein Empfänger eine Ausnahme, wird abgelehnt.</p>';
$lang['event_AfterVerificationSuccess'] = 'Nachdem ein zweiter Faktor angenommen wurde';
$lang['event_help_AfterVerificationSuccess'] = '<p>Parameter: <em>user_id</em>, <em>method</em>, <em>purpose</em>. Nie der Code.</p>';
$lang['event_AfterVerificationFail'] = 'Nachdem ein zweiter Faktor abgelehnt wurde';
$lang['event_help_AfterVerificationFail'] = '<p>Parameter: <em>user_id</em>, <em>method</em>, <em>purpose</em>, <em>reason</em> (Rejected, LockedOut, NotSent, ChallengeClosed, Unverifiable). Nie der Code.</p>';

// challenge
$lang['challenge_title'] = 'Anmeldung bestätigen';
$lang['code_of_totp'] = 'Code aus der Authenticator-App';
$lang['code_of_email'] = 'Code aus der E-Mail';
$lang['code_of_sms'] = 'Code aus der SMS';
$lang['code_of_voice'] = 'Code aus dem Anruf';
$lang['code_of_whatsapp'] = 'Code aus WhatsApp';
$lang['code_of_backup'] = 'Ersatzcode';
$lang['hint_totp'] = 'Öffnen Sie die App auf Ihrem Telefon und geben Sie die sechs Ziffern ein, die sie für diese Website zeigt.';
$lang['hint_backup'] = 'Geben Sie einen der Codes ein, die Sie beim Einrichten aufbewahrt haben. Jeder gilt einmal.';
$lang['sent_to'] = 'Ein Code ist unterwegs an %s. Er gilt bis %s.';
$lang['not_sent_yet'] = 'Es ist kein Code unterwegs. Bitte fordern Sie einen an.';
$lang['send'] = 'Code senden';
$lang['send_again'] = 'Noch einen Code senden';
$lang['again_in'] = 'Ein weiterer Code ist möglich in';
$lang['use_totp'] = 'Stattdessen die Authenticator-App benutzen';
$lang['use_email'] = 'Stattdessen einen Code per E-Mail senden';
$lang['use_sms'] = 'Stattdessen einen Code per SMS senden';
$lang['use_voice'] = 'Stattdessen einen Code am Telefon vorlesen lassen';
$lang['use_whatsapp'] = 'Stattdessen einen Code per WhatsApp senden';
$lang['use_backup'] = 'Stattdessen einen Ersatzcode benutzen';
$lang['verify'] = 'Prüfen';
$lang['cancel'] = 'Abbrechen';
$lang['to_login'] = 'Zur Anmeldung';
$lang['wrong_totp'] = 'Dieser Code wurde nicht angenommen. Warten Sie auf den nächsten und versuchen Sie es noch einmal.';
$lang['wrong_email'] = 'Dieser Code wurde nicht angenommen. Nehmen Sie den neuesten oder fordern Sie einen weiteren an.';
$lang['wrong_sms'] = 'Dieser Code wurde nicht angenommen. Nehmen Sie den neuesten oder fordern Sie einen weiteren an.';
$lang['wrong_voice'] = 'Dieser Code wurde nicht angenommen. Nehmen Sie den neuesten oder fordern Sie noch einen Anruf an.';
$lang['wrong_whatsapp'] = 'Dieser Code wurde nicht angenommen. Nehmen Sie den neuesten oder fordern Sie einen weiteren an.';
$lang['wrong_backup'] = 'Dieser Code wurde nicht angenommen. Jeder Code gilt einmal; bitte versuchen Sie einen anderen.';
$lang['code_missing'] = 'Bitte geben Sie einen Code ein.';
$lang['try_again'] = 'Bitte versuchen Sie es noch einmal.';
$lang['locked'] = 'Zu viele falsche Codes. Versuchen Sie es in %s noch einmal oder auf andere Weise.';
$lang['wait_over'] = 'Sie können es jetzt noch einmal versuchen.';
$lang['throttled'] = 'Codes, die angekommen sind, gelten für ihre Zeit. Ein weiterer Code ist möglich in %s.';
$lang['send_wait_over'] = 'Sie können jetzt einen weiteren Code anfordern.';
$lang['not_sent_method'] = 'Dieser Weg für Codes steht hier nicht zur Verfügung. Bitte benutzen Sie einen anderen.';
$lang['not_sent_number'] = 'Diese Nummer ist nicht erreichbar. Bitte benutzen Sie einen anderen Weg und richten Sie eine andere Nummer ein.';
$lang['not_sent_opted_out'] = 'Diese Nummer hat weitere Nachrichten abbestellt. Bitte benutzen Sie einen anderen Weg oder lassen Sie Nachrichten wieder zu.';
$lang['not_sent_country'] = 'An Nummern dieses Landes gehen keine Codes. Bitte benutzen Sie einen anderen Weg.';
$lang['not_sent_fraud'] = 'Das Telefonnetz hat diese Nachricht abgelehnt. Bitte benutzen Sie einen anderen Weg.';
$lang['undelivered'] = 'Auf diesem Weg kann im Augenblick kein Code gesendet werden. Bitte benutzen Sie einen anderen oder versuchen Sie es später noch einmal.';
$lang['undelivered_mail'] = 'Die E-Mail konnte nicht gesendet werden. Bitte benutzen Sie einen anderen Weg oder versuchen Sie es später noch einmal.';
$lang['method_disabled'] = 'Dieser Weg wurde nach zu vielen falschen Codes abgeschaltet. Benutzen Sie einen anderen oder fragen Sie die Administration.';
$lang['every_method_disabled'] = 'Alle Ihre Wege wurden nach zu vielen falschen Codes abgeschaltet. Bitte fragen Sie die Administration.';
$lang['login_over'] = 'Diese Anmeldung ist beendet. Bitte melden Sie sich neu an.';
$lang['refused'] = 'Eine Regel dieser Website lässt das im Augenblick nicht zu. Ihr Code ist nicht verbraucht. Bitte fragen Sie die Administration.';
$lang['unavailable'] = 'Ihre Anmeldung lässt sich im Augenblick nicht bestätigen. Versuchen Sie es später noch einmal oder fragen Sie die Administration.';
$lang['unavailable_operator'] = 'Im Augenblick kann niemand geprüft werden.';
$lang['one_second'] = '1 Sekunde';
$lang['seconds'] = '%d Sekunden';
$lang['one_minute'] = '1 Minute';
$lang['minutes'] = '%d Minuten';

// a new password by telephone
$lang['reset_title'] = 'Ein neues Passwort';
$lang['reset_choose'] = 'Wie vergewissern wir uns, dass Sie es sind? Benutzername:';
$lang['reset_choose_about'] = 'Ein Code kann auf das Telefon kommen, das Sie hier für die Anmeldung eingerichtet haben.';
$lang['reset_by_phone'] = 'Code auf mein Telefon senden';
$lang['reset_by_email'] = 'E-Mail senden';
$lang['reset_sent'] = 'Wenn für diesen Benutzernamen ein Telefon eingerichtet ist, ist ein Code dorthin unterwegs.';
$lang['reset_none_came'] = 'Keiner angekommen? Warten Sie eine Minute und fordern Sie noch einen an. Kommt auch dann keiner, brechen Sie ab und wählen die E-Mail, oder fragen Sie die Administration.';
$lang['reset_wrong'] = 'Dieser Code wurde nicht angenommen. Nehmen Sie den neuesten oder fordern Sie einen weiteren an.';
$lang['reset_password_about'] = 'Der Code war richtig. Wählen Sie ein neues Passwort; melden Sie sich dann damit und mit Ihrem zweiten Faktor an.';
$lang['reset_name'] = 'Benutzername';
$lang['new_password'] = 'Neues Passwort';
$lang['new_password_again'] = 'Neues Passwort noch einmal';
$lang['set_password'] = 'Passwort setzen';
$lang['password_missing'] = 'Bitte geben Sie ein Passwort ein.';
$lang['password_differs'] = 'Die beiden Passwörter sind nicht gleich.';
$lang['reset_set'] = 'Das neue Passwort ist gesetzt, und alle Ihre anderen Anmeldungen sind beendet. Bitte melden Sie sich damit an.';
$lang['reset_over'] = 'Dies ist ohne neues Passwort zu Ende. Bitte beginnen Sie noch einmal mit „Passwort vergessen“.';
$lang['reset_unavailable'] = 'Im Augenblick kann kein Passwort gesetzt werden. Versuchen Sie es später noch einmal oder fragen Sie die Administration.';

// emergency
$lang['emergency_banner'] = 'Notfall: Bis %s wird kein zweiter Faktor verlangt. Entfernen Sie twofactor_emergency_until so bald wie möglich aus config.php.';
$lang['emergency_on'] = 'Die Notfalleinstellung ist aktiv: Kein zweiter Faktor wird verlangt bis';
$lang['emergency_mistaken'] = 'twofactor_emergency_until in config.php wird nicht beachtet: Die Zeit darf höchstens eine Stunde voraus liegen.';

// My Preferences
$lang['state_title'] = 'Ihre Anmeldung';
$lang['state_on'] = 'Durch einen zweiten Faktor geschützt';
$lang['state_off'] = 'Nur durch Ihr Passwort geschützt';
$lang['state_off_about'] = 'Mit einem zweiten Faktor, etwa einer Authenticator-App auf Ihrem Telefon, genügt ein gestohlenes Passwort nicht, um sich als Sie anzumelden. Das Einrichten dauert eine Minute.';
$lang['method_totp'] = 'Authenticator-App';
$lang['method_email'] = 'Code per E-Mail';
$lang['method_sms'] = 'Code per SMS';
$lang['method_voice'] = 'Code per Anruf';
$lang['method_whatsapp'] = 'Code per WhatsApp';
$lang['instead_title'] = 'Ohne App';
$lang['set_up_email'] = 'Code per E-Mail';
$lang['set_up_sms'] = 'Code per SMS';
$lang['set_up_voice'] = 'Code per Anruf';
$lang['set_up_whatsapp'] = 'Code per WhatsApp';
$lang['app_about'] = 'Der sicherste Weg: Es wird nichts gesendet, was jemand abfangen könnte.';
$lang['email_about'] = 'Bequem, aber schwächer als eine App: Wer Ihre Post liest, kann den Code lesen und oft auch Ihr Passwort zurücksetzen.';
$lang['email_goes_to'] = 'Codes gehen an die Adresse Ihres Kontos:';
$lang['email_missing'] = 'Ihr Konto hat keine E-Mail-Adresse. Tragen Sie zuerst eine ein.';
$lang['email_anew'] = 'Die jetzige Adresse benutzen';
$lang['phone_about'] = 'Gut, wo keine App möglich ist. Wer Ihre Nummer übernimmt, bekommt die Codes.';
$lang['change_phone'] = 'Telefonnummer';
$lang['change_phone_about'] = 'Eine andere Nummer ersetzt die eingerichtete, sobald Sie sie bestätigt haben. Für einen anderen Weg zur selben Nummer geben Sie sie noch einmal ein.';
$lang['number'] = 'Telefonnummer';
$lang['region'] = 'Gewählt aus';
$lang['region_none'] = 'Die Nummer beginnt mit + und der Ländervorwahl';
$lang['way'] = 'Wie der Code kommt';
$lang['number_refused'] = 'An diese Nummer können keine Codes gehen.';
$lang['number_empty'] = 'Bitte geben Sie eine Telefonnummer ein.';
$lang['number_too_long'] = 'Das ist zu lang für eine Telefonnummer.';
$lang['number_characters'] = 'Eine Telefonnummer hat nur Ziffern, Leerzeichen und + - . / ( ). Bitte lassen Sie alles andere weg.';
$lang['number_extension'] = 'An eine Nebenstelle können keine Codes gehen. Bitte nehmen Sie eine Nummer, die man direkt wählen kann.';
$lang['number_region_needed'] = 'Bitte geben Sie die Nummer mit Landesvorwahl ein, etwa +49, oder wählen Sie das Land.';
$lang['number_invalid'] = 'Das ist keine gültige Telefonnummer. Bitte prüfen Sie Ziffern und Landesvorwahl.';
$lang['number_landline'] = 'Das ist ein Festnetzanschluss, der keine Nachrichten bekommt. Bitte nehmen Sie eine Mobilnummer oder wählen Sie einen Anruf.';
$lang['number_toll_free'] = 'An gebührenfreie Nummern gehen keine Codes. Bitte nehmen Sie eine Mobilnummer.';
$lang['number_premium_rate'] = 'An Mehrwertnummern gehen keine Codes. Bitte nehmen Sie eine Mobilnummer.';
$lang['number_shared_cost'] = 'An Nummern mit geteilten Kosten gehen keine Codes. Bitte nehmen Sie eine Mobilnummer.';
$lang['number_voip'] = 'An Nummern der Internettelefonie gehen keine Codes. Bitte nehmen Sie eine Mobilnummer.';
$lang['number_personal'] = 'An persönliche Nummern, die weiterleiten, gehen keine Codes. Bitte nehmen Sie eine Mobilnummer.';
$lang['number_pager'] = 'An Pager gehen keine Codes. Bitte nehmen Sie eine Mobilnummer.';
$lang['number_uan'] = 'An die zentrale Nummer einer Firma gehen keine Codes. Bitte nehmen Sie eine Mobilnummer.';
$lang['number_voicemail'] = 'An Anrufbeantworter gehen keine Codes. Bitte nehmen Sie eine Mobilnummer.';
$lang['number_non_geographic'] = 'An Nummern, die zu keinem Land gehören, gehen keine Codes. Bitte nehmen Sie eine Mobilnummer.';
$lang['number_unknown'] = 'Ob Codes diese Nummer erreichen, ist nicht bekannt. Bitte nehmen Sie eine Mobilnummer.';
$lang['number_country'] = 'An Nummern dieses Landes gehen hier keine Codes.';
$lang['number_taken'] = 'Diese Nummer kann nicht verwendet werden. Bitte nehmen Sie eine andere.';
$lang['contact_code'] = 'Der Code, der angekommen ist';
$lang['contact_code_wrong'] = 'Dieser Code passt nicht. Nehmen Sie den neuesten oder fordern Sie einen weiteren an.';
$lang['contact_enrolled'] = 'Eingerichtet. Ihre anderen Anmeldungen sind beendet.';
$lang['other_number'] = 'Eine andere Nummer';
$lang['give_up'] = 'Zurück, ohne es einzurichten';
$lang['code_sent'] = 'Ein Code ist unterwegs.';
$lang['send_email'] = 'Code per E-Mail senden';
$lang['send_sms'] = 'Code per SMS senden';
$lang['send_voice'] = 'Code am Telefon vorlesen lassen';
$lang['send_whatsapp'] = 'Code per WhatsApp senden';
$lang['method_backup'] = 'Ersatzcodes';
$lang['method_disabled_short'] = 'Nach zu vielen falschen Codes abgeschaltet: neu einrichten';
$lang['is_set_up'] = 'Eingerichtet';
$lang['is_not_set_up'] = 'Nicht eingerichtet';
$lang['codes_unused'] = 'unbenutzt';
$lang['last_verified'] = 'Zuletzt bestätigt';
$lang['set_up_app'] = 'Authenticator-App einrichten';
$lang['change_title'] = 'Ändern';
$lang['prove_about'] = 'Bevor Sie etwas ändern, bestätigen Sie, dass Sie es sind.';
$lang['prove_first'] = 'Bestätigen Sie, dass Sie es sind, und versuchen Sie es dann noch einmal.';
$lang['prove_with'] = 'Bestätigen mit';
$lang['code'] = 'Code';
$lang['proven'] = 'Danke. Sie können jetzt Änderungen vornehmen.';
$lang['proven_for'] = 'Sie haben bestätigt, dass Sie es sind. Änderungen sind möglich für';
$lang['new_app_title'] = 'Anderes Telefon, andere App';
$lang['new_app_about'] = 'Ersetzt die eingerichtete App. Die alte gilt, bis Sie die neue bestätigt haben.';
$lang['new_app'] = 'Neu einrichten';
$lang['regenerate_title'] = 'Neue Ersatzcodes';
$lang['regenerate_about'] = 'Die alten gelten dann nicht mehr.';
$lang['regenerate'] = 'Neue Codes anlegen';
$lang['primary_title'] = 'Zuerst fragen nach';
$lang['primary_set'] = 'Gespeichert.';
$lang['save'] = 'Speichern';
$lang['remove_title'] = 'Entfernen:';
$lang['remove_about'] = 'Es ist der letzte Weg: Dann genügt wieder Ihr Passwort, und auch die Ersatzcodes gelten nicht mehr.';
$lang['remove'] = 'Entfernen';
$lang['remove_confirm'] = 'Diesen Weg und die Ersatzcodes entfernen?';
$lang['remove_one_title'] = 'Einen Weg entfernen';
$lang['remove_one_confirm'] = 'Diesen Weg entfernen?';
$lang['removed_one'] = 'Entfernt. Ihre anderen Anmeldungen sind beendet.';
$lang['removed'] = 'Entfernt. Zur Anmeldung genügt Ihr Passwort.';
$lang['setup_title'] = 'Authenticator-App einrichten';
$lang['setup_scan'] = 'Lesen Sie dies mit einer Authenticator-App ein.';
$lang['qr_label'] = 'QR-Code für die Authenticator-App. Der Schlüssel darunter sagt dasselbe in Buchstaben.';
$lang['setup_type'] = 'Oder tippen Sie diesen Schlüssel in die App:';
$lang['setup_account'] = 'Konto:';
$lang['setup_confirm'] = 'Geben Sie dann die sechs Ziffern ein, die die App zeigt';
$lang['setup_code_wrong'] = 'Dieser Code passt nicht. Prüfen Sie die Uhr Ihres Telefons und geben Sie den neuesten Code ein.';
$lang['setup_over'] = 'Dieses Einrichten ist beendet. Bitte beginnen Sie neu.';
$lang['confirm'] = 'Bestätigen';
$lang['enrolled'] = 'Ihre Anmeldung ist geschützt. Ihre anderen Anmeldungen sind beendet.';
$lang['enrolled_again'] = 'Die neue App ist eingerichtet, die alte gilt nicht mehr. Ihre anderen Anmeldungen sind beendet.';
$lang['app_enrolled'] = 'Die App ist eingerichtet. Ihre anderen Anmeldungen sind beendet.';
$lang['regenerated'] = 'Dies sind Ihre neuen Codes. Ihre anderen Anmeldungen sind beendet.';
$lang['codes_title'] = 'Ihre Ersatzcodes';
$lang['codes_about'] = 'Jeder meldet Sie einmal an, wenn Sie Ihr Telefon nicht haben. Sie werden nur jetzt gezeigt: Bewahren Sie sie auf, wo andere sie nicht sehen.';
$lang['codes_file'] = 'Ersatzcodes für %s, %s. Jeder gilt einmal.';
$lang['download'] = 'Herunterladen';
$lang['print'] = 'Drucken';
$lang['codes_kept'] = 'Ich habe sie aufbewahrt';
$lang['backup_code_used'] = 'Sie haben sich mit einem Ersatzcode angemeldet. Unbenutzte Codes: %d.';
$lang['not_while_testing'] = 'Nicht, während Sie die Website als anderer Benutzer testen.';
$lang['no_permission'] = 'Für diese Seite fehlt Ihnen die Berechtigung.';
$lang['not_set_up'] = 'Die Zwei-Faktor-Anmeldung ist auf dieser Website noch nicht eingerichtet. Die Administration muss ihren Schlüssel anlegen.';

// Site Admin
$lang['tab_users'] = 'Benutzer';
$lang['tab_audit'] = 'Protokoll';
$lang['tab_messages'] = 'Nachrichten';
$lang['tab_providers'] = 'Anbieter';
$lang['tab_health'] = 'Zustand';
$lang['tab_settings'] = 'Einstellungen';
$lang['reset_setting'] = 'Neues Passwort per Telefon';
$lang['reset_setting_about'] = 'Wer das Passwort vergessen hat, kann neben der E-Mail einen Code auf das eingerichtete Telefon wählen und damit ein neues setzen; zur Anmeldung bleibt der zweite Faktor nötig.';
$lang['reset_setting_risk'] = 'Wer eine Nummer übernimmt, kann das Passwort ihres Besitzers setzen. Wo dieses Telefon auch der einzige zweite Faktor ist, kann er sich anmelden: Lassen Sie dies aus, oder lassen Sie diese Benutzer eine App hinzufügen.';
$lang['reset_setting_impossible'] = 'Es ist kein Anbieter von Nachrichten eingerichtet, daher ist dies aus.';
$lang['switch_on'] = 'Einschalten';
$lang['switch_off'] = 'Ausschalten';
$lang['reset_switched_on'] = 'Ein neues Passwort per Telefon ist jetzt möglich.';
$lang['reset_switched_off'] = 'Ein neues Passwort per Telefon ist nicht mehr möglich.';
$lang['search_users'] = 'Name oder E-Mail';
$lang['search'] = 'Suchen';
$lang['nobody_found'] = 'Niemand gefunden.';
$lang['previous'] = 'Zurück';
$lang['next'] = 'Weiter';
$lang['col_user'] = 'Benutzer';
$lang['col_state'] = 'Zustand';
$lang['col_methods'] = 'Wege';
$lang['col_disabled'] = 'Abgeschaltet';
$lang['col_codes'] = 'Ersatzcodes übrig';
$lang['col_locked'] = 'Gesperrt';
$lang['until'] = 'bis';
$lang['on'] = 'An';
$lang['off'] = 'Aus';
$lang['unreadable'] = 'Nicht lesbar: keine Anmeldung möglich';
$lang['inactive'] = 'nicht aktiv';
$lang['all_users'] = 'Alle Benutzer';
$lang['drift'] = 'Uhr der App';
$lang['audit_of_user'] = 'Was mit diesem Benutzer geschah';
$lang['act_title'] = 'Diesem Benutzer helfen';
$lang['reason'] = 'Grund';
$lang['reason_about'] = 'Steht mit Ihrem Namen im Protokoll.';
$lang['reason_missing'] = 'Bitte geben Sie einen Grund an.';
$lang['prove_to_act'] = 'Bestätigen Sie, dass Sie es sind:';
$lang['unlock_about'] = 'Entsperren beendet die Wartezeit nach falschen Codes. Ein abgeschalteter Weg bleibt abgeschaltet.';
$lang['unlock'] = 'Entsperren';
$lang['unlocked'] = 'Entsperrt.';
$lang['reset_about'] = 'Zurücksetzen entfernt jeden Faktor: Bis zum neuen Einrichten genügt das Passwort. Vergewissern Sie sich, mit wem Sie sprechen.';
$lang['reset'] = 'Zurücksetzen';
$lang['reset_confirm'] = 'Jeden Faktor dieses Benutzers entfernen?';
$lang['reset_done'] = 'Jeder Faktor dieses Benutzers wurde entfernt.';
$lang['events_of'] = 'Ereignisse von';
$lang['events_all'] = 'Alle zeigen';
$lang['audit_intact'] = 'Die Aufzeichnung zu diesem Benutzer ist vollständig und unverändert.';
$lang['audit_broken'] = 'Die Aufzeichnung zu diesem Benutzer hat Lücken oder wurde verändert.';
$lang['col_time'] = 'Zeit';
$lang['col_event'] = 'Ereignis';
$lang['col_method'] = 'Weg';
$lang['col_by'] = 'Durch';
$lang['col_ip'] = 'Adresse';
$lang['no_events'] = 'Noch ist nichts geschehen.';
$lang['older'] = 'Ältere';
$lang['newest'] = 'Neueste';
$lang['audit_challenge_opened'] = 'Nach dem zweiten Faktor gefragt';
$lang['audit_code_sent'] = 'Code gesendet';
$lang['audit_code_failed'] = 'Code konnte nicht gesendet werden';
$lang['audit_factor_accepted'] = 'Code angenommen';
$lang['audit_factor_rejected'] = 'Code abgelehnt';
$lang['audit_factor_blocked'] = 'Für eine Weile gesperrt';
$lang['audit_factor_disabled'] = 'Weg abgeschaltet';
$lang['audit_enrolment_started'] = 'Einrichten begonnen';
$lang['audit_factor_enrolled'] = 'Weg eingerichtet';
$lang['audit_number_told'] = 'Alte Nummer über die neue benachrichtigt';
$lang['audit_number_untold'] = 'Alte Nummer konnte nicht benachrichtigt werden';
$lang['audit_factor_removed'] = 'Weg entfernt';
$lang['audit_primary_changed'] = 'Ersten Weg geändert';
$lang['audit_backup_regenerated'] = 'Neue Ersatzcodes';
$lang['audit_backup_spent'] = 'Ersatzcode benutzt';
$lang['audit_account_unlocked'] = 'Von der Administration entsperrt';
$lang['audit_account_reset'] = 'Von der Administration zurückgesetzt';
$lang['audit_epoch_raised'] = 'Anmeldungen beendet';
$lang['audit_unreadable'] = 'Eintrag, der nicht von hier stammt';
$lang['health_ok'] = 'Alles in Ordnung.';
$lang['health_warning'] = 'Es funktioniert. Bitte sehen Sie sich die Warnungen an.';
$lang['health_bad'] = 'Bis dies behoben ist, kann niemand geprüft werden.';
$lang['health_store'] = 'Speicher';
$lang['health_key'] = 'Schlüssel';
$lang['health_clock'] = 'Uhr';
$lang['health_policy'] = 'Regeln';
$lang['health_site'] = 'Website';
$lang['health_providers'] = 'Anbieter von Codes';
$lang['status_ok'] = 'In Ordnung';
$lang['status_warning'] = 'Warnung';
$lang['status_problem'] = 'Problem';
$lang['messages_about'] = 'Codes per SMS, Anruf und WhatsApp und was aus ihnen wurde, soweit ihre Anbieter es melden. Die Codes und die ganzen Nummern kann niemand sehen.';
$lang['no_messages'] = 'Es wurde noch keine Nachricht gesendet.';
$lang['col_to'] = 'An';
$lang['col_provider'] = 'Anbieter';
$lang['ago'] = 'vor %s';
$lang['message_accepted'] = 'Übergeben';
$lang['message_unknown'] = 'Keine Antwort';
$lang['message_queued'] = 'Wartet';
$lang['message_sending'] = 'Unterwegs';
$lang['message_sent'] = 'Gesendet';
$lang['message_delivered'] = 'Zugestellt';
$lang['message_undelivered'] = 'Nicht zugestellt';
$lang['message_failed'] = 'Fehlgeschlagen';
$lang['message_took'] = 'nach %s';
$lang['message_notice'] = 'Hinweis auf eine geänderte Nummer';
$lang['message_error'] = 'Code %s des Anbieters';
$lang['prove_title'] = 'Bestätigen Sie, dass Sie es sind';
$lang['providers_about'] = 'Codes per SMS, Anruf und WhatsApp befördern Anbieter. Sie werden in dieser Reihenfolge gefragt; der nächste nur dann, wenn sicher nichts gesendet wurde.';
$lang['providers_elsewhere'] = 'Diese Anbieter nennt php.ini (twofactor.providers_file) oder die Umgebung. Hier kann man sie ausprobieren, aber nicht ändern.';
$lang['no_providers'] = 'Noch gibt es keinen Anbieter; Codes gehen daher nur per E-Mail.';
$lang['providers_broken'] = 'Die Anbieter lassen sich nicht lesen. Bis das behoben ist, wird kein Code gesendet.';
$lang['providers_remove_all'] = 'Alle Anbieter entfernen';
$lang['audit_provider_added'] = 'Anbieter hinzugefügt';
$lang['audit_provider_changed'] = 'Anbieter geändert';
$lang['audit_provider_removed'] = 'Anbieter entfernt';
$lang['audit_providers_ordered'] = 'Reihenfolge der Anbieter geändert';
$lang['audit_providers_resealed'] = 'Anbieter mit dem neuen Schlüssel versiegelt';
$lang['audit_provider_tested'] = 'Testnachricht';
$lang['all_providers'] = 'Alle Anbieter';
$lang['provider_available'] = 'Bereit.';
$lang['provider_rests'] = 'Zuletzt gestört, wird in Ruhe gelassen';
$lang['provider_reports'] = 'Meldet Zustellungen.';
$lang['provider_log'] = 'Seine eigene Liste der Nachrichten';
$lang['provider_log_about'] = 'Was der Anbieter selbst aufgeschrieben hat, in seinen Worten.';
$lang['provider_check'] = 'Zugangsdaten prüfen';
$lang['provider_checked'] = 'Die Prüfung von %s ist bestanden.';
$lang['provider_check_failed'] = 'Mit diesen Zugangsdaten war der Anbieter nicht zu erreichen.';
$lang['provider_edit'] = 'Ändern';
$lang['provider_up'] = 'Früher fragen';
$lang['provider_remove'] = 'Entfernen';
$lang['provider_remove_confirm'] = 'Diesen Anbieter und seine Zugangsdaten entfernen? Codes, die er gemacht hat, lassen sich dann nicht mehr prüfen.';
$lang['provider_removed'] = 'Der Anbieter wurde entfernt.';
$lang['provider_saved'] = 'Der Anbieter wurde gespeichert. Prüfen Sie die Zugangsdaten und senden Sie dann eine Testnachricht.';
$lang['providers_ordered'] = 'Die Reihenfolge wurde geändert.';
$lang['provider_refused'] = 'Es wurde nichts geändert.';
$lang['provider_not_plain'] = 'Es wurde nichts geändert. Ein Feld enthält Zeichen, die sich nicht tippen lassen, oder zu viel.';
$lang['provider_name_taken'] = 'Einen Anbieter dieses Namens gibt es schon.';
$lang['provider_add'] = 'Anbieter hinzufügen';
$lang['provider_name'] = 'Name';
$lang['provider_name_about'] = 'So heißt er im Protokoll und in der Liste der Nachrichten. 1 bis 32 Buchstaben, Ziffern und Bindestriche.';
$lang['provider_save'] = 'Speichern';
$lang['secret_set'] = 'vorhanden; leer lassen, um es zu behalten';
$lang['secrets_about'] = 'Geheimnisse werden vor dem Speichern versiegelt; hier kann sie niemand wieder lesen.';
$lang['to_messages'] = 'Nachrichten und was aus ihnen wurde';
$lang['test_title'] = 'Testnachricht senden';
$lang['test_about'] = 'Sie geht nur durch diesen Anbieter und kostet, was eine Nachricht kostet. Ein Code darin öffnet nichts.';
$lang['test_send'] = 'Testnachricht senden';
$lang['test_sent'] = 'Der Anbieter hat die Nachricht an %s angenommen. Ob sie ankommt, sehen Sie am Telefon.';
$lang['kind_twilio_verify'] = 'Twilio Verify';
$lang['kind_twilio_verify_about'] = 'Twilio macht, sendet und prüft den Code. Am schnellsten eingerichtet.';
$lang['kind_twilio_messaging'] = 'Twilio Messaging';
$lang['kind_twilio_messaging_about'] = 'Twilio befördert unseren Text, von einer Nummer oder einem Dienst von Ihnen; auch Anrufe und WhatsApp.';
$lang['kind_sns'] = 'Amazon SNS';
$lang['kind_sns_about'] = 'Amazon befördert unseren Text. Nur SMS.';
$lang['kind_gateway'] = 'Verwaltetes Gateway';
$lang['kind_gateway_about'] = 'Das Gateway macht, sendet und prüft den Code und rechnet ihn ab. Nur SMS.';
$lang['kind_development'] = 'Entwicklung (schreibt in eine Datei)';
$lang['field_user'] = 'API-Schlüssel oder Konto';
$lang['field_user_about'] = 'SK… eines API-Schlüssels oder AC… des Kontos selbst.';
$lang['field_secret'] = 'Geheimnis';
$lang['field_secret_about'] = 'Das Geheimnis des API-Schlüssels oder das Auth-Token des Kontos.';
$lang['field_sns_secret'] = 'Geheimer Zugriffsschlüssel';
$lang['field_sns_secret_about'] = '';
$lang['field_service'] = 'Verify-Dienst';
$lang['field_service_about'] = 'VA…';
$lang['field_channels'] = 'Wege, die im Dienst eingeschaltet sind';
$lang['field_account'] = 'Konto';
$lang['field_account_about'] = 'AC…';
$lang['field_from'] = 'SMS: Absender';
$lang['field_from_about'] = 'Eine Nummer wie +15005550006, eine Kurzwahl oder ein Name. Mit einem Messaging-Dienst leer lassen.';
$lang['field_messaging_service'] = 'SMS: Messaging-Dienst';
$lang['field_messaging_service_about'] = 'MG…, anstelle eines Absenders.';
$lang['field_voice_from'] = 'Anrufe: anrufende Nummer';
$lang['field_whatsapp_from'] = 'WhatsApp: Absender';
$lang['field_whatsapp_template'] = 'WhatsApp: Vorlage';
$lang['field_whatsapp_template_about'] = 'HX… einer genehmigten Vorlage.';
$lang['field_whatsapp_variable'] = 'WhatsApp: Variable des Codes';
$lang['field_whatsapp_variable_about'] = '1, wenn leer.';
$lang['field_validity'] = 'Sekunden, nach denen eine wartende Nachricht aufgegeben wird';
$lang['field_status_callback'] = 'Wohin Zustellungen gemeldet werden';
$lang['field_status_callback_about'] = 'Leer lassen, um ohne auszukommen. Für diesen Anbieter unter diesem Namen: %s. Sie muss mit https:// beginnen.';
$lang['field_auth_token'] = 'Auth-Token für Meldungen';
$lang['field_auth_token_about'] = 'Für Meldungen nötig, wenn oben ein API-Schlüssel (SK…) steht: Twilio unterschreibt sie mit dem Auth-Token des Kontos.';
$lang['field_access_key'] = 'Zugriffsschlüssel-ID';
$lang['field_session_token'] = 'Sitzungstoken';
$lang['field_session_token_about'] = 'Nur mit befristeten Zugangsdaten.';
$lang['field_region'] = 'Region';
$lang['field_region_about'] = 'Zum Beispiel eu-central-1.';
$lang['field_sender_id'] = 'Absenderkennung';
$lang['field_sender_id_about'] = 'Bis zu 11 Buchstaben, wo das Land es erlaubt.';
$lang['field_max_price'] = 'Höchstpreis einer Nachricht in US-Dollar';
$lang['field_url'] = 'Adresse des Gateways';
$lang['field_licence_key'] = 'Lizenzschlüssel';
$lang['field_site_url'] = 'Adresse dieser Website';
$lang['field_site_url_about'] = 'Die, für die die Lizenz gilt.';
$lang['field_keys'] = 'Öffentliche Schlüssel des Gateways';
$lang['field_keys_about'] = 'Einer je Zeile, wie sie mit der Lizenz kamen.';
$lang['col_check'] = 'Was';
$lang['col_message'] = 'Wie es steht';

// key
$lang['foundation_title'] = 'Ein Schritt fehlt noch: ein Schlüssel';
$lang['foundation_no_extension'] = 'Die PHP-Erweiterung „twofactor“ ist nicht geladen. Installieren Sie sie und laden Sie diese Seite neu.';
$lang['foundation_fails'] = 'Ein Schlüssel ist genannt, aber niemand kann geprüft werden: %s Das Fehlerprotokoll von PHP sagt vielleicht mehr.';
$lang['foundation_about'] = 'Geheimnisse werden mit einem Schlüssel versiegelt, der in einer Datei außerhalb des Dokumentverzeichnisses liegt. Noch besser nennt ihn php.ini (twofactor.key_file), dann muss der Benutzer des Webservers ihn nicht lesen können. Sichern Sie die Datei getrennt von der Datenbank: Ohne sie kann sich niemand mit zweitem Faktor anmelden.';
$lang['key_path'] = 'Pfad der neuen Schlüsseldatei';
$lang['key_path_about'] = 'Der Ordner muss vorhanden sein und PHP muss dort schreiben dürfen.';
$lang['create_key'] = 'Schlüssel anlegen';
$lang['key_created'] = 'Der Schlüssel ist angelegt. Sichern Sie die Datei getrennt von der Datenbank. Alle können sich jetzt unter „Meine Einstellungen“ registrieren.';
$lang['key_not_absolute'] = 'Bitte geben Sie den ganzen Pfad an, beginnend mit einem Schrägstrich.';
$lang['key_not_plain'] = 'Bitte geben Sie einen Pfad ohne . oder .. und ohne Steuerzeichen an.';
$lang['key_inside_document_root'] = 'Dieser Ort liegt im Dokumentverzeichnis, wo ein Webserver ihn ausliefern könnte. Wählen Sie einen außerhalb.';
$lang['key_no_directory'] = 'Der Ordner ist nicht vorhanden.';

// reasons in the audit
$lang['reason_standing_changed'] = 'Passwort, Gruppen oder Zustand geändert';
$lang['reason_recovered_by_email'] = 'Passwort per E-Mail neu gesetzt';
$lang['reason_recovered_by_telephone'] = 'Passwort per Telefon neu gesetzt';
$lang['reason_groups_changed'] = 'Gruppen geändert';
$lang['reason_group_deleted'] = 'Gruppe gelöscht';
$lang['reason_id_given_again'] = 'Kennung an einen neuen Benutzer vergeben';
$lang['reason_user_deleted'] = 'Benutzer gelöscht';
$lang['reason_store_set_up'] = 'Speicher eingerichtet';

// admin log
$lang['log_backup_code'] = '%s hat sich mit einem Ersatzcode angemeldet, %d übrig';
$lang['log_emergency_sign_in'] = 'Notfalleinstellung: %s hat sich ohne zweiten Faktor angemeldet';
$lang['log_emergency_use'] = 'Notfalleinstellung: Anfragen von %s wurden nicht geprüft';
$lang['log_key_created'] = 'Schlüsseldatei angelegt: %s';
$lang['log_listener_failed'] = 'Ein Modul, das auf %s hört, ist gescheitert: %s';
$lang['log_listener_refused'] = 'Ein Modul, das auf %s hört, hat abgelehnt: %s';
$lang['log_mail_failed'] = 'Eine E-Mail konnte nicht gesendet werden (%s): Bitte prüfen Sie die Mail-Einstellungen der Website';
$lang['log_mail_refused'] = 'Eine E-Mail konnte nicht gesendet werden, der Versand hat sie abgelehnt: Bitte prüfen Sie die Mail-Einstellungen der Website';
$lang['log_not_sent_email'] = 'Ein Code per E-Mail konnte nicht gesendet werden: %s';
$lang['log_not_sent_sms'] = 'Ein Code per SMS konnte nicht gesendet werden: %s';
$lang['log_not_sent_voice'] = 'Ein Code per Anruf konnte nicht gesendet werden: %s';
$lang['log_not_sent_whatsapp'] = 'Ein Code per WhatsApp konnte nicht gesendet werden: %s';
$lang['log_password_set'] = 'Passwort per Telefon neu gesetzt: %s';
$lang['log_provider_removed'] = 'Anbieter entfernt: %s';
$lang['log_provider_saved'] = 'Anbieter gespeichert: %s';
$lang['log_reset_done'] = 'Alle Faktoren entfernt: %s';
$lang['log_reset_not_begun'] = 'Das Zurücksetzen eines Passworts konnte nicht beginnen: %s';
$lang['log_reset_off'] = 'Neues Passwort per Telefon abgeschaltet';
$lang['log_reset_on'] = 'Neues Passwort per Telefon eingeschaltet';
$lang['log_taken_over'] = 'Von Version 3 übernommen: Alle Benutzer müssen den zweiten Faktor neu einrichten';
$lang['log_template_broken'] = 'Die Vorlage mail.tpl ist fehlerhaft und wurde weggelassen: %s';
$lang['log_unlocked'] = 'Entsperrt: %s';
$lang['log_unverifiable'] = 'Niemand kann geprüft werden: %s';

$lang['help'] = <<<'HTML'
<h3>Was es tut</h3>
<p>Zwischen dem richtigen Passwort und der Anmeldung fragt es nach einem Code: aus einer Authenticator-App, nach einem, der per E-Mail oder aufs Telefon kommt, oder nach einem der Ersatzcodes, die es zu Beginn gab. Alle richten das unter <em>Meine Einstellungen, Zwei-Faktor-Anmeldung</em> selbst ein. Wer es nicht eingerichtet hat, meldet sich an wie bisher.</p>
<p>Eine Anmeldung gilt nur mit dem Nachweis, der für sie erbracht wurde: Ein Cookie von vorher, von einer anderen Anmeldung oder nach einer Abmeldung ist nichts wert. Eine Änderung von Passwort, Gruppen oder Faktoren beendet die übrigen Anmeldungen dieses Benutzers.</p>
<h3>Was es braucht</h3>
<p>Die PHP-Erweiterung <em>twofactor</em>; nur sie sieht Schlüssel und Geheimnisse. Modul und Erweiterung sollen dieselbe Version haben.</p>
<h3>Einstellungen</h3>
<ul>
<li><strong>Schlüssel</strong>: php.ini <code>twofactor.key_file</code> oder die Umgebungsvariable <code>TWOFACTOR_KEYS</code>; sonst config.php <code>$config['twofactor_key_file']</code>; sonst die auf der Seite des Moduls angelegte Datei. Immer außerhalb des Dokumentverzeichnisses.</li>
<li><strong>Speicher</strong>: config.php <code>$config['twofactor_store']</code> (<code>sqlite:/pfad</code> oder <code>mysql://benutzer:passwort@server/datenbank?prefix=cms_</code>); sonst php.ini <code>twofactor.store</code>; sonst die Datenbank dieser Website. Mit einer entfernten Datenbank wird über TLS gesprochen; um Klartext zu erlauben, nennen Sie den Speicher selbst und fügen <code>&amp;tls=off</code> an.</li>
<li><strong>E-Mail</strong>: Codes sendet der eigene Mailer dieser Website (Globale Einstellungen, Mail). Das ist bequem und schwächer als eine App; php.ini <code>twofactor.profile = strict</code> lässt es weg. Ein anderes Aussehen der Mail: eine Datei <code>mail.tpl</code> in <code>assets/module_custom/TwoFactor/templates/</code>; die des Moduls sagt, was sie benutzen kann.</li>
<li><strong>Telefon</strong>: Website-Administration, Zwei-Faktor-Verwaltung, Anbieter, oder php.ini <code>twofactor.providers_file</code> nennt, wer SMS, Anrufe und WhatsApp befördert. „Passwort vergessen“ auf der Anmeldeseite bietet auch einen Code aufs Telefon an, wenn „Website-Administration“, „Zwei-Faktor-Verwaltung“, „Einstellungen“ es sagt. <code>$config['twofactor_region'] = 'DE';</code> sagt, von wo Nummern ohne Ländervorwahl gewählt werden.</li>
<li><strong>Website</strong>: eine bei der Installation erzeugte zufällige Kennung. Wer die Einstellungen der Website kopiert, kopiert sie mit; zwei Websites mit einem Speicher dürfen sie nicht teilen.</li>
</ul>
<h3>Berechtigungen</h3>
<ul>
<li><code>manage_twofactor</code>: die Seite unter „Website-Administration“. Mitglieder der Gruppe Admin haben sie immer; wer verwaltet, ohne Administrator zu sein, kann Administratoren nicht ändern.</li>
<li><code>use_twofactor</code>: die Seite unter „Meine Einstellungen“. Jede Gruppe hat sie, neue Gruppen bekommen sie, Benutzer ohne Gruppe brauchen sie nicht.</li>
</ul>
<h3>Wenn etwas fehlt</h3>
<p>Ohne Erweiterung, Schlüssel oder Speicher wird im Admin-Bereich niemand eingelassen; das Admin-Protokoll sagt, warum. Wer config.php ändern kann, hat einen Weg zurück:</p>
<p><code>$config['twofactor_emergency_until'] = '2030-01-31T18:30:00+01:00';</code></p>
<p>Eine Zeit, die höchstens eine Stunde voraus liegt. Bis dahin genügt das Passwort, jede Benutzung steht im Admin-Protokoll, und ein Balken auf jeder Seite weist darauf hin. Sie endet von selbst.</p>
<p>Telefon verloren: Benutzen Sie einen Ersatzcode oder lassen Sie das Konto zurücksetzen. Der Konfigurationswert <code>admin_loadnomodules</code> verhindert das Laden der Wache: Bei der Anmeldung wird weiterhin gefragt, ältere Cookies werden nicht geprüft.</p>
<h3>Für Entwickler</h3>
<p>Hooks und Ereignisse, ohne den Code: <code>TwoFactor::BeforeVerification</code>, <code>TwoFactor::AfterVerificationSuccess</code>, <code>TwoFactor::AfterVerificationFail</code>.</p>
<h3>Entfernen</h3>
<p>Das Entfernen lässt die eingerichteten Faktoren im Speicher der Erweiterung und die Kennung der Website und den Schlüsselpfad in deren Einstellungen, damit eine spätere Installation sie wiederfindet.</p>
HTML;
