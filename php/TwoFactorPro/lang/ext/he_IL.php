<?php

/*
 * Texts of TwoFactorPro. Those of its pages that TwoFactor has, too, are in its file, and none is in both.
 * What belongs together stands in one part; add a part of your own below.
 */

// -- the module ---------------------------------------------------------------------------------------

$lang['pro_friendlyname'] = 'אימות דו-שלבי Pro';
$lang['pro_description'] = 'מה שנחוץ בנוסף לאתר עם משתמשים רבים: מוסיף את דפיו לאימות הדו-שלבי ודורש רישיון.';
$lang['pro_help'] = '<p>מוסיף את דפיו אל <em>ניהול האתר, ניהול האימות הדו-שלבי, פרימיום</em>. שם מזינים את מפתח הרישיון. כל מה ששומר על בטיחות החשבון נמצא במודול TwoFactor, בלי רישיון. כשהרישיון מסתיים, או כשהמודול מוסר, איש אינו נמנע מלהיכנס ואיש אינו מאבד אמצעי אימות נוסף.</p><p>הרישיון מחודש על ידי המשימות של CMS Made Simple (CmsJobManager). היכן שאינן רצות, הוא מחודש כשמנהל פותח את הדף.</p><h3>הרשאות</h3><p>למנהלי המערכת יש את כולן. תחת <em>קבוצות</em> מקבל מישהו אחר חלק מהן:</p><ul><li><code dir="ltr">help_twofactor_users</code>: חיפוש משתמשים, שחרור חסימות, הנפקת קוד זמני, סיום כניסות ודפדפנים מהימנים. בלי הגדרות ובלי יומן הביקורת.</li><li><code dir="ltr">read_twofactor_audit</code>: קריאת יומן הביקורת וחיפוש בו. לא יותר.</li><li><code dir="ltr">manage_twofactor_settings</code>: הגדרות, כללים מי צריך אמצעי אימות נוסף, דפדפנים מהימנים, דרישת הגדרה מכולם.</li><li><code dir="ltr">manage_twofactor_providers</code>: ספקי קודים וטקסטים. מה שנשמר ממתין עד שמנהל מערכת יאשר אותו.</li><li><code dir="ltr">manage_twofactor_premium</code>: הרישיון והנתונים.</li></ul><p>איש אינו פועל על מי שמותר לו יותר ממנו. הן תקפות כל עוד רישיון תקף; בלעדיו <code dir="ltr">manage_twofactor</code> עושה כל מה שעשה קודם.</p>';
$lang['pro_installed'] = 'אימות דו-שלבי Pro הותקן. יש להזין את מפתח הרישיון תחת "ניהול האתר", "ניהול האימות הדו-שלבי", "פרימיום".';
$lang['pro_install_without'] = 'המודול TwoFactor 4.0.0 ומעלה צריך להיות מותקן ופעיל קודם.';
$lang['pro_install_folder'] = 'PHP צריכה להיות רשאית לכתוב לתיקייה ⁦%s⁩, כי ה-CMS שם בה קובץ.';
$lang['pro_uninstall_ask'] = 'להסיר את אימות דו-שלבי Pro? מה שהוגדר בדפיו, ומפתח הרישיון, יישכחו. איש אינו ננעל בחוץ. דפדפנים מהימנים וכללים לגבי מי שזקוק לאמצעי אימות נוסף נעצרים; מה שהוגדר לגבי רשתות ממשיך.';
$lang['pro_uninstall_prove'] = 'ההסרה מבטלת את מה שנקבע לכולם: יש לאשר קודם את זהותך, תחת "ההעדפות שלי", "אימות דו-שלבי", ואז להסיר בתוך חמש דקות.';
$lang['pro_uninstall_rules'] = 'מוגדרים כללים לגבי מי שזקוק לאמצעי אימות נוסף, והם ייעצרו יחד איתו: יש להסיר אותם קודם, תחת "אימות דו-שלבי", "פרימיום", "כללים". מי שאינו רשאי לעשות זאת אינו רשאי גם להסיר את המודול.';
$lang['pro_uninstalled'] = 'אימות דו-שלבי Pro הוסר. איש אינו ננעל בחוץ. דפדפנים מהימנים וכללים לגבי מי שזקוק לאמצעי אימות נוסף נעצרים; מה שהוגדר לגבי רשתות ממשיך.';
$lang['permission_help'] = 'אימות דו־שלבי: עזרה למשתמשים (שחרור חסימה, קוד זמני, סיום כניסות)';
$lang['permission_audit'] = 'אימות דו־שלבי: קריאת יומן הביקורת';
$lang['permission_settings'] = 'אימות דו־שלבי: ניהול הגדרות וכללים';
$lang['permission_providers'] = 'אימות דו־שלבי: ניהול ספקים וטקסטים';
$lang['permission_premium'] = 'אימות דו־שלבי: ניהול הרישיון, צפייה בנתונים';

// -- the licence --------------------------------------------------------------------------------------

$lang['licence_title'] = 'רישיון';
$lang['licence_state_none'] = 'אין רישיון';
$lang['licence_state_valid'] = 'תקף';
$lang['licence_state_grace'] = 'לא חודש: ימי חסד';
$lang['licence_state_expired'] = 'הסתיים';
$lang['licence_state_refused'] = 'אינו נחשב';
$lang['licence_plan'] = 'כולל';
$lang['licence_plan_pro'] = 'אימות דו-שלבי Pro, הכול, לאתר אחד';
$lang['licence_domain'] = 'עבור';
$lang['licence_id'] = 'מספר';
$lang['licence_until'] = 'חודש עד';
$lang['licence_grace_until'] = 'ממשיך עד';
$lang['licence_renewed_about'] = 'רישיון מתחדש מעצמו, פעמיים ביום. "ממשיך עד" אומר כמה זמן הוא נמשך אם אין את מי לשאול.';
$lang['licence_none_about'] = 'בלי רישיון לא חסר דבר ממה ששומר על בטיחות החשבון.';
$lang['licence_renew'] = 'חידוש עכשיו';
$lang['licence_renewed'] = 'השער נשאל, או נשאל לפני פחות מדקה. הרישיון תקף.';
$lang['licence_none_counts'] = 'אין רישיון שנחשב. איש אינו ננעל בחוץ. דפדפנים מהימנים וכללים לגבי מי שזקוק לאמצעי אימות נוסף נעצרים; מה שהוגדר לגבי רשתות ממשיך.';
$lang['licence_enter'] = 'הזנת מפתח הרישיון';
$lang['licence_change'] = 'שינוי הרישיון';
$lang['licence_keeps_rules'] = 'יש כללים מי צריך אמצעי אימות נוסף, ובלי הרישיון הזה הם אינם דורשים דבר מאיש: משנה אותו מי שמותר לו לשנות את הכללים.';
$lang['licence_key'] = 'מפתח רישיון';
$lang['licence_key_about'] = 'כפי שהגיע עם הרישיון שלך. הוא נשמר מוצפן ואינו מוצג שוב.';
$lang['licence_site'] = 'כתובת האתר הזה';
$lang['licence_site_about'] = 'הרישיון מתבקש עבור המארח שלה, בלי ⁦"www."⁩, ולא עבור דבר אחר: יש לוודא שזה המארח שעבורו נרכש. היא נשמרת לצד המפתח.';
$lang['licence_site_set'] = 'היא מוגדרת בשרת: twofactor.site_url ב-php.ini, או twofactor_site_url ב-config.php.';
$lang['licence_site_wrong'] = 'יש להזין את כתובת האתר הזה, כגון ⁦https://www.example.com⁩.';
$lang['licence_key_missing'] = 'יש להזין את מפתח הרישיון.';
$lang['licence_key_save'] = 'שמירת המפתח';
$lang['licence_entered'] = 'מפתח הרישיון נשמר, והרישיון תקף.';
$lang['licence_not_taken'] = 'עם מפתח זה אין כרגע רישיון. אם היה קודם רישיון תקף, הוא עדיין נחשב.';
$lang['licence_forget'] = 'שכחת המפתח';
$lang['licence_forget_confirm'] = 'לשכוח את מפתח הרישיון? מה שפרימיום מסתיים מיד. איש אינו ננעל בחוץ. דפדפנים מהימנים וכללים לגבי מי שזקוק לאמצעי אימות נוסף נעצרים; מה שהוגדר לגבי רשתות ממשיך.';
$lang['licence_forgotten'] = 'מפתח הרישיון נשכח.';
$lang['licence_no_gateway'] = 'עדיין לא נאמר מהיכן מגיעים רישיונות: יש לקבוע twofactor.licence_url ו-twofactor.licence_public_keys ב-php.ini, כפי שהגיעו עם הרישיון שלך.';
$lang['licence_grace'] = 'ימי חסד';
$lang['licence_grace_days'] = 'ימים';
$lang['licence_grace_about'] = 'כמה זמן רישיון נמשך כשאין את מי לשאול על הבא: 0 עד 60; ריק: 14.';
$lang['licence_grace_save'] = 'שמירת הימים';
$lang['licence_grace_wrong'] = 'ימי החסד הם מספר מ-0 עד 60.';
$lang['licence_grace_set'] = 'ימי החסד נשמרו.';
$lang['log_licence_entered'] = 'הוזן מפתח רישיון';
$lang['log_licence_forgotten'] = 'מפתח הרישיון נשכח';
$lang['log_licence_grace'] = 'נקבעו ימי החסד של הרישיון: %s';

// -- enforcement --------------------------------------------------------------------------------------

$lang['tab_enforcement'] = 'כללים';
$lang['rules_title'] = 'מי זקוק לאמצעי אימות נוסף';
$lang['rules_about'] = 'מבין הכללים שחלים על אדם, המחמיר ביותר קובע. מי שצריך להגדיר משהו מובל אליו בכניסה, ולא לשום דבר אחר לפני שזה נעשה.';
$lang['rules_try_first'] = 'כדאי לבדוק קודם את מי הם יעצרו; הבדיקה אינה קובעת דבר. לאחר מכן אפשר לקבוע אותם.';
$lang['rules_none'] = 'לא נקבעו כללים. למטה יש דוגמה.';
$lang['rules_unsaved'] = 'מה שלמטה עדיין לא נקבע.';
$lang['rules_text'] = 'כללים כ-JSON';
$lang['rules_try'] = 'את מי זה יעצור היום?';
$lang['rules_missing'] = 'יש להוסיף כלל. כדי להישאר בלי כללים, יש להסיר את אלה שנקבעו.';
$lang['rules_errors'] = 'משהו בכללים אלה אינו נכון; זה מצוין במקומו. דבר לא שונה.';
$lang['rules_cut_off'] = 'לא כל הכללים הגיעו: השרת אינו מקבל טופס ארוך כזה. דבר לא שונה; יש להגדיל את max_input_vars ב-php.ini.';
$lang['rules_changed_meanwhile'] = 'מישהו שינה את הכללים מאז שדף זה נפתח. דבר לא שונה. למטה נמצאים שלך: יש לקבוע אותם פעם נוספת כדי שיבואו במקום האחרים.';
$lang['rules_look_first'] = 'עדיין לא שונה דבר. כדאי לבדוק מה כללים אלה יעשו היום, ואז לקבוע אותם.';
$lang['rules_not_json'] = 'זו אינה מדיניות: אובייקט עם ⁦"rules"⁩, רשימה של אובייקטים.';
$lang['rules_not_shown'] = 'הכללים שנקבעו נכתבו לגרסה אחרת, ודף זה אינו יכול להציג אותם כטופס.';
$lang['rules_no_method'] = 'כללים אלה דורשים אמצעי אימות שאיש אינו יכול להגדיר כאן. דבר לא שונה.';
$lang['rules_not_proven'] = 'כללים אלה דורשים ממך יותר ממה שהוכחת עכשיו, ואותך הם יעצרו לפני כולם. יש להגדיר אמצעי חזק כנדרש, לאשר בעזרתו, ואז לקבוע אותם. דבר לא שונה.';
$lang['rules_no_passkeys'] = 'אי אפשר עדיין לדרוש דבר שעמיד בפני דיוג: לכך דרושים מפתחות גישה, שאין בגרסה זו.';
$lang['rules_wrong_at'] = 'אי אפשר לקבוע את כלל %s כפי שהוא.';
$lang['rules_json'] = 'כ-JSON';
$lang['rules_json_read'] = 'העברה לטופס';
$lang['rules_first_of'] = 'הראשונים %s מתוך %s לפי שם:';
$lang['rules_looked_at'] = 'מתוך %2$s משתמשים נבדקו הראשונים %1$s.';
$lang['rules_without_codes'] = 'משתמשים שיש להם מה שכללים אלה דורשים ואין להם קוד גיבוי: %d. אם מישהו ינחש עד שהאמצעי יבוטל, לא יישאר להם דבר. כדאי לבקש מהם ליצור קודים חדשים.';
$lang['rule_title'] = 'כלל %s';
$lang['rule_add'] = 'הוספת כלל';
$lang['rule_remove'] = 'הסרת כלל %s';
$lang['rule_kept'] = 'כלל זה נקבע במקום אחר ואומר משהו שאין לו שדה בטופס זה. הוא נשאר כפי שהוא.';
$lang['rule_whom'] = 'עבור מי';
$lang['rule_all'] = 'כולם';
$lang['rule_named'] = 'מי שמצוין כאן';
$lang['rule_except'] = 'מלבד';
$lang['rule_roles'] = 'תפקידים';
$lang['rule_role_administrator'] = 'מנהלים';
$lang['rule_role_other'] = 'תפקיד שאין ב-CMS';
$lang['rule_groups'] = 'קבוצות';
$lang['rule_group_gone'] = 'אין עוד קבוצה כזו (%s)';
$lang['rule_users'] = 'משתמשים';
$lang['rule_users_about'] = 'לפי שמות המשתמש שלהם, עם פסיקים ביניהם.';
$lang['rule_no_such_user'] = 'אין מי שזה שם המשתמש שלו: %s.';
$lang['rule_for_nobody'] = 'איש אינו מצוין. יש לבחור כולם, או תפקיד, קבוצה או משתמש.';
$lang['rule_missing_groups'] = 'אין עוד קבוצה כזו: %s. חלק זה של הכלל אינו חל על איש.';
$lang['rule_missing_roles'] = 'ל-CMS אין תפקיד כזה: %s. חלק זה של הכלל אינו חל על איש.';
$lang['rule_missing_users'] = 'אין עוד מי שזה מספרו: %s. חלק זה של הכלל אינו חל על איש.';
$lang['rule_level'] = 'אמצעי אימות נוסף';
$lang['rule_level_off'] = 'אינו נדרש (נשמר לאחר כך)';
$lang['rule_level_encourage'] = 'מוצע';
$lang['rule_level_required'] = 'נדרש, אחרי ימי חסד';
$lang['rule_level_required_now'] = 'נדרש עכשיו';
$lang['rule_grace_days'] = 'ימי חסד';
$lang['rule_grace_about'] = 'החל מהכניסה הראשונה תחת הכלל. הם לעולם אינם ניתנים פעמיים.';
$lang['rule_again_days'] = 'להציע שוב אחרי כמה ימים';
$lang['rule_days_wrong'] = 'מספר ימים מ-1 עד 366.';
$lang['rule_sign_in'] = 'עוצמת האמצעי, לכניסה';
$lang['rule_step_up_strength'] = 'עוצמת האמצעי, לאישור שינויים';
$lang['rule_strength_any'] = 'כל אחד';
$lang['rule_strength_no_restricted'] = 'לא SMS, שיחה, WhatsApp, דואר';
$lang['rule_strength_phishing_resistant'] = 'עמיד בפני דיוג (עדיין לא: דרושים מפתחות גישה)';
$lang['rule_strength_same'] = 'כמו לכניסה';
$lang['rules_are_set'] = 'נקבעו כללים. הם למטה.';
$lang['rules_text_about'] = 'כ-JSON. ‏⁦"for"⁩ ו-⁦"except"⁩: ‏⁦"all"⁩, או ⁦"roles"⁩ (administrator), ‏⁦"groups"⁩ ו-⁦"users"⁩ לפי מספריהם. ‏⁦"level"⁩: ‏off, encourage (עם ⁦"again_days"⁩), required (עם ⁦"grace_days"⁩) או required-now. ‏⁦"sign_in"⁩ ו-⁦"step_up"⁩: ‏any, או no-restricted (לא ב-SMS, שיחה, WhatsApp או דואר אלקטרוני).';
$lang['rules_save'] = 'קביעת כללים אלה';
$lang['rules_remove'] = 'הסרת הכללים';
$lang['rules_remove_confirm'] = 'להסיר את הכללים? מאז ואילך איש לא יצטרך להגדיר דבר בגללם. איש אינו מאבד אמצעי אימות נוסף.';
$lang['rules_confirm'] = 'לקבוע כללים אלה? מי שמחובר אינו מנותק. רק כניסות שממתינות עכשיו לקוד צריך להתחיל מחדש.';
$lang['rules_set'] = 'הכללים נקבעו.';
$lang['rules_removed'] = 'הכללים הוסרו. מאיש לא נדרש משהו חדש בגללם.';
$lang['rules_wrong'] = 'אי אפשר לקבוע כללים אלה.';
$lang['rules_unlicensed'] = 'בלי רישיון שנחשב אי אפשר לנסות או לקבוע כללים. מאיש לא נדרש אמצעי חדש בגלל אלה שנקבעו; מה שהוגדר ממשיך להידרש.';
$lang['rules_would'] = 'מה כללים אלה יעשו היום';
$lang['rules_do'] = 'מה הכללים עושים היום';
$lang['rules_nobody'] = 'זה אינו חל על איש.';
$lang['col_rule_user'] = 'משתמש';
$lang['col_rule_outcome'] = 'בכניסה הבאה';
$lang['col_rule_due'] = 'נדרש החל מ-';
$lang['rule_no_day'] = 'אין יום';
$lang['rule_stopped'] = 'צריך להגדיר אמצעי אימות';
$lang['rule_grace'] = 'בימי החסד';
$lang['rule_encouraged'] = 'רואה את ההצעה';
$lang['rule_step_up'] = 'לא חל; צריך להגדיר אמצעי בשינוי הבא של אמצעי האימות';
$lang['encouraged_title'] = 'הגנה על החשבון שלך';
$lang['encouraged_about'] = 'עם אמצעי אימות נוסף סיסמה גנובה אינה מספיקה כדי להיכנס בשמך. ההגדרה אורכת דקה.';
$lang['encouraged_stronger'] = 'יש לך אמצעי אימות נוסף. אפליקציית אימות מגינה על החשבון שלך טוב יותר מקודים ב-SMS, בשיחה או בדואר אלקטרוני.';
$lang['encouraged_set_up'] = 'הגדרה עכשיו';
$lang['encouraged_later'] = 'אחר כך';
$lang['log_rules_set'] = 'נקבעו כללים לגבי מי שזקוק לאמצעי אימות נוסף';
$lang['log_rules_removed'] = 'הוסרו הכללים לגבי מי שזקוק לאמצעי אימות נוסף';

// -- trusted devices ----------------------------------------------------------------------------------

$lang['own_devices'] = 'דפדפנים מהימנים שלך';
$lang['of_user_devices'] = 'דפדפנים שמשתמש זה נותן בהם אמון';
$lang['devices_title'] = 'דפדפנים מהימנים שלך';
$lang['devices_about'] = 'בדפדפנים אלה די בסיסמה שלך כדי להיכנס, עד היום המצוין. אם אחד מהם אינו מוכר לך, או אם נתת אמון בדפדפן זה ואף אחד אינו נקרא "זה", ייתכן שלמישהו יש עותק: יש להסיר את כולם ולשנות את הסיסמה. כל שינוי באמצעים שלך או בסיסמה מסיר את כולם.';
$lang['devices_none'] = 'אין דפדפן מהימן.';
$lang['devices_of'] = 'דפדפנים מהימנים של';
$lang['devices_of_about'] = 'הסרת דפדפן אינה מסירה אמצעי אימות: מהמשתמש יתבקש שם שוב קוד. יחד איתו מסתיימות כניסות שהגיעו מכל דפדפן מהימן.';
$lang['col_trusted'] = 'מהימן מאז';
$lang['col_used'] = 'שימוש אחרון';
$lang['col_until'] = 'עד';
$lang['col_remove'] = 'הסרה';
$lang['device_now'] = 'זה';
$lang['device_end'] = 'הסרה';
$lang['device_ended'] = 'אותו דפדפן אינו מהימן עוד. כניסות שהגיעו מדפדפנים מהימנים הסתיימו.';
$lang['devices_end'] = 'הסרת כולם';
$lang['devices_end_confirm'] = 'להסיר את כל הדפדפנים המהימנים שלך? בכל אחד מהם יתבקש קוד.';
$lang['devices_end_user_confirm'] = 'להסיר את כל הדפדפנים שמשתמש זה נותן בהם אמון?';
$lang['devices_ended'] = 'אין עוד דפדפן מהימן. כניסות שהגיעו מדפדפנים מהימנים הסתיימו.';
$lang['devices_reason'] = 'סיבה, להסרת כולם';
$lang['log_devices_ended'] = 'הדפדפנים המהימנים של ⁦%s⁩ הוסרו';
$lang['tab_devices'] = 'דפדפנים מהימנים';
$lang['device_days_about'] = 'מי שנתן קוד נכון רשאי לתת אמון באותו דפדפן: בכניסות הבאות תספיק שם הסיסמה. שינויים באמצעים דורשים בכל זאת קוד, וכל שינוי של אמצעים, סיסמה או קבוצות מבטל את האמון.';
$lang['device_days_now'] = 'אפשר לתת אמון בדפדפן למשך %s.';
$lang['device_days_none'] = 'אי אפשר לתת כרגע אמון בדפדפנים.';
$lang['device_days_insecure'] = 'אמון ניתן בדפדפנים רק ב-HTTPS, ודף זה נפתח בלעדיו.';
$lang['device_days'] = 'ימים';
$lang['device_days_hint'] = '0 עד 30; 0: אין דפדפן מהימן. ריק: כפי שכתוב ב-php.ini, או 30. כש-twofactor.profile הוא strict: 0 או 1. זה חל גם על דפדפנים שכבר מהימנים.';
$lang['device_days_save'] = 'שמירה';
$lang['device_days_wrong'] = 'הימים הם מספר מ-0 עד 30, ו-0 או 1 כש-twofactor.profile הוא strict.';
$lang['device_days_set'] = 'הימים נשמרו.';
$lang['log_device_days'] = 'נקבעו הימים שבהם אפשר לתת אמון בדפדפנים: %s';



// -- network rules ------------------------------------------------------------------------------------

$lang['tab_networks'] = 'רשתות';
$lang['networks_title'] = 'רשתות';
$lang['networks_about'] = 'מהיכן נענים אמצעי אימות נוספים ומהיכן מבקשים קודים. מי שפונה ממקום אחר נענה כמו כל מי שהקוד שלו שגוי. רשימות, ומגבלות על כתובות ותת-רשתות, נחשבות בכל מקום שהוגדרו. שאר המספרים שלמטה נחשבים כשיש מפתח רישיון, וממשיכים כשהרישיון מסתיים.';
$lang['networks_none'] = 'לא הוגדרה רשימה: אמצעי אימות נוספים נענים מכל מקום.';
$lang['networks_unknown'] = 'הוגדרה רשימה, ואי אפשר לומר כרגע אם היא נחשבת. ראו "תקינות".';
$lang['networks_alarms'] = 'ניחושים, בשלושת הימים האחרונים';
$lang['networks_no_alarms'] = 'לא הייתה התראה.';
$lang['networks_audit'] = 'כל האירועים ביומן הביקורת';
$lang['networks_settings'] = 'הגדרות';
$lang['networks_settings_about'] = 'הן מוגדרות בשרת, ב-php.ini או בסביבה, כך שמי שמשתלט כאן על כניסה אינו יכול לשנות אותן. רשימה היא טקסט עם פסיקים, או נתיב של קובץ עם כתובת או טווח אחד בשורה.';
$lang['networks_unset'] = 'לא הוגדר';
$lang['networks_docs'] = 'מתואר ב-README.md של ההרחבה, ⁦"Configuration"⁩ ו-⁦"Rules about networks and guessing"⁩; מה לעשות בזמן התקפה, ב-docs/operations.md.';
$lang['col_network_setting'] = 'הגדרה';
$lang['col_network_value'] = 'ערך';
$lang['col_network_about'] = 'מה היא עושה';
$lang['about_network_allow'] = 'רק מרשתות אלה.';
$lang['about_network_deny'] = 'לא מרשתות אלה.';
$lang['about_network_address_failures'] = 'תשובות שגויות מכתובת אחת בשעה, לחשבונות כלשהם; 0: בלי מגבלה.';
$lang['about_network_subnet_failures'] = 'כנ"ל מתת-רשת אחת.';
$lang['about_network_address_sends'] = 'קודים שהתבקשו מכתובת אחת בשעה; 0: בלי מגבלה.';
$lang['about_network_subnet_sends'] = 'כנ"ל מתת-רשת אחת.';
$lang['about_max_failures_all_methods'] = 'תשובות שגויות בכל האמצעים יחד, לחשבון אחד מרשת אחת ביום; 0: כמה שכל אמצעי מרשה.';
$lang['about_after_failures'] = 'תשובות שגויות לחשבון אחד ביום, ממקומות שהמשתמש שלו לא היה בהם מעולם, לפני שמתבקשת סיסמה חדשה; 0: אף פעם.';
$lang['about_alarm_accounts'] = 'לכמה חשבונות התשובות שגויות בשעה לפני שזו התראה; 0: אף פעם.';
$lang['about_alarm_networks'] = 'מכמה רשתות; 0: אף פעם.';

// -- figures ------------------------------------------------------------------------------------------

$lang['tab_figures'] = 'נתונים';
$lang['figures_accounts'] = 'חשבונות';
$lang['figures_all_accounts'] = 'כל החשבונות:';
$lang['figures_enrolled'] = 'עם אמצעי אימות נוסף';
$lang['figures_strong'] = 'עם אמצעי שאינו SMS, שיחה, WhatsApp או דואר אלקטרוני';
$lang['figures_due'] = 'צריכים להגדיר אמצעי ועדיין לא הגדירו';
$lang['figures_overdue'] = 'צריכים להגדיר, וזמנם תם';
$lang['figures_locked'] = 'עם אמצעי חסום';
$lang['figures_disabled'] = 'אמצעים שבוטלו';
$lang['figures_without_codes'] = 'בלי קוד גיבוי';
$lang['figures_unused'] = 'עם אמצעי שלא היה בשימוש 180 ימים';
$lang['figures_unreadable'] = 'אינם נפתחים: ראו "תקינות"';
$lang['figures_counted'] = 'מה שקרה נספר עד עכשיו. הימים מתחילים ומסתיימים לפי UTC.';
$lang['figures_counting'] = 'הספירה עדיין נמשכת: חסרים כמה ימים. יש לטעון דף זה שוב בעוד זמן מה.';
$lang['figures_accounts_at'] = 'החשבונות נבדקו: %s.';
$lang['figures_no_accounts'] = 'החשבונות נבדקים בפעם הראשונה. יש לטעון דף זה שוב בעוד זמן מה.';
$lang['figures_period'] = 'תקופה:';
$lang['figures_table'] = 'הצגה כטבלה';
$lang['figures_nothing'] = 'אין דבר בתקופה זו.';
$lang['figures_adoption'] = 'חשבונות עם אמצעי אימות נוסף';
$lang['figures_chart_challenges'] = 'כניסות';
$lang['figures_chart_failures'] = 'תשובות שגויות';
$lang['figures_chart_blocked'] = 'חסימות';
$lang['figures_chart_enrolments'] = 'הוגדרו והוסרו';
$lang['figures_chart_codes_sent'] = 'קודים שנשלחו';
$lang['figures_chart_network_refusals'] = 'נדחו לפי כללי הרשתות';
$lang['figures_challenges'] = 'התבקש אמצעי אימות נוסף';
$lang['figures_sign_ins'] = 'נכנסו';
$lang['figures_failures'] = 'תשובות שגויות';
$lang['figures_blocked'] = 'נחסמו';
$lang['figures_enrolments'] = 'הוגדרו';
$lang['figures_removals'] = 'הוסרו';
$lang['figures_codes_sent'] = 'נשלחו';
$lang['figures_codes_failed'] = 'לא נשלחו';
$lang['figures_network_refusals'] = 'נדחו';
$lang['figures_methods'] = 'אמצעים';
$lang['figures_device'] = 'דפדפן מהימן';
$lang['figures_delivery'] = 'קודים בטלפון';
$lang['figures_delivery_about'] = 'מה שעשו הספקים מאז הפנייה הראשונה אליהם. העלות היא זו שהם מדווחים.';
$lang['figures_sent'] = 'נשלחו';
$lang['figures_not_sent'] = 'לא נשלחו';
$lang['figures_cost'] = 'עלות';
$lang['figures_messages'] = 'מדינות';
$lang['figures_messages_about'] = 'הודעות של 30 הימים האחרונים לפי קידומת המדינה של המספר, 20,000 לכל היותר.';
$lang['figures_delivered'] = 'הגיעו ליעדן';
$lang['figures_undelivered'] = 'נכשלו';
$lang['figures_networks'] = 'רשתות עם מספר התשובות השגויות הגדול ביותר';
$lang['figures_networks_about'] = 'של החודשים בתקופה זו. כשיש רשתות רבות, מספר עלול להיות גבוה מדי, אך לא יותר ממה שאומרת העמודה האחרונה.';
$lang['figures_surplus'] = 'עודף אפשרי';
$lang['figures_files'] = 'הורדה';
$lang['figures_files_about'] = 'הטבלאות הן קבצים לגיליון אלקטרוני (CSV). ב-JSON יש הכול.';
$lang['figures_csv_days'] = 'ימים (CSV)';
$lang['figures_csv_accounts'] = 'חשבונות לאורך זמן (CSV)';
$lang['figures_csv_messages'] = 'מדינות (CSV)';
$lang['figures_csv_networks'] = 'רשתות (CSV)';
$lang['figures_json'] = 'הכול (JSON)';
$lang['col_figures_what'] = 'חשבונות';
$lang['col_figures_share'] = 'חלק';
$lang['col_figures_picture'] = 'תמונה של החלק';
$lang['col_figures_day'] = 'יום';
$lang['col_figures_country'] = 'קידומת מדינה';
$lang['col_figures_network'] = 'רשת';

// -- events -------------------------------------------------------------------------------------------

$lang['tab_events'] = 'אירועים';
$lang['col_severity'] = 'דחיפות';
$lang['severity_info'] = 'הכול';
$lang['severity_notice'] = 'הודעות ומעלה';
$lang['severity_warning'] = 'אזהרות ומעלה';
$lang['severity_error'] = 'שגיאות ומעלה';
$lang['severity_alert'] = 'התראות בלבד';
$lang['events_from'] = 'מ-';
$lang['events_until'] = 'עד';
$lang['events_no_user'] = 'אין משתמש בשם זה.';
$lang['events_no_day'] = 'יש להזין ימים כגון ⁦2027-01-31⁩.';
$lang['events_looked_back_to'] = 'החיפוש הגיע עד %s. "ישנים יותר" ממשיך משם.';
$lang['events_files_about'] = 'כל האירועים שמסנן זה מוצא, מהחדש לישן, עם מה שדף זה מציג על כל אחד מהם. ‏CSV מיועד לגיליון אלקטרוני; בשורות JSON יש אירוע אחד בכל שורה.';
$lang['events_file_csv'] = 'האירועים שנמצאו (CSV)';
$lang['events_file_jsonl'] = 'האירועים שנמצאו (שורות JSON)';
$lang['events_incomplete'] = 'קובץ זה אינו שלם: לא ניתן היה להמשיך לקרוא מן המאגר.';
$lang['log_events_taken'] = 'רשימת אירועים הורדה';

// -- saved filters ------------------------------------------------------------------------------------

$lang['filters'] = 'מסננים שמורים';
$lang['filter_save_this'] = 'שמירת מסנן זה';
$lang['filter_name'] = 'שם המסנן';
$lang['filter_save'] = 'שמירה';
$lang['filter_remove'] = 'הסרה';
$lang['filter_saved'] = 'המסנן נשמר.';
$lang['filter_removed'] = 'המסנן הוסר.';
$lang['filter_no_name'] = 'יש לתת למסנן שם.';
$lang['filter_empty'] = 'אין מה לשמור: יש לבחור תחילה מה לחפש.';
$lang['filter_too_long'] = 'שם, וכל דבר שמחפשים, יכולים להכיל %d תווים לכל היותר.';
$lang['filter_too_many'] = 'בדף זה כבר יש %d מסננים שמורים, וזה המרב: יש להסיר אחד תחילה.';

// -- many users ---------------------------------------------------------------------------------------

$lang['tab_people'] = 'משתמשים רבים';
$lang['people_state_all'] = 'הכול';
$lang['people_state_without'] = 'בלי אמצעי אימות נוסף';
$lang['people_state_due'] = 'צריכים להגדיר אמצעי';
$lang['people_state_locked'] = 'חסומים לזמן מה';
$lang['people_state_disabled'] = 'עם אמצעי שבוטל';
$lang['people_state_codeless'] = 'בלי קוד גיבוי';
$lang['people_state_unreadable'] = 'החשבון אינו נפתח';
$lang['people_what'] = 'עם המסומנים';
$lang['people_act_require'] = 'דרישת אימות נוסף';
$lang['people_act_unlock'] = 'הסרת החסימה';
$lang['people_act_end'] = 'סיום כל הכניסות';
$lang['people_act_reset'] = 'הסרת כל אמצעי האימות';
$lang['people_about_require'] = 'מעתה שום כניסה של משתמשים אלה אינה מושלמת בלי הגדרת אמצעי אימות נוסף, מחדש היכן שיש כזה.';
$lang['people_about_unlock'] = 'החסימות של משתמשים אלה מסתיימות מיד.';
$lang['people_about_end'] = 'משתמשים אלה מנותקים בכל מקום, ואף דפדפן שלהם אינו מהימן עוד.';
$lang['people_about_reset'] = 'כל אמצעי האימות וכל הקודים של משתמשים אלה מוסרים: הם נכנסים בסיסמה בלבד עד שיגדירו חדשים.';
$lang['people_look'] = 'על מי זה חל?';
$lang['people_do'] = 'לבצע עכשיו';
$lang['people_back'] = 'חזרה לרשימה';
$lang['people_no_act'] = 'יש לבחור מה לעשות.';
$lang['people_nobody'] = 'יש לסמן לפחות משתמש אחד.';
$lang['people_too_many'] = 'יש לסמן %d משתמשים לכל היותר.';
$lang['people_none_of_them'] = 'אי אפשר לעשות זאת לאף אחד מהם.';
$lang['people_gone'] = 'אינו משתמש עוד';
$lang['people_yourself'] = 'זה החשבון שלך: יש להשתמש בדף שלך';
$lang['people_unavailable'] = 'לא ניתן היה להגיע לחשבון או לפתוח אותו: ראו "תקינות"';
$lang['people_looked_at'] = 'משתמשים שנבדקו לדף זה: %d.';
$lang['people_failed'] = 'לא בוצע: %d';
$lang['people_done'] = 'בוצע: %d';
$lang['people_why'] = 'מדוע';
