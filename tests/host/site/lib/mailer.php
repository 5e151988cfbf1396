<?php

/**
 * The mailer as modules see it: a thin shell around another one, which throws unless told not to, is set up from
 * the site preference `mailprefs`, and takes its own name from the web server when nobody gives it one. It
 * leaves letters in a file beside the site instead of sending them.
 */

namespace PHPMailer\PHPMailer {

    class Exception extends \Exception
    {
    }

    class PHPMailer
    {
        public $Mailer = 'mail';
        public $Host = 'localhost';
        public $Port = 25;
        public $From = '';
        public $FromName = '';
        public $CharSet = 'iso-8859-1';
        public $ContentType = 'text/plain';
        public $Subject = '';
        public $Body = '';
        public $AltBody = '';
        public $Hostname = '';
        public $Helo = '';
        public $ErrorInfo = '';
        private array $to = [];
        private array $headers = [];

        public function __construct(private $exceptions = null)
        {
        }

        public function isHTML($isHtml = true)
        {
            $this->ContentType = $isHtml ? 'text/html' : 'text/plain';
        }

        public function addAddress($address, $name = '')
        {
            if (!filter_var($address, FILTER_VALIDATE_EMAIL)) {
                return $this->fail("Invalid address: (to): $address");
            }
            $this->to[] = $address;
            return true;
        }

        public function addCustomHeader($name, $value = null)
        {
            $this->headers[] = $value === null ? $name : "$name: $value";
            return true;
        }

        public function clearAllRecipients()
        {
            $this->to = [];
        }

        public function send()
        {
            if ($this->to === []) {
                return $this->fail('You must provide at least one recipient email address.');
            }
            if ($this->Mailer === 'smtp' && !@fsockopen($this->Host, (int) $this->Port, $number, $error, 1)) {
                return $this->fail("SMTP connect() failed. The mail was: {$this->Body} {$this->AltBody}");
            }
            // Web servers take SERVER_NAME from the request unless told otherwise.
            $name = $this->Hostname ?: ($_SERVER['HTTP_HOST'] ?? 'localhost.localdomain');
            $letter = [
                'to' => $this->to,
                'from' => $this->From,
                'subject' => $this->Subject,
                'type' => $this->ContentType,
                'charset' => $this->CharSet,
                'html' => $this->Body,
                'text' => $this->AltBody,
                'headers' => [...$this->headers, 'Message-ID: <' . bin2hex(random_bytes(8)) . "@$name>"],
            ];
            $file = dirname(CMS_ROOT_PATH) . '/mails.jsonl';
            file_put_contents($file, json_encode($letter, JSON_THROW_ON_ERROR) . "\n", FILE_APPEND | LOCK_EX);
            return true;
        }

        private function fail(string $why): bool
        {
            $this->ErrorInfo = $why;
            return $this->exceptions ? throw new Exception($why) : false;
        }
    }
}

namespace {

    class cms_mailer
    {
        private $_mailer;

        public function __construct($exceptions = true)
        {
            $this->_mailer = new \PHPMailer\PHPMailer\PHPMailer($exceptions);
            $this->reset();
        }

        public function __call($method, $args)
        {
            if (method_exists($this->_mailer, $method)) {
                return $this->_mailer->$method(...$args);
            }
        }

        public function reset()
        {
            $prefs = @unserialize(cms_siteprefs::get('mailprefs')) ?: [];
            $this->_mailer->Mailer = $prefs['mailer'] ?? 'mail';
            $this->_mailer->Host = $prefs['host'] ?? '';
            $this->_mailer->Port = $prefs['port'] ?? 25;
            $this->_mailer->From = $prefs['from'] ?? '';
            $this->_mailer->FromName = $prefs['fromuser'] ?? '';
            $this->_mailer->CharSet = $prefs['charset'] ?? 'utf-8';
        }

        public function GetFrom()
        {
            return $this->_mailer->From;
        }

        public function SetFrom($email)
        {
            $this->_mailer->From = $email;
        }

        public function SetHostname($hostname)
        {
            $this->_mailer->Hostname = $hostname;
        }

        public function SetCharSet($charset)
        {
            $this->_mailer->CharSet = $charset;
        }

        public function SetSubject($subject)
        {
            $this->_mailer->Subject = $subject;
        }

        public function SetBody($txt)
        {
            $this->_mailer->Body = $txt;
        }

        public function SetAltBody($txt)
        {
            $this->_mailer->AltBody = $txt;
        }

        public function IsHTML($html = true)
        {
            return $this->_mailer->isHTML($html);
        }

        public function AddAddress($address, $name = '')
        {
            return $this->_mailer->addAddress($address, $name);
        }

        public function AddCustomHeader($header)
        {
            $this->_mailer->addCustomHeader($header);
        }

        public function GetErrorInfo()
        {
            return $this->_mailer->ErrorInfo;
        }

        public function Send()
        {
            return $this->_mailer->send();
        }
    }
}
