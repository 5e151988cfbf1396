<?php

declare(strict_types=1);

use TwoFactorModule\Change;

if (!isset($gCms)) {
    exit;
}

$this->services()->preferences()->download(Change::fromRequest($id));
