<?php

/**
 * Site Admin, Two-factor, Messages: codes by telephone, and what became of them.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\SentMessage;

final class MessagesPage extends AdminPage
{
    public function __construct(
        private readonly Host $host,
        private readonly Verification $verification,
        private readonly AdminPages $pages,
        private readonly View $view,
    ) {
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        $part = $this->pages->part(
            ['tab' => 'messages'],
            $input->text('before'),
            fn (int $limit, ?string $before) => $this->verification->ask(
                static fn ($verifier) => $verifier->deliveries($limit, $before),
            ),
        );
        return $this->pages->page('messages', $notice, ['list' => array_map($this->row(...), $part['list'])] + $part);
    }

    /** @return array<string, string> */
    private function row(SentMessage $message): array
    {
        $id = $message->userId();
        $state = $this->view->textOr('message_' . $message->status(), $message->status());
        return [
            'at' => $this->view->moment($message->at()),
            'user' => ctype_digit($id) ? $this->host->users->userName((int) $id) : $this->view->text('message_test'),
            'method' => $this->view->method($message->method()),
            'to' => View::unbroken($message->maskedDestination()),
            'provider' => $message->provider(),
            'reference' => (string) $message->reference(),
            'state' => $state . ' ' . $this->view->ago($message->statusAt()),
            'tone' => match ($message->status()) {
                'delivered' => 'good',
                'undelivered', 'failed' => 'bad',
                default => '',
            },
            'detail' => $this->detail($message->deliverySeconds(), $message->detail()),
        ];
    }

    private function detail(?int $took, ?string $detail): string
    {
        return match (true) {
            $took !== null => $this->view->text('message_took', $this->view->duration($took)),
            $detail === 'notice' => $this->view->text('message_notice'),
            $detail !== null => $this->view->text('message_error', $detail),
            default => '',
        };
    }
}
