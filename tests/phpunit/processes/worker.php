<?php

/**
 * A PHP process with a verifier of its own: opens it, says so, then does what each line of its standard input
 * says and answers with a line, until that ends.
 *
 * php worker.php SETTINGS
 */

declare(strict_types=1);

use TwoFactor\{Client, User, Verifier};
use TwoFactor\Exception\Throttled;

final class WorkerClock
{
    public int $time = 0;

    public function now(): DateTimeImmutable
    {
        return new DateTimeImmutable("@$this->time");
    }
}

$clock = new WorkerClock();
$verifier = Verifier::open(json_decode($argv[1], true, 8, JSON_THROW_ON_ERROR) + ['clock' => $clock]);
echo "ready\n";

while (($line = fgets(STDIN)) !== false) {
    $answers = [];
    foreach (json_decode($line, true, 8, JSON_THROW_ON_ERROR) as [$time, $user, $number, $address]) {
        $clock->time = $time;
        try {
            str_contains($number, '@')
                ? $verifier->enableEmail(new User($user, 'x', $number), new Client($address))
                : $verifier->startPhone(new User($user, 'x'), $number, null, new Client($address));
            $answers[] = 'sent';
        } catch (Throttled $throttled) {
            $answers[] = $throttled->retryAfter > 0 ? 'throttled' : 'throttled for no time';
        } catch (Throwable $error) {
            $answers[] = $error::class . ': ' . $error->getMessage();
        }
    }
    echo json_encode($answers), "\n";
}
