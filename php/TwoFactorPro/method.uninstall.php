<?php

declare(strict_types=1);

if (!isset($gCms)) {
    exit;
}

// What is left of a folder that was half deleted goes, too.
if (class_exists(TwoFactorProModule\Installation::class)) {
    (new TwoFactorProModule\Installation($this))->uninstall();
}
