<?php

/**
 * Whom rules may name, by the names that people know them by. Rules have ids, for a name may change: who has none any more
 * is written as `#` and the id.
 */

declare(strict_types=1);

namespace TwoFactorProModule;

use TwoFactorModule\HostUsers;

final class Names
{
    /** Names in a list of a rule. */
    private const MOST = 1000;

    /** @var array<int, string>|null */
    private ?array $groups = null;

    public function __construct(private readonly HostUsers $users)
    {
    }

    /** @return array<int, string> by id */
    public function groups(): array
    {
        if ($this->groups === null) {
            $this->groups = [];
            // One by one: the engine's groups answer to no isset(), which array_column() asks.
            foreach (\GroupOperations::get_instance()->LoadGroups() as $group) {
                $this->groups[(int) $group->id] = (string) $group->name;
            }
        }
        return $this->groups;
    }

    /** How a user is written who has that id. */
    public function token(string $id): string
    {
        $name = ctype_digit($id) ? (string) $this->users->user((int) $id)?->username : '';
        $isFit = $name !== '' && preg_match('/\A#|[,\r\n]/', $name) !== 1 && (string) $this->users->idOf($name) === $id;
        return $isFit ? $name : "#$id";
    }

    /**
     * Users as they were typed, with commas or lines between them.
     *
     * @return array{list<string>, list<string>, list<string>} ids; names that nobody has; what is written as an id that
     *     nobody has
     */
    public function users(string $typed): array
    {
        [$ids, $unknown, $gone] = [[], [], []];
        $tokens = array_unique(preg_split('/\s*[,\r\n]\s*/', trim($typed), -1, PREG_SPLIT_NO_EMPTY) ?: []);
        // One more than a rule may have, so that it is refused: each is a question to the database.
        foreach (array_slice($tokens, 0, self::MOST + 1) as $token) {
            $id = str_starts_with($token, '#') ? substr($token, 1) : (string) ($this->users->idOf($token) ?: '');
            if ($id === '') {
                $unknown[] = $token;
                continue;
            }
            $ids[] = $id;
            if (!ctype_digit($id) || $this->users->user((int) $id) === null) {
                $gone[] = $token;
            }
        }
        return [array_values(array_unique($ids)), $unknown, $gone];
    }
}
