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
    private const EXAMPLE = <<<'JSON'
        {"rules": [
            {"for": {"roles": ["administrator"]}, "level": "required", "grace_days": 14},
            {"for": "all", "level": "encourage", "again_days": 30}
        ]}
        JSON;

    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly AdminPages $pages,
        private readonly Foresight $foresight,
        private readonly View $view,
    ) {
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        $set = $this->verification->enforcement();
        $typed = $input->typed('do') !== '' && $input->typed('policy') !== '' ? $input->typed('policy') : null;
        $rules = $typed ?? $set ?? '';
        $concerned = null;
        try {
            $concerned = $rules === '' ? null : $this->foresight->of($rules);
        } catch (LicenceRequired) {
            $notice = $notice->problem === '' ? Notice::problem($this->view->text('rules_unlicensed')) : $notice;
        } catch (\ValueError $wrong) {
            $notice = $this->refused($wrong);
        }
        return $this->pages->form('TwoFactorPro;enforcement', $notice, [
            'is_licensed' => in_array($this->verification->licence()?->state(), [LicenceState::Valid, LicenceState::Grace], true),
            'is_set' => $set !== null,
            'is_tried' => $typed !== null && $typed !== $set,
            'rules' => $rules === '' ? self::EXAMPLE : $rules,
            'is_read' => $concerned !== null,
            'concerned' => $concerned ?? [],
            'groups' => $this->groups(),
            'reason' => $input->typed('reason'),
        ]);
    }

    public function objection(Change $change): string
    {
        return $change->text('do') === 'enforcement-set' && $change->text('policy') === '' ? $this->view->text('rules_missing') : '';
    }

    /** Nothing is set: the page shows what would become of whom. */
    public function tryOut(): Notice
    {
        return Notice::none();
    }

    public function set(Change $change, Actor $actor): Notice
    {
        try {
            $this->verification->setEnforcement($change->text('policy'), ...$actor, reason: $change->reason());
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

    /** What the extension says of them, with the path of what is wrong. */
    private function refused(\ValueError $wrong): Notice
    {
        return Notice::problem($this->view->text('rules_wrong'), (string) preg_replace('/^.*?\(\$\w+\) (must be a policy: )?/', '', $wrong->getMessage()));
    }

    /** @return array<int, string> names by the ids that rules name them by */
    private function groups(): array
    {
        $groups = [];
        foreach (\GroupOperations::get_instance()->LoadGroups() as $group) {
            $groups[(int) $group->id] = (string) $group->name;
        }
        return $groups;
    }
}
