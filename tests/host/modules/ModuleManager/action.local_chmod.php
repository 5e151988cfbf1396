<?php

if (!isset($gCms) || !$this->CheckPermission('Modify Modules')) {
    return;
}
chmod(CMS_ROOT_PATH . '/modules/' . $params['mod'], 0777);
echo '<p role="status">done</p>';
