<?php

/**
 * Every language has the same keys, each once, the same placeholders, and every key that code and templates name.
 * Run on the command line; prints what is wrong and ends with 1, or nothing and 0.
 */

declare(strict_types=1);

if (PHP_SAPI !== 'cli') {
    exit;
}

$root = dirname(__DIR__);

$load = static function (string $file): array {
    $lang = [];
    require $file;
    return $lang;
};

$english = $load("$root/lang/en_US.php");
$faults = [];

foreach ([...glob("$root/lang/*.php"), ...glob("$root/lang/ext/*.php")] as $file) {
    preg_match_all('/^\$lang\[\'(\w+)\'\]/m', (string) file_get_contents($file), $keys);
    foreach (array_keys(array_filter(array_count_values($keys[1]), static fn (int $times) => $times > 1)) as $key) {
        $faults[] = basename($file) . " has $key more than once";
    }
}

foreach (glob("$root/lang/ext/*.php") as $file) {
    $name = basename($file);
    $other = $load($file);
    foreach (array_keys(array_diff_key($english, $other)) as $key) {
        $faults[] = "$name lacks $key";
    }
    foreach (array_keys(array_diff_key($other, $english)) as $key) {
        $faults[] = "$name has $key, English has not";
    }
    foreach (array_intersect_key($english, $other) as $key => $text) {
        preg_match_all('/%[sd]/', $text, $wanted);
        preg_match_all('/%[sd]/', $other[$key], $found);
        if ($wanted !== $found) {
            $faults[] = "$name: $key has other placeholders";
        }
    }
}

$sources = [...glob("$root/*.php"), ...glob("$root/lib/*.php"), ...glob("$root/templates/*.tpl")];
foreach ($sources as $file) {
    $source = (string) file_get_contents($file);
    $naming = '/\{\$t->(\w+)|(?:Lang|view->text|loginNotice|goBack|goTo|refusal)\(\'(\w+)\'/';
    preg_match_all($naming, $source, $named, PREG_SET_ORDER);
    foreach ($named as $match) {
        $key = $match[2] ?? $match[1];
        if (!str_ends_with($key, '_') && !isset($english[$key])) {
            $faults[] = basename($file) . " names $key, which no language has";
        }
    }
}

echo implode("\n", $faults), $faults === [] ? '' : "\n";
exit($faults === [] ? 0 : 1);
