<?php

/**
 * Writes the licences of the crates that are compiled in: each crate's name, version and licence, then each text once, with
 * whose it is. What only building or testing needs is left out.
 *
 *   php script/licences.php FOLDER-OF-CARGO.TOML
 */

declare(strict_types=1);

$folder = $argv[1] ?? '.';
preg_match('/^host: (\S+)$/m', (string) shell_exec('rustc -vV'), $host);
$asked = ['cargo', 'metadata', '--locked', '--format-version', '1', '--all-features', '--filter-platform', $host[1], '--manifest-path', "$folder/Cargo.toml"];
$process = proc_open($asked, [1 => ['pipe', 'w']], $pipes);
$metadata = json_decode((string) stream_get_contents($pipes[1]), true);
if (proc_close($process) !== 0 || !is_array($metadata)) {
    exit(1);
}
$packages = array_column($metadata['packages'], null, 'id');
$nodes = array_column($metadata['resolve']['nodes'], null, 'id');

$used = [];
$left = [$metadata['resolve']['root']];
while (($id = array_pop($left)) !== null) {
    if (isset($used[$id])) {
        continue;
    }
    $used[$id] = $packages[$id];
    foreach ($nodes[$id]['deps'] as $on) {
        // What runs while compiling (macros) is no part of what comes of it.
        $macro = in_array('proc-macro', array_merge(...array_column($packages[$on['pkg']]['targets'], 'kind')), true);
        if (!$macro && in_array(null, array_column($on['dep_kinds'], 'kind'), true)) {
            $left[] = $on['pkg'];
        }
    }
}
$used = array_filter($used, static fn (array $it): bool => $it['source'] !== null);
usort($used, static fn (array $a, array $b): int => [$a['name'], $a['version']] <=> [$b['name'], $b['version']]);

$texts = $of = [];
foreach ($used as $crate) {
    $name = "{$crate['name']} {$crate['version']}";
    echo "$name: ", $crate['license'] ?? 'see below', "\n";
    foreach (glob(dirname($crate['manifest_path']) . '/{LICEN[CS]E,COPYING,NOTICE,UNLICENSE,licen[cs]e}*', GLOB_BRACE) as $file) {
        if (is_file($file)) {
            $text = trim(str_replace("\r\n", "\n", file_get_contents($file)));
            $texts[sha1($text)] ??= $text;
            $of[sha1($text)][$name] = true;
        }
    }
}
foreach ($texts as $hash => $text) {
    echo "\n", str_repeat('=', 80), "\n", wordwrap(implode(', ', array_keys($of[$hash]))), "\n", str_repeat('=', 80), "\n\n$text\n";
}
