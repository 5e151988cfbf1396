<?php

function smarty_function_cms_action_url($params, $template)
{
    $module = cms_utils::get_module($params['module'] ?? $template->getTemplateVars('actionmodule'));
    $action = $params['action'] ?? 'defaultadmin';
    $id = $params['mid'] ?? 'm1_';
    $url = $module->create_url($id, $action, '', array_diff_key($params, array_flip(['module', 'action', 'mid', 'assign', 'returnid', 'inline', 'forjs', 'urlparms'])) + ($params['urlparms'] ?? []));
    if (!empty($params['forjs'])) {
        $url = html_entity_decode($url);
    }
    if (isset($params['assign'])) {
        $template->assign($params['assign'], $url);
        return '';
    }
    return $url;
}
