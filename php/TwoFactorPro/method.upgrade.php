<?php

declare(strict_types=1);

if (!isset($gCms)) {
    exit;
}

if (class_exists(TwoFactorModule\Permission::class)) {
    (new TwoFactorProModule\Installation($this))->arrange();
}
return false;
