<?php

declare(strict_types=1);

if (!isset($gCms)) {
    exit;
}

return (new TwoFactorProModule\Installation($this))->install();
