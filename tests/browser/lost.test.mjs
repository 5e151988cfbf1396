// Who lost the telephone signs in with a backup code and suspends it, and resumes it; who lost everything is issued a code by
// an administrator, which leads to a set-up and to nothing else; in a real browser, on a desk and on a phone, in both
// languages, with an eye on accessibility on every page.

import test from 'node:test';
import assert from 'node:assert/strict';
import { administrate, answer, begin, devices, flow, givePassword, isSignedIn, letPass, looksRight, newTab, open, Phone, signOut } from './site.mjs';

for (const [device, viewport] of devices) {
  for (const language of ['en', 'de']) {
    test(`lost telephones on a ${device}, ${language}, ${flow} flow`, { timeout: 600000 }, async (t) => {
      const { site, browser, page, complaints } = await begin(t, device, { locale: language === 'de' ? 'de-DE' : 'en-GB' });
      const user = language === 'de' ? 'bert' : 'anna';
      const looks = (name, on = page) => looksRight(on, `lost-${language}-${name}`);

      await givePassword(page, site, user);
      await isSignedIn(page, user);
      await open(page, 'preferences');
      await page.click('form:has(input[value=start]) button');
      await page.waitForSelector('.tf-secret');
      const lost = new Phone(await page.textContent('.tf-secret code'), site);
      await page.fill('#tf-code', lost.code());
      await page.click('form:has(input[value=confirm]) button');
      await page.waitForSelector('.tf-codes');
      const codes = (await page.locator('.tf-codes code').allInnerTexts()).map((code) => code.trim());
      await signOut(page, site);

      await givePassword(page, site, user);
      await page.waitForSelector('input[name=twofactor_code]');
      await looks('1-challenge');
      await page.click('button[name=twofactor_use][value=lost]');
      await page.waitForSelector('input[name=twofactor_lost]', { state: 'attached' });
      await looks('2-lost');
      await answer(page, 'ZZZZ-ZZZZ-ZZZZ-ZZZZ');
      await page.waitForSelector('#twofactor_problem');
      await answer(page, codes[0]);
      await isSignedIn(page, user);
      await page.waitForSelector('.tf-facts .tf-bad');
      await looks('3-suspended');
      await page.selectOption('form:has(input[value=prove]) select', 'backup');
      await page.fill('#tf-code', codes[1]);
      await page.click('form:has(input[value=prove]) button.tf-button');
      await page.waitForSelector('form:has(input[value=resume])');
      await looks('4-resume');
      await page.click('form:has(input[value=resume]) button');
      await page.waitForSelector('[role=status]');
      assert.equal(await page.locator('.tf-facts .tf-bad').count(), 0);
      await signOut(page, site);

      const office = await newTab(await browser.newContext({ viewport, locale: 'en-GB' }));
      await administrate(office, site);
      await open(office, 'defaultadmin');
      await office.click(`.tf-table a:has-text("${user}")`);
      await office.waitForSelector('input[name=m1_reason]');
      await looks('5-user', office);
      await office.fill('input[name=m1_reason]', 'She came by.');
      await office.click('button[value=temporary-code]');
      await office.waitForSelector('.tf-secret');
      await looks('6-code', office);
      assert.ok(!office.url().includes('code'));
      const issued = (await office.textContent('.tf-secret code')).trim();
      await office.context().close();

      await givePassword(page, site, user);
      await page.waitForSelector('input[name=twofactor_code]');
      await page.click('button[name=twofactor_use][value=temporary]');
      await page.waitForSelector('input[name=twofactor_method][value=temporary]', { state: 'attached' });
      await looks('7-temporary');
      await answer(page, 'ZZZZ-ZZZZ-ZZZZ-ZZZZ');
      await page.waitForSelector('#twofactor_problem');
      await looks('8-wrong');
      await answer(page, issued.toLowerCase());
      await page.waitForSelector('.tf-secret');
      assert.equal(await page.locator('[data-user]').count(), 0, 'nobody is signed in yet');
      await looks('9-setup');
      const phone = new Phone(await page.textContent('.tf-secret code'), site);
      await answer(page, phone.code());
      await page.waitForSelector('.tf-codes');
      await page.click('.tf-actions a');
      await isSignedIn(page, user);
      // Until then the page shows the codes once more.
      letPass(site, 30);
      await open(page, 'preferences');
      await page.waitForSelector('.tf-facts .tf-bad');
      await looks('10-afterwards');
      assert.deepEqual(complaints, []);
    });
  }
}
