<?php

/** As much of the Module Manager as switches modules off: it asks for its permission, and not the module. */

final class ModuleManager extends CMSModule
{
    public function GetVersion()
    {
        return '2.1.9';
    }

    public function MinimumCMSVersion()
    {
        return '2.2.20';
    }

    public function HasAdmin()
    {
        return true;
    }
}
