<?php

/**
 * A page under My Preferences: the signed-in person and their own account, never anybody else's. The user comes from
 * the login, not from the request, and not while testing the site as somebody else.
 *
 * What takes a fresh proof may bring it along: where an earlier one is over, the form comes back as it was filled in, with
 * the proof on it, and is done when it is sent with one.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Exception\Denied;
use TwoFactor\Exception\FactorRefused;
use TwoFactor\Exception\OnHold;
use TwoFactor\Exception\StepUpRequired;
use TwoFactor\Method;

abstract class OwnPage
{
    /** The module's action: `page` for those of another module. */
    protected const ACTION = '';
    /** Which of those; the name that Extension::ownPages() has for it. */
    protected const PAGE = '';
    /** Before the names of the fields that a proof is in. */
    protected const PROOF = '';
    /** What begins a set-up, by the value of `do`. */
    protected const SET_UPS = [];
    private const MESSAGE = 'twofactor_message_';
    /** Where the sign-in would have led, if not to a page of its own first. */
    private const LED_FROM = 'twofactor_led_from';
    /** What is announced and is no good news. */
    private const WARNINGS = ['recovery_last', 'on_hold'];

    public function __construct(
        protected readonly Host $host,
        protected readonly Verification $verification,
        protected readonly Sessions $sessions,
        protected readonly StepUp $stepUp,
        protected readonly View $view,
        protected readonly FormerVersion $formerVersion,
        private readonly Access $access,
    ) {
    }

    /** What the page says when it is shown next. */
    public static function announce(string $key, int|string ...$values): void
    {
        $_SESSION[self::MESSAGE . static::ACTION . static::PAGE] = [$key, ...$values];
    }

    /** The sign-in that has just ended leads to this address first, and leadOn() from there to where it would have. */
    public static function leadTo(string $path): void
    {
        $_SESSION[self::LED_FROM] = $_SESSION['login_redirect_to'] ?? null;
        $_SESSION['login_redirect_to'] = $path;
    }

    /** The page, or by POST what `do` asks for. */
    public function handle(): string
    {
        PageHeaders::send();
        $user = $this->host->users->user((int) $this->host->session->loggedInId());
        if ($user === null || !$this->access->mayUse()) {
            return $this->refusal($this->host->session->isImpersonating() ? 'not_while_testing' : 'no_permission');
        }
        try {
            if ($this->verification->isPending()) {
                return $this->refusal($this->formerVersion->owes((int) $user->id) ? 'former_pending' : 'not_set_up');
            }
            // First of all: without the extension its methods and the like are not even there to be named.
            $this->verification->verifier();
            return Change::isAsked() ? $this->answer($user, Change::fromRequest()) : $this->page($user);
        } catch (StepUpRequired) {
            return $this->page($user, 'prove_first');
        } catch (Unverifiable) {
            return $this->refusal('unavailable');
        } catch (OnHold) {
            $this->goBack('on_hold');
        } catch (Denied | \ValueError) {
            $this->goBack('try_again');
        }
    }

    /** What was asked for; null when this request may change nothing. */
    abstract protected function answer(\User $user, ?Change $change): string;

    /** @param ?Change $form that comes back, because its proof is over or it was refused */
    abstract protected function page(\User $user, string $problem = '', ?\Throwable $why = null, ?Change $form = null): string;

    /** @param callable(): string $do */
    protected function proven(\User $user, Change $form, callable $do): string
    {
        if ($form->text('send') !== '') {
            return $this->sendProof($user, $form->text('send'), $form);
        }
        if ($form->has(static::PROOF . 'code') && $this->stepUp->grant((int) $user->id) === null) {
            [$problem, $why] = $this->stepUp->check($this->host->users->person($user), $form, static::PROOF);
            // What a set-up asks for may begin with such a proof.
            $goesOn = $problem === StepUp::TOO_WEAK && in_array($form->text('do'), static::SET_UPS, true);
            if ($problem !== '' && !$goesOn) {
                return $this->page($user, $problem, $why, $form);
            }
        }
        try {
            return $do();
        } catch (StepUpRequired) {
            return $this->page($user, 'proof_over', null, $form);
        } catch (FactorRefused $objection) {
            return $this->page($user, 'try_again', $objection, $form);
        }
    }

    /** A code for the proof; asked for from the form that it is on, if that is not its own. */
    protected function sendProof(\User $user, string $method, ?Change $form = null): string
    {
        try {
            $this->stepUp->send($this->host->users->person($user), Method::from($method));
        } catch (Denied | Undelivered $refusal) {
            return $this->page($user, 'try_again', $refusal, $form);
        }
        $form === null && $this->goBack('code_sent');
        static::announce('code_sent');
        return $this->page($user, form: $form);
    }

    /** What a change is made with; '' without a proof. */
    protected function grant(\User $user): string
    {
        return (string) $this->stepUp->grant((int) $user->id);
    }

    /** @param array<string, mixed> $values */
    protected function show(string $template, array $values, string $problem = '', ?\Throwable $why = null): string
    {
        $this->view->noStore();
        $said = $_SESSION[self::MESSAGE . static::ACTION . static::PAGE] ?? null;
        unset($_SESSION[self::MESSAGE . static::ACTION . static::PAGE]);
        if ($problem === '' && in_array($said[0] ?? '', self::WARNINGS, true)) {
            [$problem, $said] = [$said[0], null];
        }
        return $this->view->render($template, $this->view->wait($why) + $values + [
            'message' => $said === null ? '' : $this->view->text(...$said),
            'problem' => $problem === '' ? '' : $this->view->problem($problem, $why),
            'back' => $this->view->actionUrl('preferences'),
            'own_page' => static::PAGE,
        ]);
    }

    protected function goBack(string $message, string ...$values): never
    {
        static::announce($message, ...$values);
        $this->host->pages->redirect($this->view->actionUrl(static::ACTION, ['page' => static::PAGE]));
    }

    /** On from a page that a sign-in led to first. */
    protected function leadOn(\User $user): never
    {
        $_SESSION['login_redirect_to'] = $_SESSION[self::LED_FROM] ?? null;
        unset($_SESSION[self::LED_FROM]);
        $this->host->pages->redirect($this->host->pages->destination($user));
    }

    private function refusal(string $key): string
    {
        return $this->view->render('refusal', ['message' => $this->view->text($key)]);
    }
}
