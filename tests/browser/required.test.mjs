// A sign-in that ends with a set-up: of an app, or of what else the site offers. Nothing of the site is there before it is
// confirmed, and its codes are shown once, to be printed or downloaded;
// in a real browser, on a desk and on a phone, in both languages, with an eye on accessibility on every page.

import test from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { administrate, answer, begin, devices, flow, givePassword, Handset, isSignedIn, letPass, looksRight, open, Phone, requireEnrolment, signOut } from './site.mjs';

for (const [device] of devices) {
  for (const language of ['en', 'de']) {
    test(`a required set-up on a ${device}, ${language}, ${flow} flow`, { timeout: 600000 }, async (t) => {
      const { site, page, complaints } = await begin(t, device, { options: ['--carriers'], locale: language === 'de' ? 'de-DE' : 'en-GB' });
      const user = language === 'de' ? 'bert' : 'anna';
      const looks = (name) => looksRight(page, `required-${language}-${name}`);
      requireEnrolment(site, user);

      await givePassword(page, site, user);
      const secret = await page.textContent('.tf-secret code');
      const phone = new Phone(secret, site);
      await looks('1-setup');
      await answer(page, phone.wrong());
      await page.waitForSelector('.tf-alert');
      assert.equal(await page.textContent('.tf-secret code'), secret, 'the same set-up');
      await looks('2-wrong-code');

      await page.fill('#tf-number', '+49 30 1');
      await page.click('form:has(input[value=start-phone]) button.tf-button');
      await page.waitForSelector('#tf-number[aria-invalid]');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'tf-number');
      await looks('2-wrong-number');
      const handset = new Handset(site, '+49 1512 3456789');
      await page.fill('#tf-number', handset.number);
      await page.click('form:has(input[value=start-phone]) button.tf-button');
      await page.waitForSelector('form:has(input[value=confirm-destination])');
      await looks('3-waiting');
      await answer(page, handset.wrong());
      await page.waitForSelector('.tf-alert');
      await looks('4-wrong-sms');
      await page.click('form:has(input[value=send-again]) button');
      await page.waitForSelector('[data-wait]');
      assert.equal(await page.locator('[data-again]:visible').count(), 0, 'one countdown');
      const said = await page.textContent('[data-wait]');
      await page.waitForFunction((before) => document.querySelector('[data-wait]').textContent !== before, said);
      await looks('4-too-early');
      const isByPhone = device === 'desk';
      if (!isByPhone) {
        await answer(page, handset.wrong());
        await page.waitForSelector('.tf-alert');
        await answer(page, handset.wrong());
        await page.waitForFunction(() => !document.querySelector('#tf-sent').textContent.trim());
        await looks('4-spent');
      }
      if (!isByPhone) {
        await page.click('button[name=twofactor_other]');
        await page.waitForSelector('.tf-secret code');
        assert.equal(await page.textContent('.tf-secret code'), secret, 'the same set-up');
      }
      await answer(page, isByPhone ? handset.code() : phone.code());
      await page.waitForSelector('.tf-codes');
      const codes = await page.locator('.tf-codes code').allInnerTexts();
      assert.equal(codes.length, 10);
      await looks('5-codes');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.click('form:has(input[value=download]) button'),
      ]);
      const file = await readFile(await download.path(), 'utf8');
      assert.ok(file.includes(`Test host, ${user}, `) && codes.every((code) => file.includes(code)));
      await page.emulateMedia({ media: 'print' });
      const paper = await page.locator('body *:visible').evaluateAll((all) => all
        .filter((one) => getComputedStyle(one).visibility === 'visible' && !one.closest('.tf-print'))
        .map((one) => one.outerHTML.slice(0, 80)));
      assert.deepEqual(paper, [], 'nothing but the codes is printed');
      assert.equal(await page.locator('.tf-print').locator('button:visible, a:visible, .tf-noprint:visible').count(), 0, 'and nothing to press');
      assert.ok((await page.innerText('.tf-print')).includes(`Test host, ${user}, 20`), 'and whose they are, and of when');
      await page.emulateMedia({ media: 'screen' });
      assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0]);
      await page.click('.tf-actions a');
      await isSignedIn(page, user);

      await signOut(page, site);
      // Past the wait between two codes to one number.
      letPass(site, 61);
      await givePassword(page, site, user);
      await page.waitForSelector('input[name=twofactor_code]');
      assert.equal(await page.locator('.tf-secret').count(), 0, 'it is done');
      assert.equal(handset.messages().length, isByPhone ? 2 : 1);
      await answer(page, isByPhone ? handset.code() : phone.code());
      await isSignedIn(page, user);
      assert.deepEqual(complaints, []);
    });
  }
}

for (const [device, locale] of [['desk', 'en-GB'], ['phone', 'de-DE']]) {
  test(`an administrator requires new second factors of everybody on a ${device} in ${locale}, ${flow} flow`, { timeout: 240000 }, async (t) => {
    const { site, page, complaints } = await begin(t, device, { locale });
    const asked = [];
    page.on('dialog', (dialog) => {
      asked.push(dialog.message());
      dialog.accept();
    });
    const looks = (name) => looksRight(page, `everybody-${locale.slice(0, 2)}-${name}`);
    const day = new Date(Date.now() + 10 * 86400000).toISOString().slice(0, 10);
    await administrate(page, site);
    await open(page, 'defaultadmin');
    await page.click('main a[href*="m1_tab=enrolment"]');
    await page.waitForSelector('#tf-until');
    assert.match(await page.innerText('section strong'), /: 1$/, 'whom it would concern');
    await looks('1-before');
    await page.fill('#tf-reason', 'keys may have been copied');
    await page.fill('#tf-until', day);
    await page.click('form:has(input[value=require-everybody]) button.tf-danger');
    await page.waitForSelector('button[value=waive-everybody]');
    assert.equal(asked.length, 1, 'it is asked once whether that is meant');
    await looks('2-required');
    await page.click('.tf-tabs a[href*="m1_tab=users"]');
    await page.waitForSelector('.tf-table .tf-warning');
    assert.ok((await page.innerText('.tf-note')).includes('keys may have been copied'));
    await looks('3-users');
    await open(page, 'preferences');
    await page.waitForSelector('.tf-careful');
    await looks('4-preferences');
    await open(page, 'defaultadmin');
    await page.click('main a[href*="m1_tab=enrolment"]');
    await page.fill('#tf-reason', 'they were not');
    await page.click('button[value=waive-everybody]');
    await page.waitForSelector('[role=status]');
    assert.equal(await page.locator('button[value=waive-everybody]').count(), 0);
    await looks('5-taken-back');
    assert.deepEqual(complaints, []);
  });
}
