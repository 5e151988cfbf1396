<?php

declare(strict_types=1);

if (!isset($gCms)) {
    exit;
}

echo $this->services()->get(TwoFactorModule\OtherPages::class)->handle($params);
