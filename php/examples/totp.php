<?php

declare(strict_types=1);

// TOTP without a store: for scripts that keep the secret and the last step themselves.
//
//     php php/examples/totp.php

use TwoFactor\{Secret, Totp};

// Once, when somebody enrols: keep $secret->toBase32() where only this script can read it.
$secret = Secret::generate();
$totp = new Totp($secret);
echo "Scan or type this into an authenticator app:\n  ", $totp->uri('Example', 'alice@example.org'), "\n";

// Later: the code somebody typed. Here the phone is us.
$typed = $totp->at(time());
$lastStep = null; // kept from the last acceptance

$step = $totp->match($typed, time());
if ($step === null || ($lastStep !== null && $step <= $lastStep)) {
    exit("The code was not accepted.\n");
}
$lastStep = $step; // keep it: a step is accepted once, ever
echo "Accepted $typed for time step $step.\n";

// The same code again.
$step = $totp->match($typed, time());
echo $step !== null && $step > $lastStep ? "Accepted again?\n" : "Refused the second time: the step is spent.\n";
