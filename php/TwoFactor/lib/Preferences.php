<?php

/**
 * My Preferences, Two-factor: what the signed-in person has enrolled, and every change of it.
 *
 * Secrets and codes are shown only in the answer to a POST, once, and are kept nowhere on this side; but for the codes of
 * a set-up that ended a sign-in, which the session keeps until this page is opened.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Account;
use TwoFactor\AuditTopic;
use TwoFactor\Client;
use TwoFactor\Enrolled;
use TwoFactor\Exception\StepUpRequired;
use TwoFactor\Factor;
use TwoFactor\Method;
use TwoFactor\TotpSetup;

final class Preferences extends OwnPage
{
    protected const ACTION = 'preferences';
    protected const PROOF = 'proof_';
    protected const SET_UPS = ['start'];
    private const FEW_CODES = 3;

    public function __construct(
        Host $host,
        Verification $verification,
        Sessions $sessions,
        StepUp $stepUp,
        View $view,
        FormerVersion $formerVersion,
        Access $access,
        private readonly SetUps $setUps,
        private readonly Factors $factors,
        private readonly OtherPages $others,
        private readonly Asked $askedOf,
        private readonly PasswordAgain $passwordAgain,
    ) {
        parent::__construct($host, $verification, $sessions, $stepUp, $view, $formerVersion, $access);
    }

    protected function answer(\User $user, ?Change $change): string
    {
        return match ($change?->text('do')) {
            'prove' => $this->prove($user, $change),
            'send' => $this->sendProof($user, $change->text('method')),
            'start' => $this->proven($user, $change, fn () => $this->startApp($user, $change)),
            'start-email', 'start-phone' => $this->proven($user, $change, fn () => $this->goOn($user, $change)),
            'send-again', 'confirm', 'confirm-destination' => $this->goOn($user, $change),
            'rotate' => $this->proven($user, $change, fn () => $this->rotate($user)),
            'regenerate' => $this->proven($user, $change, fn () => $this->regenerate($user)),
            'remove' => $this->proven($user, $change, fn () => $this->remove($user, $change->text('factor'))),
            'suspend' => $this->proven($user, $change, fn () => $this->suspend($user, $change->text('factor'))),
            'resume' => $this->proven($user, $change, fn () => $this->resume($user, $change->text('factor'))),
            'rename' => $this->proven($user, $change, fn () => $this->rename($user, $change)),
            'primary' => $this->proven($user, $change, fn () => $this->setPrimary($user, $change)),
            'end-hold' => $this->endHold($user, $change),
            'export' => $this->proven($user, $change, fn () => $this->export($user)),
            'download' => $this->download($user->username, $change->text('codes'), $change->text('kind')),
            default => $this->goBack('try_again'),
        };
    }

    /** A proof beforehand, for whatever follows. */
    private function prove(\User $user, Change $change): string
    {
        [$problem, $why] = $this->stepUp->check($this->host->users->person($user), $change);
        return $problem === '' ? $this->goBack('proven') : $this->page($user, $problem, $why);
    }

    /** Ends a hold on changes, with a code that proves what no link of a mail does. */
    private function endHold(\User $user, Change $change): string
    {
        [$problem, $why] = $this->stepUp->check($this->host->users->person($user), $change, 'release_');
        if ($problem !== '') {
            return $this->page($user, $problem, $why);
        }
        $id = (string) $user->id;
        $this->verification->releaseHold($id, $id, Reason::ByItsUser->value, $this->grant($user), Client::fromGlobals());
        $this->goBack('hold_ended');
    }

    /** A step of a set-up, and the page that follows it. */
    private function goOn(\User $user, Change $change): string
    {
        try {
            $enrolled = $this->setUps->step($user, $change, $this->stepUp->grant((int) $user->id));
        } catch (SetUpRefused $refusal) {
            [$problem, $why] = [$refusal->problem, $refusal->getPrevious()];
            return match ($refusal->at) {
                Kept::Destination => $this->destination($user, $problem, $why),
                Kept::App => $this->setup($user, $this->setUps->app($user), $problem),
                default => $this->page($user, $problem, $why, $change),
            };
        }
        $message = $change->text('do') === 'confirm' ? 'app_enrolled' : 'destination_enrolled';
        return $enrolled === null ? $this->destination($user) : $this->enrolled($user, $enrolled, $message);
    }

    private function startApp(\User $user, Change $change): string
    {
        $id = (int) $user->id;
        $account = $this->verification->account($id);
        $label = $change->text('label') ?: $this->factors->nextAppName($account);
        try {
            $permit = PasswordAgain::isNeeded($account)
                ? $this->passwordAgain->grant($user, $change)
                : $this->stepUp->grant($id) ?? $this->stepUp->permit($id);
            return $this->setup($user, $this->setUps->startApp($user, $label, $permit));
        } catch (SetUpRefused $refusal) {
            return $this->page($user, $refusal->problem, null, $change);
        } catch (StepUpRequired $over) {
            Kept::StepUp->forget();
            throw $over;
        }
    }

    /** An app in the place of the one that there is, and new codes with it. */
    private function rotate(\User $user): string
    {
        $person = $this->host->users->person($user);
        $setup = $this->verification->rotateSecret($person, $this->grant($user), Client::fromGlobals());
        return $this->setup($user, $this->setUps->begun($user, $setup));
    }

    private function enrolled(\User $user, Enrolled $enrolled, string $message): string
    {
        $isForProof = $this->stepUp->permit((int) $user->id) !== null;
        $this->goOnAfter((int) $user->id, $enrolled);
        $codes = SetUps::codesOf($enrolled);
        return $codes === null ? $this->goBack($isForProof ? 'stronger_enrolled' : $message) : $this->codes($user, ...$codes, message: 'enrolled');
    }

    private function regenerate(\User $user): string
    {
        $grant = $this->grant($user);
        $kind = $this->verification->lookupMethod();
        $regenerate = $kind === Method::RecoveryCode ? 'regenerateRecoveryCodes' : 'regenerateBackupCodes';
        $codes = $this->verification->$regenerate((string) $user->id, $grant, Client::fromGlobals());
        $this->goOnAfter((int) $user->id, grant: $grant);
        return $this->codes($user, $kind, $codes->codes(), 'regenerated');
    }

    private function remove(\User $user, string $factor): never
    {
        $grant = $this->grant($user);
        $this->verification->removeFactor((string) $user->id, $factor, $grant, Client::fromGlobals());
        $this->goOnAfter((int) $user->id, grant: $grant);
        $account = $this->verification->account((int) $user->id);
        $due = $account->enrolmentDue();
        match (true) {
            $account->isEnrolled() => $this->goBack('removed_one'),
            $due === null => $this->goBack('removed'),
            default => $this->goBack('removed_required', $this->view->deadline($due)),
        };
    }

    /** A phone that is lost: with the proof of something else. The session ends where that very phone was the proof. */
    private function suspend(\User $user, string $factor): never
    {
        [$id, $grant] = [(string) $user->id, $this->grant($user)];
        $this->verification->suspendFactor($id, $factor, $id, Reason::ByItsOwner->value, $grant, Client::fromGlobals());
        $this->goOnAfter((int) $user->id, grant: $grant);
        $this->goBack('suspended_one');
    }

    private function resume(\User $user, string $factor): never
    {
        [$id, $grant] = [(string) $user->id, $this->grant($user)];
        $this->verification->resumeFactor($id, $factor, $id, Reason::ByItsOwner->value, $grant, Client::fromGlobals());
        $this->goOnAfter((int) $user->id, grant: $grant);
        $this->goBack('resumed_one');
    }

    private function rename(\User $user, Change $change): never
    {
        [$factor, $label] = [$change->text('factor'), $change->text('label')];
        $this->verification->renameFactor((string) $user->id, $factor, $label, $this->grant($user), Client::fromGlobals());
        $this->goBack('renamed');
    }

    private function setPrimary(\User $user, Change $change): never
    {
        $method = Method::from($change->text('method'));
        $this->verification->setPrimary((string) $user->id, $method, $this->grant($user), Client::fromGlobals());
        $this->goBack('primary_set');
    }

    /** All that is kept of them, as a file. */
    private function export(\User $user): never
    {
        $id = (string) $user->id;
        $copy = $this->verification->export($id, $id, $this->stepUp->grant((int) $id), Client::fromGlobals());
        $this->view->download('two-factor-data', $copy);
    }

    /** Factors have changed: this session and its fresh proof go on, all else of the user has ended. */
    private function goOnAfter(int $userId, ?Enrolled $enrolled = null, #[\SensitiveParameter] ?string $grant = null): void
    {
        Kept::StepUp->forget();
        SetUps::forget();
        $this->formerVersion->noteChange();
        $this->sessions->goOn($userId, $enrolled, $grant);
    }

    /** Hands the codes that the person has on the page back to them as a file. */
    private function download(string $name, #[\SensitiveParameter] string $joined, string $kind): never
    {
        $codes = preg_split('/\s+/', $joined, 20, PREG_SPLIT_NO_EMPTY) ?: [];
        if ($codes === [] || preg_grep('/^[0-9A-Z-]{8,40}$/', $codes, PREG_GREP_INVERT)) {
            $this->goBack('try_again');
        }
        $this->view->noStore();
        header('Content-Type: text/plain; charset=utf-8');
        $isNumbered = $kind === Method::RecoveryCode->value;
        header(sprintf('Content-Disposition: attachment; filename="%s-codes.txt"', $isNumbered ? 'recovery' : 'backup'));
        $title = $this->view->text($isNumbered ? 'codes_file_recovery' : 'codes_file', $this->host->pages->siteName(), $name, date('Y-m-d'));
        $line = static fn (int $place, string $code) => $isNumbered ? sprintf('%2d. %s', $place + 1, $code) : $code;
        echo implode("\r\n", [$title, '', ...array_map($line, array_keys($codes), $codes), '']);
        exit;
    }

    protected function page(\User $user, string $problem = '', ?\Throwable $why = null, ?Change $form = null): string
    {
        $id = (int) $user->id;
        $new = SetUps::newCodes($id);
        if ($new !== null) {
            $new += ['shown' => time(), 'back' => $this->host->pages->destination($user)];
            Kept::Codes->put($id, $new);
            return $this->codes($user, Method::from($new['kind']), $new['codes'], 'enrolled', $new['back']);
        }
        $account = $this->verification->account($id);
        $removable = Factors::removable($account);
        $primaries = array_values(array_filter($account->methods(), static fn (Method $m) => !Factors::isLookup($m)));
        $offers = $this->setUps->offers($user, $form, isWeakEnough: !Settings::isStrict() || in_array(Method::Totp, $account->methods(), true));
        $mustProve = $account->isEnrolled() && $this->stepUp->grant($id) === null;
        $asked = $form?->text('do') ?? '';
        $hasApp = in_array(Method::Totp, $primaries, true);
        $isThere = match ($asked) {
            'regenerate' => true,
            'rotate' => Factors::isReplaced($account) || $account->enrolmentDue() !== null && $hasApp,
            'start' => $account->takesAnotherApp(),
            'start-phone' => $offers['ways'] !== [],
            'start-email' => $offers['offers_email'],
            'primary' => count($primaries) > 1,
            'remove', 'rename' => $removable !== [],
            'suspend' => Factors::suspendable($account) !== [],
            'resume' => Factors::suspended($account) !== [],
            'export' => true,
            default => false,
        };
        return $this->show('preferences', [
            'account' => $account,
            'names' => $this->factors,
            'factors' => $account->factors(),
            'owes' => $this->formerVersion->owes($id),
            'may_rotate' => Factors::isReplaced($account),
            'needs_password' => PasswordAgain::isNeeded($account),
            'is_strict' => Settings::isStrict(),
            'has_app' => $hasApp,
            'owed' => $account->enrolmentDue() === null ? null : $this->owed($account),
            'is_due' => $account->enrolmentDue()?->getTimestamp() <= time(),
            'asked_of' => $this->askedOf->ofOwn($id),
            'app_name' => $this->factors->nextAppName($account),
            'longest_label' => Factors::LONGEST_LABEL,
            'codes_left' => Factors::codesLeft($account),
            'codes_few' => Factors::codesLeft($account) <= self::FEW_CODES,
            'codes_kind' => $this->verification->lookupMethod()->value,
            'must_prove' => $mustProve,
            'may_set_up' => $mustProve && $this->stepUp->permit($id) !== null,
            // The one form that is to be sent once more, with the proof on it.
            'asked' => $mustProve && $isThere ? $asked : '',
            'proven_for' => $this->view->duration($this->stepUp->secondsLeft($id)),
            'primaries' => $primaries,
            'removable' => $removable,
            'suspendable' => Factors::suspendable($account),
            'suspended' => Factors::suspended($account),
            'at' => $mustProve ? '' : $offers['at'],
            'others' => $this->others->links(),
        ] + $offers + $this->view->proving($account, $this->verification, $this->stepUp, $id), $problem, $why);
    }

    /**
     * What is left of a required set-up that has been begun here, step by step; null where it has not.
     *
     * @return array{apps: string, codes: bool}|null
     */
    private function owed(Account $account): ?array
    {
        $since = (int) $this->verification->allEnrolmentsRequired()?->requiredAt()->getTimestamp();
        foreach ($this->verification->audit($account->userId(), 200, null, AuditTopic::Account) as $event) {
            $since = max($since, $event->type() === 'enrolment.required' ? $event->at()->getTimestamp() : 0);
        }
        $isFormer = static fn (Factor $factor) => $factor->enrolledAt()->getTimestamp() < $since;
        $former = array_filter($account->factors(), $isFormer);
        $apps = array_filter($former, static fn (Factor $factor) => $factor->method() === Method::Totp);
        $left = [
            'apps' => implode(', ', array_map($this->factors->name(...), $apps)),
            'codes' => array_filter($former, static fn (Factor $factor) => Factors::isLookup($factor->method())) !== [],
        ];
        $isBegun = array_filter(Factors::removable($account), static fn (Factor $factor) => !$isFormer($factor)) !== [];
        return $isBegun && $left !== ['apps' => '', 'codes' => false] ? $left : null;
    }

    /** The page that waits for the code which shows that an address or number reaches the user. */
    private function destination(\User $user, string $problem = '', ?\Throwable $why = null): string
    {
        return $this->show('destination', $this->view->destination($this->setUps->destination($user)), $problem, $why);
    }

    /** Nobody is shown a set-up but whoever has its token. */
    private function setup(\User $user, TotpSetup $setup, string $problem = ''): string
    {
        return $this->show('setup', ['setup' => $setup, 'name' => $user->username, 'at' => 'confirm'], $problem);
    }

    /** @param list<string> $codes */
    private function codes(\User $user, Method $kind, array $codes, string $message, ?string $back = null): string
    {
        self::announce($message);
        $back ??= $this->view->actionUrl('preferences');
        return $this->show('codes', $this->view->codes($kind, $codes, $user->username, $back));
    }
}
