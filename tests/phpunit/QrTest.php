<?php

declare(strict_types=1);

namespace TwoFactor\Tests;

require_once __DIR__ . '/support.php';

use TwoFactor\{TotpSetup, User};
use ValueError;

/** QR codes are drawn here and read back by somebody else's program. */
final class QrTest extends VerifierTestCase
{
    /** @return array<string, array{string, string}> issuer and name */
    public static function names(): array
    {
        return [
            'short' => ['Shop', 'al'],
            'usual' => ['Blumen & Söhne', 'alice@example.org'],
            'long' => [str_repeat('Ü', 64), str_repeat('ö', 120)],
        ];
    }

    private function setup_(string $issuer, string $name): TotpSetup
    {
        return $this->open(['issuer' => $issuer])->startTotp(new User('1', $name));
    }

    private static function read(string $file): string
    {
        exec('zbarimg --quiet --raw -Sdisable -Sqrcode.enable ' . escapeshellarg($file) . ' 2>/dev/null', $lines);
        return implode("\n", $lines);
    }

    /** The first of them that is installed. */
    private static function need(string ...$programs): string
    {
        $path = strtok((string) shell_exec('command -v ' . implode(' ', $programs)), "\n");
        return $path ?: self::fail(implode(' or ', $programs) . ' is not installed');
    }

    /** @dataProvider names */
    public function test_the_png_reads_back_to_the_uri(string $issuer, string $name): void
    {
        self::need('zbarimg');
        $setup = $this->setup_($issuer, $name);
        $file = tempnam(sys_get_temp_dir(), 'qr');
        foreach ([3, 6, 10] as $scale) {
            $png = $setup->qrPng($scale);
            self::assertStringStartsWith("\x89PNG\r\n\x1a\n", $png);
            self::assertSame(0, getimagesizefromstring($png)[0] % $scale);
            file_put_contents($file, $png);
            self::assertSame($setup->uri(), self::read($file), "scale $scale");
        }
        unlink($file);
    }

    /** @dataProvider names */
    public function test_the_svg_reads_back_to_the_uri(string $issuer, string $name): void
    {
        self::need('zbarimg');
        $setup = $this->setup_($issuer, $name);
        $folder = sys_get_temp_dir() . '/qr' . bin2hex(random_bytes(8));
        mkdir($folder);
        file_put_contents("$folder/qr.svg", $setup->qrSvg());
        if (trim((string) shell_exec('command -v rsvg-convert')) !== '') {
            exec("rsvg-convert -w 600 -o $folder/qr.png $folder/qr.svg", $said, $status);
        } else {
            $chromium = self::need('chromium-headless-shell', 'chromium');
            file_put_contents("$folder/qr.html", '<body style="margin:0">' . $setup->qrSvg());
            exec("$chromium --headless --no-sandbox --disable-gpu --user-data-dir=$folder/profile --window-size=600,600 --screenshot=$folder/qr.png file://$folder/qr.html 2>&1", $said, $status);
        }
        self::assertSame(0, $status, implode("\n", $said));
        self::assertSame($setup->uri(), self::read("$folder/qr.png"));
        exec('rm -rf ' . escapeshellarg($folder));
    }

    /** Attack 41: the secret sent to somebody else's QR server. */
    public function test_b41_the_svg_asks_nobody_for_anything(): void
    {
        $svg = $this->setup_('"><script>alert(1)</script>', '\'"&<>')->qrSvg();
        $document = new \DOMDocument();
        self::assertTrue($document->loadXML($svg));
        self::assertSame('svg', $document->documentElement->nodeName);
        foreach ($document->getElementsByTagName('*') as $element) {
            self::assertContains($element->nodeName, ['svg', 'path', 'rect', 'g', 'title']);
            foreach ($element->attributes as $attribute) {
                self::assertDoesNotMatchRegularExpression('/^on|href|style|src/i', $attribute->nodeName);
            }
        }
        $bare = str_replace('http://www.w3.org/2000/svg', '', $svg);
        self::assertDoesNotMatchRegularExpression('/https?:|data:|url\(|script|alert|otpauth/i', $bare);
    }

    public function test_the_scale_is_1_to_40(): void
    {
        $setup = $this->setup_('Shop', 'alice');
        self::assertSame($setup->qrPng(), $setup->qrPng(6));
        self::assertSame(40 * getimagesizefromstring($setup->qrPng(1))[0], getimagesizefromstring($setup->qrPng(40))[0]);
        foreach ([0, 41, -1, PHP_INT_MAX] as $scale) {
            try {
                $setup->qrPng($scale);
                self::fail("$scale was taken");
            } catch (ValueError $error) {
                self::assertSame('TwoFactor\TotpSetup::qrPng(): Argument #1 ($scale) must be between 1 and 40', $error->getMessage());
            }
        }
    }
}
