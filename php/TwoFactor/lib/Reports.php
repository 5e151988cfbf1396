<?php

/**
 * What a provider reports of a message, posted to the front page as index.php?twofactor_report=NAME. Anybody
 * can post there; the extension takes only what the provider of that name has signed for this very address.
 */

declare(strict_types=1);

namespace TwoFactorModule;

use TwoFactor\Exception\Denied;

final class Reports
{
    private const FIELD = 'twofactor_report';
    private const LONGEST = 65536;

    public function __construct(private readonly Host $host, private readonly Verification $verification)
    {
    }

    /**
     * Where the provider of that name is told to report. An administrator copies it, and it stays there: where config.php has
     * no address of the site, the host is left for them to fill in.
     */
    public function address(string $provider): string
    {
        $pages = $this->host->pages;
        $root = $pages->fixedRootUrl() ?: 'https://…' . rtrim(HostPages::pathOf($pages->rootUrl()), '/');
        return "$root/index.php?" . http_build_query([self::FIELD => $provider]);
    }

    /** Answers a report and ends the request; does nothing about any other. */
    public function answer(): void
    {
        $provider = $_GET[self::FIELD] ?? null;
        if (!is_string($provider) || ($_SERVER['REQUEST_METHOD'] ?? '') !== 'POST') {
            return;
        }
        http_response_code($this->take($provider));
        exit;
    }

    private function take(string $provider): int
    {
        $body = (string) file_get_contents('php://input', false, null, 0, self::LONGEST + 1);
        if ($this->verification->isPending() || strlen($body) > self::LONGEST) {
            return 403;
        }
        try {
            $this->verification->quietly(fn () => $this->verification->reportDelivery($provider, $body, getallheaders()));
            return 204;
        } catch (Unverifiable) {
            return 503;
        } catch (Denied | \ValueError) {
            return 403;
        }
    }
}
