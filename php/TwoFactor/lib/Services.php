<?php

/**
 * The parts of the module, each made when first asked for, of the parts that its constructor names.
 */

declare(strict_types=1);

namespace TwoFactorModule;

final class Services
{
    /** @var array<class-string, object> */
    private array $made;

    public function __construct(\TwoFactor $module)
    {
        $this->made = [\TwoFactor::class => $module, self::class => $this];
    }

    /**
     * @template T of object
     * @param class-string<T> $class
     * @return T
     */
    public function get(string $class): object
    {
        return $this->made[$class] ??= $this->make($class);
    }

    /** @param class-string $class */
    private function make(string $class): object
    {
        $parts = [];
        foreach ((new \ReflectionClass($class))->getConstructor()?->getParameters() ?? [] as $parameter) {
            $parts[] = $this->get((string) $parameter->getType());
        }
        return new $class(...$parts);
    }
}
