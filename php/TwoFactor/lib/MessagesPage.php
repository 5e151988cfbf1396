<?php

/**
 * Site Admin, Two-factor, Messages: codes by telephone, and what became of them.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class MessagesPage extends AdminPage
{
    public function __construct(
        private readonly Verification $verification,
        private readonly AdminPages $pages,
    ) {
    }

    public function show(string $page, Input $input, Notice $notice): string
    {
        $part = $this->pages->part(['tab' => 'messages'], $input->text('before'), $this->verification->deliveries(...));
        return $this->pages->page('messages', $notice, $part);
    }
}
