<?php

// For php -S: what a web server in front of the CMS would do. Files inside are served as they are.
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path === '/admin') {
    header('Location: /admin/', true, 301);
    return true;
}
if ($path === '/favicon.ico') {
    http_response_code(204);
    return true;
}
if (preg_match('#^/(config\.php|tmp/|lib/|assets/|modules/.*\.(php|tpl|ini)$)#', $path)) {
    http_response_code(403);
    return true;
}
return false;
