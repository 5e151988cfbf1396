// A forgotten password, and a new one by telephone; in a real browser, on a desk and on a phone, in both languages,
// with an eye on accessibility on every page, and once without JavaScript.

import test from 'node:test';
import assert from 'node:assert/strict';
import { administrate, answer, begin, flow, givePassword, Handset, isSignedIn, looksRight, newTab, open, signOut, startBrowser, startSite } from './site.mjs';

const fresh = 'another-fresh-horse';

async function enrolPhone(page, site, handset, user) {
  await givePassword(page, site, user);
  await open(page, 'preferences');
  await page.fill('input[name=m1_number]', handset.number);
  await page.click('form:has(input[value=start-phone]) button');
  await page.waitForSelector('input[name=m1_code]');
  await page.fill('input[name=m1_code]', handset.code());
  await page.click('form:has(input[value=confirm-destination]) button');
  await page.waitForSelector('.tf-codes li');
  await signOut(page, site);
  handset.wait(61);
}

async function forget(page, site, user) {
  await page.goto(`${site.url}/admin/login.php`);
  await page.click('a[href*=forgotpw]');
  await page.fill('input[name=forgottenusername]', user);
  await page.click('button[name=loginsubmit]');
  await page.waitForSelector('button[name=twofactor_send]');
}

for (const [device, locale] of [['desk', 'en-GB'], ['phone', 'de-DE']]) {
  test(`a new password by telephone on a ${device}, ${flow} flow`, { timeout: 600000 }, async (t) => {
    const { site, page, complaints } = await begin(t, device, { options: ['--carriers'], locale });
    const anna = new Handset(site, '+49 1512 3456789');
    await enrolPhone(page, site, anna, 'anna');

    await forget(page, site, 'anna');
    assert.match(await page.textContent('h1'), locale === 'de-DE' ? /Neues Passwort/ : /A new password/);
    await looksRight(page, 'reset-1-choose');
    const before = anna.messages().length;
    await page.click('button[name=twofactor_send]');
    await page.waitForSelector('input[name=twofactor_code]');
    assert.equal(await page.getAttribute('input[name=twofactor_code]', 'autocomplete'), 'one-time-code');
    await looksRight(page, 'reset-2-code');
    await answer(page, anna.wrong());
    await page.waitForSelector('[role=alert]');
    await looksRight(page, 'reset-3-wrong');
    // The message goes out after the answer; the page that came since proves that it has.
    assert.equal(anna.messages().length, before + 1);
    await answer(page, anna.code());
    await page.waitForSelector('input[name=twofactor_password]');
    await looksRight(page, 'reset-4-password');
    await page.fill('input[name=twofactor_password]', fresh);
    await page.fill('input[name=twofactor_again]', 'something else');
    await page.click('form button.tf-go');
    await page.waitForSelector('[role=alert]');
    await page.fill('input[name=twofactor_password]', fresh);
    await page.fill('input[name=twofactor_again]', fresh);
    await page.click('form button.tf-go');
    await page.waitForSelector('[role=status]');
    await looksRight(page, 'reset-5-set');
    await page.click('a.tf-button');
    await page.waitForSelector('input[name=password]');

    anna.wait(61);
    await page.fill('input[name=username]', 'anna');
    await page.fill('input[name=password]', fresh);
    await page.click('button[name=loginsubmit]');
    await page.waitForSelector('input[name=twofactor_code]');
    await answer(page, anna.code());
    await isSignedIn(page, 'anna');
    await signOut(page, site);

    await forget(page, site, 'nobody-of-that-name');
    await page.click('button[name=twofactor_send]');
    await page.waitForSelector('input[name=twofactor_code]');
    await page.click('button[name=twofactor_cancel]');
    await page.waitForSelector('input[name=password]');

    await administrate(page, site);
    await open(page, 'defaultadmin');
    await page.click('.tf-tabs a[href*="settings"]');
    await page.waitForSelector('form:has(input[value=switch-reset]) button');
    await looksRight(page, 'reset-6-settings');
    await page.click('form:has(input[value=switch-reset]) button');
    await page.waitForSelector('[role=status]');
    await looksRight(page, 'reset-7-off');
    await signOut(page, site);
    await page.click('a[href*=forgotpw]');
    await page.fill('input[name=forgottenusername]', 'anna');
    await page.click('button[name=loginsubmit]');
    await page.waitForSelector('[role=status]');
    assert.equal(await page.locator('button[name=twofactor_send]').count(), 0);
    assert.deepEqual(complaints, []);
  });
}

test(`a new password by telephone without JavaScript, ${flow} flow`, { timeout: 600000 }, async (t) => {
  const site = await startSite('--carriers', '--csp');
  const browser = await startBrowser();
  t.after(async () => {
    await browser.close();
    await site.stop();
  });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, javaScriptEnabled: false });
  const page = await newTab(context);
  const anna = new Handset(site, '+49 1512 3456789');
  await enrolPhone(page, site, anna, 'anna');
  await forget(page, site, 'anna');
  await page.click('button[name=twofactor_send]');
  await page.waitForSelector('input[name=twofactor_code]');
  await page.waitForSelector('h1');
  await anna.arrived(2);
  await answer(page, anna.code());
  await page.fill('input[name=twofactor_password]', fresh);
  await page.fill('input[name=twofactor_again]', fresh);
  await page.click('form button.tf-go');
  await page.waitForSelector('[role=status]');
  anna.wait(61);
  await page.goto(`${site.url}/admin/login.php`);
  await page.fill('input[name=username]', 'anna');
  await page.fill('input[name=password]', fresh);
  await page.click('button[name=loginsubmit]');
  await page.waitForSelector('input[name=twofactor_code]');
  await answer(page, anna.code());
  await isSignedIn(page, 'anna');
});
