<?php

/** Another module, loaded before the one under test, that asks at once who is signed in and says so on the front end. */

final class Early extends CMSModule
{
    public function GetVersion()
    {
        return '1.0';
    }

    public function MinimumCMSVersion()
    {
        return '2.2.20';
    }

    public function IsPluginModule()
    {
        return true;
    }

    public function LazyLoadFrontend()
    {
        return false;
    }

    protected function InitializeFrontend()
    {
        get_userid(false);
    }
}
