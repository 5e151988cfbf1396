<?php

/** Unpacks what was uploaded into the folder that it names, as the engine does: name and path are put one behind the other. */

if (!isset($gCms) || !$this->CheckPermission('Modify Modules')) {
    return;
}
$module = simplexml_load_file($_FILES[$id . 'upload']['tmp_name']);
foreach ($module->file as $file) {
    $path = CMS_ROOT_PATH . '/modules/' . $module->name . $file->filename;
    is_dir(dirname($path)) || mkdir(dirname($path), 0700, true);
    file_put_contents($path, base64_decode((string) $file->data));
}
echo '<p role="status">done</p>';
