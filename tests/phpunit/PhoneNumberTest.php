<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

use PHPUnit\Framework\TestCase;
use TwoFactor\Exception\{Denied, InvalidPhoneNumber, TwoFactorException};
use TwoFactor\PhoneNumber;

/** Telephone numbers as PHP sees them. That they are the right ones is proven in Rust, against Google's own. */
final class PhoneNumberTest extends TestCase
{
    /** @return array<string, array{string, ?string, string}> input, region, and what to do */
    private static function refused(): array
    {
        return [
            'empty' => ['', null, 'enter a telephone number'],
            'spaces' => [" \u{a0}\n", 'DE', 'enter a telephone number'],
            'no text' => ["+4915123456789\xff", null, 'leave out everything else'],
            'too long' => ['+4915123456789' . str_repeat(' ', 51), null, 'too long'],
            'a megabyte' => [str_repeat('+4915123456789 ', 1 << 16), null, 'too long'],
            'NUL' => ["+4915123456789\0", null, 'leave out everything else'],
            'a bell' => ["+49\x0715123456789", null, 'leave out everything else'],
            'a word after it' => ['+43 664 123456 Anna', null, 'leave out everything else'],
            'an extension' => ['+49 1512 3456789 ext. 5', null, 'codes cannot go to an extension'],
            'a parameter' => ['tel:+4915123456789;ext=5', null, 'codes cannot go to an extension'],
            'no region' => ['01512 3456789', null, 'with its country code'],
            'no such region' => ['01512 3456789', 'XX', 'the region is not known'],
            'empty region' => ['01512 3456789', '', 'the region is not known'],
            'a region that is no text' => ['01512 3456789', "\xff\xff", 'the region is not known'],
            'too short' => ['+49 1512 34567', null, 'not a valid telephone number'],
            'too many digits' => ['+49 1512 345678901', null, 'not a valid telephone number'],
            'no such country' => ['+999 1512 3456789', null, 'not a valid telephone number'],
            'the emergency number' => ['112', 'DE', 'not a valid telephone number'],
        ];
    }

    private static function german(): PhoneNumber
    {
        return PhoneNumber::parse('01512 3456789', 'DE');
    }

    public function test_one_number_is_one_number_however_it_is_written(): void
    {
        $written = [
            ['+49 1512 3456789', null], ['+49 (0)1512/34567-89', null], ["\u{202a}+49\u{a0}1512\u{a0}3456789\u{202c}", null],
            ['tel:+49-1512-3456789', null], ["\u{feff}+49\t1512–345−6789\n", null], ['＋４９１５１２３４５６７８９', null], ['+٤٩١٥١٢٣٤٥٦٧٨٩', null], ['01512 3456789', 'DE'],
            ['(01512) 3456789', 'de'], ['0049 1512 3456789', 'DE'], ['011 49 15123456789', 'US'], ['+49 1512 3456789', 'JP'],
        ];
        foreach ($written as [$input, $region]) {
            $number = PhoneNumber::parse($input, $region);
            self::assertSame('+4915123456789', $number->e164(), $input);
            self::assertSame('DE', $number->region());
            self::assertSame('mobile', $number->type());
            self::assertSame('+49 ••• 89', $number->masked());
        }
    }

    public function test_regions_have_names_in_the_order_of_their_language(): void
    {
        $english = PhoneNumber::regions();
        self::assertSame($english, PhoneNumber::regions('en-GB'));
        self::assertSame($english, PhoneNumber::regions("\xff"), 'no language that is known');
        self::assertSame(['AF', 'AX', 'AL'], array_slice(array_keys($english), 0, 3));
        self::assertSame('Åland Islands', $english['AX']);
        $german = PhoneNumber::regions('de_DE');
        self::assertSame(['Afghanistan', 'Ägypten', 'Ålandinseln'], array_slice(array_values($german), 0, 3));
        self::assertSame('Zypern', end($german));
        self::assertEqualsCanonicalizing(array_keys($english), array_keys($german));
        foreach (array_keys($english) as $region) {
            try {
                PhoneNumber::parse('1', $region);
            } catch (InvalidPhoneNumber $refusal) {
                self::assertNotSame('region-unknown', $refusal->reason, $region);
            }
        }
    }

    public function test_types_and_regions_have_stable_names(): void
    {
        $types = [
            '+4915123456789' => ['mobile', 'DE'], '+4930123456' => ['fixed-line', 'DE'], '+12024561111' => ['fixed-line-or-mobile', 'US'],
            '+498001234567' => ['toll-free', 'DE'], '+499001234567' => ['premium-rate', 'DE'], '+4918012345' => ['shared-cost', 'DE'],
            '+445612345678' => ['voip', 'GB'], '+447012345678' => ['personal', 'GB'], '+447640123456' => ['pager', 'GB'],
            '+445512345678' => ['uan', 'GB'], '+41860123456789' => ['voicemail', 'CH'], '+870301234567' => ['mobile', null],
            '+80012345678' => ['toll-free', null],
        ];
        foreach ($types as $e164 => [$type, $region]) {
            $number = PhoneNumber::parse($e164);
            self::assertSame([$e164, $type, $region], [$number->e164(), $number->type(), $number->region()]);
        }
    }

    public function test_a_refusal_says_what_to_do_and_never_repeats_the_number(): void
    {
        foreach (self::refused() as $what => [$input, $region, $expected]) {
            try {
                PhoneNumber::parse($input, $region);
                self::fail("$what was taken");
            } catch (InvalidPhoneNumber $refusal) {
                self::assertStringContainsString($expected, $refusal->getMessage(), $what);
                // Further up the trace are the test's own objects, this table among them.
                $shown = $refusal . print_r($refusal->getTrace()[0], true);
                foreach (['3456789', '34567', '664 123456', 'Anna'] as $canary) {
                    self::assertStringNotContainsString($canary, $shown, $what);
                }
                self::assertSame(__FILE__, $refusal->getFile());
            }
        }
    }

    public function test_the_exception_is_an_invalid_argument_and_no_denial(): void
    {
        self::assertTrue(is_subclass_of(InvalidPhoneNumber::class, \InvalidArgumentException::class));
        self::assertTrue(is_subclass_of(InvalidPhoneNumber::class, TwoFactorException::class));
        self::assertFalse(is_subclass_of(InvalidPhoneNumber::class, Denied::class));
    }

    public function test_nothing_but_e164_shows_the_number(): void
    {
        $number = self::german();
        self::assertSame('"+49 \u2022\u2022\u2022 89"', json_encode($number));
        self::assertSame('{"to":"+49 ••• 89"}', json_encode(['to' => $number], JSON_UNESCAPED_UNICODE));
        ob_start();
        var_dump($number, (array) $number, get_object_vars($number), get_mangled_object_vars($number));
        print_r($number);
        var_export($number);
        debug_zval_dump($number);
        foreach ($number as $value) {
            var_dump($value);
        }
        $shown = ob_get_clean();
        self::assertStringContainsString('+49 ••• 89', $shown);
        self::assertStringNotContainsString('15123456789', $shown);
        self::assertDoesNotMatchRegularExpression('/\d{5}/', $shown);
    }

    public function test_of_a_short_number_not_even_two_digits_are_shown(): void
    {
        foreach (['+6837012' => '+683 •••', '+376312345' => '+376 •••', '+3545512345' => '+354 ••• 45'] as $e164 => $masked) {
            self::assertSame($masked, PhoneNumber::parse($e164)->masked());
        }
    }

    public function test_it_is_a_value_that_nobody_makes_changes_or_copies(): void
    {
        $number = self::german();
        $tries = [
            fn () => clone $number, fn () => serialize($number), fn () => unserialize('O:21:"TwoFactor\PhoneNumber":0:{}'),
            fn () => $number->e164 = '+4915100000000', fn () => new PhoneNumber(), fn () => $number->__construct(),
            fn () => (new \ReflectionClass($number))->newInstanceWithoutConstructor(), fn () => (string) $number,
        ];
        foreach ($tries as $i => $try) {
            try {
                $try();
                self::fail("$i was possible");
            } catch (\PHPUnit\Framework\Exception $failure) {
                throw $failure;
            } catch (\Throwable) {
                self::addToAssertionCount(1);
            }
        }
        self::assertSame('+4915123456789', $number->e164());
        self::assertFalse($number == self::german(), 'compared by nothing');
        self::assertTrue((new \ReflectionClass($number))->isFinal());
    }

    /** What comes in from a form is a number or an exception, never an error. */
    public function test_whatever_comes_in_is_a_number_or_an_exception(): void
    {
        mt_srand(7);
        $pieces = ['+', '＋', '0', '00', '1', '49', '151', '234', '5678', '15123456789', '2024561111', ' ', '-', '(', ')', 'x', 'ext', '#', ',', '*', '٣', "\u{a0}", "\xc3", 'é', '~'];
        $taken = 0;
        for ($i = 0; $i < 20_000; $i++) {
            $input = '';
            for ($n = mt_rand(0, 8); $n > 0; $n--) {
                $input .= $pieces[mt_rand(0, count($pieces) - 1)];
            }
            try {
                $number = PhoneNumber::parse($input, [null, 'DE', 'US', 'GB', 'BR', ''][mt_rand(0, 5)]);
                self::assertMatchesRegularExpression('/^\+[1-9]\d{3,19}$/D', $number->e164());
                self::assertSame($number->e164(), PhoneNumber::parse($number->e164())->e164());
                $taken++;
            } catch (InvalidPhoneNumber) {
            }
        }
        self::assertGreaterThan(100, $taken);
    }
}
