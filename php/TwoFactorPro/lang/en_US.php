<?php

/*
 * Texts of TwoFactorPro. Those of its pages that TwoFactor has, too, are in its file, and none is in both.
 * What belongs together stands in one part; add a part of your own below.
 */

// -- the module ---------------------------------------------------------------------------------------

$lang['pro_friendlyname'] = 'Two-factor Pro';
$lang['pro_description'] = 'What a site with many users needs besides: it adds its pages to Two-factor, and needs a licence.';
$lang['pro_help'] = '<p>Adds its pages to <em>Site Admin, Two-factor administration, Premium</em>. Enter the licence key there. Everything that keeps an account safe is in the module TwoFactor, without a licence. When a licence ends, or this module is removed, nobody is kept from signing in and nobody loses a second factor.</p><p>The licence is renewed by the tasks of CMS Made Simple (CmsJobManager). Where they do not run, it is renewed when an administrator opens the page.</p><h3>Permissions</h3><p>Administrators have all of it. Under <em>Groups</em>, somebody else is given a part:</p><ul><li><code>help_twofactor_users</code>: look users up, unlock them, issue a temporary code, end their sign-ins and trusted browsers. No settings, no audit.</li><li><code>read_twofactor_audit</code>: read the audit and search it. Nothing else.</li><li><code>manage_twofactor_settings</code>: settings, rules of who needs a second factor, trusted browsers, requiring an enrolment of everybody.</li><li><code>manage_twofactor_providers</code>: providers of codes and texts. What is saved waits until an administrator has confirmed it.</li><li><code>manage_twofactor_premium</code>: the licence and the figures.</li></ul><p>Nobody acts on somebody who may do more than they. They count while a licence does; without one <code>manage_twofactor</code> does all that it did before.</p>';
$lang['pro_installed'] = 'Two-factor Pro is installed. Enter the licence key under Site Admin, Two-factor administration, Premium.';
$lang['pro_install_without'] = 'The module TwoFactor 4.0.0 or newer has to be installed and active first.';
$lang['pro_install_folder'] = 'PHP has to be allowed to write into the folder %s, as the CMS puts a file there.';
$lang['pro_uninstall_ask'] = 'Uninstall Two-factor Pro? What is set on its pages, and the licence key, are forgotten. Nobody is locked out. Trusted browsers and rules of who needs a second factor stop; what is set about networks goes on.';
$lang['pro_uninstall_prove'] = 'Uninstalling takes away what is laid down for everybody: confirm that it is you first, under My Preferences, Two-factor authentication, then uninstall within five minutes.';
$lang['pro_uninstall_rules'] = 'Rules of who needs a second factor are set, and would stop with it: remove them first, under Two-factor, Premium, Rules. Whoever may not do that may not uninstall it either.';
$lang['pro_uninstalled'] = 'Two-factor Pro is uninstalled. Nobody is locked out. Trusted browsers and rules of who needs a second factor stop; what is set about networks goes on.';
$lang['permission_help'] = 'Two-factor: help users (unlock, temporary code, end sign-ins)';
$lang['permission_audit'] = 'Two-factor: read the audit';
$lang['permission_settings'] = 'Two-factor: manage settings and rules';
$lang['permission_providers'] = 'Two-factor: manage providers and texts';
$lang['permission_premium'] = 'Two-factor: manage the licence, see figures';

// -- the licence --------------------------------------------------------------------------------------

$lang['licence_title'] = 'Licence';
$lang['licence_state_none'] = 'No licence';
$lang['licence_state_valid'] = 'Good';
$lang['licence_state_grace'] = 'Not renewed: days of grace';
$lang['licence_state_expired'] = 'Ended';
$lang['licence_state_refused'] = 'Does not count';
$lang['licence_plan'] = 'Licensed';
$lang['licence_plan_pro'] = 'Two-factor Pro, everything, for one site';
$lang['licence_domain'] = 'For';
$lang['licence_id'] = 'Number';
$lang['licence_until'] = 'Renewed until';
$lang['licence_grace_until'] = 'Goes on until';
$lang['licence_renewed_about'] = 'A licence is renewed by itself, twice a day. “Goes on until” is how long it lasts if nobody can be asked.';
$lang['licence_none_about'] = 'Without a licence nothing is missing that keeps an account safe.';
$lang['licence_renew'] = 'Renew now';
$lang['licence_renewed'] = 'The gateway was asked, or was less than a minute ago. The licence is good.';
$lang['licence_none_counts'] = 'There is no licence that counts. Nobody is locked out. Trusted browsers and rules of who needs a second factor stop; what is set about networks goes on.';
$lang['licence_enter'] = 'Enter the licence key';
$lang['licence_change'] = 'Change the licence';
$lang['licence_keeps_rules'] = 'Rules of who needs a second factor are set, and without this licence they ask nobody for anything: it is changed by whoever may change the rules.';
$lang['licence_key'] = 'Licence key';
$lang['licence_key_about'] = 'As it came with your licence. It is kept sealed and is not shown again.';
$lang['licence_site'] = 'Address of this site';
$lang['licence_site_about'] = 'The licence is asked for its host, without “www.”, and for nothing else: see that it is the one you bought it for. It is kept beside the key.';
$lang['licence_site_set'] = 'It is set on the server: twofactor.site_url in php.ini, or twofactor_site_url in config.php.';
$lang['licence_site_wrong'] = 'Enter the address of this site, such as https://www.example.com.';
$lang['licence_key_missing'] = 'Enter the licence key.';
$lang['licence_key_save'] = 'Save the key';
$lang['licence_entered'] = 'The licence key is saved, and the licence is good.';
$lang['licence_not_taken'] = 'With this key there is no licence now. Where there was a good one before, it still counts.';
$lang['licence_forget'] = 'Forget the key';
$lang['licence_forget_confirm'] = 'Forget the licence key? What is premium ends at once. Nobody is locked out. Trusted browsers and rules of who needs a second factor stop; what is set about networks goes on.';
$lang['licence_forgotten'] = 'The licence key is forgotten.';
$lang['licence_no_gateway'] = 'Nobody has said yet where licences come from: set twofactor.licence_url and twofactor.licence_public_keys in php.ini, as they came with your licence.';
$lang['licence_grace'] = 'Days of grace';
$lang['licence_grace_days'] = 'Days';
$lang['licence_grace_about'] = 'How long a licence goes on when nobody can be asked for the next one: 0 to 60; empty: 14.';
$lang['licence_grace_save'] = 'Save the days';
$lang['licence_grace_wrong'] = 'The days of grace are a number from 0 to 60.';
$lang['licence_grace_set'] = 'The days of grace are saved.';
$lang['log_licence_entered'] = 'Licence key entered';
$lang['log_licence_forgotten'] = 'Licence key forgotten';
$lang['log_licence_grace'] = 'Days of grace of the licence set: %s';

// -- enforcement --------------------------------------------------------------------------------------

$lang['tab_enforcement'] = 'Rules';
$lang['rules_title'] = 'Who needs a second factor';
$lang['rules_about'] = 'Of the rules that match somebody the strictest counts. Whoever has to set something up is led to it at their sign-in and to nothing else before it is done.';
$lang['rules_try_first'] = 'Look first at whom they would stop, which sets nothing; then you can set them.';
$lang['rules_none'] = 'No rules are set. Below is an example.';
$lang['rules_unsaved'] = 'What is below is not set yet.';
$lang['rules_text'] = 'Rules as JSON';
$lang['rules_try'] = 'Whom would this stop today?';
$lang['rules_missing'] = 'Add a rule. To be without any, remove the rules that are set.';
$lang['rules_errors'] = 'Something in these rules is not right; it is said where it stands. Nothing has been changed.';
$lang['rules_cut_off'] = 'Not all of these rules have arrived: the server takes no form as long as this. Nothing has been changed; set max_input_vars in php.ini higher.';
$lang['rules_changed_meanwhile'] = 'Somebody has changed the rules since this page was opened. Nothing has been changed. What is below is yours: set it once more to put it in the place of theirs.';
$lang['rules_look_first'] = 'Nothing has been changed yet. Look at what these rules would do today, and then set them.';
$lang['rules_not_json'] = 'That is no policy: an object with "rules", a list of objects.';
$lang['rules_not_shown'] = 'The rules that are set were written for another version, and this page cannot show them as a form.';
$lang['rules_no_method'] = 'These rules ask for a factor that nobody can set up here. Nothing has been changed.';
$lang['rules_not_proven'] = 'These rules ask more of you than you have just proven, and you would be the first whom they stop. Set up a factor as strong as they ask for, confirm by that one, and set them then. Nothing has been changed.';
$lang['rules_no_passkeys'] = 'Nothing that is phishing-resistant can be asked for yet: that takes passkeys, which this version does not have.';
$lang['rules_wrong_at'] = 'Rule %s cannot be set as it is.';
$lang['rules_json'] = 'As JSON';
$lang['rules_json_read'] = 'Put it into the form';
$lang['rules_first_of'] = 'The first %s of %s by name:';
$lang['rules_looked_at'] = 'Of %2$s users the first %1$s were looked at.';
$lang['rules_without_codes'] = 'Users who have what these rules ask for and no backup code: %d. If somebody guesses at it until it is switched off, nothing is left to them. Ask them to make new codes.';
$lang['rule_title'] = 'Rule %s';
$lang['rule_add'] = 'Add a rule';
$lang['rule_remove'] = 'Remove rule %s';
$lang['rule_kept'] = 'This rule was set elsewhere, and says something that this form has no field for. It stays as it is.';
$lang['rule_whom'] = 'For whom';
$lang['rule_all'] = 'everybody';
$lang['rule_named'] = 'whoever is named here';
$lang['rule_except'] = 'Except';
$lang['rule_roles'] = 'Roles';
$lang['rule_role_administrator'] = 'administrators';
$lang['rule_role_other'] = 'a role that the CMS does not have';
$lang['rule_groups'] = 'Groups';
$lang['rule_group_gone'] = 'no such group any more (%s)';
$lang['rule_users'] = 'Users';
$lang['rule_users_about'] = 'By their user names, with commas between them.';
$lang['rule_no_such_user'] = 'Nobody has this user name: %s.';
$lang['rule_for_nobody'] = 'Nobody is named. Choose everybody, or a role, a group or a user.';
$lang['rule_missing_groups'] = 'There is no such group any more: %s. That part of the rule is for nobody.';
$lang['rule_missing_roles'] = 'The CMS has no such role: %s. That part of the rule is for nobody.';
$lang['rule_missing_users'] = 'Nobody has this id any more: %s. That part of the rule is for nobody.';
$lang['rule_level'] = 'A second factor is';
$lang['rule_level_off'] = 'not asked for (kept for later)';
$lang['rule_level_encourage'] = 'suggested';
$lang['rule_level_required'] = 'required, after days of grace';
$lang['rule_level_required_now'] = 'required now';
$lang['rule_grace_days'] = 'Days of grace';
$lang['rule_grace_about'] = 'From the first sign-in under the rule on. They are never given twice.';
$lang['rule_again_days'] = 'Suggest it again after so many days';
$lang['rule_days_wrong'] = 'A number of days from 1 to 366.';
$lang['rule_sign_in'] = 'How strong a factor, for a sign-in';
$lang['rule_step_up_strength'] = 'How strong a factor, to confirm changes';
$lang['rule_strength_any'] = 'any';
$lang['rule_strength_no_restricted'] = 'no SMS, call, WhatsApp, e-mail';
$lang['rule_strength_phishing_resistant'] = 'phishing-resistant (not yet: it takes passkeys)';
$lang['rule_strength_same'] = 'as for a sign-in';
$lang['rules_are_set'] = 'Rules are set. They are below.';
$lang['rules_text_about'] = 'As JSON. "for" and "except": "all", or "roles" (administrator), "groups" and "users" by their ids. "level": off, encourage (with "again_days"), required (with "grace_days") or required-now. "sign_in" and "step_up": any, or no-restricted (nothing by SMS, call, WhatsApp or e-mail).';
$lang['rules_save'] = 'Set these rules';
$lang['rules_remove'] = 'Remove the rules';
$lang['rules_remove_confirm'] = 'Remove the rules? From then on nobody has to set anything up because of them. Nobody loses a second factor.';
$lang['rules_confirm'] = 'Set these rules? Nobody who is signed in is signed out. Only sign-ins that wait for a code now have to be begun anew.';
$lang['rules_set'] = 'The rules are set.';
$lang['rules_removed'] = 'The rules are removed. Nobody is asked for anything new because of them.';
$lang['rules_wrong'] = 'These rules cannot be set.';
$lang['rules_unlicensed'] = 'Without a licence that counts no rules can be tried or set. Nobody is asked for a new factor because of those that are set; what is set up goes on being asked for.';
$lang['rules_would'] = 'What these rules would do today';
$lang['rules_do'] = 'What the rules do today';
$lang['rules_nobody'] = 'Nobody is concerned.';
$lang['col_rule_user'] = 'User';
$lang['col_rule_outcome'] = 'At the next sign-in';
$lang['col_rule_due'] = 'Required from';
$lang['rule_no_day'] = 'no day';
$lang['rule_stopped'] = 'Has to set a factor up';
$lang['rule_grace'] = 'In the time of grace';
$lang['rule_encouraged'] = 'Is shown the suggestion';
$lang['rule_step_up'] = 'Not concerned; has to set a factor up at the next change of factors';
$lang['encouraged_title'] = 'Protect your account';
$lang['encouraged_about'] = 'With a second factor a stolen password is not enough to sign in as you. Setting it up takes a minute.';
$lang['encouraged_stronger'] = 'You have a second factor. An authenticator app protects your account better than codes by SMS, call or e-mail.';
$lang['encouraged_set_up'] = 'Set it up now';
$lang['encouraged_later'] = 'Later';
$lang['log_rules_set'] = 'Rules of who needs a second factor set';
$lang['log_rules_removed'] = 'Rules of who needs a second factor removed';

// -- trusted devices ----------------------------------------------------------------------------------

$lang['own_devices'] = 'Browsers that you trust';
$lang['of_user_devices'] = 'Browsers that this user trusts';
$lang['devices_title'] = 'Browsers that you trust';
$lang['devices_about'] = 'In these your password alone signs you in, until the day that stands there. If you do not know one of them, or you trusted this browser and none is called “This one”, somebody may have a copy: remove them all and change your password. Every change of your methods or your password removes them all.';
$lang['devices_none'] = 'No browser is trusted.';
$lang['devices_of'] = 'Browsers trusted by';
$lang['devices_of_about'] = 'Removing a browser takes no factor away: the user is asked for a code there again. Sign-ins that came of any trusted browser end with it.';
$lang['col_trusted'] = 'Trusted since';
$lang['col_used'] = 'Last used';
$lang['col_until'] = 'Until';
$lang['col_remove'] = 'Remove';
$lang['device_now'] = 'This one';
$lang['device_end'] = 'Remove';
$lang['device_ended'] = 'That browser is no longer trusted. Sign-ins that came of trusted browsers have ended.';
$lang['devices_end'] = 'Remove all of them';
$lang['devices_end_confirm'] = 'Remove all browsers that you trust? You will be asked for a code in each.';
$lang['devices_end_user_confirm'] = 'Remove all browsers that this user trusts?';
$lang['devices_ended'] = 'No browser is trusted any more. Sign-ins that came of trusted browsers have ended.';
$lang['devices_reason'] = 'Reason, to remove all of them';
$lang['log_devices_ended'] = 'Trusted browsers of %s removed';
$lang['tab_devices'] = 'Trusted browsers';
$lang['device_days_about'] = 'Who has given a right code may trust that browser: the next sign-ins there take the password alone. Changes of methods take a code all the same, and each change of methods, password or groups ends the trust.';
$lang['device_days_now'] = 'A browser may be trusted for %s.';
$lang['device_days_none'] = 'No browser may be trusted now.';
$lang['device_days_insecure'] = 'Browsers are trusted over HTTPS only, and this page was called without it.';
$lang['device_days'] = 'Days';
$lang['device_days_hint'] = '0 to 30; 0: no browser is trusted. Empty: as php.ini says, or 30. Where twofactor.profile is strict: 0 or 1. It holds for the browsers that are trusted already, too.';
$lang['device_days_save'] = 'Save';
$lang['device_days_wrong'] = 'The days are a number from 0 to 30, and 0 or 1 where twofactor.profile is strict.';
$lang['device_days_set'] = 'The days are saved.';
$lang['log_device_days'] = 'Days for which browsers may be trusted set: %s';



// -- network rules ------------------------------------------------------------------------------------

$lang['tab_networks'] = 'Networks';
$lang['networks_title'] = 'Networks';
$lang['networks_about'] = 'From where second factors are answered and codes asked for. Whoever asks from elsewhere is answered as everybody whose code is wrong. Lists, and limits of addresses and subnets, count wherever they are set. The other numbers below count where there is a licence key, and go on when the licence ends.';
$lang['networks_none'] = 'No list is set: second factors are answered from everywhere.';
$lang['networks_unknown'] = 'A list is set, and it cannot be said now whether it counts. See Health.';
$lang['networks_alarms'] = 'Guessing, in the last three days';
$lang['networks_no_alarms'] = 'No alarm was raised.';
$lang['networks_audit'] = 'All events in the audit';
$lang['networks_settings'] = 'Settings';
$lang['networks_settings_about'] = 'They are set on the server, in php.ini or the environment, so nobody who gets hold of a sign-in here can change them. A list is a text with commas, or the path of a file with one address or range a line.';
$lang['networks_unset'] = 'not set';
$lang['networks_docs'] = 'Described in README.md of the extension, “Configuration” and “Rules about networks and guessing”; what to do in an attack in docs/operations.md.';
$lang['col_network_setting'] = 'Setting';
$lang['col_network_value'] = 'Set to';
$lang['col_network_about'] = 'What it does';
$lang['about_network_allow'] = 'From these networks alone.';
$lang['about_network_deny'] = 'Not from these networks.';
$lang['about_network_address_failures'] = 'Wrong answers from one address in an hour, for whatever accounts; 0: no limit.';
$lang['about_network_subnet_failures'] = 'The same from one subnet.';
$lang['about_network_address_sends'] = 'Codes asked for from one address in an hour; 0: no limit.';
$lang['about_network_subnet_sends'] = 'The same from one subnet.';
$lang['about_max_failures_all_methods'] = 'Wrong answers by all methods together, for one account from one network in a day; 0: as many as each method takes.';
$lang['about_after_failures'] = 'Wrong answers for one account in a day, from where its user never was, before a new password is asked for; 0: never.';
$lang['about_alarm_accounts'] = 'For how many accounts answers are wrong in an hour before that is an alarm; 0: never.';
$lang['about_alarm_networks'] = 'From how many networks; 0: never.';

// -- figures ------------------------------------------------------------------------------------------

$lang['tab_figures'] = 'Figures';
$lang['figures_accounts'] = 'Accounts';
$lang['figures_all_accounts'] = 'All accounts:';
$lang['figures_enrolled'] = 'With a second factor';
$lang['figures_strong'] = 'With one that is neither SMS, call, WhatsApp nor e-mail';
$lang['figures_due'] = 'Have to set one up and have not yet';
$lang['figures_overdue'] = 'Have to, and their time is over';
$lang['figures_locked'] = 'With a blocked method';
$lang['figures_disabled'] = 'Disabled methods';
$lang['figures_without_codes'] = 'Without a backup code';
$lang['figures_unused'] = 'With a factor that was not used for 180 days';
$lang['figures_unreadable'] = 'Cannot be opened: see Health';
$lang['figures_counted'] = 'What happened is counted up to now. Days begin and end in UTC.';
$lang['figures_counting'] = 'What happened is still being counted: some days are missing. Load this page again in a while.';
$lang['figures_accounts_at'] = 'Accounts were looked at: %s.';
$lang['figures_no_accounts'] = 'The accounts are being looked at for the first time. Load this page again in a while.';
$lang['figures_period'] = 'Period:';
$lang['figures_table'] = 'Show as a table';
$lang['figures_nothing'] = 'Nothing in this period.';
$lang['figures_adoption'] = 'Accounts with a second factor';
$lang['figures_chart_challenges'] = 'Sign-ins';
$lang['figures_chart_failures'] = 'Wrong answers';
$lang['figures_chart_blocked'] = 'Lockouts';
$lang['figures_chart_enrolments'] = 'Set up and removed';
$lang['figures_chart_codes_sent'] = 'Codes sent';
$lang['figures_chart_network_refusals'] = 'Refused by network rules';
$lang['figures_challenges'] = 'Second factor asked for';
$lang['figures_sign_ins'] = 'Signed in';
$lang['figures_failures'] = 'Wrong answers';
$lang['figures_blocked'] = 'Blocked';
$lang['figures_enrolments'] = 'Set up';
$lang['figures_removals'] = 'Removed';
$lang['figures_codes_sent'] = 'Sent';
$lang['figures_codes_failed'] = 'Not sent';
$lang['figures_network_refusals'] = 'Refused';
$lang['figures_methods'] = 'Methods';
$lang['figures_device'] = 'Trusted browser';
$lang['figures_delivery'] = 'Codes by telephone';
$lang['figures_delivery_about'] = 'What providers did since they were first asked. The cost is what they report.';
$lang['figures_sent'] = 'Sent';
$lang['figures_not_sent'] = 'Not sent';
$lang['figures_cost'] = 'Cost';
$lang['figures_messages'] = 'Countries';
$lang['figures_messages_about'] = 'Messages of the last 30 days by the country code of the number, 20,000 at most.';
$lang['figures_delivered'] = 'Delivered';
$lang['figures_undelivered'] = 'Failed';
$lang['figures_networks'] = 'Networks with the most wrong answers';
$lang['figures_networks_about'] = 'Of the months in this period. Where there are many networks a number may be too high, but no more than the last column says.';
$lang['figures_surplus'] = 'Possibly too many';
$lang['figures_files'] = 'Download';
$lang['figures_files_about'] = 'Tables are files for a spreadsheet (CSV). JSON has all of it.';
$lang['figures_csv_days'] = 'Days (CSV)';
$lang['figures_csv_accounts'] = 'Accounts over time (CSV)';
$lang['figures_csv_messages'] = 'Countries (CSV)';
$lang['figures_csv_networks'] = 'Networks (CSV)';
$lang['figures_json'] = 'Everything (JSON)';
$lang['col_figures_what'] = 'Accounts';
$lang['col_figures_share'] = 'Share';
$lang['col_figures_picture'] = 'Picture of the share';
$lang['col_figures_day'] = 'Day';
$lang['col_figures_country'] = 'Country code';
$lang['col_figures_network'] = 'Network';

// -- events -------------------------------------------------------------------------------------------

$lang['tab_events'] = 'Events';
$lang['col_severity'] = 'Urgency';
$lang['severity_info'] = 'All';
$lang['severity_notice'] = 'Notices and above';
$lang['severity_warning'] = 'Warnings and above';
$lang['severity_error'] = 'Errors and above';
$lang['severity_alert'] = 'Alerts only';
$lang['events_from'] = 'From';
$lang['events_until'] = 'Until';
$lang['events_no_user'] = 'There is no user of that name.';
$lang['events_no_day'] = 'Enter days such as 2027-01-31.';
$lang['events_looked_back_to'] = 'Looked back to %s. “Older” goes on from there.';
$lang['events_files_about'] = 'All events that this filter finds, the latest first, with what this page shows of each. CSV is for a spreadsheet; JSON lines have one event on each line.';
$lang['events_file_csv'] = 'Found events (CSV)';
$lang['events_file_jsonl'] = 'Found events (JSON lines)';
$lang['events_incomplete'] = 'This file is not complete: the store could not be read any further.';
$lang['log_events_taken'] = 'List of events downloaded';

// -- saved filters ------------------------------------------------------------------------------------

$lang['filters'] = 'Saved filters';
$lang['filter_save_this'] = 'Save this filter';
$lang['filter_name'] = 'Name of the filter';
$lang['filter_save'] = 'Save';
$lang['filter_remove'] = 'Remove';
$lang['filter_saved'] = 'The filter is saved.';
$lang['filter_removed'] = 'The filter is removed.';
$lang['filter_no_name'] = 'Give the filter a name.';
$lang['filter_empty'] = 'There is nothing to save: choose what to look for first.';
$lang['filter_too_long'] = 'A name, and each thing that is looked for, may have %d characters at most.';
$lang['filter_too_many'] = 'There are %d saved filters on this page already, which is the most: remove one first.';

// -- many users ---------------------------------------------------------------------------------------

$lang['tab_people'] = 'Many users';
$lang['people_state_all'] = 'All';
$lang['people_state_without'] = 'Without a second factor';
$lang['people_state_due'] = 'Have to set one up';
$lang['people_state_locked'] = 'Blocked for a while';
$lang['people_state_disabled'] = 'With a disabled method';
$lang['people_state_codeless'] = 'Without a backup code';
$lang['people_state_unreadable'] = 'Account cannot be opened';
$lang['people_what'] = 'With those ticked';
$lang['people_act_require'] = 'Require a second factor';
$lang['people_act_unlock'] = 'Unlock';
$lang['people_act_end'] = 'End all sign-ins';
$lang['people_act_reset'] = 'Remove all factors';
$lang['people_about_require'] = 'From now on no sign-in of these users ends without setting up a second factor, anew where there is one.';
$lang['people_about_unlock'] = 'Blocks of these users end at once.';
$lang['people_about_end'] = 'These users are signed out everywhere, and no browser of theirs is trusted any more.';
$lang['people_about_reset'] = 'Every factor and every code of these users is removed: they sign in with their password alone until they set up new ones.';
$lang['people_look'] = 'Whom does it concern?';
$lang['people_do'] = 'Do it now';
$lang['people_back'] = 'Back to the list';
$lang['people_no_act'] = 'Choose what is to be done.';
$lang['people_nobody'] = 'Tick at least one user.';
$lang['people_too_many'] = 'Tick %d users at most.';
$lang['people_none_of_them'] = 'It can be done to none of them.';
$lang['people_gone'] = 'is no user any more';
$lang['people_yourself'] = 'is you: use your own page';
$lang['people_unavailable'] = 'the account could not be reached or opened: see Health';
$lang['people_looked_at'] = 'Users looked at for this page: %d.';
$lang['people_failed'] = 'Not done: %d';
$lang['people_done'] = 'Done: %d';
$lang['people_why'] = 'Why';
