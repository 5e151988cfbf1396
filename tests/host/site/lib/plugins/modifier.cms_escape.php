<?php

function smarty_modifier_cms_escape($text, $type = 'html', $charset = 'UTF-8')
{
    return match ($type) {
        'url' => rawurlencode((string) $text),
        'javascript' => addcslashes((string) $text, "\\'\"\r\n/"),
        default => htmlspecialchars((string) $text, ENT_QUOTES, 'UTF-8'),
    };
}
