<?php

$lang['friendlyname'] = 'Two-factor authentication';
$lang['description'] = 'Asks for a second factor when somebody signs in to the admin';

$lang['menu_preferences'] = 'Two-factor authentication';
$lang['menu_preferences_about'] = 'Protect your own sign-in with a second factor';
$lang['menu_administration'] = 'Two-factor administration';
$lang['menu_administration_about'] = 'Who is protected, unlocking and resetting, audit and health';
$lang['permission_manage'] = 'Manage two-factor authentication';
$lang['permission_use'] = 'Use two-factor authentication';

// installation
$lang['installed'] = 'Two-factor authentication is ready. Everybody finds it under My Preferences.';
$lang['installed_without_key'] = 'Installed. One step is left: open Site Admin, Two-factor administration, and create the key. Until then nobody can enrol and nobody is asked.';
$lang['install_no_extension'] = 'The PHP extension "twofactor" is not loaded. Install it first; without it nothing could be verified.';
$lang['install_refused'] = 'Not installed: %s';
$lang['install_no_table'] = 'Not installed: the table of verified sign-ins could not be created.';
$lang['uninstall_ask'] = 'Without this module passwords alone let people in. The enrolled factors stay in the extension\'s store, so that installing again finds them.';
$lang['uninstalled'] = 'Two-factor authentication is off: passwords alone let people in.';

// events
$lang['event_BeforeVerification'] = 'Sent before a second factor is checked';
$lang['event_help_BeforeVerification'] = '<p>Parameters: <em>user_id</em>, <em>method</em> (totp, email, sms, voice, whatsapp or backup), <em>purpose</em> (login, step-up or reset-password). Never the code. An exception thrown by a listener refuses.</p>';
$lang['event_AfterVerificationSuccess'] = 'Sent after a second factor was accepted';
$lang['event_help_AfterVerificationSuccess'] = '<p>Parameters: <em>user_id</em>, <em>method</em>, <em>purpose</em>. Never the code.</p>';
$lang['event_AfterVerificationFail'] = 'Sent after a second factor was refused';
$lang['event_help_AfterVerificationFail'] = '<p>Parameters: <em>user_id</em>, <em>method</em>, <em>purpose</em>, <em>reason</em> (Rejected, LockedOut, NotSent, ChallengeClosed, Unverifiable). Never the code.</p>';

// challenge
$lang['challenge_title'] = 'Confirm your sign-in';
$lang['code_of_totp'] = 'Code from your authenticator app';
$lang['code_of_email'] = 'Code from the e-mail';
$lang['code_of_sms'] = 'Code from the SMS';
$lang['code_of_voice'] = 'Code from the call';
$lang['code_of_whatsapp'] = 'Code from WhatsApp';
$lang['code_of_backup'] = 'Backup code';
$lang['hint_totp'] = 'Open the app on your phone and type the six digits it shows for this site.';
$lang['hint_backup'] = 'Type one of the codes you kept when you set this up. Each works once.';
$lang['sent_to'] = 'A code is on its way to %s. It is good until %s.';
$lang['not_sent_yet'] = 'No code is on its way. Please ask for one.';
$lang['send'] = 'Send a code';
$lang['send_again'] = 'Send another code';
$lang['again_in'] = 'Another code can be had in';
$lang['use_totp'] = 'Use the authenticator app instead';
$lang['use_email'] = 'Send a code by e-mail instead';
$lang['use_sms'] = 'Send a code by SMS instead';
$lang['use_voice'] = 'Have a code read out by a call instead';
$lang['use_whatsapp'] = 'Send a code by WhatsApp instead';
$lang['use_backup'] = 'Use a backup code instead';
$lang['verify'] = 'Verify';
$lang['cancel'] = 'Cancel';
$lang['to_login'] = 'To the sign-in page';
$lang['wrong_totp'] = 'That code was not accepted. Wait for the next one and try again.';
$lang['wrong_email'] = 'That code was not accepted. Try the newest one, or ask for another.';
$lang['wrong_sms'] = 'That code was not accepted. Try the newest one, or ask for another.';
$lang['wrong_voice'] = 'That code was not accepted. Try the newest one, or ask for another call.';
$lang['wrong_whatsapp'] = 'That code was not accepted. Try the newest one, or ask for another.';
$lang['wrong_backup'] = 'That code was not accepted. Each code works once; please try another one.';
$lang['code_missing'] = 'Please type a code.';
$lang['try_again'] = 'Please try again.';
$lang['locked'] = 'Too many wrong codes. Try again in %s or use another method.';
$lang['wait_over'] = 'You can try again now.';
$lang['throttled'] = 'Codes that have arrived are good for their time. Another code in %s.';
$lang['send_wait_over'] = 'You can ask for another code now.';
$lang['not_sent_method'] = 'This way of sending codes is not available here. Please use another method.';
$lang['not_sent_number'] = 'This number cannot be reached. Please use another method and set up another number.';
$lang['not_sent_opted_out'] = 'This number has asked for no more messages. Please use another method, or allow messages again.';
$lang['not_sent_country'] = 'Codes do not go to numbers of this country. Please use another method.';
$lang['not_sent_fraud'] = 'The telephone network refused this message. Please use another method.';
$lang['undelivered'] = 'No code can be sent this way at the moment. Please use another method, or try again later.';
$lang['undelivered_mail'] = 'The e-mail could not be sent. Please use another method, or try again later.';
$lang['method_disabled'] = 'This method was switched off after too many wrong codes. Use another method or ask an administrator.';
$lang['every_method_disabled'] = 'Every method of yours was switched off after too many wrong codes. Please ask an administrator.';
$lang['login_over'] = 'This sign-in has ended. Please sign in again.';
$lang['refused'] = 'A rule of this site does not allow this at the moment. Your code has not been used up. Please ask an administrator.';
$lang['unavailable'] = 'Your sign-in cannot be confirmed at the moment. Please try again later or ask an administrator.';
$lang['unavailable_operator'] = 'Nobody can be verified at the moment.';
$lang['one_second'] = '1 second';
$lang['seconds'] = '%d seconds';
$lang['one_minute'] = '1 minute';
$lang['minutes'] = '%d minutes';

// a new password by telephone
$lang['reset_title'] = 'A new password';
$lang['reset_choose'] = 'How shall we make sure that it is you? User name:';
$lang['reset_choose_about'] = 'A code can come to the telephone that you set up here for signing in.';
$lang['reset_by_phone'] = 'Send a code to my telephone';
$lang['reset_by_email'] = 'Send me an e-mail';
$lang['reset_sent'] = 'If a telephone is set up for this user name, a code is on its way to it.';
$lang['reset_none_came'] = 'None has come? Wait a minute and ask for another. If there is still none, cancel and choose the e-mail, or ask an administrator.';
$lang['reset_wrong'] = 'That code was not accepted. Try the newest one, or ask for another.';
$lang['reset_password_about'] = 'The code was right. Choose a new password; then sign in with it and with your second factor.';
$lang['reset_name'] = 'User name';
$lang['new_password'] = 'New password';
$lang['new_password_again'] = 'New password again';
$lang['set_password'] = 'Set the password';
$lang['password_missing'] = 'Please type a password.';
$lang['password_differs'] = 'The two passwords are not the same.';
$lang['reset_set'] = 'The new password is set, and every other sign-in of yours has ended. Please sign in with it.';
$lang['reset_over'] = 'This has ended without a new password. Please start again with "forgotten password".';
$lang['reset_unavailable'] = 'No password can be set at the moment. Please try again later or ask an administrator.';

// emergency
$lang['emergency_banner'] = 'Emergency: second factors are not asked for until %s. Remove twofactor_emergency_until from config.php as soon as possible.';
$lang['emergency_on'] = 'The emergency setting is active: second factors are not asked for until';
$lang['emergency_mistaken'] = 'twofactor_emergency_until in config.php is ignored: it must be a time at most one hour ahead.';

// My Preferences
$lang['state_title'] = 'Your sign-in';
$lang['state_on'] = 'Protected by a second factor';
$lang['state_off'] = 'Protected by your password only';
$lang['state_off_about'] = 'With a second factor, such as an authenticator app on your phone, a stolen password is not enough to sign in as you. Setting it up takes a minute.';
$lang['method_totp'] = 'Authenticator app';
$lang['method_email'] = 'Code by e-mail';
$lang['method_sms'] = 'Code by SMS';
$lang['method_voice'] = 'Code by a call';
$lang['method_whatsapp'] = 'Code by WhatsApp';
$lang['instead_title'] = 'Without an app';
$lang['set_up_email'] = 'Code by e-mail';
$lang['set_up_sms'] = 'Code by SMS';
$lang['set_up_voice'] = 'Code by a call';
$lang['set_up_whatsapp'] = 'Code by WhatsApp';
$lang['app_about'] = 'The safest of these: nothing is sent that somebody could intercept.';
$lang['email_about'] = 'Convenient, but weaker than an app: whoever reads your mail can read the code, and often reset your password as well.';
$lang['email_goes_to'] = 'Codes go to the address of your account:';
$lang['email_missing'] = 'Your account has no e-mail address. Add one first.';
$lang['email_anew'] = 'Use the present address';
$lang['phone_about'] = 'Good where an app is not possible. Whoever takes over your number gets the codes.';
$lang['change_phone'] = 'Telephone number';
$lang['change_phone_about'] = 'Another number takes the place of the one that is set up, once you have confirmed it. For another way to the same number, type it again.';
$lang['number'] = 'Telephone number';
$lang['region'] = 'Called from';
$lang['region_none'] = 'The number begins with + and its country code';
$lang['way'] = 'How the code comes';
$lang['number_refused'] = 'Codes cannot go to this number.';
$lang['number_empty'] = 'Please type a telephone number.';
$lang['number_too_long'] = 'This is too long for a telephone number.';
$lang['number_characters'] = 'A telephone number has digits, spaces and + - . / ( ) only. Please leave out everything else.';
$lang['number_extension'] = 'Codes cannot go to an extension. Please use a number that can be dialled directly.';
$lang['number_region_needed'] = 'Please type the number with its country code, such as +49, or choose the country.';
$lang['number_invalid'] = 'This is not a valid telephone number. Please check its digits and its country code.';
$lang['number_landline'] = 'This is a landline, which gets no messages. Please use a mobile number, or choose a call.';
$lang['number_toll_free'] = 'Codes do not go to toll-free numbers. Please use a mobile number.';
$lang['number_premium_rate'] = 'Codes do not go to premium-rate numbers. Please use a mobile number.';
$lang['number_shared_cost'] = 'Codes do not go to shared-cost numbers. Please use a mobile number.';
$lang['number_voip'] = 'Codes do not go to internet telephone numbers. Please use a mobile number.';
$lang['number_personal'] = 'Codes do not go to personal numbers that forward calls. Please use a mobile number.';
$lang['number_pager'] = 'Codes do not go to pagers. Please use a mobile number.';
$lang['number_uan'] = 'Codes do not go to a company\'s central number. Please use a mobile number.';
$lang['number_voicemail'] = 'Codes do not go to voice mailboxes. Please use a mobile number.';
$lang['number_non_geographic'] = 'Codes do not go to numbers that belong to no country. Please use a mobile number.';
$lang['number_unknown'] = 'It is not known whether codes reach this number. Please use a mobile number.';
$lang['number_country'] = 'Codes do not go to numbers of this country here.';
$lang['number_taken'] = 'This number cannot be used. Please choose another one.';
$lang['contact_code'] = 'The code that has arrived';
$lang['contact_code_wrong'] = 'That code does not fit. Try the newest one, or ask for another.';
$lang['contact_enrolled'] = 'Set up. Other sign-ins of yours have ended.';
$lang['other_number'] = 'Another number';
$lang['give_up'] = 'Back without setting it up';
$lang['code_sent'] = 'A code is on its way.';
$lang['send_email'] = 'Send a code by e-mail';
$lang['send_sms'] = 'Send a code by SMS';
$lang['send_voice'] = 'Have a code read out by a call';
$lang['send_whatsapp'] = 'Send a code by WhatsApp';
$lang['method_backup'] = 'Backup codes';
$lang['method_disabled_short'] = 'Switched off after too many wrong codes: set it up anew';
$lang['is_set_up'] = 'Set up';
$lang['is_not_set_up'] = 'Not set up';
$lang['codes_unused'] = 'unused';
$lang['last_verified'] = 'Last confirmed';
$lang['set_up_app'] = 'Set up an authenticator app';
$lang['change_title'] = 'Change';
$lang['prove_about'] = 'Before you change anything, confirm that it is you.';
$lang['prove_first'] = 'Confirm that it is you, then try again.';
$lang['prove_with'] = 'Confirm with';
$lang['code'] = 'Code';
$lang['proven'] = 'Thank you. You can make changes now.';
$lang['proven_for'] = 'You have confirmed that it is you. Changes are possible for';
$lang['new_app_title'] = 'Another phone or app';
$lang['new_app_about'] = 'Replaces the app that is set up now. The old one goes on working until you have confirmed the new one.';
$lang['new_app'] = 'Set up anew';
$lang['regenerate_title'] = 'New backup codes';
$lang['regenerate_about'] = 'The old ones are worth nothing from then on.';
$lang['regenerate'] = 'Make new codes';
$lang['primary_title'] = 'Ask first for';
$lang['primary_set'] = 'Saved.';
$lang['save'] = 'Save';
$lang['remove_title'] = 'Remove:';
$lang['remove_about'] = 'It is the last one: your password alone signs you in again, and the backup codes go too.';
$lang['remove'] = 'Remove';
$lang['remove_confirm'] = 'Remove this method and the backup codes?';
$lang['remove_one_title'] = 'Remove a method';
$lang['remove_one_confirm'] = 'Remove this method?';
$lang['removed_one'] = 'Removed. Other sign-ins of yours have ended.';
$lang['removed'] = 'Removed. Your password alone signs you in.';
$lang['setup_title'] = 'Set up an authenticator app';
$lang['setup_scan'] = 'Scan this with an authenticator app.';
$lang['qr_label'] = 'QR code for the authenticator app. The key below says the same in letters.';
$lang['setup_type'] = 'Or type this key into the app:';
$lang['setup_account'] = 'Account:';
$lang['setup_confirm'] = 'Then type the six digits the app shows';
$lang['setup_code_wrong'] = 'That code does not fit. Check the clock of your phone and type the newest code.';
$lang['setup_over'] = 'This set-up has ended. Please start again.';
$lang['confirm'] = 'Confirm';
$lang['enrolled'] = 'Your sign-in is protected. Other sign-ins of yours have ended.';
$lang['enrolled_again'] = 'The new app is set up, the old one no longer works. Other sign-ins of yours have ended.';
$lang['app_enrolled'] = 'The app is set up. Other sign-ins of yours have ended.';
$lang['regenerated'] = 'These are your new codes. Other sign-ins of yours have ended.';
$lang['codes_title'] = 'Your backup codes';
$lang['codes_about'] = 'Each signs you in once if you do not have your phone. They are shown only now: keep them where others cannot see them.';
$lang['codes_file'] = 'Backup codes for %s, %s. Each works once.';
$lang['download'] = 'Download';
$lang['print'] = 'Print';
$lang['codes_kept'] = 'I have kept them';
$lang['backup_code_used'] = 'You signed in with a backup code. Unused codes left: %d.';
$lang['not_while_testing'] = 'Not while you are testing the site as another user.';
$lang['no_permission'] = 'You have no permission for this page.';
$lang['not_set_up'] = 'Two-factor authentication is not set up on this site yet. An administrator has to create its key.';

// Site Admin
$lang['tab_users'] = 'Users';
$lang['tab_audit'] = 'Audit';
$lang['tab_messages'] = 'Messages';
$lang['tab_providers'] = 'Providers';
$lang['tab_health'] = 'Health';
$lang['tab_settings'] = 'Settings';
$lang['reset_setting'] = 'New password by telephone';
$lang['reset_setting_about'] = 'Who has forgotten the password may choose a code to the telephone that they have set up, beside the e-mail. With it they set a new password; to sign in they still need their second factor.';
$lang['reset_setting_risk'] = 'Whoever takes over a number can set its owner\'s password. Where that telephone is the only second factor, too, they can sign in: leave this off, or have those users add an app.';
$lang['reset_setting_impossible'] = 'No provider of messages is set up, so this is off.';
$lang['switch_on'] = 'Switch on';
$lang['switch_off'] = 'Switch off';
$lang['reset_switched_on'] = 'A new password by telephone is possible now.';
$lang['reset_switched_off'] = 'A new password by telephone is no longer possible.';
$lang['search_users'] = 'Name or e-mail';
$lang['search'] = 'Search';
$lang['nobody_found'] = 'Nobody found.';
$lang['previous'] = 'Previous';
$lang['next'] = 'Next';
$lang['col_user'] = 'User';
$lang['col_state'] = 'State';
$lang['col_methods'] = 'Methods';
$lang['col_disabled'] = 'Switched off';
$lang['col_codes'] = 'Backup codes left';
$lang['col_locked'] = 'Locked';
$lang['until'] = 'until';
$lang['on'] = 'On';
$lang['off'] = 'Off';
$lang['unreadable'] = 'Unreadable: cannot sign in';
$lang['inactive'] = 'inactive';
$lang['all_users'] = 'All users';
$lang['drift'] = 'Clock of the app';
$lang['audit_of_user'] = 'What happened to this user';
$lang['act_title'] = 'Help this user';
$lang['reason'] = 'Reason';
$lang['reason_about'] = 'Is kept in the audit with your name.';
$lang['reason_missing'] = 'Please give a reason.';
$lang['prove_to_act'] = 'Confirm that it is you:';
$lang['unlock_about'] = 'Unlocking ends a wait after wrong codes. A method that was switched off stays off.';
$lang['unlock'] = 'Unlock';
$lang['unlocked'] = 'Unlocked.';
$lang['reset_about'] = 'Resetting removes every factor: the password alone signs in until the user enrols again. Make sure whom you are talking to.';
$lang['reset'] = 'Reset';
$lang['reset_confirm'] = 'Remove every factor of this user?';
$lang['reset_done'] = 'Every factor of this user was removed.';
$lang['events_of'] = 'Events of';
$lang['events_all'] = 'Show all';
$lang['audit_intact'] = 'The record of this user is complete and unaltered.';
$lang['audit_broken'] = 'The record of this user has gaps or was altered.';
$lang['col_time'] = 'Time';
$lang['col_event'] = 'Event';
$lang['col_method'] = 'Method';
$lang['col_by'] = 'By';
$lang['col_ip'] = 'Address';
$lang['no_events'] = 'Nothing has happened yet.';
$lang['older'] = 'Older';
$lang['newest'] = 'Newest';
$lang['audit_challenge_opened'] = 'Asked for the second factor';
$lang['audit_code_sent'] = 'Code sent';
$lang['audit_code_failed'] = 'Code could not be sent';
$lang['audit_factor_accepted'] = 'Code accepted';
$lang['audit_factor_rejected'] = 'Code refused';
$lang['audit_factor_blocked'] = 'Locked for a while';
$lang['audit_factor_disabled'] = 'Method switched off';
$lang['audit_enrolment_started'] = 'Set-up started';
$lang['audit_factor_enrolled'] = 'Method set up';
$lang['audit_number_told'] = 'Old number told of the new one';
$lang['audit_number_untold'] = 'Old number could not be told of the new one';
$lang['audit_factor_removed'] = 'Method removed';
$lang['audit_primary_changed'] = 'First method changed';
$lang['audit_backup_regenerated'] = 'New backup codes';
$lang['audit_backup_spent'] = 'Backup code used';
$lang['audit_account_unlocked'] = 'Unlocked by an administrator';
$lang['audit_account_reset'] = 'Reset by an administrator';
$lang['audit_epoch_raised'] = 'Sign-ins ended';
$lang['audit_unreadable'] = 'Entry that was not written here';
$lang['health_ok'] = 'All is well.';
$lang['health_warning'] = 'It works. Please look at the warnings.';
$lang['health_bad'] = 'Nobody can be verified until this is mended.';
$lang['health_store'] = 'Store';
$lang['health_key'] = 'Key';
$lang['health_clock'] = 'Clock';
$lang['health_policy'] = 'Policy';
$lang['health_site'] = 'Site';
$lang['health_providers'] = 'Providers of codes';
$lang['status_ok'] = 'In order';
$lang['status_warning'] = 'Warning';
$lang['status_problem'] = 'Problem';
$lang['messages_about'] = 'Codes by SMS, call and WhatsApp and what became of them, as far as their providers report it. Nobody can see the codes or the whole numbers.';
$lang['no_messages'] = 'No message was sent yet.';
$lang['col_to'] = 'To';
$lang['col_provider'] = 'Provider';
$lang['ago'] = '%s ago';
$lang['message_accepted'] = 'Handed over';
$lang['message_unknown'] = 'No answer';
$lang['message_queued'] = 'Waiting';
$lang['message_sending'] = 'On its way';
$lang['message_sent'] = 'Sent';
$lang['message_delivered'] = 'Delivered';
$lang['message_undelivered'] = 'Not delivered';
$lang['message_failed'] = 'Failed';
$lang['message_took'] = 'after %s';
$lang['message_notice'] = 'notice about a changed number';
$lang['message_error'] = 'code %s of the provider';
$lang['prove_title'] = 'Confirm that it is you';
$lang['providers_about'] = 'Codes by SMS, call and WhatsApp are carried by providers. They are asked in this order; the next one is asked only when it is certain that nothing was sent.';
$lang['providers_elsewhere'] = 'These providers are named in php.ini (twofactor.providers_file) or the environment. They can be tried out here, but not changed.';
$lang['no_providers'] = 'There is no provider yet, so codes go by e-mail only.';
$lang['providers_broken'] = 'The providers cannot be read. Until this is mended no code is sent.';
$lang['providers_remove_all'] = 'Remove all providers';
$lang['audit_provider_added'] = 'Provider added';
$lang['audit_provider_changed'] = 'Provider changed';
$lang['audit_provider_removed'] = 'Provider removed';
$lang['audit_providers_ordered'] = 'Order of providers changed';
$lang['audit_providers_resealed'] = 'Providers sealed with the new key';
$lang['audit_provider_tested'] = 'Test message';
$lang['all_providers'] = 'All providers';
$lang['provider_available'] = 'Ready.';
$lang['provider_rests'] = 'It has failed lately and is left alone';
$lang['provider_reports'] = 'It reports deliveries.';
$lang['provider_log'] = 'Its own list of messages';
$lang['provider_log_about'] = 'What the provider itself has written down, in its words.';
$lang['provider_check'] = 'Check credentials';
$lang['provider_checked'] = 'The check of %s passed.';
$lang['provider_check_failed'] = 'The provider could not be reached with these credentials.';
$lang['provider_edit'] = 'Change';
$lang['provider_up'] = 'Ask earlier';
$lang['provider_remove'] = 'Remove';
$lang['provider_remove_confirm'] = 'Remove this provider and its credentials? Codes it has made can no longer be checked.';
$lang['provider_removed'] = 'The provider was removed.';
$lang['provider_saved'] = 'The provider was saved. Check its credentials, then send a test message.';
$lang['providers_ordered'] = 'The order was changed.';
$lang['provider_refused'] = 'Nothing was changed.';
$lang['provider_not_plain'] = 'Nothing was changed. A field holds characters that cannot be typed, or too much.';
$lang['provider_name_taken'] = 'There is a provider of this name already.';
$lang['provider_add'] = 'Add a provider';
$lang['provider_name'] = 'Name';
$lang['provider_name_about'] = 'What the audit and the list of messages call it. 1 to 32 letters, digits and dashes.';
$lang['provider_save'] = 'Save';
$lang['secret_set'] = 'there is one; leave empty to keep it';
$lang['secrets_about'] = 'Secrets are sealed before they are stored, and nobody can read them here again.';
$lang['to_messages'] = 'Messages and what became of them';
$lang['test_title'] = 'Send a test message';
$lang['test_about'] = 'It goes through this provider alone and costs what a message costs. A code in it opens nothing.';
$lang['test_send'] = 'Send the test message';
$lang['test_sent'] = 'The provider took the message to %s. Whether it arrives you see on the telephone.';
$lang['kind_twilio_verify'] = 'Twilio Verify';
$lang['kind_twilio_verify_about'] = 'Twilio makes, sends and checks the code. The least to set up.';
$lang['kind_twilio_messaging'] = 'Twilio Messaging';
$lang['kind_twilio_messaging_about'] = 'Twilio carries our text, from a number or service of yours; also calls and WhatsApp.';
$lang['kind_sns'] = 'Amazon SNS';
$lang['kind_sns_about'] = 'Amazon carries our text. SMS only.';
$lang['kind_gateway'] = 'Managed gateway';
$lang['kind_gateway_about'] = 'The gateway makes, sends and checks the code, and bills for it. SMS only.';
$lang['kind_development'] = 'Development (writes into a file)';
$lang['field_user'] = 'API key or account';
$lang['field_user_about'] = 'SK… of an API key, or AC… of the account itself.';
$lang['field_secret'] = 'Secret';
$lang['field_secret_about'] = 'The secret of the API key, or the auth token of the account.';
$lang['field_sns_secret'] = 'Secret access key';
$lang['field_sns_secret_about'] = '';
$lang['field_service'] = 'Verify service';
$lang['field_service_about'] = 'VA…';
$lang['field_channels'] = 'Ways that are switched on in the service';
$lang['field_account'] = 'Account';
$lang['field_account_about'] = 'AC…';
$lang['field_from'] = 'SMS: sender';
$lang['field_from_about'] = 'A number like +15005550006, a short code or a name. Leave empty with a messaging service.';
$lang['field_messaging_service'] = 'SMS: messaging service';
$lang['field_messaging_service_about'] = 'MG…, in place of a sender.';
$lang['field_voice_from'] = 'Calls: number that calls';
$lang['field_whatsapp_from'] = 'WhatsApp: sender';
$lang['field_whatsapp_template'] = 'WhatsApp: template';
$lang['field_whatsapp_template_about'] = 'HX… of an approved template.';
$lang['field_whatsapp_variable'] = 'WhatsApp: variable of the code';
$lang['field_whatsapp_variable_about'] = '1 if left empty.';
$lang['field_validity'] = 'Seconds until a waiting message is given up';
$lang['field_status_callback'] = 'Where deliveries are reported';
$lang['field_status_callback_about'] = 'Leave empty to do without. Of this provider under this name: %s. It has to begin with https://.';
$lang['field_auth_token'] = 'Auth token for reports';
$lang['field_auth_token_about'] = 'Needed for reports when the key above is an API key (SK…): Twilio signs reports with the auth token of the account.';
$lang['field_access_key'] = 'Access key ID';
$lang['field_session_token'] = 'Session token';
$lang['field_session_token_about'] = 'Only with temporary credentials.';
$lang['field_region'] = 'Region';
$lang['field_region_about'] = 'For example eu-central-1.';
$lang['field_sender_id'] = 'Sender ID';
$lang['field_sender_id_about'] = 'Up to 11 letters, where the country allows it.';
$lang['field_max_price'] = 'Most one message may cost, in US dollars';
$lang['field_url'] = 'Address of the gateway';
$lang['field_licence_key'] = 'Licence key';
$lang['field_site_url'] = 'Address of this site';
$lang['field_site_url_about'] = 'The one the licence is for.';
$lang['field_keys'] = 'Public keys of the gateway';
$lang['field_keys_about'] = 'One a line, as they came with the licence.';
$lang['col_check'] = 'What';
$lang['col_message'] = 'What is so';

// key
$lang['foundation_title'] = 'One step is left: a key';
$lang['foundation_no_extension'] = 'The PHP extension "twofactor" is not loaded. Install it and load this page again.';
$lang['foundation_fails'] = 'A key is named, but nobody can be verified: %s PHP\'s error log may say more.';
$lang['foundation_about'] = 'Secrets are sealed with a key that lies in a file outside the document root. Better still, let php.ini name it (twofactor.key_file), so that the web server\'s user need not be able to read it. Back the file up apart from the database: without it no enrolled user can sign in.';
$lang['key_path'] = 'Path of the new key file';
$lang['key_path_about'] = 'The folder must exist and PHP must be allowed to write there.';
$lang['create_key'] = 'Create the key';
$lang['key_created'] = 'The key was created. Back the file up apart from the database. Everybody can enrol now under My Preferences.';
$lang['key_not_absolute'] = 'Please give the whole path, beginning with a slash.';
$lang['key_not_plain'] = 'Please give a path without . or .. and without control characters.';
$lang['key_inside_document_root'] = 'This place is inside the document root, where a web server may serve it. Choose one outside.';
$lang['key_no_directory'] = 'The folder does not exist.';

// reasons in the audit
$lang['reason_standing_changed'] = 'password, groups or state changed';
$lang['reason_recovered_by_email'] = 'password recovered by e-mail';
$lang['reason_recovered_by_telephone'] = 'password recovered by telephone';
$lang['reason_groups_changed'] = 'groups changed';
$lang['reason_group_deleted'] = 'group deleted';
$lang['reason_id_given_again'] = 'id given to a new user';
$lang['reason_user_deleted'] = 'user deleted';
$lang['reason_store_set_up'] = 'store set up';

// admin log
$lang['log_backup_code'] = '%s signed in with a backup code, %d left';
$lang['log_emergency_sign_in'] = 'Emergency setting: %s signed in without a second factor';
$lang['log_emergency_use'] = 'Emergency setting: requests of %s were not guarded';
$lang['log_key_created'] = 'Key file created: %s';
$lang['log_listener_failed'] = 'A listener of %s failed: %s';
$lang['log_listener_refused'] = 'A listener of %s refused: %s';
$lang['log_mail_failed'] = 'A mail could not be sent (%s): see the site\'s mail settings';
$lang['log_mail_refused'] = 'A mail could not be sent, the mailer refused it: see the site\'s mail settings';
$lang['log_not_sent_email'] = 'A code by e-mail could not be sent: %s';
$lang['log_not_sent_sms'] = 'A code by SMS could not be sent: %s';
$lang['log_not_sent_voice'] = 'A code by a call could not be sent: %s';
$lang['log_not_sent_whatsapp'] = 'A code by WhatsApp could not be sent: %s';
$lang['log_password_set'] = 'Password set anew by telephone: %s';
$lang['log_provider_removed'] = 'Provider removed: %s';
$lang['log_provider_saved'] = 'Provider saved: %s';
$lang['log_reset_done'] = 'Every factor removed: %s';
$lang['log_reset_not_begun'] = 'A password reset could not begin: %s';
$lang['log_reset_off'] = 'New password by telephone switched off';
$lang['log_reset_on'] = 'New password by telephone switched on';
$lang['log_taken_over'] = 'Taken over from version 3: every user has to set up the second factor anew';
$lang['log_template_broken'] = 'The template mail.tpl is broken and was left out: %s';
$lang['log_unlocked'] = 'Unlocked: %s';
$lang['log_unverifiable'] = 'Nobody can be verified: %s';

$lang['help'] = <<<'HTML'
<h3>What it does</h3>
<p>Between a right password and a signed-in session it asks for a code: of an authenticator app, one that comes by e-mail or to a telephone, or one of the backup codes that were handed out at first. Everybody sets this up under <em>My Preferences, Two-factor authentication</em>. Who has not set it up signs in as before.</p>
<p>A sign-in is good only with the proof that was given for it: a login cookie from before, from another login or from after a logout is worth nothing. A change of password, groups or factors ends the other sign-ins of that user.</p>
<h3>What it needs</h3>
<p>The PHP extension <em>twofactor</em>, which alone sees keys and secrets. Keep a module of the same version.</p>
<h3>Settings</h3>
<ul>
<li><strong>Key</strong>: php.ini <code>twofactor.key_file</code> or the environment variable <code>TWOFACTOR_KEYS</code>; else config.php <code>$config['twofactor_key_file']</code>; else the file created on the module's page. Always outside the document root.</li>
<li><strong>Store</strong>: config.php <code>$config['twofactor_store']</code> (<code>sqlite:/path</code> or <code>mysql://user:password@host/database?prefix=cms_</code>); else php.ini <code>twofactor.store</code>; else this site's own database. A remote database is spoken to over TLS; to allow plain text name the store yourself and add <code>&amp;tls=off</code>.</li>
<li><strong>E-mail</strong>: codes are sent by this site's own mailer (Global Settings, Mail settings). It is a convenience, weaker than an app; php.ini <code>twofactor.profile = strict</code> leaves it out. Another dress for the mail: a file <code>mail.tpl</code> in <code>assets/module_custom/TwoFactor/templates/</code>; the module's own one says what it may use.</li>
<li><strong>Telephone</strong>: Site Admin, Two-factor administration, Providers, or php.ini <code>twofactor.providers_file</code>, names who carries SMS, calls and WhatsApp. <em>Forgotten password</em> on the sign-in page offers a code to the telephone, too, when Site Admin, Two-factor administration, Settings says so. <code>$config['twofactor_region'] = 'DE';</code> is where numbers without a country code are called from.</li>
<li><strong>Site</strong>: a random id made at installation. Copying the site's preferences copies it; two sites with one store must not share it.</li>
</ul>
<h3>Permissions</h3>
<ul>
<li><code>manage_twofactor</code>: the page under Site Admin. Members of the Admin group always have it; managers who are not administrators cannot touch administrators.</li>
<li><code>use_twofactor</code>: the page under My Preferences. Every group has it, new groups get it, users without a group do not need it.</li>
</ul>
<h3>When something is missing</h3>
<p>Without the extension, the key or the store nobody who passes through the admin is let in; the admin log says why. Whoever can edit config.php has a way back:</p>
<p><code>$config['twofactor_emergency_until'] = '2030-01-31T18:30:00+01:00';</code></p>
<p>A time at most one hour ahead. Until then passwords alone are enough, every use is written to the admin log, and a bar on every page says so. It ends by itself.</p>
<p>Lost phone: use a backup code, or ask an administrator to reset the account. The configuration value <code>admin_loadnomodules</code> keeps the guard from being loaded: sign-ins are still asked, older cookies are not.</p>
<h3>For developers</h3>
<p>Hooks and events, without the code: <code>TwoFactor::BeforeVerification</code>, <code>TwoFactor::AfterVerificationSuccess</code>, <code>TwoFactor::AfterVerificationFail</code>.</p>
<h3>Removing it</h3>
<p>Removal leaves the enrolled factors in the extension's store and the site id and key path in the site's preferences, so that a later installation finds them.</p>
HTML;
