<?php

declare(strict_types=1);

use TwoFactorModule\Change;

if (!isset($gCms)) {
    exit;
}

echo $this->services()->preferences()->start(Change::fromRequest($id));
