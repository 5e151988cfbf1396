<?php

/**
 * The front controller: /api is the JSON interface, everything else the page that uses it. To try it:
 *
 *     script/demo --api
 *
 * The file that API_CONFIG names returns what differs from site to site (see ../config.php).
 */

declare(strict_types=1);

require __DIR__ . '/../Service.php';

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path === '/api' || str_starts_with((string) $path, '/api/')) {
    if ($_SERVER['REQUEST_METHOD'] === 'GET' && $path === '/api/openapi.json') {
        header('Content-Type: application/json');
        echo TwoFactor\Api::openApi('/api');
        return true;
    }
    $config = require getenv('API_CONFIG') ?: __DIR__ . '/../config.php';
    (new Service(Service::database($config['database']), $config['settings'], $config['mails'] ?? null, $_SERVER))
        ->answer((string) file_get_contents('php://input'));
    return true;
}

$files = ['/' => ['page.html', 'text/html'], '/page.js' => ['page.js', 'text/javascript'], '/page.css' => ['page.css', 'text/css']];
[$file, $type] = $files[$path] ?? [null, 'text/plain'];
if ($file === null) {
    http_response_code(404);
}
header("Content-Type: $type; charset=utf-8");
// Nothing but this site's own script and style, and the QR code; nobody frames it.
header("Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
header('X-Content-Type-Options: nosniff');
header('Referrer-Policy: no-referrer');
header('Cache-Control: no-store');
if ($file === null) {
    echo "There is nothing here.\n";
} else {
    readfile(__DIR__ . "/$file");
}
return true;
