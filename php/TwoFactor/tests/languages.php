<?php

/**
 * There are seven languages, and each has the same keys, each once, the same placeholders and names of settings, no text
 * that is empty or still English, and every key that code and templates name;
 * and what code writes for people to read, on pages, in the admin log and in the audit, is a key. Of this module and of
 * TwoFactorPro beside it, which says what both do in the words of this one.
 * Run on the command line; prints what is wrong and ends with 1, or nothing and 0.
 */

declare(strict_types=1);

if (PHP_SAPI !== 'cli') {
    exit;
}

$load = static function (string $file): array {
    $lang = [];
    require $file;
    return $lang;
};

$modules = array_values(array_filter([dirname(__DIR__), dirname(__DIR__, 2) . '/TwoFactorPro'], is_dir(...)));
/* Of both: pages of the one use texts of the other, and a key has one text. */
$words = array_map(static fn (string $root): array => $load("$root/lang/en_US.php"), $modules);
$faults = array_map(
    static fn (string $key): string => "TwoFactorPro has $key, which TwoFactor has",
    array_keys(array_intersect_key($words[0], $words[1] ?? [])),
);
$all = array_merge(...$words);

$others = ['de_DE', 'es_ES', 'fi_FI', 'fr_FR', 'he_IL', 'it_IT'];
/* A text may be translated before the page that shows it is there: that is said, and is no error. */

/**
 * Of a text: which values it takes, by place and by name. A sentence of health has its values by name, in any order.
 *
 * @return list<string>
 */
$placeholders = static function (string $text): array {
    preg_match_all('/%(?:(\d+)\$)?([sd])/', $text, $values, PREG_SET_ORDER);
    $byPlace = array_map(static fn (array $one, int $at) => ($one[1] ?: $at + 1) . $one[2], $values, array_keys($values));
    preg_match_all('/\{[a-z]+\}/', $text, $names);
    $names = array_unique($names[0]);
    sort($byPlace);
    sort($names);
    return [...$byPlace, ...$names];
};

/** What nobody translates, for somebody types it: settings, files, commands, addresses. @return list<string> */
$typed = static function (string $text): array {
    preg_match_all('~\btwofactor[._][\w.]*\w|\b[a-z]+_[a-z_]+\b|\b(?:config|php|moduleinfo)\.(?:php|ini)\b|operator\.php [a-z-]+|\bchmod \S+~', $text, $found);
    return array_values(array_unique($found[0]));
};

/** Whether a text says something, and is not a name that is the same everywhere. */
$isSentence = static fn (string $text): bool => preg_match_all('/(?<![\w{.$])[a-z]{3,}(?![\w}.])/', $text) > 2;

foreach ($modules as $place => $root) {
    $english = $words[$place];

    foreach ([...glob("$root/lang/*.php"), ...glob("$root/lang/ext/*.php")] as $file) {
        preg_match_all('/^\$lang\[\'(\w+)\'\]/m', (string) file_get_contents($file), $keys);
        foreach (array_keys(array_filter(array_count_values($keys[1]), static fn (int $times) => $times > 1)) as $key) {
            $faults[] = basename($file) . " has $key more than once";
        }
    }

    foreach (array_diff(array_map(static fn (string $file) => basename($file, '.php'), glob("$root/lang/ext/*.php")), $others) as $name) {
        $faults[] = basename($root) . " has $name, which is none of the seven";
    }
    foreach ($others as $name) {
        $other = is_file("$root/lang/ext/$name.php") ? $load("$root/lang/ext/$name.php") : [];
        $found = [];
        foreach (array_keys(array_diff_key($english, $other)) as $key) {
            $found[] = "$name lacks $key";
        }
        foreach (array_keys(array_diff_key($other, $english)) as $key) {
            $found[] = "$name has $key, English has not";
        }
        foreach (array_intersect_key($english, $other) as $key => $text) {
            if ($placeholders($text) !== $placeholders($other[$key])) {
                $found[] = "$name: $key has other placeholders";
            }
            if (trim($other[$key]) === '' && trim($text) !== '') {
                $found[] = "$name: $key is empty";
            }
            if ($other[$key] === $text && $isSentence($text)) {
                $found[] = "$name: $key is still English";
            }
            foreach (array_diff($typed($text), $typed($other[$key])) as $word) {
                $found[] = "$name: $key does not name $word";
            }
        }
        array_push($faults, ...$found);
    }

    foreach (glob("$root/templates/*.tpl") as $file) {
        preg_match_all('/\$t->(\w+)|\$show->text\(\'(\w+)/', (string) file_get_contents($file), $named);
        $named[1] = array_filter([...$named[1], ...$named[2]]);
        foreach (array_diff($named[1], array_keys($all)) as $key) {
            $faults[] = basename($file) . " names $key, which no language has";
        }
    }
}

/*
 * Code: which argument of which function is the key of a text. A key that is put together has a beginning that some
 * key has.
 */
$naming = [
    'Lang' => [0], 'text' => [0], 'textOr' => [0], 'log' => [0], 'problem' => [0], 'refusal' => [0],
    'Undelivered' => [0], 'SetUpRefused' => [1], 'setUp' => [2],
    'goBack' => [0], 'goTo' => [0], 'redirect' => [0], 'store' => [2], 'loginNotice' => [0, 2], 'page' => [1], 'destination' => [1], 'enrolled' => [2], 'setup' => [2], 'announce' => [0],
    'codes' => [2], 'reset' => [2], 'show' => [2], 'act' => [1], 'menuItem' => [2, 3],
];
/* Words of code that begin like keys of these kinds are keys, wherever they stand. */
$kinds = '/^(?:key_(?:not|no)_|log_|reason_(?!missing)|wrong_|not_sent_|undelivered)/';
/* The engine's own line for a login, in its words. */
$engine = ['SignIn.php' => "'Logged In'"];

$tokensOf = static fn (string $file): array => array_values(array_filter(
    PhpToken::tokenize((string) file_get_contents($file)),
    static fn (PhpToken $token) => !$token->isIgnorable(),
));

/** The arguments of the call that opens at this token, each a list of its tokens; of inner calls and lists, too. */
$arguments = static function (array $tokens, int $open): array {
    $found = [[]];
    $depth = 0;
    for ($i = $open + 1; isset($tokens[$i]); $i++) {
        $text = $tokens[$i]->text;
        if (in_array($text, [')', ']', '}'], true) && $depth-- === 0) {
            break;
        }
        $depth += in_array($text, ['(', '[', '{', '${'], true) ? 1 : 0;
        if ($text === ',' && $depth === 0) {
            $found[] = [];
            continue;
        }
        $found[array_key_last($found)][] = [$tokens[$i], $depth];
    }
    return $found;
};

$isText = static fn (PhpToken $token): bool => $token->is([T_CONSTANT_ENCAPSED_STRING, T_ENCAPSED_AND_WHITESPACE]);
$word = static fn (PhpToken $token): string => trim($token->text, '\'"');
$exists = static fn (string $key, bool $isBeginning = false): bool => isset($all[$key])
    || ($isBeginning || str_ends_with($key, '_')) && preg_grep('/^' . preg_quote($key, '/') . './', array_keys($all)) !== [];

$keptReasons = [];
foreach ($tokensOf("$modules[0]/lib/Reason.php") as $token) {
    $isText($token) && !preg_match($kinds, $word($token)) && $keptReasons[] = $word($token);
}
$keptReasons === [] && $faults[] = 'Reason.php has no reasons';

$files = array_merge(...array_map(static fn (string $root): array => [...glob("$root/*.php"), ...glob("$root/lib/*.php")], $modules));
foreach ($files as $file) {
    $name = basename($file);
    $tokens = $tokensOf($file);
    foreach ($tokens as $i => $token) {
        if ($isText($token) && preg_match($kinds, $word($token)) && !$exists($word($token))) {
            $faults[] = "$name, line $token->line: no language has {$word($token)}";
        }
        $isCall = $token->is([T_STRING, T_NAME_FULLY_QUALIFIED]) && ($tokens[$i + 1]->text ?? '') === '('
            && ($tokens[$i - 1]->text ?? '') !== 'function';
        if (!$isCall) {
            continue;
        }
        $function = ltrim($token->text, '\\');
        $given = $arguments($tokens, $i + 1);
        $owner = $tokens[$i - 2]->text ?? '';
        foreach ($given as $place => $argument) {
            $outer = array_filter($argument, static fn (array $one): bool => $one[1] === 0);
            $isComposed = array_intersect(['.', '"'], array_map(static fn (array $one) => $one[0]->text, $outer)) !== [];
            $first = array_key_first(array_filter($outer, static fn (array $one): bool => $isText($one[0])));
            foreach ($argument as $at => [$part, $depth]) {
                if (!$isText($part)) {
                    continue;
                }
                $said = "$name, line $part->line: {$part->text}";
                $isCompared = in_array($argument[$at - 1][0]->text ?? '', ['===', '!=='], true);
                $isKey = in_array($place, $naming[$function] ?? [], true) && $depth === 0
                    && !in_array($owner, ['$change', '$form', '$input', '$query', '$verifier', 'verification'], true);
                $counts = $isKey && !$isCompared && $word($part) !== '' && (!$isComposed || $at === $first);
                if ($counts && !$exists($word($part), $isComposed)) {
                    $faults[] = "$said is no key of a text";
                }
                // The admin log and the audit are read by people: sentences in code are in no language file.
                $isEngines = str_contains(serialize($given), $engine[$name] ?? "\0");
                $isLogged = match ($function) {
                    'audit' => $part->text !== "'TwoFactor'" && !$isEngines,
                    'log' => $place > 0 && str_contains($word($part), ' '),
                    default => false,
                };
                if ($isLogged) {
                    $faults[] = "$said is written to the admin log and is in no language file";
                }
                $isKept = match ($function) {
                    'raiseEpoch', 'reset', 'unlock' => in_array($owner, ['$verifier', 'verification'], true) && $place === 2
                        && !in_array($word($part), $keptReasons, true),
                    'endSignIns', 'passwordRecovered', 'removeFactors', 'beforeGroup' => $depth === 0,
                    default => false,
                };
                if ($isKept) {
                    $faults[] = "$said is kept in the audit and is no Reason";
                }
            }
        }
    }
}

echo implode("\n", $faults), $faults === [] ? '' : "\n";
exit($faults === [] ? 0 : 1);
