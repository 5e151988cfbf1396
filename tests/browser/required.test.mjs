// A sign-in that ends with a set-up: nothing of the site is there before an app is confirmed, and its codes are shown once;
// in a real browser, on a desk and on a phone, in both languages, with an eye on accessibility on every page.

import test from 'node:test';
import assert from 'node:assert/strict';
import { answer, begin, devices, flow, givePassword, isSignedIn, looksRight, Phone, requireEnrolment, signOut } from './site.mjs';

for (const [device] of devices) {
  for (const language of ['en', 'de']) {
    test(`a required set-up on a ${device}, ${language}, ${flow} flow`, { timeout: 600000 }, async (t) => {
      const { site, page, complaints } = await begin(t, device, { locale: language === 'de' ? 'de-DE' : 'en-GB' });
      const user = language === 'de' ? 'bert' : 'anna';
      const looks = (name) => looksRight(page, `required-${language}-${name}`);
      requireEnrolment(site, user);

      await givePassword(page, site, user);
      const secret = await page.textContent('.tf-secret code');
      const phone = new Phone(secret, site);
      await looks('1-setup');
      await answer(page, phone.wrong());
      await page.waitForSelector('#twofactor_problem');
      assert.equal(await page.textContent('.tf-secret code'), secret, 'the same set-up');
      await looks('2-wrong-code');
      await answer(page, phone.code());
      await page.waitForSelector('.tf-codes');
      const codes = await page.locator('.tf-codes code').allInnerTexts();
      assert.equal(codes.length, 10);
      await looks('3-codes');
      assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0]);
      await page.click('.tf-actions a');
      await isSignedIn(page, user);

      await signOut(page, site);
      await givePassword(page, site, user);
      await page.waitForSelector('input[name=twofactor_code]');
      assert.equal(await page.locator('.tf-secret').count(), 0, 'it is done');
      await answer(page, phone.code());
      await isSignedIn(page, user);
      assert.deepEqual(complaints, []);
    });
  }
}
