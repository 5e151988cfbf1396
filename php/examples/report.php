<?php

declare(strict_types=1);

// Takes a provider's reports of what became of messages. Put it where the provider's `status_callback`
// points, for example https://example.com/report.php?provider=twilio-messaging
//
// Whoever finds this address can post to it; what the provider has not signed is refused.

use TwoFactor\Exception\{Rejected, TwoFactorException};
use TwoFactor\Verifier;

try {
    // The settings of php.ini, as everywhere on this site.
    $provider = is_string($_GET['provider'] ?? null) ? $_GET['provider'] : '';
    Verifier::open()->reportDelivery($provider, (string) file_get_contents('php://input'), getallheaders());
    http_response_code(204);
} catch (Rejected) {
    http_response_code(403);
} catch (TwoFactorException $e) {
    // The provider may try again; the operator finds the reason in the log.
    error_log($e::class . ': ' . $e->getMessage());
    http_response_code(503);
}
