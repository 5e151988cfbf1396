<?php

/**
 * For whoever runs the server, when nobody can sign in or an account needs help from outside. It uses the store, the
 * site and the key that the CMS itself uses:
 *
 *     php modules/TwoFactor/operator.php                        whether all is well, and what to do where it is not
 *     php modules/TwoFactor/operator.php users                  who has a second factor, and who is blocked
 *     php modules/TwoFactor/operator.php unlock USER REASON     ends a user's blocks
 *     php modules/TwoFactor/operator.php reset USER REASON      removes every factor of a user
 *     php modules/TwoFactor/operator.php release USER REASON    ends a hold: the user may change second factors again
 *     php modules/TwoFactor/operator.php temp-code USER REASON  a code, once, for who lost phone and codes, that leads to a
 *                                                               new set-up
 *     php modules/TwoFactor/operator.php suspend USER REASON    apps and telephone of a user prove nothing until
 *                                                               "resume USER REASON"
 *     php modules/TwoFactor/operator.php confirm USER REASON    an administrator whose factor is new acts on others at once
 *     php modules/TwoFactor/operator.php require USER REASON [DAYS]  a new second factor has to be set up at the next
 *                                                               sign-in, or after some days; "everybody" for all who
 *                                                               have one; "waive USER REASON" takes it back
 *     php modules/TwoFactor/operator.php rules                  the rules of who needs a second factor (premium);
 *                                                               "remove-rules REASON" takes them back, without a licence
 *     php modules/TwoFactor/operator.php devices USER           the browsers that a user trusts (premium);
 *                                                               "end-devices USER REASON" ends them, without a licence
 *     php modules/TwoFactor/operator.php export USER            all that is kept about a user, as JSON
 *     php modules/TwoFactor/operator.php forget USER REASON     removes it: a second factor is set up at the next sign-in;
 *                                                               "forget-gone ID REASON" of a user who was deleted
 *     php modules/TwoFactor/operator.php confirm-provider NAME  a provider named with nothing but a password carries codes
 *     php modules/TwoFactor/operator.php audit USER             what happened to a user, the latest first
 *     php modules/TwoFactor/operator.php settings FILE          what `twofactor` needs to know of this site (docs/cli.md)
 *     php modules/TwoFactor/operator.php emergency              a line for config.php that lets passwords alone sign in
 *     php modules/TwoFactor/operator.php repair                 lets the CMS load the module again after version 3
 *     php modules/TwoFactor/operator.php remove-everything yes  what leaves nothing of the site's factors behind
 *
 * USER is the name or the id of a user of the CMS. Run it as root, or as the user that runs PHP. Exit status: 0 done or
 * in order, 1 something needs attention, 2 not done.
 */

declare(strict_types=1);

if (PHP_SAPI !== 'cli') {
    exit;
}

$_SERVER += [
    'HTTP_HOST' => 'localhost',
    'SERVER_NAME' => 'localhost',
    'REMOTE_ADDR' => '127.0.0.1',
    'REQUEST_METHOD' => 'GET',
    'REQUEST_URI' => '/',
];

// No other module runs, and nothing is installed or upgraded on the way.
$CMS_INSTALL_PAGE = 1;
$DONT_LOAD_SMARTY = 1;
require dirname(__DIR__, 2) . '/lib/include.php';
defined('CMS_DB_PREFIX') || define('CMS_DB_PREFIX', (string) CmsApp::get_instance()->GetConfig()['db_prefix']);
require_once __DIR__ . '/TwoFactor.module.php';

exit((new TwoFactor())->services()->get(TwoFactorModule\Operator::class)->run(array_slice($argv, 1)));
