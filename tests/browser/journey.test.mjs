// Enrol, sign out, sign in, wrong code, lockout, backup code, unlock by an administrator: in a real browser,
// on a desk and on a phone, with an eye on accessibility on every page.

import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { administrate, answer, begin, devices, flow, givePassword, isSignedIn, looksRight, newTab, open, Phone, scan, signOut, startBrowser, startSite } from './site.mjs';

for (const [device, viewport] of devices) {
  test(`a second factor on a ${device}, ${flow} flow`, { timeout: 600000 }, async (t) => {
    const { site, browser, page, complaints } = await begin(t, device);
    let phone;
    let codes;

    // Each step stands on the one before it: after the first that fails, the others are not tried.
    let failed = false;
    const step = (what, how) => t.test(what, async () => {
      assert.ok(!failed, 'a step before this one failed');
      failed = true;
      await how();
      failed = false;
    });

    await step('she signs in with her password alone', async () => {
      await givePassword(page, site, 'anna');
      await isSignedIn(page, 'anna');
    });

    await step('she finds the settings under her preferences', async () => {
      await open(page, 'preferences');
      await page.waitForSelector('h2');
      await looksRight(page, '1-settings');
    });

    await step('she sets up her phone with the QR code', async () => {
      await page.click('.tf button[type=submit]');
      await page.waitForSelector('.tf-qr svg');
      await looksRight(page, '2-setup');
      const uri = await scan(page, '.tf-qr');
      const typed = (await page.textContent('#tf-secret')).replace(/\s/g, '');
      assert.match(uri, /^otpauth:\/\/totp\//);
      assert.equal(await page.getAttribute('.tf a[href^="otpauth:"]', 'href'), uri, 'the link says the same');
      assert.ok(await page.isVisible('button[data-copy]'));
      assert.equal(new URL(uri).searchParams.get('secret'), typed, 'the code to scan and the key to type are one');
      phone = new Phone(typed, site);
    });

    await step('a wrong code says so and keeps the QR code', async () => {
      await page.fill('input[name=m1_code]', phone.wrong());
      await page.click('.tf-steps button[type=submit]');
      await page.waitForSelector('[role=alert]');
      assert.ok(await page.isVisible('.tf-qr svg'));
      await looksRight(page, '3-setup-wrong-code');
    });

    await step('the right code gives ten backup codes, once', async () => {
      await page.fill('input[name=m1_code]', phone.code());
      await page.click('.tf-steps button[type=submit]');
      await page.waitForSelector('.tf-codes li');
      codes = await page.locator('.tf-codes li').allInnerTexts();
      assert.equal(codes.length, 10);
      await looksRight(page, '4-backup-codes');
    });

    await step('she keeps the backup codes as a file', async () => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.click('.tf-actions form button')]);
      const text = readFileSync(await download.path(), 'utf8');
      for (const code of codes) assert.ok(text.includes(code.trim()), `${code} is in the file`);
    });

    await step('her sign-in goes on, and the settings show the phone', async () => {
      await open(page, 'preferences');
      await page.waitForSelector('.tf-good');
      assert.ok(await page.isVisible('.tf-good'));
      await looksRight(page, '5-settings-enrolled');
    });

    await step('she signs out and is asked for a code after her password', async () => {
      await signOut(page, site);
      await givePassword(page, site, 'anna');
      await page.waitForSelector('input[name=twofactor_code]');
      // The cursor is in the field.
      await page.waitForFunction(() => document.activeElement?.name === 'twofactor_code');
      await looksRight(page, '6-challenge');
    });

    await step('a wrong code is refused', async () => {
      await answer(page, phone.wrong());
      await page.waitForSelector('[role=alert]');
      await looksRight(page, '7-challenge-wrong-code');
    });

    await step('the right code signs in', async () => {
      await answer(page, phone.code());
      await isSignedIn(page, 'anna');
    });

    await step('guessing locks the app, and the page says for how long', async () => {
      await signOut(page, site);
      await givePassword(page, site, 'anna');
      for (let i = 0; i < 6; i++) {
        await answer(page, phone.wrong());
        await page.waitForSelector('[role=alert]');
      }
      await page.waitForSelector('[data-wait]');
      assert.match(await page.textContent('[role=alert]'), /^Too many wrong codes\. Try again in \d+:\d\d or/);
      await looksRight(page, '8-locked');
    });

    await step('a backup code signs in all the same', async () => {
      await page.click('button[name=twofactor_use][value=backup]');
      await page.waitForSelector('input[name=twofactor_code]:not([inputmode=numeric])');
      await looksRight(page, '9-challenge-backup-code');
      await answer(page, codes[0].toLowerCase());
      await isSignedIn(page, 'anna');
      await signOut(page, site);
    });

    await step('the administrator sees the lock and ends it with a reason', async () => {
      const other = await newTab(await browser.newContext({ viewport, locale: 'en-GB' }));
      await administrate(other, site);
      await open(other, 'defaultadmin');
      await other.waitForSelector('.tf-table');
      await looksRight(other, '10-administration');
      await other.click('.tf-table a:has-text("anna")');
      await other.waitForSelector('input[name=m1_reason]');
      await looksRight(other, '11-user');
      await other.fill('input[name=m1_reason]', 'She called me.');
      await other.click('form button.tf-button:not(.tf-danger)');
      await other.waitForSelector('[role=status]');
      await looksRight(other, '12-unlocked');
      for (const [name, text] of [['13-audit', 'Audit'], ['14-health', 'Health']]) {
        await other.locator('.tf a', { hasText: text }).first().click();
        await other.waitForLoadState();
        await looksRight(other, name);
      }
      await other.context().close();
    });

    await step('the app works again', async () => {
      await givePassword(page, site, 'anna');
      await page.waitForSelector('input[name=twofactor_code]');
      await answer(page, phone.code());
      await isSignedIn(page, 'anna');
    });

    await step('before a change she proves herself again, and removes the factor', async () => {
      await open(page, 'preferences');
      await page.waitForSelector('select[name=m1_method]');
      await looksRight(page, '15-prove');
      await page.selectOption('select[name=m1_method]', 'backup');
      await page.fill('input[name=m1_code]', codes[1]);
      await page.click('.tf-form button[type=submit]');
      await page.waitForSelector('.tf-choices');
      await looksRight(page, '16-changes');
      page.once('dialog', (dialog) => dialog.accept());
      await page.click('form:has(input[value=remove]) .tf-danger');
      await page.waitForSelector('[role=status]');
      await signOut(page, site);
      await givePassword(page, site, 'anna');
      await isSignedIn(page, 'anna');
    });

    await step('the browser had nothing to complain about', () => {
      assert.deepEqual(complaints, []);
    });
  });
}

test(`everything works without JavaScript and in German, ${flow} flow`, { timeout: 600000 }, async (t) => {
  const site = await startSite();
  const browser = await startBrowser();
  t.after(async () => {
    await browser.close();
    await site.stop();
  });
  const page = await newTab(await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'de-DE', javaScriptEnabled: false }));
  await givePassword(page, site, 'bert');
  await open(page, 'preferences');
  await page.click('.tf button[type=submit]');
  const phone = new Phone(await page.textContent('#tf-secret'), site);
  await page.fill('input[name=m1_code]', phone.code());
  await page.click('.tf-steps button[type=submit]');
  const codes = await page.locator('.tf-codes li').allInnerTexts();
  assert.equal(codes.length, 10);
  await signOut(page, site);
  await givePassword(page, site, 'bert');
  assert.equal(await page.getAttribute('html', 'lang'), 'de');
  await page.click('button[name=twofactor_use][value=backup]');
  await answer(page, codes[0]);
  await isSignedIn(page, 'bert');
  await signOut(page, site);
  await givePassword(page, site, 'bert');
  await answer(page, phone.code());
  await isSignedIn(page, 'bert');
});

test(`the strict content security policy of the CMS breaks nothing, ${flow} flow`, { timeout: 600000 }, async (t) => {
  const site = await startSite('--csp');
  const browser = await startBrowser();
  t.after(async () => {
    await browser.close();
    await site.stop();
  });
  const page = await newTab(await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' }));
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  await givePassword(page, site, 'anna');
  await open(page, 'preferences');
  await page.click('.tf button[type=submit]');
  assert.match(await scan(page, '.tf-qr'), /^otpauth:/);
  const phone = new Phone(await page.textContent('#tf-secret'), site);
  await page.fill('input[name=m1_code]', phone.code());
  await page.click('.tf-steps button[type=submit]');
  await page.waitForSelector('.tf-codes li');
  await signOut(page, site);
  await givePassword(page, site, 'anna');
  await answer(page, phone.code());
  await isSignedIn(page, 'anna');
  assert.deepEqual(complaints, []);
});
