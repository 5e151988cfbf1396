<?php

/** {form_start action='x' param=value}: a form to a module's action, with the key that proves where it came from. */
function smarty_function_form_start($params, $template)
{
    $mact = [
        'module' => $template->getTemplateVars('actionmodule'),
        'mid' => $template->getTemplateVars('actionid') ?: 'm1_',
        'action' => $template->getTemplateVars('actionparams')['action'] ?? 'defaultadmin',
        'inline' => 0,
    ];
    $tag = ['method' => 'post', 'enctype' => 'multipart/form-data', 'action' => $mact['module'] ? 'moduleinterface.php' : ''];
    $hidden = [];
    foreach ($params as $key => $value) {
        if ($key === 'prefix') {
            $mact['mid'] = trim($value);
        } elseif (isset($mact[$key])) {
            $mact[$key] = trim($value);
        } elseif ($key === 'url') {
            $tag['action'] = trim($value);
        } elseif (in_array($key, ['method', 'enctype', 'id', 'class'], true)) {
            $tag[$key] = trim($value);
        } elseif ($key === 'extraparms') {
            $hidden += (array) $value;
        } elseif (str_starts_with($key, 'form-')) {
            $tag[substr($key, 5)] = $value;
        } elseif ($key !== 'assign') {
            $hidden[$key] = $value;
        }
    }
    $html = '<form';
    foreach ($tag as $key => $value) {
        $html .= $value ? " $key=\"$value\"" : " $key";
    }
    $html .= '><div class="hidden">';
    if ($mact['module'] && $mact['action']) {
        $html .= "<input type=\"hidden\" name=\"mact\" value=\"{$mact['module']},{$mact['mid']},{$mact['action']},{$mact['inline']}\"/>";
    }
    $html .= '<input type="hidden" name="' . CMS_SECURE_PARAM_NAME . '" value="' . ($_SESSION[CMS_USER_KEY] ?? '') . '"/>';
    foreach ($hidden as $key => $value) {
        $html .= '<input type="hidden" name="' . $mact['mid'] . $key . '" value="' . $value . '"/>';
    }
    $html .= '</div>';
    if (isset($params['assign'])) {
        $template->assign($params['assign'], $html);
        return '';
    }
    return $html;
}
