<?php

declare(strict_types=1);

if (!isset($gCms)) {
    exit;
}

return $this->services()->get(TwoFactorModule\Installation::class)->upgrade((string) $oldversion);
