<?php

/** Another module beside the one under test: writes down what it hears, and vetoes a login when told to. */

final class Witness extends CMSModule
{
    private const HEARD = [
        'Core::LoginAttempted', 'Core::LoginPre', 'Core::LoginVerified', 'Core::LoginPost', 'Core::LoginFailed', 'Core::LogoutPre', 'Core::LogoutPost',
        'Core::LostPasswordReset',
        'TwoFactor::BeforeVerification', 'TwoFactor::AfterVerificationSuccess', 'TwoFactor::AfterVerificationFail',
    ];

    public function GetVersion()
    {
        return '1.0';
    }

    /** What it objects to, with an exception, when the site preference witness_objects names it. */
    private const OBJECTIONABLE = ['Core::DeleteUserPre', 'Core::DeleteUserPost', 'Core::DeleteGroupPost', 'Core::EditUserPost', 'TwoFactor::BeforeVerification'];

    public function MinimumCMSVersion()
    {
        return '2.2.20';
    }

    public function IsAdminOnly()
    {
        return true;
    }

    protected function InitializeAdmin()
    {
        foreach (self::HEARD as $name) {
            \CMSMS\HookManager::add_hook($name, function ($data = null) use ($name): void {
                $kept = ['hook' => $name, 'user' => $data['user']->username ?? $data['user'] ?? $data['username'] ?? null, 'data' => print_r($data, true)];
                file_put_contents(TMP_CACHE_LOCATION . '/heard.jsonl', json_encode($kept) . "\n", FILE_APPEND | LOCK_EX);
                if ($name === 'Core::LoginPre' && cms_siteprefs::get('witness_veto') === $kept['user']) {
                    throw new LogicException('vetoed by another module');
                }
            });
        }
        \CMSMS\HookManager::add_hook('TwoFactor::BeforeVerification', static function (): void {
            usleep((int) cms_siteprefs::get('witness_takes_microseconds'));
        });
        \CMSMS\HookManager::add_hook('Core::LoginPost', static function (): void {
            if (cms_siteprefs::get('witness_redirects')) {
                redirect('index.php');
            }
        });
        foreach (self::OBJECTIONABLE as $name) {
            \CMSMS\HookManager::add_hook($name, static function () use ($name): void {
                if (cms_siteprefs::get('witness_objects') === $name) {
                    throw new LogicException('another module objects');
                }
                if (cms_siteprefs::get('witness_breaks') === $name) {
                    throw new Error('another module is broken');
                }
            }, str_ends_with($name, 'Post') ? \CMSMS\HookManager::PRIORITY_HIGH : \CMSMS\HookManager::PRIORITY_NORMAL);
        }
    }
}
