<?php

function smarty_function_root_url($params, $template)
{
    return CMS_ROOT_URL;
}
