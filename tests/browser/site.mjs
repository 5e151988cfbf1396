// A running site, a browser, and a phone, for the tests beside this file.

import { spawn, execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { after } from 'node:test';
import assert from 'node:assert/strict';
import { chromium as playwright } from 'playwright-core';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const extension = process.env.TWOFACTOR_EXTENSION ?? join(root, 'target/release/libtwofactor.so');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const flow = process.env.HOST_FLOW ?? 'new';
/** How long anything may take, in milliseconds: only what never comes makes a test wait for it. */
export const PATIENCE = 60000;
export const pictures = process.env.HOST_VAR ?? join(root, 'var', `browser-${flow}`);
mkdirSync(pictures, { recursive: true });

/** Starts the test host with the module installed; it ends when its input does. */
export async function startSite(...options) {
  const server = spawn('php', ['-d', `extension=${extension}`, join(root, 'tests/host/serve.php'), '--json', `--flow=${flow}`, ...options],
    { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: server.stdout });
  const line = await Promise.race([
    new Promise((resolve) => lines.once('line', resolve)),
    new Promise((_, reject) => server.once('exit', (code) => reject(new Error(`the host ended with ${code}`)))),
  ]);
  const site = JSON.parse(line);
  /** From now on the server has these settings of php.ini as well. */
  site.set = (settings) => new Promise((resolve) => {
    lines.once('line', resolve);
    server.stdin.write(`${JSON.stringify(settings)}\n`);
  });
  site.stop = () => new Promise((resolve) => {
    server.once('exit', () => {
      rmSync(site.folder, { recursive: true, force: true });
      resolve();
    });
    server.stdin.end();
  });
  return site;
}

/** Ends HTTPS in front of a site with --https, whose address is that one from then on. */
async function endHttps(site) {
  const inside = site.url;
  const pem = readFileSync(site.secure.certificate);
  const server = createServer({ key: pem, cert: pem }, (from, to) => {
    const asked = request(`${inside}${from.url}`, { method: from.method, headers: from.headers }, (answer) => {
      to.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(to);
    });
    asked.on('error', () => to.destroy());
    from.pipe(asked);
  });
  await new Promise((resolve) => server.listen(Number(new URL(site.secure.url).port), '127.0.0.1', resolve));
  site.url = site.secure.url;
  return () => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
}

// What shows the pages is the same in both; the second has the windows, menus and tabs of a desktop around it, which
// nobody sees, and takes nearly twice as long.
const programs = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];
let chromium = null;

async function launch() {
  const profile = mkdtempSync(join(tmpdir(), 'twofactor-browser-'));
  const browser = await playwright.launch({
    executablePath: process.env.CHROMIUM ?? programs.find(existsSync),
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', `--crash-dumps-dir=${profile}`],
  });
  browser.on('disconnected', () => {
    chromium = null;
    rmSync(profile, { recursive: true, force: true });
  });
  return browser;
}

/**
 * A browser that knows nothing yet. A Chromium of its own would take as long to start as the pages of a test to be
 * shown: the tests of a file share one, and nothing in it, for its contexts have neither cookies nor a cache in common.
 */
export async function startBrowser() {
  chromium ??= launch();
  const shared = await chromium;
  const contexts = [];
  return {
    async newContext(options) {
      contexts.push(await shared.newContext(options));
      return contexts.at(-1);
    },
    close: () => Promise.all(contexts.map((context) => context.close())),
  };
}
after(async () => (await chromium)?.close());

/** Devices to look at pages with. */
export const devices = Object.entries({ desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } });

/**
 * A tab whose clicks end when the page they lead to is there whole, with its scripts: what a test looks for or presses
 * next is not in a page of which the half has come, however busy the machine is. A click that leads nowhere ends at once.
 */
export async function newTab(context) {
  const tab = await context.newPage();
  tab.setDefaultTimeout(PATIENCE);
  const click = tab.click.bind(tab);
  tab.click = async (...how) => {
    await click(...how);
    await tab.waitForLoadState();
  };
  return tab;
}

/**
 * A site of its own and somebody's browser before it, both ended with the test. What the browser complains about, and
 * whom else it asks, is written down.
 */
export async function begin(t, device, { options = [], locale = 'en-GB' } = {}) {
  const site = await startSite(...options);
  const endServer = site.secure ? await endHttps(site) : () => {};
  const browser = await startBrowser();
  t.after(async () => {
    await browser.close();
    await endServer();
    await site.stop();
  });
  const isPhone = device === 'phone';
  const viewport = Object.fromEntries(devices)[device];
  const context = await browser.newContext({ viewport, locale, isMobile: isPhone, hasTouch: isPhone, ignoreHTTPSErrors: Boolean(site.secure) });
  const page = await newTab(context);
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => request.url().startsWith(site.url) || complaints.push(`asks ${request.url()}`));
  return { site, browser, context, page, complaints };
}

/** How far the site's time is ahead, in seconds. */
export const ahead = (site) => Number(readFileSync(site.clock).readBigInt64LE());

/** Lets time pass on the server; what passed before, whoever let it, is kept. */
export function letPass(site, seconds) {
  const then = Buffer.alloc(8);
  then.writeBigInt64LE(BigInt(ahead(site) + seconds));
  const file = openSync(site.clock, 'r+');
  writeSync(file, then, 0, 8, 0);
  closeSync(file);
}

/**
 * An authenticator app that is not ours. Remembers which codes were used: each counts once. Whoever needs
 * more than there are moves the site's clock instead of waiting.
 */
export class Phone {
  #used = 0;

  constructor(secret, site) {
    this.secret = secret.replace(/[^A-Z2-7]/gi, '').toUpperCase();
    this.site = site;
  }

  #now() {
    return Math.floor((Date.now() / 1000 + ahead(this.site)) / 30);
  }

  code() {
    const now = this.#now();
    // The present one: it counts for half a minute more, however long it is on its way.
    this.#used = Math.max(this.#used + 1, now);
    if (this.#used > now + 1) {
      letPass(this.site, (this.#used - now - 1) * 30);
    }
    return this.#at(this.#used);
  }

  wrong() {
    const now = this.#now();
    const right = [-3, -2, -1, 0, 1, 2, 3].map((step) => this.#at(now + step));
    return ['123456', '234567'].find((code) => !right.includes(code));
  }

  #at(step) {
    const time = new Date(step * 30000).toISOString().replace('T', ' ').replace(/\..*/, ' UTC');
    return execFileSync('oathtool', ['--totp', '--base32', '--now', time, '-'], { input: `${this.secret}\n`, encoding: 'utf8' }).trim();
  }
}

/** The mailbox of a user of the site, and the time in which letters wait. */
export class Mailbox {
  constructor(site, address) {
    Object.assign(this, { site, address });
  }

  letters() {
    const file = join(this.site.folder, 'mails.jsonl');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    return lines.map((line) => JSON.parse(line)).filter((letter) => letter.to.includes(this.address));
  }

  /** Those with a code. */
  codes() {
    return this.letters().filter((letter) => /^\d{6}$/m.test(letter.text));
  }

  code() {
    return this.codes().at(-1).text.match(/^\d{6}$/m)[0];
  }

  wrong() {
    return ['123456', '234567', '345678', '456789'].find((code) => !this.letters().some((letter) => letter.text.includes(code)));
  }

  /** Lets time pass on the server. */
  wait(seconds) {
    letPass(this.site, seconds);
  }
}

/** A telephone number of a site with --carriers: what came to it, and the time in which messages wait. */
export class Handset {
  constructor(site, number) {
    Object.assign(this, { site, number });
  }

  messages() {
    const file = join(this.site.folder, 'messages');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
    return lines.map((line) => JSON.parse(line)).filter((message) => message.to === this.number.replaceAll(' ', ''));
  }

  code() {
    return this.messages().at(-1).code;
  }

  wrong() {
    return ['123456', '234567', '345678', '456789'].find((code) => !this.messages().some((message) => message.code === code));
  }

  /** Until that many have come; one may go out after the page that was asked. */
  async arrived(count) {
    for (const end = Date.now() + PATIENCE; this.messages().length < count; await new Promise((again) => setTimeout(again, 50))) {
      assert.ok(Date.now() < end, `${count} messages to ${this.number}`);
    }
  }

  /** Lets time pass on the server. */
  wait(seconds) {
    letPass(this.site, seconds);
  }
}

/**
 * What a page promises to the eye: fields that must be filled in are marked; what belongs together (addresses, times,
 * a masked number) is on one line; on a phone nothing is a line with a dash alone.
 */
async function readsWell(page, name) {
  const faults = await page.evaluate(() => {
    const found = [];
    const isSeen = (node) => node.checkVisibility();
    for (const field of document.querySelectorAll('.tf :required, .tf-login :required')) {
      const label = field.labels[0];
      if (isSeen(field) && !(label && getComputedStyle(label, '::after').content.includes('*'))) {
        found.push(`${field.name} is required and not marked`);
      }
    }
    const lines = (node, start, end) => {
      const range = document.createRange();
      range.setStart(node, start);
      range.setEnd(node, end);
      return new Set([...range.getClientRects()].map((box) => Math.round(box.bottom))).size;
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const node = texts.currentNode;
      if (!isSeen(node.parentElement)) {
        continue;
      }
      for (const whole of node.data.matchAll(/\+\d+\s•+(\s\d+)?|\d+(\.\d+){3}|\d\d?:\d\d(:\d\d)?/g)) {
        if (lines(node, whole.index, whole.index + whole[0].length) > 1) {
          found.push(`${whole[0]} is broken over two lines`);
        }
      }
      if (window.innerWidth < 760 && node.data.trim() === '–') {
        found.push('a line with a dash alone');
      }
    }
    for (const cell of document.querySelectorAll('.tf-table .tf-whole')) {
      if (window.innerWidth > 760 && isSeen(cell) && cell.firstChild && lines(cell, 0, cell.childNodes.length) > 1) {
        found.push(`${cell.textContent} is broken over two lines`);
      }
    }
    return found;
  });
  assert.deepEqual(faults, [], `what the eye sees of ${name}`);
}

/** No rule of axe-core is violated on this page; a picture of it is kept to be looked at. */
export async function looksRight(page, name) {
  await page.waitForLoadState();
  const width = page.viewportSize().width;
  await page.screenshot({ path: join(pictures, `${flow}-${width}-${name}.png`), fullPage: true });
  await readsWell(page, name);
  await page.evaluate(axe);
  const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const found = result.violations.map((violation) => `${violation.id}: ${violation.help} (${violation.nodes.map((node) => node.target.join(' ')).join(', ')})`);
  assert.deepEqual(found, [], `accessibility of ${name} at ${width}`);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wider <= 1, `${name} fits into ${width} pixels, but is ${wider} wider`);
}

export async function givePassword(page, site, user) {
  await page.goto(`${site.url}/admin/login.php`);
  await page.fill('input[name=username]', user);
  await page.fill('input[name=password]', site.passwords[user]);
  await page.click('button[name=loginsubmit]');
}

export async function signOut(page, site) {
  await page.goto(`${site.url}/admin/logout.php`);
  await page.waitForSelector('input[name=username]');
}

/** What somebody does who runs the server. */
const operate = (site, ...words) =>
  execFileSync('php', ['-d', `extension=${extension}`, join(site.folder, 'www/modules/TwoFactor/operator.php'), ...words]);

/** No sign-in of that user ends without a set-up any more. */
export const requireEnrolment = (site, user) => operate(site, 'require', user, 'the test');

/**
 * The administrator, or somebody else, signs in, sets up an app, is vouched for by whoever runs the server, and confirms
 * with a backup code: then they may do for five minutes what they may at all, to others, to providers and to settings.
 */
export async function administrate(page, site, user = 'admin') {
  await givePassword(page, site, user);
  await isSignedIn(page, user);
  await open(page, 'preferences');
  await page.click('form:has(input[value=start]) button');
  await page.waitForSelector('.tf-secret');
  const phone = new Phone(await page.textContent('.tf-secret code'), site);
  await page.fill('#tf-code', phone.code());
  await page.click('form:has(input[value=confirm]) button');
  await page.waitForSelector('.tf-codes');
  const backupCode = await page.locator('.tf-codes code').first().textContent();
  operate(site, 'confirm', user, 'the test');
  await open(page, 'preferences');
  await page.selectOption('form:has(input[value=prove]) select', 'backup');
  await page.fill('#tf-code', backupCode);
  await page.click('form:has(input[value=prove]) button');
  await page.waitForSelector('form:has(input[value=regenerate])');
}

/** Follows the menu to one of the module's pages. */
export async function open(page, action) {
  await page.click(`nav a[href*="TwoFactor,m1_,${action},"]`);
}

export async function answer(page, code) {
  await page.fill('input[name=twofactor_code]', code);
  await page.click('form button.tf-go');
}

export const isSignedIn = (page, user) => page.waitForSelector(`[data-user="${user}"]`, { timeout: PATIENCE });

/** Reads the QR code off the screen, as a phone does. */
export async function scan(page, selector) {
  const file = join(pictures, 'qr.png');
  await page.locator(selector).screenshot({ path: file });
  return execFileSync('zbarimg', ['--quiet', '--raw', file], { encoding: 'utf8' }).trim();
}
