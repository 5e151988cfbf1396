// Enrol by e-mail, sign out, sign in with the code that comes, after another one and a wrong one: in a real
// browser, on a desk and on a phone, with an eye on accessibility on every page.

import test from 'node:test';
import assert from 'node:assert/strict';
import { answer, begin, devices, flow, givePassword, isSignedIn, looksRight, Mailbox, newTab, open, signOut, startBrowser, startSite } from './site.mjs';

for (const [device] of devices) {
  test(`codes by e-mail on a ${device}, ${flow} flow`, { timeout: 600000 }, async (t) => {
    const { site, page, complaints } = await begin(t, device);
    const mailbox = new Mailbox(site, 'anna@example.org');
    let codes;

    // Each step stands on the one before it: after the first that fails, the others are not tried.
    let failed = false;
    const step = (what, how) => t.test(what, async () => {
      assert.ok(!failed, 'a step before this one failed');
      failed = true;
      await how();
      failed = false;
    });

    await step('she asks for a code to her address', async () => {
      await givePassword(page, site, 'anna');
      await open(page, 'preferences');
      await page.waitForSelector('h2');
      await looksRight(page, 'email-1-settings');
      await page.click('form:has(input[value=start-email]) button');
      await page.waitForSelector('input[name=m1_code]');
      assert.match(await page.textContent('#tf-sent'), /a•••@example\.org.*good until \d\d:\d\d/);
      await looksRight(page, 'email-2-confirm');
    });

    await step('a wrong code says so', async () => {
      await page.fill('input[name=m1_code]', mailbox.wrong());
      await page.click('form:has(input[value=confirm-destination]) button');
      await page.waitForSelector('[role=alert]');
      await looksRight(page, 'email-3-confirm-wrong-code');
    });

    await step('the right code gives ten backup codes', async () => {
      await page.fill('input[name=m1_code]', mailbox.code());
      await page.click('form:has(input[value=confirm-destination]) button');
      await page.waitForSelector('.tf-codes li');
      codes = await page.locator('.tf-codes li').allInnerTexts();
      assert.equal(codes.length, 10);
    });

    await step('after her password a code is on its way', async () => {
      await signOut(page, site);
      mailbox.wait(61);
      await givePassword(page, site, 'anna');
      await page.waitForSelector('input[name=twofactor_code]');
      assert.equal(mailbox.codes().length, 2);
      assert.match(await page.textContent('#twofactor_hint'), /a•••@example\.org/);
      await page.waitForSelector('[data-again]:visible');
      assert.match(await page.textContent('[data-again]'), /in \d:\d\d/);
      await looksRight(page, 'email-4-challenge');
    });

    await step('asked too soon, the server says how long to wait', async () => {
      await page.click('button[name=twofactor_send]');
      await page.waitForSelector('[data-wait]');
      assert.match(await page.textContent("[data-wait]"), /(another|next) code/i);
      assert.equal(mailbox.codes().length, 2);
      await looksRight(page, 'email-5-too-soon');
    });

    await step('a minute later there is another one', async () => {
      mailbox.wait(61);
      await page.click('button[name=twofactor_send]');
      await page.waitForSelector('input[name=twofactor_code]:not([aria-invalid])');
      assert.equal(mailbox.codes().length, 3);
    });

    await step('a wrong code is refused', async () => {
      await answer(page, mailbox.wrong());
      await page.waitForSelector('[role=alert]');
      await looksRight(page, 'email-6-wrong-code');
    });

    await step('the right one signs in', async () => {
      await answer(page, mailbox.code());
      await isSignedIn(page, 'anna');
    });

    await step('before a change she proves herself by e-mail', async () => {
      mailbox.wait(61);
      await open(page, 'preferences');
      await page.waitForSelector('select[name=m1_method]');
      await looksRight(page, 'email-7-prove');
      await page.click('form:has(input[value=send]) button[value=email]');
      await page.waitForSelector('[role=status]');
      assert.equal(await page.inputValue('select[name=m1_method]'), 'email');
      await looksRight(page, 'email-8-prove-sent');
      await page.fill('input[name=m1_code]', mailbox.code());
      await page.click('form:has(input[value=prove]) button');
      await page.waitForSelector('.tf-choices');
      await looksRight(page, 'email-9-changes');
    });

    await step('a code of another kind signs in when no letter comes', async () => {
      await signOut(page, site);
      await givePassword(page, site, 'anna');
      await page.click('button[name=twofactor_use][value=backup]');
      await page.waitForSelector('input[name=twofactor_code]:not([inputmode=numeric])');
      await answer(page, codes[0]);
      await isSignedIn(page, 'anna');
    });

    await step('the browser had nothing to complain about', () => {
      assert.deepEqual(complaints, []);
    });
  });
}

test(`codes by e-mail without JavaScript and in German, ${flow} flow`, { timeout: 600000 }, async (t) => {
  const site = await startSite();
  const browser = await startBrowser();
  t.after(async () => {
    await browser.close();
    await site.stop();
  });
  const page = await newTab(await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'de-DE', javaScriptEnabled: false }));
  const mailbox = new Mailbox(site, 'bert@example.org');
  await givePassword(page, site, 'bert');
  await open(page, 'preferences');
  await page.click('form:has(input[value=start-email]) button');
  assert.match(mailbox.codes()[0].html, /lang="de"/);
  await page.fill('input[name=m1_code]', mailbox.code());
  await page.click('form:has(input[value=confirm-destination]) button');
  assert.equal(await page.locator('.tf-codes li').count(), 10);
  await signOut(page, site);
  await givePassword(page, site, 'bert');
  assert.equal(await page.getAttribute('html', 'lang'), 'de');
  // The sign-in sent a code, whenever the one for the address went out; for another the server says how long to wait.
  assert.equal(mailbox.codes().length, 2);
  await page.click('button[name=twofactor_send]');
  assert.match(await page.textContent('[data-wait]'), /Code/);
  mailbox.wait(61);
  await page.click('button[name=twofactor_send]');
  assert.equal(mailbox.codes().length, 3);
  await answer(page, mailbox.code());
  await isSignedIn(page, 'bert');
});
