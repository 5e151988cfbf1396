// Two authenticator apps: the second is added under a name, renamed and removed again, and an administrator sees them;
// in a real browser, on a desk and on a phone, with an eye on accessibility on every page.

import test from 'node:test';
import assert from 'node:assert/strict';
import { administrate, begin, devices, flow, givePassword, isSignedIn, looksRight, open, Phone, signOut } from './site.mjs';

for (const [device] of devices) {
  test(`several apps on a ${device}, ${flow} flow`, { timeout: 600000 }, async (t) => {
    const { site, page, complaints } = await begin(t, device);

    // Each step stands on the one before it: after the first that fails, the others are not tried.
    let failed = false;
    const step = (what, how) => t.test(what, async () => {
      assert.ok(!failed, 'a step before this one failed');
      failed = true;
      await how();
      failed = false;
    });
    const facts = async () => (await page.locator('.tf-facts').innerText()).replace(/\s+/g, ' ');

    await step('she sets up the first app', async () => {
      await givePassword(page, site, 'anna');
      await isSignedIn(page, 'anna');
      await open(page, 'preferences');
      await page.click('form:has(input[value=start]) button');
      await page.waitForSelector('.tf-secret');
      const phone = new Phone(await page.textContent('.tf-secret code'), site);
      await page.fill('#tf-code', phone.code());
      await page.click('form:has(input[value=confirm]) button');
      await page.waitForSelector('.tf-codes');
      const code = await page.locator('.tf-codes code').first().textContent();
      await open(page, 'preferences');
      await page.selectOption('form:has(input[value=prove]) select', 'backup');
      await page.fill('#tf-code', code);
      await page.click('form:has(input[value=prove]) button');
      await page.waitForSelector('#tf-app-name');
      assert.equal(await page.inputValue('#tf-app-name'), 'Authenticator app 2');
      await looksRight(page, 'factors-1-one-app');
    });

    await step('she adds another one under a name', async () => {
      await page.fill('#tf-app-name', 'Work phone of the very long name that somebody typed in here 64');
      await page.click('form:has(input[value=start]) button.tf-button');
      await page.waitForSelector('.tf-secret');
      const phone = new Phone(await page.textContent('.tf-secret code'), site);
      await page.fill('#tf-code', phone.code());
      await page.click('form:has(input[value=confirm]) button');
      await page.waitForSelector('#tf-rename');
      assert.match(await facts(), /Authenticator app Set up .* Work phone of the very long name .* not used yet/);
      await looksRight(page, 'factors-2-two-apps');
    });

    await step('she gives it another name', async () => {
      await page.selectOption('#tf-rename', { index: 1 });
      await page.fill('#tf-new-name', 'Authenticator APP');
      await page.click('form:has(input[value=rename]) button.tf-button');
      await page.waitForSelector('[role=alert]');
      assert.match(await page.textContent('[role=alert]'), /Another of your methods has this name/);
      await looksRight(page, 'factors-3-name-taken');
      await page.selectOption('#tf-rename', { index: 1 });
      await page.fill('#tf-new-name', 'Old phone');
      await page.click('form:has(input[value=rename]) button.tf-button');
      await page.waitForSelector('text=Renamed.');
      assert.match(await facts(), /Old phone/);
    });

    await step('an administrator sees both', async () => {
      await signOut(page, site);
      await administrate(page, site);
      await open(page, 'defaultadmin');
      await page.click('main th a:has-text("anna")');
      await page.waitForSelector('#tf-user');
      assert.match(await facts(), /Old phone Authenticator app Set up/);
      await looksRight(page, 'factors-4-user');
    });

    assert.deepEqual(complaints, [], 'what the browser complained about');
  });
}
