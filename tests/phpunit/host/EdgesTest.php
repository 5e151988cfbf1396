<?php

declare(strict_types=1);

namespace TwoFactorTests;

require_once __DIR__ . '/HostTestCase.php';

/** Where two people, two requests or a fault meet in the same moment. */
final class EdgesTest extends HostTestCase
{
    public function test_a_set_up_is_shown_again_only_to_the_session_that_began_it(): void
    {
        $this->site();
        $anna = $this->person('anna');
        $anna->givePassword();
        $thief = $anna->elsewhere();
        $thief->givePassword();
        $anna->startEnrolment();
        $page = $thief->change('confirm', ['code' => '000000']);
        self::assertNull(Person::secretOn($page), 'the secret of another session');
        self::assertNull(Person::secretOn($thief->action('preferences')));

        $hers = $anna->phone;
        $thief->startEnrolment();
        $page = $anna->change('confirm', ['code' => $hers->code()]);
        self::assertNull(Person::secretOn($page), 'a secret that somebody else knows');
        self::assertSame([], Person::codesOn($page));

        $anna->startEnrolment();
        $page = $anna->change('confirm', ['code' => $anna->phone->wrong()]);
        self::assertNotNull(Person::secretOn($page), 'her own');
        self::assertCount(10, Person::codesOn($anna->change('confirm', ['code' => $anna->phone->code()])));
    }
}
