<?php

declare(strict_types=1);

if (!isset($gCms)) {
    exit;
}

$this->services()->get(TwoFactorModule\Installation::class)->upgrade((string) $oldversion);

return false;
