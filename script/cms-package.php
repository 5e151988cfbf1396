<?php

/**
 * Writes the package of a module that CMS Made Simple's Module Manager imports: what the engine's own export
 * (ModuleOperations::CreateXMLPackage) writes of an installed module, without an engine.
 *
 *   php -n script/cms-package.php php/TwoFactor > TwoFactor-4.0.0.xml
 */

declare(strict_types=1);

/** As much of the engine's class as a module needs to say what it is. */
abstract class CMSModule
{
    /** @var array<string, string> */
    public array $lang = [];

    public function Lang(string $key): string
    {
        return $this->lang[$key];
    }

    /** @return array<string, string> */
    public function GetDependencies()
    {
        return [];
    }
}

$folder = rtrim($argv[1] ?? '', '/');
$name = basename($folder);
if (!is_file("$folder/$name.module.php")) {
    fwrite(STDERR, "which module? It is a folder with a file of its name and .module.php\n");
    exit(2);
}
require "$folder/$name.module.php";
$module = new $name();
$module->lang = (static function (string $file): array {
    require $file;
    return $lang;
})("$folder/lang/en_US.php");

$found = new RecursiveIteratorIterator(new RecursiveDirectoryIterator($folder, FilesystemIterator::SKIP_DOTS), RecursiveIteratorIterator::SELF_FIRST);
$folders = $files = [];
foreach ($found as $path => $file) {
    $file->isDir() ? $folders[] = substr($path, strlen($folder)) : $files[] = substr($path, strlen($folder));
}
sort($folders);
sort($files);
// Where the module's folder is not there yet, the engine makes that of the first entry, and nothing else.
array_unshift($folders, $folders[0]);

$out = static fn (string $text): string => htmlspecialchars($text, ENT_XML1 | ENT_QUOTES);
$data = static fn (string $bytes): string => '<![CDATA[' . base64_encode($bytes) . ']]>';
$xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<module>\n\t<dtdversion>1.3</dtdversion>\n\t<name>$name</name>\n"
    . "\t<version>{$out($module->GetVersion())}</version>\n\t<mincmsversion>{$out($module->MinimumCMSVersion())}</mincmsversion>\n"
    . "\t<help>{$data($module->GetHelp())}</help>\n\t<about>{$data($module->GetChangeLog())}</about>\n"
    . "\t<description>{$out($module->GetAdminDescription())}</description>\n";
foreach ($module->GetDependencies() as $of => $version) {
    $xml .= "\t<requires>\n\t  <requiredname>{$out($of)}</requiredname>\n\t  <requiredversion>{$out($version)}</requiredversion>\n\t</requires>\n";
}
foreach ($folders as $path) {
    $xml .= "\t<file>\n\t  <filename>{$out($path)}</filename>\n\t  <isdir>1</isdir>\n\t</file>\n";
}
foreach ($files as $path) {
    $xml .= "\t<file>\n\t  <filename>{$out($path)}</filename>\n\t  <isdir>0</isdir>\n\t  <data>{$data(file_get_contents($folder . $path))}</data>\n\t</file>\n";
}
echo $xml, "</module>\n";
