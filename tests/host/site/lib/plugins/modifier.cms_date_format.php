<?php

function smarty_modifier_cms_date_format($time, $format = '')
{
    return $time == '' ? '' : date('Y-m-d H:i:s', is_numeric($time) ? (int) $time : strtotime((string) $time));
}
