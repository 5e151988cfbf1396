<?php

declare(strict_types=1);

namespace TwoFactorTests;

/** An answer: status, headers, and its HTML to be searched with XPath. */
final class Page
{
    private ?\DOMXPath $xpath = null;

    /** @param list<string> $head */
    public function __construct(public readonly string $url, public readonly int $status, public readonly array $head, public readonly string $body)
    {
    }

    public function header(string $name): ?string
    {
        return $this->headers($name)[0] ?? null;
    }

    /** @return list<string> */
    public function headers(string $name): array
    {
        $lines = preg_grep('/^' . preg_quote($name, '/') . ':/i', $this->head);
        return array_values(array_map(static fn (string $line): string => trim(substr($line, strlen($name) + 1)), $lines));
    }

    /** Every Set-Cookie, in order. @return list<array{string, string, bool}> name, value, whether it deletes */
    public function setCookies(): array
    {
        return array_map(static function (string $line): array {
            [$pair] = explode(';', $line, 2);
            [$name, $value] = explode('=', $pair, 2);
            return [$name, $value, $value === '' || $value === 'deleted' || preg_match('/max-age=0/i', $line) === 1];
        }, $this->headers('Set-Cookie'));
    }

    /** @return list<\DOMNode> elements, unless the XPath asks for something else */
    public function all(string $xpath, ?\DOMNode $in = null): array
    {
        if (!$this->xpath) {
            $document = new \DOMDocument();
            @$document->loadHTML('<?xml encoding="utf-8">' . ($this->body === '' ? '<html></html>' : $this->body));
            $this->xpath = new \DOMXPath($document);
        }
        return iterator_to_array($this->xpath->query($xpath, $in), false);
    }

    public function one(string $xpath): ?\DOMElement
    {
        return $this->all($xpath)[0] ?? null;
    }

    public function has(string $xpath): bool
    {
        return $this->all($xpath) !== [];
    }

    /** The first form that holds what the XPath (relative to the form) names. */
    public function form(string $with): ?\DOMElement
    {
        return $this->one("//form[$with]");
    }

    /** What is to be read, without the tags. */
    public function text(): string
    {
        $pieces = array_map(static fn (\DOMNode $node): string => $node->textContent, $this->all('//body//text()[not(parent::script or parent::style)]'));
        return trim(preg_replace('/\s+/u', ' ', implode(' ', $pieces)));
    }

    /** What the browser would send for this form. @return array<string, mixed> */
    public function values(\DOMElement $form, ?string $button = null): array
    {
        $pairs = [];
        foreach ($this->all('.//input | .//select | .//textarea | .//button', $form) as $field) {
            $name = $field->getAttribute('name');
            $type = strtolower($field->getAttribute('type'));
            if ($name === '' || $field->hasAttribute('disabled')) {
                continue;
            }
            if ($field->nodeName === 'button' || in_array($type, ['submit', 'image', 'button', 'reset'], true)) {
                if ($name === $button) {
                    $pairs[] = urlencode($name) . '=' . urlencode($field->getAttribute('value'));
                }
            } elseif (in_array($type, ['checkbox', 'radio'], true)) {
                if ($field->hasAttribute('checked')) {
                    $pairs[] = urlencode($name) . '=' . urlencode($field->hasAttribute('value') ? $field->getAttribute('value') : 'on');
                }
            } elseif ($field->nodeName === 'select') {
                $option = $this->all('.//option[@selected]', $field)[0] ?? $this->all('.//option', $field)[0] ?? null;
                $pairs[] = urlencode($name) . '=' . urlencode($option?->getAttribute('value') ?? '');
            } else {
                $pairs[] = urlencode($name) . '=' . urlencode($field->nodeName === 'textarea' ? $field->textContent : $field->getAttribute('value'));
            }
        }
        parse_str(implode('&', $pairs), $values);
        return $values;
    }

    /** An address on this page, made absolute. */
    public function resolve(string $address): string
    {
        if (preg_match('#^https?://#', $address)) {
            return $address;
        }
        $base = strtok($this->one('//base')?->getAttribute('href') ?: $this->url, '?');
        $parts = parse_url($base) + parse_url($this->url);
        $origin = "{$parts['scheme']}://{$parts['host']}:{$parts['port']}";
        if ($address === '') {
            return $this->url;
        }
        return str_starts_with($address, '/') ? $origin . $address : $origin . preg_replace('#[^/]*$#', '', $parts['path'] ?? '/') . $address;
    }
}
