<?php

/**
 * One rule, as a form has it: people and groups by their names. A rule that the form cannot show as it is stays the JSON
 * that it came as, or whoever saves the others would change it.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

final class Rule
{
    public const ROLES = ['administrator'];
    public const LEVELS = ['off', 'encourage', 'required', 'required-now'];
    /** In the order of what they ask; the last one takes passkeys, which are not there yet. */
    public const STRENGTHS = ['any', 'no-restricted', 'phishing-resistant'];
    private const MOST_DAYS = 366;
    /** The field of a level that it takes. */
    private const DAYS = ['encourage' => 'again_days', 'required' => 'grace_days'];
    private const PROPOSED = ['grace_days' => '14', 'again_days' => '30'];
    /** Fields that are the same in a form and in a policy. */
    private const PLAIN = ['level', 'grace_days', 'again_days', 'sign_in', 'step_up'];
    private const TEXTS = ['kept', 'whom', 'users', 'but_users', 'level', 'grace_days', 'again_days', 'sign_in', 'step_up'];
    private const LISTS = ['roles', 'groups', 'but_roles', 'but_groups'];

    /**
     * @param array<string, string> $texts of TEXTS, each
     * @param array<string, list<string>> $lists of LISTS, each
     * @param array<string, string> $errors keys of texts, by the field that is wrong
     * @param array<string, list<string>> $missing what is named and is not there: groups, roles, users
     */
    private function __construct(
        public readonly array $texts,
        public readonly array $lists,
        public readonly array $errors = [],
        public readonly array $missing = [],
        private readonly array $policy = [],
    ) {
    }

    /** A new one. */
    public static function fresh(Names $names, string $level = 'required', bool $isForAll = false): self
    {
        $whom = $isForAll ? ['whom' => 'all'] : ['whom' => 'named', 'roles' => ['administrator']];
        return self::of($whom + self::PROPOSED + ['level' => $level, 'sign_in' => 'any'], $names);
    }

    /** @param array<mixed> $rule of a policy */
    public static function fromPolicy(array $rule, Names $names): self
    {
        [$for, $but] = [$rule['for'] ?? null, $rule['except'] ?? []];
        $list = static fn (mixed $of, string $name): array => is_array($of) && is_array($of[$name] ?? null) ? $of[$name] : [];
        $tokens = static fn (mixed $of): string => implode(', ', array_map($names->token(...), array_filter($list($of, 'users'), is_string(...))));
        // Proposed for when its level is another; at "off" a rule keeps its own.
        $days = ($rule['level'] ?? '') === 'off' ? [] : self::PROPOSED;
        $found = self::of([
            'whom' => $for === 'all' ? 'all' : 'named',
            'roles' => $list($for, 'roles'),
            'groups' => $list($for, 'groups'),
            'users' => $tokens($for),
            'but_roles' => $list($but, 'roles'),
            'but_groups' => $list($but, 'groups'),
            'but_users' => $tokens($but),
        ] + array_map(self::typed(...), array_intersect_key($rule, array_flip(self::PLAIN))) + $days, $names);
        return $found->errors === [] && self::plain($found->policy) === self::plain($rule) ? $found : self::kept($rule);
    }

    /** @param array<mixed> $fields of a form */
    public static function fromForm(array $fields, Names $names): self
    {
        if (($fields['kept'] ?? '') === '') {
            return self::of($fields, $names);
        }
        $rule = is_string($fields['kept']) ? json_decode($fields['kept'], true) : null;
        return is_array($rule) ? self::kept($rule) : new self(['kept' => '?'], [], ['kept' => 'rules_cut_off']);
    }

    /** @param array<mixed> $rule */
    private static function kept(array $rule): self
    {
        return new self(
            ['kept' => json_encode($rule, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR)],
            [],
            policy: $rule,
        );
    }

    /** @param array<mixed> $fields */
    private static function of(array $fields, Names $names): self
    {
        $texts = $lists = $errors = $missing = [];
        foreach (self::TEXTS as $name) {
            $texts[$name] = is_string($fields[$name] ?? null) ? $fields[$name] : '';
        }
        foreach (self::LISTS as $name) {
            $lists[$name] = array_values(array_unique(array_filter((array) ($fields[$name] ?? []), is_string(...))));
        }
        $named = ['' => [], 'but_' => []];
        foreach (array_keys($named) as $of) {
            [$users, $unknown, $gone] = $names->users($texts["{$of}users"]);
            $named[$of] = array_filter(['roles' => $lists["{$of}roles"], 'groups' => $lists["{$of}groups"], 'users' => $users]);
            if ($unknown !== []) {
                $errors["{$of}users"] = 'rule_no_such_user';
            }
            $missing += [
                "{$of}typed" => $unknown,
                "{$of}users" => $gone,
                "{$of}groups" => array_values(array_diff($lists["{$of}groups"], array_map(strval(...), array_keys($names->groups())))),
                "{$of}roles" => array_values(array_diff($lists["{$of}roles"], self::ROLES)),
            ];
        }
        ['' => $for, 'but_' => $but] = $named;
        if ($texts['whom'] !== 'all' && $for === [] && !isset($errors['users'])) {
            $errors['whom'] = 'rule_for_nobody';
        }
        $policy = ['for' => $texts['whom'] === 'all' ? 'all' : $for] + ($but === [] ? [] : ['except' => $but]) + ['level' => $texts['level']];
        foreach (array_keys(self::PROPOSED) as $days) {
            $number = preg_match('/\A\d{1,3}\z/', $texts[$days]) === 1 ? (int) $texts[$days] : 0;
            $isRight = $number >= 1 && $number <= self::MOST_DAYS;
            if ((self::DAYS[$texts['level']] ?? '') === $days) {
                $policy[$days] = $number;
                $errors += $isRight ? [] : [$days => 'rule_days_wrong'];
            } elseif ($texts['level'] === 'off' && $isRight) {
                // What is switched off keeps what it had.
                $policy[$days] = $number;
            }
        }
        $policy += array_filter(['sign_in' => $texts['sign_in'], 'step_up' => $texts['step_up']]);
        return new self($texts, $lists, $errors, array_filter($missing), $policy);
    }

    /** @return array<string, mixed> for the policy; of one without errors */
    public function policy(): array
    {
        return $this->policy;
    }

    private static function typed(mixed $value): string
    {
        return is_string($value) || is_int($value) ? (string) $value : '?';
    }

    /**
     * As two are compared that say the same: the order of fields and of names is no matter, nor is a list of nobody.
     *
     * @param array<mixed> $rule
     */
    private static function plain(array $rule): string
    {
        $sort = static function (mixed $part) use (&$sort): mixed {
            if (!is_array($part)) {
                return $part;
            }
            $part = array_filter(array_map($sort, $part), static fn (mixed $one) => $one !== []);
            array_is_list($part) ? sort($part) : ksort($part);
            return $part;
        };
        return (string) json_encode($sort($rule + ['sign_in' => 'any']));
    }
}
