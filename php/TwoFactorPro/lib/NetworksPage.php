<?php

/**
 * Site Admin, Two-factor, Premium, Networks: what health says of the rules and of guessing, and the settings behind it.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactor\HealthCheck;
use TwoFactorModule\AdminPage;
use TwoFactorModule\AdminPages;
use TwoFactorModule\HealthReport;
use TwoFactorModule\Input;
use TwoFactorModule\Notice;
use TwoFactorModule\Verification;
use TwoFactorModule\View;

final class NetworksPage extends AdminPage
{
    private const LISTS = ['network_allow', 'network_deny'];
    private const LIMITS = [
        'network_address_failures',
        'network_subnet_failures',
        'network_address_sends',
        'network_subnet_sends',
        'max_failures_all_methods',
        'after_failures',
        'alarm_accounts',
        'alarm_networks',
    ];

    public function __construct(
        private readonly Verification $verification,
        private readonly AdminPages $pages,
        private readonly HealthReport $report,
        private readonly View $view,
    ) {
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        $found = ['networks' => [], 'guessing' => []];
        $check = $this->check();
        foreach ($check === null ? [] : $check->findings() as $i => $finding) {
            [$about, $what] = explode('.', $finding->id()) + ['', ''];
            $found[$about][] = $this->report->findings($check)[$i] + ['tone' => self::tone($what)];
        }
        return $this->pages->page('TwoFactorPro;networks', $notice, [
            'rules' => $found['networks'] ?: [$this->withoutFinding()],
            'alarms' => $found['guessing'],
            'settings' => array_map(fn (string $name) => [
                'name' => "twofactor.$name",
                'value' => self::inForce($name),
                'about' => $this->view->text("about_$name"),
            ], [...self::LISTS, ...self::LIMITS]),
        ]);
    }

    /** What health has to say of them; null where no list is set and nobody guesses. */
    private function check(): ?HealthCheck
    {
        foreach ($this->verification->health()->checks() as $check) {
            if ($check->name() === 'networks') {
                return $check;
            }
        }
        return null;
    }

    private static function tone(string $what): string
    {
        return match ($what) {
            'ok' => 'ok',
            'broken' => 'problem',
            default => 'warning',
        };
    }

    /** @return array{text: string, is_ours: bool, tone: string} */
    private function withoutFinding(): array
    {
        $isSet = implode('', array_map(self::inForce(...), self::LISTS)) !== '';
        return ['text' => $this->view->text($isSet ? 'networks_unknown' : 'networks_none'), 'is_ours' => true, 'tone' => 'hint'];
    }

    /** Of php.ini or the environment, or what the extension does by itself; this module gives it none of them. */
    private static function inForce(string $name): string
    {
        return trim((string) ini_get("twofactor.$name"));
    }
}
