<?php

declare(strict_types=1);

use TwoFactorModule\Change;

if (!isset($gCms)) {
    exit;
}

echo $this->services()->administration()->reset(Change::fromRequest($id));
