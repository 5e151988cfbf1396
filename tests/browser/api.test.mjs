// The example of the JSON interface, php/examples/api, in a real browser at both widths: the two-step sign-in, the lockout
// with its remaining time, setting up with QR code, key and codes shown once, and switching off.

import test from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ahead, devices, flow, letPass, looksRight, newTab, Phone, startBrowser } from './site.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

async function startExample(...options) {
  const extension = process.env.TWOFACTOR_EXTENSION ?? join(root, 'target/release/libtwofactor.so');
  const server = spawn('php', ['-d', `extension=${extension}`, join(root, 'tests/host/serve_api.php'), '--json', ...options],
    { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, TWOFACTOR_EXTENSION: extension } });
  const lines = createInterface({ input: server.stdout });
  const site = JSON.parse(await Promise.race([
    new Promise((resolve) => lines.once('line', resolve)),
    new Promise((_, reject) => server.once('exit', (code) => reject(new Error(`the example ended with ${code}`)))),
  ]));
  site.stop = () => new Promise((resolve) => {
    server.once('exit', resolve);
    server.stdin.end();
  });
  return site;
}

// It has nothing to do with the CMS: each width once is enough.
for (const [device, viewport] of devices.filter(([name]) => (name === 'phone') === (flow === 'new'))) {
  test(`the example over JSON on a ${device}`, { timeout: 240000 }, async (t) => {
    // With backup codes on a desk, with recovery codes on a phone.
    const codesOf = device === 'phone' ? 'recovery' : 'backup';
    const site = await startExample('--require=bob', ...(codesOf === 'recovery' ? ['--derived'] : []));
    const browser = await startBrowser();
    t.after(async () => {
      await browser.close();
      await site.stop();
    });
    const isPhone = device === 'phone';
    const context = await browser.newContext({ viewport, locale: 'en-GB', isMobile: isPhone, hasTouch: isPhone });
    const page = await newTab(context);
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => request.url().startsWith(site.url) || request.url().startsWith('data:') || complaints.push(`asks ${request.url()}`));
    const at = (section) => page.waitForSelector(`#${section}:not([hidden])`);
    const keepsNothing = async (secrets) => {
      const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href, history.state, window.name]));
      assert.equal(kept, JSON.stringify([{}, {}, '', `${site.url}/`, null, '']));
      const html = await page.content();
      for (const secret of secrets) {
        assert.ok(!html.includes(secret), 'a secret is still on the page');
      }
    };
    const giveName = async (name) => {
      await at('sign-in');
      await page.fill('#name', name);
      await page.fill('#password', site.passwords[name]);
      await page.click('#sign-in button');
    };

    await page.goto(site.url);
    await at('sign-in');
    await looksRight(page, `api-1-sign-in-${device}`);
    await page.fill('#name', 'alice');
    await page.fill('#password', 'not her password');
    await page.click('#sign-in button');
    await page.waitForSelector('#wrong:not(:empty)');
    assert.equal(await page.textContent('#wrong'), 'That was not accepted.');
    await giveName('alice');
    await at('home');
    await looksRight(page, `api-2-off-${device}`);

    // Setting up.
    await page.fill('#begin-password', site.passwords.alice);
    await page.click('#begin button');
    await at('setup');
    await page.waitForFunction(() => document.getElementById('qr').naturalWidth > 100);
    const key = await page.textContent('#key');
    const phone = new Phone(key, site);
    await looksRight(page, `api-3-setup-${device}`);
    await page.fill('#setup-code', phone.wrong());
    await page.click('#setup form button');
    await page.waitForSelector('#wrong:not(:empty)');
    await page.fill('#setup-code', phone.code());
    await page.click('#setup form button');
    await at('codes');
    const codes = await page.locator('#list li').allTextContents();
    assert.equal(codes.length, 10);
    await page.waitForSelector(`#${codesOf}-means:not([hidden])`);
    await looksRight(page, `api-4-codes-${device}`);
    assert.equal(decodeURIComponent((await page.getAttribute('#download', 'href')).split(',')[1]), codes.map((code, place) => `${codesOf === 'recovery' ? `${place + 1}. ` : ''}${code}\n`).join(''));
    await page.click('#kept');
    await at('home');
    await keepsNothing([...codes, key]);
    await looksRight(page, `api-5-on-${device}`);
    assert.match(await page.textContent('#left'), /^10 /);
    assert.ok(await page.isHidden('#due'));
    // Who has a factor is told, too, that a new one is due.
    const dueAt = async (moment) => {
      await page.route('**/api/2fa', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: { ...(await response.json()), enrolmentDue: moment.toISOString() } });
      });
      await page.reload();
      await at('home');
      await page.waitForSelector('#due:not([hidden])');
      await page.unroute('**/api/2fa');
      return page.textContent('#due');
    };
    assert.match(await dueAt(new Date(Date.now() + 86400000)), /^From \d.* on no sign-in of yours ends before your second factor is set up anew: replace the app\.$/);
    assert.match(await dueAt(new Date()), /^From now on no sign-in/);
    await looksRight(page, `api-5-due-${device}`);
    await page.reload();
    await at('home');
    assert.ok(await page.isHidden('#due'));

    // In two steps, with a backup code, and after too many tries.
    await page.click('#sign-out');
    await giveName('alice');
    await at('proof');
    await looksRight(page, `api-6-proof-${device}`);
    assert.equal(await page.evaluate(async () => (await fetch('/api/2fa')).status), 401, 'nobody is signed in yet');
    await page.check(`input[value=${codesOf}]`);
    await page.fill('#code', codes[3]);
    await page.click('#prove');
    await at('home');
    // Recovery codes jump ahead: those before the fourth are spent with it.
    assert.match(await page.textContent('#left'), codesOf === 'recovery' ? /^6 / : /^9 /);
    await page.click('#sign-out');
    await giveName('alice');
    await at('proof');
    const wrong = phone.wrong();
    for (let tries = 0; tries < 5; tries += 1) {
      await page.fill('#code', wrong);
      await page.click('#prove');
      await page.waitForFunction(() => document.getElementById('code').value === '' && document.getElementById('wrong').textContent !== '');
      assert.ok(!/tries/.test(await page.textContent('#wrong')), 'a sign-in does not tell how many tries are left');
    }
    await page.fill('#code', wrong);
    await page.click('#prove');
    await page.waitForSelector('#prove:disabled');
    assert.match(await page.textContent('#hint'), /^Please wait (1 min 0 s|\d+ s) before/);
    await looksRight(page, `api-7-locked-${device}`);
    // Only that method is blocked.
    await page.check(`input[value=${codesOf}]`);
    assert.ok(await page.isEnabled('#prove'));
    assert.doesNotMatch(await page.textContent('#hint'), /wait/);
    await page.check('input[value=totp]');
    assert.ok(await page.isDisabled('#prove'));
    await page.check(`input[value=${codesOf}]`);
    await page.fill('#code', codes[4]);
    let asked = 0;
    page.on('request', (request) => { asked += request.url().endsWith('/login/otp') ? 1 : 0; });
    await page.dblclick('#prove');
    await at('home');
    assert.equal(asked, 1, 'a double click asks once');
    assert.match(await page.textContent('#left'), codesOf === 'recovery' ? /^5 / : /^8 /);
    await page.click('#sign-out');
    letPass(site, 120);
    await giveName('alice');
    await at('proof');
    await page.fill('#code', phone.code());
    await page.click('#prove');
    await at('home');

    // A new telephone: the app is replaced, and the old one signs in until that is confirmed.
    await page.fill('#replace-password', site.passwords.alice);
    await page.click('#replace button');
    await at('proof');
    await page.fill('#code', phone.code());
    await page.click('#prove');
    await at('setup');
    assert.equal(await page.textContent('#said'), 'Your old app and your old codes go on until you have confirmed the new one.');
    const replaced = new Phone(await page.textContent('#key'), site);
    await page.fill('#setup-code', replaced.code());
    await page.click('#setup form button');
    await at('codes');
    const renewed = await page.locator('#list li').allTextContents();
    assert.ok(renewed.length === 10 && renewed.every((code) => !codes.includes(code)));
    await page.click('#kept');
    await at('home');
    await page.click('#sign-out');
    await giveName('alice');
    await at('proof');
    await page.fill('#code', phone.code());
    await page.click('#prove');
    await page.waitForSelector('#wrong:not(:empty)');
    await page.fill('#code', replaced.code());
    await page.click('#prove');
    await at('home');

    // Switching off: with the password and a proof.
    await page.fill('#remove-password', 'not her password');
    await page.click('#remove button');
    await page.waitForSelector('#wrong:not(:empty)');
    await page.fill('#remove-password', site.passwords.alice);
    await page.click('#remove button');
    await at('proof');
    await page.fill('#code', replaced.code());
    await page.click('#prove');
    await at('home');
    await page.waitForSelector('#off:not([hidden])');
    assert.equal(await page.textContent('#said'), 'The second factor is off.');
    await looksRight(page, `api-8-off-again-${device}`);
    await keepsNothing([...codes, ...renewed]);
    await page.reload();
    await at('home');
    await page.click('#sign-out');

    // Somebody who has to enrol is signed in by the set-up, and by nothing before it.
    const giveUp = async () => { await page.click('#give-up'); await at('sign-in'); };
    await giveName('bob');
    await at('setup');
    assert.match(await page.textContent('#said'), /^To finish signing in, set up a second factor\. This example sets up an app; .*: a code by e-mail, a code by SMS,/);
    await looksRight(page, `api-9-required-${device}`);
    assert.equal(await page.evaluate(async () => (await fetch('/api/2fa')).status), 401, 'nobody is signed in yet');
    await keepsNothing([]);
    await giveUp();
    // One that took too long begins again.
    await giveName('bob');
    await at('setup');
    letPass(site, 1800);
    await page.fill('#setup-code', '123456');
    await page.click('#setup form button');
    await at('sign-in');
    assert.equal(await page.textContent('#wrong'), 'This set-up is over. Please begin again.');
    await giveName('bob');
    await at('setup');
    const theirs = new Phone(await page.textContent('#key'), site);
    await page.fill('#setup-code', theirs.code());
    await page.click('#setup form button');
    await at('codes');
    const list = await page.locator('#list li').allTextContents();
    assert.equal(list.length, 10);
    await page.click('#kept');
    await at('home');
    await page.waitForSelector('#on:not([hidden])');
    await page.click('#sign-out');

    // The last recovery code switches it off: it is set up anew there, or at the next sign-in.
    if (codesOf === 'recovery') {
      await giveName('bob');
      await at('proof');
      await page.check('input[value=recovery]');
      await page.fill('#code', list[9]);
      // The page's clock is the server's.
      await page.evaluate((seconds) => { const now = Date.now; Date.now = () => now() + seconds * 1000; }, ahead(site));
      await page.click('#prove');
      await at('home');
      assert.match(await page.textContent('#said'), /last recovery code.*your next sign-in does not end without it/);
      await page.waitForSelector('#off:not([hidden])');
      assert.match(await page.textContent('#off-means'), /^From now on no sign-in of yours ends without a second factor/);
      await looksRight(page, `api-10-last-${device}`);
      await page.click('#sign-out');
      await giveName('bob');
      await at('setup');
      const anew = new Phone(await page.textContent('#key'), site);
      await page.fill('#setup-code', anew.code());
      await page.click('#setup form button');
      await at('codes');
      assert.ok((await page.locator('#list li').allTextContents()).every((code) => !list.includes(code)));
      await page.click('#kept');
      await at('home');
    }
    assert.deepEqual(complaints, []);
  });
}
