<?php

declare(strict_types=1);

// Without the extension every test would fail one by one; say it once.
if (!extension_loaded('twofactor')) {
    fwrite(STDERR, "the extension is not loaded: php -d extension=target/release/libtwofactor.so /usr/bin/phpunit\n");
    exit(1);
}
