<?php

/**
 * Of many.php: pages of the CMS module on a site with as many users, asked for as a browser does, one after the other. The floor is
 * a page of the host that asks nobody anything. Printed are the median and the longest in milliseconds, what of the processor the
 * server and MariaDB used, which is the same on a busy machine, and how much the server's memory grew at most. With MANY_ALL in the
 * environment all events are taken as a file, too.
 */

declare(strict_types=1);

use TwoFactor\Verifier;
use TwoFactorTests\{Fakes, Page, Person, Site};

/** @var string $url */
/** @var string $key */
/** @var array{host?: string, port?: int, user?: string, pass?: string} $parts */
// What the last time has left of the administrator.
Verifier::open($settings)->reset('1', by: 'bench', reason: 'to measure');
$fakes = new Fakes();
$gateway = $fakes->gateway();
$site = new Site([
    'database' => $isSqlite ? null : "mysql://{$parts['user']}:{$parts['pass']}@{$parts['host']}:{$parts['port']}/x",
    'modules' => ['TwoFactor', 'TwoFactorPro'],
    'config' => ['twofactor_store' => $url],
    'ini' => ['twofactor.key_file' => $key, 'twofactor.licence_key' => $gateway['licence_key'], 'memory_limit' => '64M'] + $fakes->licensing(),
]);
$database = $site->pdo();
$database->exec("INSERT INTO cms_siteprefs VALUES ('TwoFactor_site', 'many')");
$fakes->setClock($site->clock->now());
$site->install();
$site->install('TwoFactorPro');
$settings = ['licence_key' => $gateway['licence_key'], 'licence_url' => $gateway['url'], 'licence_public_keys' => implode(', ', $gateway['keys']),
    'site_url' => $gateway['site_url'], 'http_ca_file' => $fakes->about['ca']];
$site->asOperator(static fn ($verifier) => $verifier->renewLicence(true), $settings);
$admin = new Person($site, 'admin');
$admin->givePassword();
$admin->enrol();
$site->asOperator(static fn ($verifier) => $verifier->confirmOperator('1', 'bench', 'to measure'));
$admin->stepUp();
$users = (int) $connect()->query("SELECT COUNT(*) FROM {$tables}account WHERE site = 'many'")->fetchColumn();
$database->beginTransaction();
for ($from = 4; $from <= $users; $from += 1000) {
    $rows = array_map(static fn (int $n) => sprintf("(%d, 'user%06d', '', 1, 'First%d', 'Last%d', 'user%06d@example.org', 1, NULL, NULL)", $n, $n, $n % 977, $n % 1009, $n), range($from, min($from + 999, $users)));
    $database->exec('INSERT INTO cms_users VALUES ' . implode(', ', $rows));
}
$database->commit();
while (!$site->asOperator(static fn ($verifier) => $verifier->refreshFigures(), $settings));

$server = process('-S ' . substr($site->url, 7) . ' ');
$both = $isSqlite ? [$server] : [$server, process("--port={$parts['port']} ")];
/** How much memory the process that serves the site has had at most, in MB. */
$peak = static fn (): float => preg_match('/VmHWM:\s+(\d+)/', (string) file_get_contents("$server/status"), $found) ? $found[1] / 1024 : 0.0;
$measure = static function (string $what, callable $ask, int $times = 20) use ($peak, $both): Page {
    $ask();
    $took = [];
    [$before, $busy] = [$peak(), used($both)];
    for ($n = 0; $n < $times; $n++) {
        $begin = hrtime(true);
        $page = $ask();
        $took[] = (hrtime(true) - $begin) / 1e6;
    }
    sort($took);
    printf("%-44s %3d × %7.1f ms, longest %7.1f ms, of the processor %6.1f ms, +%4.1f MB, %8d bytes\n", $what, $times, $took[intdiv($times, 2)], end($took), (used($both) - $busy) / $times, $peak() - $before, strlen($page->body));
    return $page;
};
$page = static fn (array $query): Closure => static fn (): Page => $admin->action('defaultadmin', $query);
printf("%d users; load %s\n", $users, implode(' ', sys_getloadavg()));
$measure('a page of the host', static fn () => $admin->page('/admin/index.php'));
$measure('Users, the first page', $page([]));
$measure('Users, a page in the middle', $page(['after' => 'user050000']));
$measure('Users, one searched for', $page(['search' => 'user099999']));
$measure('Users, one searched for by a part', $page(['search' => '99999@']));
$measure('Users, nobody found', $page(['search' => 'nobody']));
$measure('Many users, the first page', $page(['tab' => 'people']));
$measure('Many users, one searched for', $page(['tab' => 'people', 'search' => 'user099999']));
$measure('Many users, a state that nobody is in', $page(['tab' => 'people', 'state' => 'disabled']));
$measure('Audit, the first page', $page(['tab' => 'audit']));
$measure('Audit of one user, whose chain is checked', $page(['tab' => 'audit', 'user' => '5000']));
$measure('Figures', $page(['tab' => 'figures']));
$measure('Events, the first page', $page(['tab' => 'events']));
$measure('Events of a kind', $page(['tab' => 'events', 'type' => 'factor.blocked']));
$measure('Events of a day', $page(['tab' => 'events', 'from' => date('Y-m-d', time() - 30 * 86_400), 'until' => date('Y-m-d', time() - 30 * 86_400)]));
$measure('Events, a filter that finds nothing', $page(['tab' => 'events', 'type' => 'licence.entered']));
$measure('Events of one user, whose chain is checked', $page(['tab' => 'events', 'name' => 'user005000']));
$measure('Health', $page(['tab' => 'health']));
$measure('New second factors for everybody', static function () use ($admin): Page {
    // Each counts on where the one before has come to.
    return $admin->action('defaultadmin', ['tab' => 'enrolment']);
});
foreach (['messages', 'providers', 'settings', 'alerts', 'enforcement', 'networks', 'support'] as $tab) {
    $measure("The page $tab", $page(['tab' => $tab]));
}
$rules = $admin->action('defaultadmin', ['tab' => 'enforcement']);
$measure('Rules, tried out', static fn (): Page => $admin->send($rules, 'enforcement-try', []));
$measure('Events of a day as a file', $page(['tab' => 'events', 'file' => 'csv', 'from' => date('Y-m-d', time() - 30 * 86_400), 'until' => date('Y-m-d', time() - 30 * 86_400)]), 3);
$last = $admin->change('defaultadmin', ['do' => 'people-look', 'act' => 'unlock', 'all' => '1']);
$last = $admin->send($last, 'people-act', ['reason' => 'to measure']);
$measure('Many users, a turn of an act on all of them', static function () use ($admin, &$last): Page {
    return $last = $admin->send($last, 'people-go-on');
}, 10);
$admin->send($last, 'people-stop');
$taken = static function (string $what, string $tab) use ($admin, $site, $peak, $both): void {
    $begin = hrtime(true);
    [$before, $busy] = [$peak(), used($both)];
    $bytes = $lines = 0;
    $first = null;
    $handle = curl_init($site->url . '/admin/moduleinterface.php?' . http_build_query(['mact' => 'TwoFactor,m1_,defaultadmin,0', '__c' => $admin->key(), 'm1_tab' => $tab, 'm1_file' => 'jsonl']));
    curl_setopt_array($handle, [CURLOPT_COOKIE => implode('; ', array_map(static fn ($name, $value) => "$name=$value", array_keys($admin->browser->cookies), $admin->browser->cookies)),
        CURLOPT_WRITEFUNCTION => static function ($handle, string $part) use (&$bytes, &$lines, &$first, $begin): int {
            $first ??= (hrtime(true) - $begin) / 1e6;
            $bytes += strlen($part);
            $lines += substr_count($part, "\n");
            return strlen($part);
        }]);
    curl_exec($handle);
    printf("%s as a file: %d lines, %.1f MB in %.1f s, of the processor %.1f s, the first part after %.1f ms, +%.1f MB of memory, %.1f MB at most\n", $what, $lines, $bytes / 1e6, (hrtime(true) - $begin) / 1e9, (used($both) - $busy) / 1e3, $first, $peak() - $before, $peak());
};
$taken('all users', 'people');
getenv('MANY_ALL') && $taken('all events', 'events');
$complaints = $site->complaints();
$complaints === [] || print(implode('', array_slice($complaints, 0, 5)));
$site->stop();
$isSqlite || $database->exec('DROP DATABASE ' . $site->databaseName());
Site::remove($site->folder);
