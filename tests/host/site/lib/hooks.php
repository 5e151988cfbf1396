<?php

/** Hooks in memory, events in the database, and the rules by which the one calls the other. */

namespace CMSMS {

    class HookManager
    {
        public const PRIORITY_HIGH = 1;
        public const PRIORITY_NORMAL = 2;
        public const PRIORITY_LOW = 3;

        /** @var array<string, list<array{callable, int}>> */
        private static array $hooks = [];
        private static array $running = [];

        public static function add_hook($name, $callable, $priority = self::PRIORITY_NORMAL): void
        {
            $priority = max(self::PRIORITY_HIGH, min(self::PRIORITY_LOW, (int) $priority));
            self::$hooks[trim($name)][] = [$callable, $priority];
        }

        public static function in_hook($name = null): bool
        {
            return $name ? in_array($name, self::$running, true) : self::$running !== [];
        }

        /** @return list<callable> by priority; those of one priority as they came */
        private static function handlers(string $name): array
        {
            $handlers = self::$hooks[$name] ?? [];
            usort($handlers, static fn (array $a, array $b): int => $a[1] <=> $b[1]);
            return array_column($handlers, 0);
        }

        private static function call(callable $handler, $value)
        {
            $positional = is_array($value) && $value && array_keys($value) === range(0, count($value) - 1);
            return $positional ? call_user_func_array($handler, $value) : call_user_func($handler, $value);
        }

        private static function event(string $name, array $arguments): array
        {
            [$module, $event] = array_pad(explode('::', $name), 2, null);
            if ($module && $event && count($arguments) === 1 && isset($arguments[0]) && is_array($arguments[0])) {
                \Events::SendEvent($module, $event, $arguments[0]);
            }
            return $arguments;
        }

        /** The event first, then the hooks; what a hook returns becomes the next one's argument. */
        public static function do_hook(...$arguments)
        {
            $name = trim(array_shift($arguments));
            if (!str_contains($name, ':') && empty(self::$hooks[$name])) {
                return null;
            }
            self::$running[] = $name;
            $value = self::event($name, $arguments);
            foreach (self::handlers($name) as $handler) {
                $value = self::call($handler, $value) ?? $value;
            }
            array_pop(self::$running);
            return $value;
        }

        public static function do_hook_first_result(...$arguments)
        {
            $name = trim(array_shift($arguments));
            $result = null;
            self::$running[] = $name;
            foreach (self::handlers($name) as $handler) {
                $result = self::call($handler, $arguments);
                if (!empty($result)) {
                    break;
                }
            }
            array_pop(self::$running);
            return $result;
        }

        public static function do_hook_accumulate(...$arguments)
        {
            $name = trim(array_shift($arguments));
            if (!str_contains($name, ':') && empty(self::$hooks[$name])) {
                return null;
            }
            self::$running[] = $name;
            $value = self::event($name, $arguments);
            $out = [];
            foreach (self::handlers($name) as $handler) {
                $out[] = self::call($handler, $value);
            }
            array_pop(self::$running);
            return $out;
        }
    }
}

namespace {

    final class Events
    {
        private static function id($originator, $event): int
        {
            return (int) cmsms()->GetDb()->GetOne(
                'SELECT event_id FROM ' . CMS_DB_PREFIX . 'events WHERE originator = ? AND event_name = ?',
                [$originator, $event],
            );
        }

        public static function CreateEvent($originator, $event): void
        {
            if (!self::id($originator, $event)) {
                $db = cmsms()->GetDb();
                $id = $db->GenID(CMS_DB_PREFIX . 'events_seq');
                $db->Execute('INSERT INTO ' . CMS_DB_PREFIX . 'events (originator, event_name, event_id) VALUES (?,?,?)', [$originator, $event, $id]);
            }
        }

        public static function RemoveEvent($originator, $event): bool
        {
            $id = self::id($originator, $event);
            cmsms()->GetDb()->Execute('DELETE FROM ' . CMS_DB_PREFIX . 'event_handlers WHERE event_id = ?', [$id]);
            cmsms()->GetDb()->Execute('DELETE FROM ' . CMS_DB_PREFIX . 'events WHERE event_id = ?', [$id]);
            return $id > 0;
        }

        public static function ListEventHandlers($originator, $event)
        {
            return cmsms()->GetDb()->GetArray(
                'SELECT h.* FROM ' . CMS_DB_PREFIX . 'event_handlers h JOIN ' . CMS_DB_PREFIX . 'events e ON e.event_id = h.event_id
                 WHERE e.originator = ? AND e.event_name = ? ORDER BY h.handler_order',
                [$originator, $event],
            ) ?: false;
        }

        public static function SendEvent($originator, $event, $params = []): void
        {
            if (isset($GLOBALS['CMS_INSTALL_PAGE'])) {
                return;
            }
            $params['_modulename'] = $originator;
            $params['_eventname'] = $event;
            foreach (self::ListEventHandlers($originator, $event) ?: [] as $row) {
                if ($row['module_name'] == '' || $row['module_name'] === $originator) {
                    continue;
                }
                // This loads the module when nothing else has.
                $module = CMSModule::GetModuleInstance($row['module_name']);
                if ($module) {
                    $module->DoEvent($originator, $event, $params);
                }
            }
        }

        /** Fails without a word when the event has no row. */
        public static function AddEventHandler($originator, $event, $tag = false, $module = false, $removable = true): bool
        {
            $db = cmsms()->GetDb();
            $id = self::id($originator, $event);
            if (!$id || ($tag === false && $module === false)) {
                return false;
            }
            if ($db->GetOne('SELECT handler_id FROM ' . CMS_DB_PREFIX . 'event_handlers WHERE event_id = ? AND module_name = ?', [$id, $module])) {
                return false;
            }
            $order = 1 + (int) $db->GetOne('SELECT max(handler_order) FROM ' . CMS_DB_PREFIX . 'event_handlers WHERE event_id = ?', [$id]);
            return $db->Execute(
                'INSERT INTO ' . CMS_DB_PREFIX . 'event_handlers (event_id, module_name, removable, handler_order, handler_id) VALUES (?,?,?,?,?)',
                [$id, $module, $removable ? 1 : 0, $order, $db->GenID(CMS_DB_PREFIX . 'event_handler_seq')],
            ) !== null;
        }

        public static function RemoveEventHandler($originator, $event, $tag = false, $module = false): bool
        {
            return cmsms()->GetDb()->Execute(
                'DELETE FROM ' . CMS_DB_PREFIX . 'event_handlers WHERE event_id = ? AND module_name = ?',
                [self::id($originator, $event), $module],
            ) !== null;
        }

        public static function ListEvents(): array
        {
            return cmsms()->GetDb()->GetArray('SELECT originator, event_name, event_id FROM ' . CMS_DB_PREFIX . 'events ORDER BY originator, event_name') ?? [];
        }
    }
}
