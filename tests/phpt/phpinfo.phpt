--TEST--
phpinfo() shows version, store and settings, and no secret
--FILE--
<?php
require __DIR__ . '/php.inc';
$info = php('phpinfo(INFO_MODULES);', ['-d', 'twofactor.store=mysql://cms:c4nary@db.example/cms', '-d', 'twofactor.max_attempts=3',
    '-d', 'twofactor.http_proxy=http://c4nary-user:c4nary@proxy.example:3128']);
preg_match('/^twofactor$.*?^twofactor\.backup_codes => \w+$/ms', $info, $found);
echo $found[0] ?? $info, "\n";
var_dump(str_contains($info, 'c4nary'), str_contains($info, 'twofactor.http_proxy => <redacted>'));
preg_match('/^Store => .*/m', php('phpinfo(INFO_MODULES);', ['-d', 'twofactor.store=mysql:c4nary']), $found);
echo $found[0], "\n";
?>
--EXPECTF--
twofactor

Second factors (twofactor) => enabled
Version => %d.%d.%d
Store => %sdb.example%s

Directive => Value
twofactor.store => <redacted>
%A
twofactor.max_attempts => 3
%A
bool(false)
bool(true)
Store => not usable: `store`: %s
