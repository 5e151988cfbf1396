<?php

/** What the engine would download and unpack next. */

if (!isset($gCms) || !$this->CheckPermission('Modify Modules')) {
    return;
}
echo '<p role="status">', htmlspecialchars(base64_decode($params['modlist'] ?? '')), '</p>';
