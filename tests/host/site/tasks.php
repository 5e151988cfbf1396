<?php

/** What the engine's job manager does in a request of its own, which a page has begun and does not wait for. */

require_once __DIR__ . '/lib/include.php';
foreach (ModuleOperations::get_instance()->GetInstalledModules() as $name) {
    $module = ModuleOperations::get_instance()->get_module_instance($name);
    $tasks = $module && $module->HasCapability('tasks') ? $module->get_tasks() : [];
    foreach (is_array($tasks) ? $tasks : [$tasks] as $task) {
        if ($task instanceof CmsRegularTask && $task->test()) {
            // It is kept in the database in between.
            $task = unserialize(serialize($task));
            $task->execute(time()) ? $task->on_success(time()) : $task->on_failure(time());
            echo $task->get_name(), "\n";
        }
    }
}
