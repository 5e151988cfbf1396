<?php

if (!isset($gCms) || !$this->CheckPermission('Modify Modules')) {
    return;
}
$db->Execute('UPDATE ' . CMS_DB_PREFIX . 'modules SET active = ? WHERE module_name = ?', [(int) ($params['state'] ?? 0), trim($params['mod'])]);
echo '<p role="status">done</p>';
