<?php

/**
 * Adds a user, or gives one a new password: php add_user.php NAME EMAIL < file with the password
 */

declare(strict_types=1);

require __DIR__ . '/Service.php';

[, $name, $email] = $argv + [1 => '', ''];
$password = rtrim((string) stream_get_contents(STDIN), "\n");
if ($name === '' || $email === '' || strlen($password) < 12) {
    fwrite(STDERR, "usage: php add_user.php NAME EMAIL, with a password of at least 12 characters on standard input\n");
    exit(1);
}
$config = require getenv('API_CONFIG') ?: __DIR__ . '/config.php';
Service::addUser(Service::database($config['database']), $name, $email, $password);
