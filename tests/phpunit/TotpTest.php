<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

use PHPUnit\Framework\TestCase;
use TwoFactor\{Algorithm, Secret, Totp};
use ValueError;

/** RFC 4226 and RFC 6238, as PHP scripts use them. */
final class TotpTest extends TestCase
{
    private static function seed(int $length): Secret
    {
        $letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
        $bits = '';
        foreach (str_split(substr(str_repeat('1234567890', 7), 0, $length)) as $byte) {
            $bits .= sprintf('%08b', ord($byte));
        }
        $text = '';
        foreach (str_split($bits, 5) as $five) {
            $text .= $letters[bindec(str_pad($five, 5, '0'))];
        }
        return Secret::fromBase32($text);
    }

    /** RFC 6238, appendix B. */
    public static function rfc6238(): iterable
    {
        $vectors = [
            59 => ['94287082', '46119246', '90693936'],
            1111111109 => ['07081804', '68084774', '25091201'],
            1111111111 => ['14050471', '67062674', '99943326'],
            1234567890 => ['89005924', '91819424', '93441116'],
            2000000000 => ['69279037', '90698825', '38618901'],
            20000000000 => ['65353130', '77737706', '47863826'],
        ];
        foreach ($vectors as $time => [$sha1, $sha256, $sha512]) {
            yield "SHA-1 at $time" => [Algorithm::Sha1, 20, $time, $sha1];
            yield "SHA-256 at $time" => [Algorithm::Sha256, 32, $time, $sha256];
            yield "SHA-512 at $time" => [Algorithm::Sha512, 64, $time, $sha512];
        }
    }

    /** @dataProvider rfc6238 */
    public function test_rfc_6238_vectors(Algorithm $algorithm, int $seed, int $time, string $code): void
    {
        $totp = new Totp(self::seed($seed), $algorithm, digits: 8);
        self::assertSame($code, $totp->at($time));
        self::assertSame(intdiv($time, 30), $totp->match($code, $time, window: 0));
        self::assertSame(substr($code, 2), (new Totp(self::seed($seed), $algorithm))->at($time));
    }

    public function test_rfc_4226_vectors(): void
    {
        $codes = ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'];
        $totp = new Totp(self::seed(20));
        foreach ($codes as $counter => $code) {
            self::assertSame($code, $totp->at($counter * 30));
        }
    }

    public function test_a_code_matches_within_the_window_and_nowhere_else(): void
    {
        $totp = new Totp(self::seed(20));
        $code = $totp->at(60000);
        foreach (range(0, 10) as $window) {
            foreach (range(-12, 12) as $steps) {
                $expected = abs($steps) <= $window ? 2000 : null;
                self::assertSame($expected, $totp->match($code, 60000 + 30 * $steps, $window), "$window $steps");
            }
        }
    }

    public function test_it_works_from_1970_to_the_year_9999(): void
    {
        $totp = new Totp(self::seed(20));
        self::assertSame(0, $totp->match($totp->at(0), 0));
        self::assertSame(8_446_743_359, $totp->match($totp->at(253_402_300_799), 253_402_300_799));
        foreach ([-1, 253_402_300_800, PHP_INT_MAX, PHP_INT_MIN] as $no) {
            foreach ([fn () => $totp->at($no), fn () => $totp->match('000000', $no)] as $call) {
                try {
                    $call();
                    self::fail("$no was taken");
                } catch (ValueError $error) {
                    self::assertStringContainsString('($unixTime) must be a time', $error->getMessage());
                }
            }
        }
    }

    /** Attack 24: a magic code that always works. */
    public function test_b24_of_all_million_codes_only_those_of_the_window_match(): void
    {
        $totp = new Totp(Secret::generate());
        $now = 1_700_000_000;
        $matching = [];
        for ($code = 0; $code < 1_000_000; $code++) {
            $text = sprintf('%06d', $code);
            if ($totp->match($text, $now) !== null) {
                $matching[] = $text;
            }
        }
        $window = array_unique([$totp->at($now - 30), $totp->at($now), $totp->at($now + 30)]);
        sort($window);
        self::assertSame($window, $matching);
    }

    public function test_a_uri_comes_back_as_it_went(): void
    {
        foreach (Algorithm::cases() as $algorithm) {
            foreach ([6, 7, 8] as $digits) {
                $totp = new Totp(Secret::generate(32), $algorithm, $digits, 60);
                $again = Totp::fromUri($totp->uri('Blumen & Söhne', 'jörg+x@example.org'));
                self::assertSame($totp->at(1_700_000_000), $again->at(1_700_000_000));
                self::assertSame($digits, strlen($again->at(0)));
            }
        }
        self::assertStringStartsWith('otpauth://totp/Shop:alice?secret=', (new Totp(Secret::generate()))->uri('Shop', 'alice'));
    }

    public function test_a_uri_is_read_however_it_was_copied(): void
    {
        $code = (new Totp(self::seed(20)))->at(59);
        foreach ([
            'otpauth://totp/Ex:anna?secret=gezdgnbvgy3tqojqgezdgnbvgy3tqojq', 'OTPAUTH://TOTP/Ex:anna?SECRET=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&ISSUER=Ex&Digits=6',
            'otpauth://totp/Ex:anna?secret=GEZD+GNBV%20GY3T-QOJQ%C2%A0GEZDGNBVGY3TQOJQ%3D%3D', "\u{feff} otpauth://totp/anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ==\n",
            'otpauth://totp/Ex:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=sha1&period=30',
        ] as $uri) {
            self::assertSame($code, Totp::fromUri($uri)->at(59), $uri);
        }
    }

    public function test_a_uri_names_an_account(): void
    {
        $totp = new Totp(self::seed(20));
        self::assertSame('otpauth://totp/anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', $totp->uri('', 'anna'));
        foreach (['', ' ', ':', " \u{a0}"] as $nobody) {
            try {
                self::fail($totp->uri('Ex', $nobody));
            } catch (ValueError $error) {
                self::assertStringContainsString('Argument #2 ($account) must not be empty', $error->getMessage());
            }
        }
    }

    /** Attack 26. */
    public function test_b26_a_hostile_uri_is_a_value_error(): void
    {
        $good = (new Totp(self::seed(20)))->uri('a', 'b');
        $bad = [
            '', 'x', 'otpauth://', 'otpauth://totp/', 'otpauth://hotp/a:b?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=1',
            'http://totp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 'otpauth://totp/a', 'otpauth://totp/a?secret=', 'otpauth://totp/a?secret=GEZDGNBV',
            'otpauth://totp/a?secret=!!!!', "$good&digits=5", "$good&digits=9", "$good&digits=10", "$good&digits=-1", "$good&digits=4294967302",
            "$good&period=0", "$good&period=14", "$good&period=301", "$good&period=-30", "$good&period=18446744073709551615", "$good&algorithm=MD5",
            "\0", "\xff\xfe", str_repeat('otpauth://totp/', 100_000), 'otpauth://totp/a?secret=' . str_repeat('A', 1 << 20),
            "$good&SECRET=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "$good&digits=6&DIGITS=8", 'otpauth://totp/%ff%fe:%00?secret=%00', 'otpauth://[::1/totp?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 'javascript:alert(1)',
        ];
        // And the good one with one byte changed, or cut, everywhere.
        for ($at = 0; $at < strlen($good); $at++) {
            $bad[] = substr($good, 0, $at);
            $bad[] = substr_replace($good, chr(random_int(0, 255)), $at, 1);
        }
        $refused = 0;
        foreach ($bad as $uri) {
            try {
                self::assertMatchesRegularExpression('/^\d{6,8}$/', Totp::fromUri($uri)->at(59));
            } catch (ValueError $error) {
                self::assertStringContainsString('Argument #1 ($uri)', $error->getMessage());
                self::assertStringNotContainsString('GEZD', $error->getMessage());
                $refused++;
            }
        }
        self::assertGreaterThan(80, $refused);
    }

    /** Attack 21. */
    public function test_b21_a_secret_under_16_bytes_is_refused_and_ours_have_20(): void
    {
        self::assertSame(32, strlen(Secret::generate()->toBase32()));
        foreach ([16, 20, 32, 64] as $bytes) {
            self::assertSame((int) ceil($bytes * 8 / 5), strlen(Secret::generate($bytes)->toBase32()));
        }
        foreach ([15, 65, 0, -1, PHP_INT_MAX] as $bytes) {
            try {
                Secret::generate($bytes);
                self::fail("$bytes bytes were taken");
            } catch (ValueError $error) {
                self::assertSame('TwoFactor\Secret::generate(): Argument #1 ($bytes) must be between 16 and 64', $error->getMessage());
            }
        }
        foreach (['', 'GEZDGNBV', str_repeat('A', 24), str_repeat('A', 104), str_repeat('A', 1 << 20), 'GEZD!', "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ\0", "\xff", '0189'] as $text) {
            try {
                Secret::fromBase32($text);
                self::fail('taken');
            } catch (ValueError) {
                self::addToAssertionCount(1);
            }
        }
    }

    public function test_spaces_dashes_and_lower_case_are_forgiven_in_a_secret(): void
    {
        $secret = Secret::fromBase32('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
        foreach (['gezdgnbvgy3tqojqgezdgnbvgy3tqojq', 'GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ', 'gezd-gnbv-gy3t-qojq-gezd-gnbv-gy3t-qojq', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ===='] as $text) {
            self::assertTrue($secret->equals(Secret::fromBase32($text)));
        }
        self::assertSame('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', $secret->toBase32());
        self::assertFalse($secret->equals(Secret::generate()));
    }

    /** Attack 22: no two secrets alike, every bit as often 0 as 1. */
    public function test_b22_secrets_are_random(): void
    {
        $seen = [];
        $ones = 0;
        for ($i = 0; $i < 2000; $i++) {
            $text = Secret::generate()->toBase32();
            $seen[$text] = true;
            foreach (str_split($text) as $letter) {
                $ones += substr_count(decbin((int) strpos('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', $letter)), '1');
            }
        }
        self::assertCount(2000, $seen);
        // 320 000 bits: six standard deviations either way.
        self::assertEqualsWithDelta(160_000, $ones, 1_700);
    }
}
