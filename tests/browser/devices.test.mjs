// Browsers that people trust: the box on the page of the challenge, signing in by the password alone, the list, its ends by
// its owner and by an administrator; in a real browser over HTTPS, on a desk in English and on a phone in German, once with
// the keyboard alone, with an eye on accessibility on every page.

import test from 'node:test';
import assert from 'node:assert/strict';
import { administrate, answer, begin, flow, givePassword, isSignedIn, letPass, looksRight, newTab, open, Phone, signOut } from './site.mjs';

const words = {
  'en-GB': { box: 'Trust this browser for 30 days', this: 'This one', removed: 'That browser is no longer trusted', none: 'No browser is trusted', link: 'Browsers that you trust', session: 'Password, trusted browser' },
  'de-DE': { box: 'Diesem Browser 30 Tage lang vertrauen', this: 'Dieser hier', removed: 'Diesem Browser wird nicht mehr vertraut', none: 'Keinem Browser wird', link: 'Browser, denen Sie vertrauen', session: 'Passwort, vertrauter Browser' },
};

for (const [device, locale] of [['desk', 'en-GB'], ['phone', 'de-DE']]) {
  test(`trusted browsers on a ${device} in ${locale}, ${flow} flow`, { timeout: 240000 }, async (t) => {
    const { site, browser, page: admin, complaints } = await begin(t, device, { locale, options: ['--premium', '--https'] });
    admin.on('dialog', (dialog) => dialog.accept());
    const says = words[locale];
    const named = (name) => `${name}-${locale.slice(0, 2)}`;
    const viewport = admin.viewportSize();

    // Each step stands on the one before it: after the first that fails, the others are not tried.
    let failed = false;
    const step = (what, how) => t.test(what, async () => {
      assert.ok(!failed, 'a step before this one failed');
      failed = true;
      await how();
      failed = false;
    });
    const pass = async (seconds) => {
      letPass(site, seconds);
      await fetch(`${site.fakes}/clock`, { method: 'POST', body: JSON.stringify({ advance: seconds }) });
    };
    const cookies = async () => (await page.context().cookies(site.url)).filter((cookie) => cookie.name.startsWith('__Host-twofactor-'));
    const isAsked = async () => {
      await signOut(page, site);
      await givePassword(page, site, 'anna');
      await page.waitForSelector('input[name=twofactor_code]');
    };
    let page;
    let phone;
    let codes;

    await step('a licence is entered', async () => {
      await administrate(admin, site);
      const key = (await admin.context().cookies(site.url)).find((cookie) => cookie.name === '__c').value;
      await admin.goto(`${site.url}/admin/modulemanager.php?__c=${key}`);
      await admin.click('form:has(input[value=TwoFactorPro]) button[name=install]');
      await admin.waitForSelector('b.result:text-is("TwoFactorPro")');
      await open(admin, 'defaultadmin');
      await admin.click('.tf-tabs a[href*="m1_tab=premium"]');
      await admin.fill('#tf-key', site.licence_key);
      await admin.focus('#tf-key');
      await admin.keyboard.press('Enter');
      await admin.waitForSelector('.tf-facts');
    });

    await step('the page of the challenge has a box that nobody has ticked', async () => {
      page = await newTab(await browser.newContext({ locale, viewport, ignoreHTTPSErrors: true }));
      page.on('dialog', (dialog) => dialog.accept());
      await givePassword(page, site, 'anna');
      await open(page, 'preferences');
      assert.equal(await page.locator('main').getByText(says.link).count(), 1);
      await page.click('form:has(input[value=start]) button');
      await page.waitForSelector('.tf-secret');
      phone = new Phone(await page.textContent('.tf-secret code'), site);
      await page.fill('#tf-code', phone.code());
      await page.click('form:has(input[value=confirm]) button');
      await page.waitForSelector('.tf-codes');
      codes = await page.locator('.tf-codes code').allTextContents();
      await isAsked();
      assert.equal(await page.getByLabel(says.box).isChecked(), false);
      await looksRight(page, named('devices-1-challenge'));
    });

    await step('with the keyboard alone it is ticked, and stays so over a wrong code', async () => {
      await page.keyboard.type(phone.wrong());
      await page.keyboard.press('Tab');
      await page.keyboard.press('Space');
      await page.keyboard.press('Enter');
      await page.waitForSelector('[role=alert]');
      assert.equal(await page.getByLabel(says.box).isChecked(), true);
      await looksRight(page, named('devices-2-wrong'));
      assert.deepEqual(await cookies(), []);
      await page.keyboard.type(phone.code());
      await page.keyboard.press('Enter');
      await isSignedIn(page, 'anna');
      const [cookie] = await cookies();
      assert.deepEqual([cookie.secure, cookie.httpOnly, cookie.sameSite, cookie.path, cookie.domain], [true, true, 'Lax', '/', '127.0.0.1']);
    });

    await step('the next sign-in takes the password alone', async () => {
      const [before] = await cookies();
      await signOut(page, site);
      await pass(3600);
      await givePassword(page, site, 'anna');
      await isSignedIn(page, 'anna');
      assert.notEqual((await cookies())[0].value, before.value);
      await open(page, 'preferences');
      await page.click('main a[href*="m1_%2Csessions%2C"]');
      await page.waitForSelector('#tf-sessions');
      assert.ok((await page.locator('.tf-table').innerText()).includes(says.session));
      await looksRight(page, named('devices-3-sessions'));
    });

    await step('she sees the browsers that she trusts, and removes one with a proof', async () => {
      await open(page, 'preferences');
      await page.getByText(says.link).click();
      await page.waitForSelector('#tf-devices');
      assert.ok((await page.locator('.tf-table').innerText()).includes(says.this));
      await looksRight(page, named('devices-4-own'));
      await page.selectOption('#tf-method', 'backup');
      await page.fill('#tf-code', codes.shift());
      await page.click('button[name=m1_device]');
      await page.waitForSelector(`text=${says.removed}`);
      assert.ok((await page.locator('.tf-table').innerText()).includes(says.none));
      await looksRight(page, named('devices-5-removed'));
      await isAsked();
    });

    await step('an administrator sees them from the page of the user, and for how long it is', async () => {
      await page.getByLabel(says.box).check();
      await answer(page, phone.code());
      await isSignedIn(page, 'anna');
      await open(admin, 'defaultadmin');
      await admin.locator('main').getByText('anna', { exact: true }).click();
      await admin.waitForSelector('a[href*="m1_tab=user-devices"]');
      await looksRight(admin, named('devices-6-user'));
      await admin.click('a[href*="m1_tab=user-devices"]');
      await admin.waitForSelector('#tf-devices');
      await looksRight(admin, named('devices-7-of-user'));
      await admin.click('.tf-tabs a[href*="m1_tab=premium"]');
      await admin.click('a[href*="m1_tab=devices"]');
      await admin.waitForSelector('#tf-days');
      await looksRight(admin, named('devices-8-days'));
    });

    await step('nothing in a browser complains', async () => {
      assert.deepEqual(complaints, []);
    });
  });
}
