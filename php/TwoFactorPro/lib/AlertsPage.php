<?php

/**
 * Site Admin, Two-factor, Premium, Alerts: of what people and administrators are alerted, from when on and how often, what
 * was last, and what a mail looks like. What is unusual the extension says.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactor\Exception\ConfigurationError;
use TwoFactorModule\AdminPage;
use TwoFactorModule\AdminPages;
use TwoFactorModule\Change;
use TwoFactorModule\Host;
use TwoFactorModule\Input;
use TwoFactorModule\Notice;
use TwoFactorModule\PremiumSettings;
use TwoFactorModule\Settings;
use TwoFactorModule\Verification;
use TwoFactorModule\View;

final class AlertsPage extends AdminPage
{
    private const OFF = 'alerts_off';
    /** Numbers of the form, and what they may be. */
    private const LIMITS = [
        'alert_failures' => [1, 100],
        'alert_idle_days' => [1, 3650],
        'alert_person_day' => [1, 24],
        'alert_digest_minutes' => [60, 1440],
        'alert_failing_percent' => [1, 100],
        'alert_budget_percent' => [1, 100],
    ];
    private const TO_PEOPLE = ['after-failures', 'after-inactivity', 'new-network', 'new-device', 'blocked', 'wrong-answers'];
    private const DIGEST = 'digest';
    private const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'fi', 'he'];

    public function __construct(
        private readonly Host $host,
        private readonly Settings $settings,
        private readonly PremiumSettings $premium,
        private readonly Verification $verification,
        private readonly AdminPages $pages,
        private readonly View $view,
    ) {
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        $record = json_decode($this->verification->alertRecord(), true, flags: JSON_THROW_ON_ERROR);
        $isTyped = $input instanceof Change && $input->text('do') === 'alerts-set';
        $off = $isTyped ? self::off($input) : array_keys(array_filter($record['kinds'], static fn (bool $isOn) => !$isOn));
        [$kind, $language] = $this->example($input);
        return $this->pages->form('TwoFactorPro;alerts', $notice, [
            'moved' => $this->time($record['movedAt']),
            'told' => $this->time($record['digestAt']),
            'waits' => $record['digestWaits'],
            'managers' => count($this->host->users->addressesOfManagers()),
            'latest' => array_map(fn (array $one) => [
                'kind' => $this->view->named('alert', (string) $one['kind']),
                'user' => $this->view->user($one['userId']),
                'at' => $this->time($one['at']),
            ], $record['latest']),
            'groups' => [
                'alerts_to_people' => $this->kinds(self::TO_PEOPLE, $off),
                'alerts_to_administrators' => $this->kinds(array_diff(array_keys($record['kinds']), self::TO_PEOPLE), $off),
            ],
            'limits' => array_map(fn (string $name) => [
                'name' => $name,
                'text' => $this->view->text($name),
                'about' => $this->view->text('alert_limit_about', $this->inForce($name), ...self::LIMITS[$name]),
                'value' => $isTyped ? $input->typed($name) : $this->premium->kept($name),
            ], array_keys(self::LIMITS)),
            'examples' => array_map(fn (string $one) => [
                'value' => $one,
                'text' => $this->view->named('alert', $one),
            ], [...self::TO_PEOPLE, self::DIGEST]),
            'languages' => self::LANGUAGES,
            'kind' => $kind,
            'language' => $language,
            'mail' => $this->verification->previewAlert($kind, $language),
        ]);
    }

    public function objection(Change $change): string
    {
        if ($change->text('do') !== 'alerts-set') {
            return '';
        }
        foreach (self::LIMITS as $name => [$least, $most]) {
            $text = $change->text($name);
            if ($text !== '' && (!ctype_digit($text) || strlen($text) > 5 || $text < $least || $text > $most)) {
                return $this->view->text('alerts_wrong', $this->view->text($name), $least, $most);
            }
        }
        return '';
    }

    public function set(Change $change): Notice
    {
        $values = [self::OFF => implode(', ', self::off($change))];
        foreach (array_keys(self::LIMITS) as $name) {
            $values[$name] = $change->text($name);
        }
        try {
            $this->premium->keep($values, $this->settings->forExtension());
        } catch (ConfigurationError $objection) {
            return Notice::problem($this->view->text('provider_refused'), $objection->getMessage());
        }
        $this->host->log('log_alerts_set');
        return Notice::redirect('alerts_set');
    }

    /** The page shows it. */
    public function preview(): Notice
    {
        return Notice::none();
    }

    /** @return list<string> of what nobody is alerted: those that the form offered and has not ticked */
    private static function off(Change $change): array
    {
        return array_values(array_diff(self::names($change->many('kinds')), self::names($change->many('on'))));
    }

    /**
     * @param array<mixed> $given
     * @return list<string>
     */
    private static function names(array $given): array
    {
        return array_values(array_filter($given, static fn (mixed $one) => is_string($one) && preg_match('/\A[a-z-]{1,40}\z/', $one) === 1));
    }

    /** @return array{string, string} which example is shown, and in which language */
    private function example(Input $input): array
    {
        [$kind, $language] = [$input->text('example'), $input->text('language') ?: $this->view->text('page_language')];
        return [
            in_array($kind, [...self::TO_PEOPLE, self::DIGEST], true) ? $kind : 'new-network',
            in_array($language, self::LANGUAGES, true) ? $language : 'en',
        ];
    }

    /**
     * @param array<string> $names
     * @param list<string> $off
     * @return list<array{name: string, text: string, is_on: bool}>
     */
    private function kinds(array $names, array $off): array
    {
        return array_map(fn (string $name) => [
            'name' => $name,
            'text' => $this->view->named('alert', $name),
            'is_on' => !in_array($name, $off, true),
        ], array_values($names));
    }

    /** What php.ini or the environment says, or the extension by itself: what an empty field means. */
    private function inForce(string $name): string
    {
        return trim((string) ini_get("twofactor.$name"));
    }

    private function time(?string $at): string
    {
        return $at === null ? '' : $this->view->moment(new \DateTimeImmutable($at));
    }
}
