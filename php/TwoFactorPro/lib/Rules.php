<?php

/**
 * The rules of a policy, as a form has them.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactorModule\Change;

final class Rules
{
    /**
     * @param list<Rule> $rules
     * @param bool $isWhole whether all of the form has come: PHP drops fields where there are too many, and rules with them
     */
    private function __construct(public readonly array $rules, public readonly bool $isWhole = true)
    {
    }

    /** What a form begins with where nothing is set. */
    public static function example(Names $names): self
    {
        return new self([Rule::fresh($names), Rule::fresh($names, 'encourage', true)]);
    }

    /**
     * @throws \ValueError where it is none
     */
    public static function fromPolicy(string $policy, Names $names): self
    {
        $read = json_decode($policy, true);
        $rules = is_array($read) && array_keys($read) === ['rules'] && is_array($read['rules']) ? $read['rules'] : null;
        if ($rules === null || !array_is_list($rules) || array_filter($rules, is_array(...)) !== $rules) {
            throw new \ValueError('{"rules": [{…}, …]}');
        }
        return new self(array_map(static fn (array $rule) => Rule::fromPolicy($rule, $names), $rules));
    }

    public static function fromForm(Change $form, Names $names): self
    {
        $rows = array_filter($form->many('rule'), is_array(...));
        return new self(array_values(array_map(static fn (array $row) => Rule::fromForm($row, $names), $rows)), $form->has('whole'));
    }

    public function with(Rule $rule): self
    {
        return new self([...$this->rules, $rule], $this->isWhole);
    }

    public function without(int $place): self
    {
        return new self(array_values(array_diff_key($this->rules, [$place => true])), $this->isWhole);
    }

    /** The key of what is to be said of them before anybody else looks at them; '' where nothing is. */
    public function objection(): string
    {
        return match (true) {
            !$this->isWhole => 'rules_cut_off',
            $this->rules === [] => 'rules_missing',
            array_filter($this->rules, static fn (Rule $rule) => $rule->errors !== []) !== [] => 'rules_errors',
            default => '',
        };
    }

    /**
     * As they are set; of those without an objection.
     *
     * @param int $flags of json_encode()
     */
    public function policy(int $flags = 0): string
    {
        $rules = array_map(static fn (Rule $rule) => $rule->policy(), $this->rules);
        return json_encode(['rules' => $rules], $flags | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR);
    }
}
