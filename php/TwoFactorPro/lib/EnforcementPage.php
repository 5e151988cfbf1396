<?php

/**
 * Site Admin, Two-factor, Premium, Rules: the rules as they are written, what they would do to whom today, and what those
 * that are set do.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactor\Exception\LicenceRequired;
use TwoFactor\LicenceState;
use TwoFactorModule\Actor;
use TwoFactorModule\AdminPage;
use TwoFactorModule\AdminPages;
use TwoFactorModule\Change;
use TwoFactorModule\Host;
use TwoFactorModule\Input;
use TwoFactorModule\Notice;
use TwoFactorModule\Verification;
use TwoFactorModule\View;

final class EnforcementPage extends AdminPage
{
    /** Acts of the form that has the rules in it. */
    private const OF_FORM = ['enforcement-try', 'enforcement-set'];
    /** What the extension says of rules that read well, by a part of it, and what is said of that here. */
    private const REFUSALS = [
        'this site has no such method' => 'rules_no_method',
        'no more than they have just proven' => 'rules_not_proven',
        'phishing-resistant' => 'rules_no_passkeys',
    ];

    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly AdminPages $pages,
        private readonly Foresight $foresight,
        private readonly Names $names,
        private readonly View $view,
    ) {
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        $set = $this->verification->enforcement();
        $isLicensed = in_array($this->verification->licence()?->state(), [LicenceState::Valid, LicenceState::Grace], true);
        $asked = self::isOfForm($input) ? $input->text('edit') ?: $input->text('do') : '';
        $rules = $standing = $this->standing($set);
        try {
            $rules = self::isOfForm($input) ? $this->typed($input) : $standing ?? Rules::example($this->names);
        } catch (\ValueError) {
            $notice = Notice::problem($this->view->text('rules_not_json'));
        }
        $foreseen = null;
        if (in_array($asked, self::OF_FORM, true) && $rules?->objection() === '') {
            try {
                $foreseen = $this->foresight->of($rules->policy());
            } catch (LicenceRequired) {
                $notice = $notice->problem === '' ? Notice::problem($this->view->text('rules_unlicensed')) : $notice;
            } catch (\ValueError $wrong) {
                $notice = $this->refused($wrong);
            }
        } elseif (!$isLicensed && $notice->problem === '') {
            $notice = Notice::problem($this->view->text('rules_unlicensed'));
        }
        $isNew = $rules !== null && $rules->objection() === '' && self::digest($rules) !== ($standing === null ? '' : self::digest($standing));
        return $this->pages->form('TwoFactorPro;enforcement', $notice, [
            'is_licensed' => $isLicensed,
            'is_set' => $set !== null,
            'is_example' => $set === null && !self::isOfForm($input),
            'set' => (string) $set,
            'base' => hash('sha256', (string) $set),
            'rules' => $rules === null ? null : array_map($this->row(...), $rules->rules, array_keys($rules->rules)),
            'json' => match (true) {
                $asked === 'read' => self::json($input),
                $rules?->objection() === '' => $rules->policy(JSON_PRETTY_PRINT),
                default => '',
            },
            'json_open' => $asked === 'read' && $notice->problem !== '',
            'at' => $asked === 'add' ? (int) count($rules?->rules ?? []) : 0,
            'is_removed' => str_starts_with($asked, 'remove-'),
            'foreseen' => $foreseen,
            'seen' => $foreseen === null ? '' : self::digest($rules),
            'is_new' => $isNew,
            'may_set' => $foreseen !== null && $isNew,
            'reason' => $input->typed('reason'),
        ]);
    }

    public function objection(Change $change): string
    {
        if (!self::isOfForm($change) || $change->text('edit') !== '') {
            return '';
        }
        $rules = $this->typed($change);
        $key = $rules->objection() ?: match (true) {
            $change->text('do') !== 'enforcement-set' => '',
            $change->text('base') !== hash('sha256', (string) $this->verification->enforcement()) => 'rules_changed_meanwhile',
            $change->text('seen') !== self::digest($rules) => 'rules_look_first',
            default => '',
        };
        return $key === '' ? '' : $this->view->text($key);
    }

    /** Nothing is set: the page shows the form as it is now, or what would become of whom. */
    public function tryOut(): Notice
    {
        return Notice::none();
    }

    public function set(Change $change, Actor $actor): Notice
    {
        try {
            $this->verification->setEnforcement($this->typed($change)->policy(), ...$actor, reason: $change->reason());
        } catch (LicenceRequired) {
            return Notice::problem($this->view->text('rules_unlicensed'));
        } catch (\ValueError $wrong) {
            return $this->refused($wrong);
        }
        $this->host->log('log_rules_set');
        return Notice::redirect('rules_set');
    }

    public function remove(Change $change, Actor $actor): Notice
    {
        $this->verification->setEnforcement('', ...$actor, reason: $change->reason());
        $this->host->log('log_rules_removed');
        return Notice::redirect('rules_removed');
    }

    /** @phpstan-assert-if-true Change $input */
    private static function isOfForm(Input $input): bool
    {
        return $input instanceof Change && in_array($input->text('do'), self::OF_FORM, true);
    }

    /** The rules that are set; null where there are none, or none that a form could show. */
    private function standing(?string $set): ?Rules
    {
        try {
            return $set === null ? null : Rules::fromPolicy($set, $this->names);
        } catch (\ValueError) {
            return null;
        }
    }

    /**
     * The rules of the form, after a row was added or taken out.
     *
     * @throws \ValueError where JSON is to be read that is no policy
     */
    private function typed(Change $form): Rules
    {
        $edit = $form->text('edit');
        if ($edit === 'read') {
            return Rules::fromPolicy(self::json($form), $this->names);
        }
        $rules = Rules::fromForm($form, $this->names);
        return match (true) {
            $edit === 'add' => $rules->with(Rule::fresh($this->names)),
            preg_match('/\Aremove-(\d{1,3})\z/', $edit, $which) === 1 => $rules->without((int) $which[1]),
            default => $rules,
        };
    }

    private static function json(Change $form): string
    {
        $typed = $form->many('policy')[0] ?? '';
        return is_string($typed) ? $typed : '';
    }

    /** By which rules are known again that were looked at before they are set. */
    private static function digest(Rules $rules): string
    {
        return hash('sha256', $rules->policy());
    }

    /**
     * What the template shows of a rule.
     *
     * @return array<string, mixed>
     */
    private function row(Rule $rule, int $place): array
    {
        $missing = static fn (string $of) => implode(', ', $rule->missing[$of] ?? []);
        $errors = [];
        foreach ($rule->errors as $field => $key) {
            $errors[$field] = $this->view->text($key, $missing(str_replace('users', 'typed', $field)));
        }
        $notes = [];
        foreach (['groups', 'roles', 'users', 'but_groups', 'but_roles', 'but_users'] as $of) {
            if (isset($rule->missing[$of]) && $rule->missing[$of] !== []) {
                $notes[] = $this->view->text('rule_missing_' . str_replace('but_', '', $of), $missing($of));
            }
        }
        return [
            'place' => $place,
            'name' => "rule[$place]",
            'of' => [$this->named($rule, ''), $this->named($rule, 'but_')],
            'errors' => $errors,
            'notes' => array_unique($notes),
        ] + $rule->texts;
    }

    /**
     * Whom a rule names, or leaves out: what there is to choose from, and what was chosen.
     *
     * @return array<string, mixed>
     */
    private function named(Rule $rule, string $of): array
    {
        [$roles, $groups] = [$rule->lists["{$of}roles"] ?? [], $rule->lists["{$of}groups"] ?? []];
        $there = array_replace(array_fill_keys(Rule::ROLES, null), array_fill_keys($roles, null));
        $choices = fn (array $names, array $chosen, callable $text) => array_map(fn (int|string $id) => [
            'value' => (string) $id,
            'text' => $text((string) $id),
            'is_chosen' => in_array((string) $id, $chosen, true),
        ], array_keys($names));
        $site = $this->names->groups();
        return [
            'of' => $of,
            'roles' => $choices($there, $roles, fn (string $role) => $this->view->named('rule_role', $role, 'rule_role_other')),
            'groups' => $choices($site + array_fill_keys($groups, ''), $groups, fn (string $id) => ($site[$id] ?? '') !== ''
                ? $site[$id]
                : $this->view->text('rule_group_gone', $id)),
            'users' => $rule->texts["{$of}users"] ?? '',
            'is_open' => $roles !== [] || $groups !== [] || ($rule->texts["{$of}users"] ?? '') !== '',
        ];
    }

    /** What the extension says of them; in English, where it is about how they are written. */
    private function refused(\ValueError $wrong): Notice
    {
        $said = (string) preg_replace('/^.*?\(\$\w+\) (must be a policy: )?/', '', $wrong->getMessage());
        foreach (self::REFUSALS as $part => $key) {
            if (str_contains($said, $part)) {
                return Notice::problem($this->view->text($key));
            }
        }
        return preg_match('/\Arules\[(\d+)\]/', $said, $which) === 1
            ? Notice::problem($this->view->text('rules_wrong_at', (int) $which[1] + 1), $said)
            : Notice::problem($this->view->text('rules_wrong'), $said);
    }
}
