<?php

/** The front end: one page, and actions of plugin modules by ?mact=Module,id,action,inline. */

require_once __DIR__ . '/lib/include.php';
setup_session();
CmsNlsOperations::set_language();
echo '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Front page</title></head><body><main><h1>Front page</h1>';
if (isset($_REQUEST['mact'])) {
    [$name, $id, $action] = array_pad(explode(',', cms_htmlentities($_REQUEST['mact']), 4), 3, 'default');
    $module = ModuleOperations::get_instance()->get_module_instance($name);
    if ($module && $module->IsPluginModule()) {
        echo $module->DoActionBase($action, $id, ModuleOperations::get_instance()->GetModuleParameters($id), '1', $smarty);
    }
}
echo '</main></body></html>';
