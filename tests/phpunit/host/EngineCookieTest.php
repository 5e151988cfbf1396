<?php

declare(strict_types=1);

namespace TwoFactorTests;

use PHPUnit\Framework\TestCase;

/** The engine's cookie as the module makes it anew, against both of the engine's flows. */
final class EngineCookieTest extends TestCase
{
    /** @return array<string, array{string}> */
    public static function flows(): array
    {
        return ['releases up to 2.2.22' => ['old'], 'the flow after them' => ['new']];
    }

    /** @dataProvider flows */
    public function test_a_renewed_cookie_is_the_same_sign_in_to_the_engine_and_another_text(string $flow): void
    {
        $said = $this->inEngine($flow, <<<'PHP'
            sign_in();
            $before = $cookie->credential();
            $id = session_id();
            $after = $cookie->renew();
            tell($after !== $before, session_id() !== $id, $cookie->credential() === $after, in_array($after, cms_cookies::$set, true));
            tell(engine_with($after), $after === $cookie->renew());
            PHP);
        self::assertSame('[true,true,true,true][[2,3],false]', $said);
    }

    /** @dataProvider flows */
    public function test_a_cookie_of_another_form_is_refused(string $flow): void
    {
        $said = $this->inEngine($flow, <<<'PHP'
            sign_in();
            [$seal, $payload] = explode('::', $cookie->credential());
            $salt = cms_siteprefs::get('CMSMS\\LoginOperations');
            foreach (['', 'x', "$seal::", "$seal::{$payload}A", str_repeat('0', 40) . "::$payload", sha1($salt . 'MQ==') . '::MQ=='] as $other) {
                put($other);
                try {
                    $cookie->renew();
                    tell('renewed', $other);
                } catch (TwoFactorModule\Unverifiable) {
                    tell($cookie->credential() === ($other === '' ? null : $other));
                }
            }
            PHP);
        self::assertSame(str_repeat('[true]', 6), $said);
    }

    /** @dataProvider flows */
    public function test_a_cookie_names_the_user_who_signed_in_and_none_of_another_form_names_anybody(string $flow): void
    {
        $said = $this->inEngine($flow, <<<'PHP'
            sign_in();
            tell(TwoFactorModule\EngineCookie::claimedUserId($cookie->credential()));
            foreach (['', 'x', '::', 'x::MQ==', 'x::' . base64_encode('{"uid":"-1"}'), 'x::' . base64_encode('{"uid":[]}')] as $other) {
                tell(TwoFactorModule\EngineCookie::claimedUserId($other));
            }
            PHP);
        self::assertSame('[2]' . str_repeat('[null]', 6), $said);
    }

    /** @dataProvider flows */
    public function test_a_sign_in_that_is_withheld_is_none_until_it_is_put_back(string $flow): void
    {
        $said = $this->inEngine($flow, <<<'PHP'
            sign_in();
            $credential = $cookie->credential();
            $putBack = $cookie->withhold();
            tell($cookie->credential(), engine_with(null));
            $putBack();
            tell($cookie->credential() === $credential, engine_with($credential), $cookie->repeat());
            PHP);
        self::assertSame('[null,[0,0]][true,[2,3],true]', $said);
    }

    /** In a process of its own: the engine's classes are one flow's or the other's. */
    private function inEngine(string $flow, string $code): string
    {
        $root = dirname(__DIR__, 3);
        $script = <<<PHP
            <?php
            const HOST_FLOW = '$flow', CMS_VERSION = '2.2.22', CMS_USER_KEY = '_userkey_', CMS_SECURE_PARAM_NAME = '__c';
            foreach (['HostSession', 'EngineCookie', 'Unverifiable'] as \$class) require "$root/php/TwoFactor/lib/\$class.php";
            PHP . <<<'PHP'

            class cms_siteprefs {
                static array $kept = [];
                static function get($name, $default = '') { return self::$kept[$name] ?? $default; }
                static function set($name, $value) { self::$kept[$name] = $value; }
            }
            class cms_cookies {
                static array $set = [];
                static function set($name, $value) { self::$set[$name] = $value; }
                static function exists($name) { return isset($_COOKIE[$name]); }
                static function get($name) { return $_COOKIE[$name] ?? null; }
            }
            class User {
                public $active = true;
                public $password = 'hashed';
                function __construct(public int $id, public string $username) {}
            }
            class UserOperations {
                static function get_instance() { return new self(); }
                function LoadUserByID($id) { return new User($id, "user$id"); }
            }
            class CmsApp {
                static function get_instance() { return new self(); }
                function is_frontend_request() { return false; }
            }
            PHP . "\neval('namespace CMSMS; class HookManager { static function do_hook(...\$x) {} }');\nrequire '$root/tests/host/site/lib/login.php';\n" . <<<'PHP'
            ini_set('session.use_cookies', '0');
            ini_set('session.save_path', sys_get_temp_dir());
            ob_start();
            session_start();
            $cookie = new TwoFactorModule\EngineCookie(new TwoFactorModule\HostSession());
            function name() { return sha1(CMS_VERSION . cms_siteprefs::get('CMSMS\LoginOperations')); }
            function put($value) { $_SESSION[name()] = $value; }
            /** A sign-in of user 2, who tests the site as user 3. */
            function sign_in() { CMSMS\LoginOperations::get_instance()->save_authentication(new User(2, 'user2'), new User(3, 'user3')); }
            /** Whom a request with that cookie, and without a session, is taken for. */
            function engine_with($value) {
                (new ReflectionProperty(CMSMS\LoginOperations::class, 'instance'))->setValue(null, null);
                $session = $_SESSION;
                $_SESSION = [];
                $_COOKIE = $value === null ? [] : [name() => $value];
                $engine = CMSMS\LoginOperations::get_instance();
                $told = [(int) $engine->get_loggedin_uid(), (int) $engine->get_effective_uid()];
                $_SESSION = $session;
                return $told;
            }
            function tell(...$facts) { echo json_encode($facts); }

            PHP . $code . "\nsession_destroy();\n";
        $file = tempnam(sys_get_temp_dir(), 'twofactor');
        file_put_contents($file, $script);
        $said = (string) shell_exec(escapeshellarg(PHP_BINARY) . ' -n -d display_errors=1 ' . $file . ' 2>&1');
        unlink($file);
        return $said;
    }
}
