<?php

function smarty_function_form_end($params, $template)
{
    return '</form>';
}
