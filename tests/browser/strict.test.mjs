// The strict profile as people meet it: the password once more before a first factor, wrong ones, no address and no telephone
// to begin with; and who had an address alone before is led from a code to an app, and never asked for the address again; in a
// real browser, on a desk and on a phone, in both languages, with an eye on accessibility on every page.

import test from 'node:test';
import assert from 'node:assert/strict';
import { answer, begin, devices, flow, givePassword, isSignedIn, letPass, looksRight, Mailbox, open, Phone, signOut } from './site.mjs';

const STRICT = { 'twofactor.profile': 'strict' };
const words = {
  en: { wrong: 'This is not your password', weak: 'are no longer enough on this site' },
  de: { wrong: 'Das ist nicht Ihr Passwort', weak: 'genügen auf dieser Website nicht mehr' },
};

for (const [device] of devices) {
  for (const language of ['en', 'de']) {
    const locale = language === 'de' ? 'de-DE' : 'en-GB';
    const looks = (page, name) => looksRight(page, `strict-${language}-${name}`);

    test(`a first factor where the profile is strict on a ${device}, ${language}, ${flow} flow`, { timeout: 600000 }, async (t) => {
      const { site, page, complaints } = await begin(t, device, { locale, options: ['--carriers'] });
      await site.set(STRICT);
      await givePassword(page, site, 'bert');
      await isSignedIn(page, 'bert');
      await open(page, 'preferences');
      await page.waitForSelector('input[name=m1_password]');
      await looks(page, '1-password');
      for (const weak of ['start-email', 'start-phone']) {
        assert.equal(await page.locator(`input[value=${weak}]`).count(), 0, `${weak} is no first factor here`);
      }
      // Whoever has found the browser open knows no password. The keyboard is enough, and a reader is told.
      await page.fill('input[name=m1_password]', site.passwords.anna);
      await page.keyboard.press('Enter');
      await page.waitForSelector('[role=alert]');
      assert.ok((await page.textContent('[role=alert]')).includes(words[language].wrong));
      assert.equal(await page.inputValue('input[name=m1_password]'), '', 'it is not shown again');
      assert.equal(await page.locator('.tf-secret').count(), 0);
      await looks(page, '2-wrong');
      await page.fill('input[name=m1_password]', site.passwords.bert);
      await page.keyboard.press('Enter');
      await page.waitForSelector('.tf-secret');
      assert.ok(!(await page.content()).includes(site.passwords.bert));
      await looks(page, '3-setup');
      const phone = new Phone(await page.textContent('.tf-secret code'), site);
      await page.fill('#tf-code', phone.code());
      await page.click('form:has(input[value=confirm]) button');
      await page.waitForSelector('.tf-codes');
      const codes = (await page.locator('.tf-codes code').allInnerTexts()).map((code) => code.trim());
      assert.deepEqual(codes.map((code) => code.replaceAll('-', '').length), Array(10).fill(24));
      await looks(page, '4-codes');
      await signOut(page, site);
      await givePassword(page, site, 'bert');
      await page.waitForSelector('input[name=twofactor_code]');
      await page.click('button[name=twofactor_use][value=backup]');
      await page.waitForSelector('input[name=twofactor_method][value=backup]', { state: 'attached' });
      await answer(page, codes[0]);
      await isSignedIn(page, 'bert');
      await open(page, 'preferences');
      await page.waitForSelector('.tf-facts');
      assert.equal(await page.locator('input[name=m1_password]').count(), 0, 'now the factor is proven');
      await looks(page, '5-afterwards');
      assert.deepEqual(complaints, []);
    });

    test(`an address alone, and then the profile is strict on a ${device}, ${language}, ${flow} flow`, { timeout: 600000 }, async (t) => {
      const { site, page, complaints } = await begin(t, device, { locale });
      const mailbox = new Mailbox(site, 'anna@example.org');
      await givePassword(page, site, 'anna');
      await isSignedIn(page, 'anna');
      await open(page, 'preferences');
      await page.click('form:has(input[value=start-email]) button');
      await page.waitForSelector('input[name=m1_code]');
      await page.fill('input[name=m1_code]', mailbox.code());
      await page.click('form:has(input[value=confirm-destination]) button');
      await page.waitForSelector('.tf-codes');
      await site.set(STRICT);
      // Who is in stays in, and is told.
      await open(page, 'preferences');
      await page.waitForSelector('.tf-note');
      await isSignedIn(page, 'anna');
      await looks(page, '6-told');
      await signOut(page, site);

      letPass(site, 61);
      await givePassword(page, site, 'anna');
      await page.waitForSelector('input[name=twofactor_code]');
      await looks(page, '7-challenge');
      await answer(page, mailbox.code());
      await page.waitForSelector('.tf-secret');
      assert.ok((await page.textContent('body')).includes(words[language].weak));
      assert.equal(await page.locator('[data-user]').count(), 0, 'nobody is signed in yet');
      assert.equal(await page.locator('input[value=start-email], input[value=start-phone]').count(), 0);
      await looks(page, '8-led');
      const phone = new Phone(await page.textContent('.tf-secret code'), site);
      await answer(page, phone.wrong());
      await page.waitForSelector('.tf-alert');
      await looks(page, '9-wrong');
      await answer(page, phone.code());
      await isSignedIn(page, 'anna');
      await signOut(page, site);

      letPass(site, 61);
      const sent = mailbox.codes().length;
      await givePassword(page, site, 'anna');
      await page.waitForSelector('input[name=twofactor_code]');
      assert.equal(await page.locator('button[value=email]').count(), 0, 'the address is asked for no more');
      await answer(page, phone.code());
      await isSignedIn(page, 'anna');
      assert.equal(mailbox.codes().length, sent);
      assert.deepEqual(complaints, []);
    });
  }
}
