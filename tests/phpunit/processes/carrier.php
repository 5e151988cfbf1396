<?php

/**
 * A carrier of messages on this machine, one connection after the other: says on which port, writes down each
 * request, and ends when its standard input does. It takes what Twilio Messaging takes and nothing else; while
 * the file `down` is there it answers 503.
 *
 * php carrier.php FOLDER ACCOUNT TOKEN
 */

declare(strict_types=1);

require __DIR__ . '/serve.php';

[, $folder, $account, $token] = $argv;

/** @return array{int, array<string, mixed>} status and body */
function answer(string $head, string $body, string $folder, string $account, string $token): array
{
    $lines = explode("\r\n", $head);
    $headers = [];
    foreach (array_slice($lines, 1) as $line) {
        [$name, $value] = explode(':', $line, 2) + ['', ''];
        $headers[strtolower($name)] = trim($value);
    }
    parse_str($body, $fields);
    $wrong = match (true) {
        $lines[0] !== "POST /2010-04-01/Accounts/$account/Messages.json HTTP/1.1" => 'path',
        ($headers['authorization'] ?? '') !== 'Basic ' . base64_encode("$account:$token") => 'credentials',
        ($headers['content-type'] ?? '') !== 'application/x-www-form-urlencoded' => 'type',
        array_diff(array_keys($fields), ['To', 'From', 'Body']) !== [] || count($fields) !== 3 => 'fields',
        preg_match('/^\+[1-9]\d{6,14}$/', $fields['To']) !== 1 => 'number',
        preg_match('/\b\d{6}\b/', $fields['Body']) !== 1 => 'text',
        default => null,
    };
    if ($wrong !== null) {
        return [400, ['code' => 21000, 'status' => 400, 'message' => $wrong]];
    }
    clearstatcache();
    if (is_file("$folder/down")) {
        return [503, ['message' => 'down']];
    }
    return [201, ['sid' => 'SM' . bin2hex(random_bytes(16)), 'account_sid' => $account, 'to' => $fields['To'], 'status' => 'queued', 'error_code' => null]];
}

serve(static function ($peer) use ($folder, $account, $token): void {
    $head = '';
    while (!str_contains($head, "\r\n\r\n") && ($line = fgets($peer)) !== false) {
        $head .= $line;
    }
    $length = preg_match('/^content-length:\s*(\d+)/mi', $head, $match) === 1 ? (int) $match[1] : 0;
    $body = $length > 0 ? (string) stream_get_contents($peer, $length) : '';
    [$status, $said] = answer(rtrim($head), $body, $folder, $account, $token);
    // Before the answer: whoever has it may count.
    file_put_contents("$folder/requests", "$status\n", FILE_APPEND);
    $said = json_encode($said);
    fwrite($peer, "HTTP/1.1 $status Said\r\nContent-Type: application/json\r\nContent-Length: " . strlen($said) . "\r\nConnection: close\r\n\r\n$said");
});
