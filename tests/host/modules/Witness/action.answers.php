<?php

/** What an admin request may answer with that is no page of the admin. */

$page = '<!doctype html><html><head><title>t</title></head><body class="other"><p>text</p></body></html>';
[$headers, $body] = [
    'page' => [[], $page],
    'download' => [['Content-Disposition: attachment; filename="page.html"'], $page],
    'data' => [['Content-Type: application/json'], json_encode(['html' => $page])],
    'text' => [['Content-Type: text/plain; charset=utf-8'], $page],
    'picture' => [['Content-Type: image/svg+xml'], '<svg xmlns="http://www.w3.org/2000/svg"><foreignObject><body/></foreignObject></svg>'],
    'fragment' => [[], '<div><template><body class="inner"></body></template></div>'],
    'example' => [[], '<p>An example:</p>' . $page],
    'talk' => [[], '<html><head><script>var x = "<body>";</script></head><!-- <body class="old"> --><body><p>text</p></body></html>'],
    'long' => [[], $page . str_repeat('0123456789abcdef', 200_000)],
][$params['kind']];
ob_end_clean();
array_map(header(...), $headers);
foreach (str_split($body, 8192) as $part) {
    echo $part;
}
exit;
