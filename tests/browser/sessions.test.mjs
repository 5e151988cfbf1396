// Where somebody is signed in: seen and ended by themselves, by an administrator, and of everybody at once; in a real
// browser, on a desk in English and on a phone in German, with an eye on accessibility on every page.

import test from 'node:test';
import assert from 'node:assert/strict';
import { administrate, answer, begin, devices, flow, givePassword, isSignedIn, letPass, looksRight, newTab, open, Phone, signOut } from './site.mjs';

const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
const words = {
  'en-GB': { phone: 'Safari on an iPhone', this: 'This one', ended: 'The sign-ins have ended', out: 'All sign-ins have ended, yours too' },
  'de-DE': { phone: 'Safari auf einem iPhone', this: 'Diese hier', ended: 'Die Anmeldungen sind beendet', out: 'Alle Anmeldungen sind beendet, auch Ihre' },
};

for (const [device, locale] of [['desk', 'en-GB'], ['phone', 'de-DE']]) {
  test(`sign-ins on a ${device} in ${locale}, ${flow} flow`, { timeout: 240000 }, async (t) => {
    const { site, browser, page, complaints } = await begin(t, device, { locale });
    page.on('dialog', (dialog) => dialog.accept());
    const says = words[locale];
    const named = (name) => `${name}-${locale.slice(0, 2)}`;

    // Each step stands on the one before it: after the first that fails, the others are not tried.
    let failed = false;
    const step = (what, how) => t.test(what, async () => {
      assert.ok(!failed, 'a step before this one failed');
      failed = true;
      await how();
      failed = false;
    });
    const elsewhere = async () => newTab(await browser.newContext({ viewport: Object.fromEntries(devices).phone, locale, userAgent: IPHONE }));
    const isOut = async (tab) => {
      await tab.goto(`${site.url}/admin/index.php`);
      await tab.waitForSelector('input[name=username]');
    };
    const table = async () => (await page.locator('.tf-table').innerText()).replace(/\s+/g, ' ');
    let other;
    let codes;

    await step('without a factor she sees both sign-ins and ends the other', async () => {
      await givePassword(page, site, 'anna');
      await isSignedIn(page, 'anna');
      other = await elsewhere();
      await givePassword(other, site, 'anna');
      await isSignedIn(other, 'anna');
      await open(page, 'preferences');
      await page.click('main a[href*="m1_%2Csessions%2C"]');
      await page.waitForSelector('#tf-sessions');
      assert.ok((await table()).includes(says.phone), await table());
      assert.ok((await table()).includes(says.this), await table());
      await looksRight(page, named('sessions-1-password'));
      await page.click('button[name=m1_session]');
      await page.waitForSelector('[role=status]');
      assert.equal(await page.locator('button[name=m1_session]').count(), 0);
      await isOut(other);
    });

    await step('with a factor she ends all others with a proof on the same page', async () => {
      await open(page, 'preferences');
      await page.click('form:has(input[value=start]) button');
      await page.waitForSelector('.tf-secret');
      const phone = new Phone(await page.textContent('.tf-secret code'), site);
      await page.fill('#tf-code', phone.code());
      await page.click('form:has(input[value=confirm]) button');
      await page.waitForSelector('.tf-codes');
      codes = await page.locator('.tf-codes code').allTextContents();
      letPass(site, 60);
      await givePassword(other, site, 'anna');
      await answer(other, phone.code());
      await isSignedIn(other, 'anna');
      await open(page, 'preferences');
      await page.click('main a[href*="m1_%2Csessions%2C"]');
      await page.waitForSelector('#tf-code');
      await looksRight(page, named('sessions-2-proof'));
      await page.selectOption('#tf-method', 'backup');
      await page.fill('#tf-code', codes[0]);
      await page.click('button[value=end-other-sessions]');
      await page.waitForSelector(`text=${says.ended}`);
      await looksRight(page, named('sessions-3-ended'));
      await isOut(other);
    });

    await step('an administrator sees and ends them', async () => {
      await givePassword(other, site, 'anna');
      await other.click('button[name=twofactor_use][value=backup]');
      await answer(other, codes[1]);
      await isSignedIn(other, 'anna');
      await signOut(page, site);
      await administrate(page, site);
      await open(page, 'defaultadmin');
      await page.click('main th a:has-text("anna")');
      await page.waitForSelector('#tf-user');
      await page.click('main a[href*="user-sessions"]');
      await page.waitForSelector('#tf-sessions');
      assert.ok((await table()).includes(says.phone), await table());
      await looksRight(page, named('sessions-4-user'));
      await page.fill('#tf-reason', 'laptop in the train');
      await page.click('button[value=end-user-sessions]');
      await page.waitForSelector(`text=${says.ended}`);
      await isOut(other);
    });

    await step('and everybody is signed out at once', async () => {
      await page.click('.tf-tabs a[href*="m1_tab=sessions"]');
      await page.waitForSelector('#tf-everybody');
      await looksRight(page, named('sessions-5-everybody'));
      await page.fill('#tf-reason', 'a backup was stolen');
      await page.click('form:has(input[value=end-everybody]) button.tf-danger');
      await page.waitForSelector(`text=${says.out}`);
      await looksRight(page, named('sessions-6-signed-out'));
      await isOut(page);
    });

    assert.deepEqual(complaints, [], 'what the browser complained about');
  });
}
