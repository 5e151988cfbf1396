<?php

declare(strict_types=1);

if (!isset($gCms)) {
    exit;
}

(new TwoFactorModule\Installation($this, $this->services()))->uninstall();
