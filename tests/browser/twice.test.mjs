// A second of latency, and somebody who clicks twice, presses Enter twice, or whose password manager sends the form
// as well: with scripts the challenge is sent once, and without them the second answer is the first one's.

import test from 'node:test';
import assert from 'node:assert/strict';
import { begin, devices, flow, givePassword, isSignedIn, open, Phone, signOut } from './site.mjs';

const ways = {
  'clicks twice': (page) => page.dblclick('form button.tf-go', { noWaitAfter: true }),
  'presses Enter twice': async (page) => {
    await page.focus('input[name=twofactor_code]');
    await page.keyboard.press('Enter', { noWaitAfter: true });
    await page.keyboard.press('Enter', { noWaitAfter: true });
  },
  'has a password manager that sends the form, too': async (page) => {
    await page.click('form button.tf-go', { noWaitAfter: true });
    await page.evaluate(() => document.querySelector('form').submit()).catch(() => {});
  },
};

for (const javaScriptEnabled of [true, false]) {
  test(`somebody ${javaScriptEnabled ? 'with' : 'without'} scripts sends the challenge twice, ${flow} flow`, { timeout: 240000 }, async (t) => {
    const { site, browser, page } = await begin(t, 'desk');
    await givePassword(page, site, 'anna');
    await open(page, 'preferences');
    await page.click('.tf button[type=submit]');
    const phone = new Phone(await page.textContent('#tf-secret'), site);
    await page.fill('input[name=m1_code]', phone.code());
    await page.click('.tf-steps button[type=submit]');
    await page.waitForSelector('.tf-codes li');
    await signOut(page, site);

    for (const [who, how] of Object.entries(ways)) {
      // Without scripts the browser's own double click has to do; page.evaluate is a script as well.
      if (!javaScriptEnabled && who.includes('manager')) continue;
      for (let time = 1; time <= 2; time++) {
        await t.test(`she ${who}, time ${time}`, async () => {
          const context = await browser.newContext({ viewport: Object.fromEntries(devices).desk, locale: 'en-GB', javaScriptEnabled });
          const tab = await context.newPage();
          await givePassword(tab, site, 'anna');
          await tab.waitForSelector('input[name=twofactor_code]');
          const network = await context.newCDPSession(tab);
          await network.send('Network.enable');
          await network.send('Network.emulateNetworkConditions', { offline: false, latency: 1000, downloadThroughput: -1, uploadThroughput: -1 });
          let posts = 0;
          tab.on('request', (request) => posts += request.method() === 'POST' ? 1 : 0);
          await tab.fill('input[name=twofactor_code]', phone.code());
          await how(tab);
          await isSignedIn(tab, 'anna');
          if (javaScriptEnabled && !who.includes('manager')) assert.equal(posts, 1, 'sent once');
          await context.close();
        });
      }
    }
  });
}
