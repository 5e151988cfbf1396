<?php

declare(strict_types=1);

namespace TwoFactorTests;

/**
 * A browser without a screen: cookies in an array that tests may read, steal and change, forms filled in as
 * they are on the page, redirects followed unless asked not to.
 */
final class Visitor
{
    /** @var array<string, string> name to value, as they go over the wire */
    public array $cookies = [];
    public string $language = 'en';
    /** @var array<string, string> */
    public array $headers = [];

    /** @param ?string $certificate by which a site is known that is called over HTTPS itself, and not in the place of its proxy */
    public function __construct(private string $url, private readonly ?string $certificate = null)
    {
    }

    /** The same cookies in another browser. */
    public function __clone()
    {
    }

    public function get(string $path, bool $follow = true): Page
    {
        return $this->request('GET', $path, null, $follow);
    }

    /** @param array<string, mixed> $fields */
    public function post(string $path, array $fields, bool $follow = true): Page
    {
        return $this->request('POST', $path, $fields, $follow);
    }

    /** A form with a file. @param array<string, string> $fields */
    public function upload(string $path, array $fields, string $name, string $file): Page
    {
        $handle = $this->handle('POST', $path, null, $head);
        curl_setopt($handle, CURLOPT_POSTFIELDS, $fields + [$name => new \CURLFile($file, 'text/xml')]);
        return $this->page($handle, (string) curl_exec($handle), $head);
    }

    /** Sends a form as it stands on the page, with some fields filled in and one of its buttons pressed. */
    public function submit(Page $page, \DOMElement $form, array $fields = [], ?string $button = null, bool $follow = true): Page
    {
        $values = $page->values($form, $button);
        foreach ($fields as $name => $value) {
            $values[$name] = $value;
        }
        $action = $page->resolve($form->getAttribute('action'));
        return strtolower($form->getAttribute('method')) === 'get'
            ? $this->get($action . '?' . http_build_query($values), $follow)
            : $this->post($action, $values, $follow);
    }

    private function request(string $method, string $path, ?array $fields, bool $follow): Page
    {
        for ($hops = 0; ; $hops++) {
            $handle = $this->handle($method, $path, $fields, $head);
            $body = curl_exec($handle);
            if ($body === false) {
                throw new \RuntimeException("$method $path: " . curl_error($handle));
            }
            $page = $this->page($handle, $body, $head);
            $location = $page->header('Location');
            if (!$follow || $location === null) {
                return $page;
            }
            if ($hops === 10) {
                throw new \RuntimeException("$method $path: redirects for ever");
            }
            [$method, $path, $fields] = ['GET', $page->resolve($location), null];
        }
    }

    /**
     * Many posts at once, each on its own connection; what the answers set stays with the answers.
     *
     * @param list<array{self, string, array<string, mixed>}> $posts browser, path, fields
     * @return list<Page>
     */
    public static function raceOf(array $posts): array
    {
        $multi = curl_multi_init();
        $handles = $heads = $pages = [];
        foreach ($posts as $i => [$browser, $path, $fields]) {
            $handles[$i] = $browser->handle('POST', $path, $fields, $heads[$i]);
            curl_multi_add_handle($multi, $handles[$i]);
        }
        do {
            curl_multi_exec($multi, $running);
            curl_multi_select($multi, 0.1);
        } while ($running);
        foreach ($handles as $i => $handle) {
            $pages[] = new Page(curl_getinfo($handle, CURLINFO_EFFECTIVE_URL), curl_getinfo($handle, CURLINFO_RESPONSE_CODE), $heads[$i], curl_multi_getcontent($handle));
        }
        return $pages;
    }

    private function handle(string $method, string $path, ?array $fields, ?array &$head): \CurlHandle
    {
        $head = [];
        $url = str_starts_with($path, 'http') ? $path : $this->url . '/' . ltrim($path, '/');
        // Where a site is called over HTTPS this is the proxy that ends it, too.
        $url = $this->certificate === null ? preg_replace('~^https:~', 'http:', $url) : $url;
        if (!str_starts_with($url, $this->url . '/')) {
            throw new \RuntimeException("the page leads away from the host: $url");
        }
        $cookies = implode('; ', array_map(static fn (string $name, string $value): string => "$name=$value", array_keys($this->cookies), $this->cookies));
        $handle = curl_init($url);
        $headers = ["Accept-Language: {$this->language}"];
        foreach ($this->headers as $name => $value) {
            $headers[] = "$name: $value";
        }
        curl_setopt_array($handle, [
            CURLOPT_CUSTOMREQUEST => $method,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT => 60,
            CURLOPT_PROXY => '',
            CURLOPT_HTTPHEADER => $headers,
            CURLOPT_USERAGENT => 'Mozilla/5.0 (host tests)',
            CURLOPT_HEADERFUNCTION => static function ($handle, string $line) use (&$head): int {
                if (trim($line) !== '') {
                    $head[] = trim($line);
                }
                return strlen($line);
            },
        ]);
        // It says for whom it is in a way that is out of use; there is no other that it could be.
        $this->certificate === null || curl_setopt_array($handle, [CURLOPT_CAINFO => $this->certificate, CURLOPT_SSL_VERIFYHOST => 0]);
        $cookies !== '' && curl_setopt($handle, CURLOPT_COOKIE, $cookies);
        if ($fields !== null) {
            curl_setopt($handle, CURLOPT_POSTFIELDS, http_build_query($fields));
        }
        return $handle;
    }

    private function page(\CurlHandle $handle, string $body, array $head): Page
    {
        $page = new Page(curl_getinfo($handle, CURLINFO_EFFECTIVE_URL), curl_getinfo($handle, CURLINFO_RESPONSE_CODE), $head, $body);
        foreach ($page->setCookies() as [$name, $value, $gone]) {
            if ($gone) {
                unset($this->cookies[$name]);
            } else {
                $this->cookies[$name] = $value;
            }
        }
        return $page;
    }
}
