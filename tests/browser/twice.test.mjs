// A second of latency, and somebody who clicks twice, presses Enter twice, or whose password manager sends the form
// as well: with scripts the challenge is sent once, and without them the second answer is the first one's.

import test from 'node:test';
import assert from 'node:assert/strict';
import { begin, devices, flow, givePassword, isSignedIn, newTab, open, Phone, requireEnrolment, signOut } from './site.mjs';

const pressEnter = (page) => page.keyboard.press('Enter', { noWaitAfter: true });
const ways = {
  'clicks twice': (page) => page.dblclick('form button.tf-go', { noWaitAfter: true }),
  'presses Enter twice': async (page) => {
    await page.focus('input[name=twofactor_code]');
    await pressEnter(page);
    await pressEnter(page);
  },
  'has a password manager that sends the form, too': async (page) => {
    await page.click('form button.tf-go', { noWaitAfter: true });
    await page.evaluate(() => document.querySelector('form:has([name=twofactor_code])')?.submit()).catch(() => {});
  },
};

/** Every answer comes a second late: what is pressed next is pressed before the page that it leads to. */
async function slowNetwork(context, tab) {
  const network = await context.newCDPSession(tab);
  await network.send('Network.enable');
  await network.send('Network.emulateNetworkConditions', { offline: false, latency: 1000, downloadThroughput: -1, uploadThroughput: -1 });
}

/** Keeps an address from the page until what is returned is called. */
async function hold(tab, address) {
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  await tab.route(address, async (route) => {
    await released;
    await route.continue().catch(() => {});
  });
  return release;
}

/** A site where anna has an app, and signs in anew. */
async function enrolled(t) {
  const { site, browser, page } = await begin(t, 'desk');
  await givePassword(page, site, 'anna');
  await open(page, 'preferences');
  await page.click('.tf button[type=submit]');
  const phone = new Phone(await page.textContent('#tf-secret'), site);
  await page.fill('input[name=m1_code]', phone.code());
  await page.click('.tf-steps button[type=submit]');
  await page.waitForSelector('.tf-codes li');
  await signOut(page, site);
  const context = (options) => browser.newContext({ viewport: Object.fromEntries(devices).desk, locale: 'en-GB', ...options });
  return { site, phone, context };
}

for (const javaScriptEnabled of [true, false]) {
  test(`somebody ${javaScriptEnabled ? 'with' : 'without'} scripts sends the challenge twice, ${flow} flow`, { timeout: 600000 }, async (t) => {
    const { site, phone, context: opened } = await enrolled(t);

    for (const [who, how] of Object.entries(ways)) {
      // Without scripts the browser's own double click has to do; page.evaluate is a script as well.
      if (!javaScriptEnabled && who.includes('manager')) continue;
      for (let time = 1; time <= 2; time++) {
        await t.test(`she ${who}, time ${time}`, async () => {
          const context = await opened({ javaScriptEnabled });
          const tab = await newTab(context);
          await givePassword(tab, site, 'anna');
          await tab.waitForSelector('input[name=twofactor_code]');
          await slowNetwork(context, tab);
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

test(`somebody without scripts sends a required set-up twice and is shown the codes, ${flow} flow`, { timeout: 240000 }, async (t) => {
  const { site, browser } = await begin(t, 'desk');
  for (const [user, latency] of [['anna', true], ['bert', false]]) {
    requireEnrolment(site, user);
    const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB' });
    const tab = await newTab(context);
    await givePassword(tab, site, user);
    const phone = new Phone(await tab.textContent('.tf-secret code'), site);
    if (latency) await slowNetwork(context, tab);
    await tab.fill('input[name=twofactor_code]', phone.code());
    await tab.dblclick('form:has(input[name=twofactor_code]) button.tf-go', { noWaitAfter: true });
    await tab.waitForSelector('.tf-codes li');
    assert.equal(await tab.locator('.tf-codes code').count(), 10);
    await tab.click('.tf-actions a');
    await isSignedIn(tab, user);
    await context.close();
  }
});

test(`somebody is quicker than the page, ${flow} flow`, { timeout: 600000 }, async (t) => {
  const { site, phone, context: opened } = await enrolled(t);
  const challenged = async (context, tab) => {
    await givePassword(tab, site, 'anna');
    await tab.waitForSelector('input[name=twofactor_code]');
    await slowNetwork(context, tab);
    await tab.fill('input[name=twofactor_code]', phone.code());
    await tab.focus('input[name=twofactor_code]');
  };

  await t.test('twice before the script has come: the second answer is the first one\'s', async () => {
    const context = await opened();
    // Not newTab: its clicks would wait for the script.
    const tab = await context.newPage();
    const release = await hold(tab, '**/twofactor.js*');
    await challenged(context, tab);
    await pressEnter(tab);
    await pressEnter(tab);
    await isSignedIn(tab, 'anna');
    release();
    await context.close();
  });

  await t.test('the script comes between the two', async () => {
    const context = await opened();
    const tab = await context.newPage();
    const release = await hold(tab, '**/twofactor.js*');
    await challenged(context, tab);
    await pressEnter(tab);
    release();
    await pressEnter(tab);
    await isSignedIn(tab, 'anna');
    await context.close();
  });

  await t.test('a page that becomes whole between the two is no other page; one from memory is', async () => {
    const context = await opened();
    const tab = await newTab(context);
    await challenged(context, tab);
    // In one go, while the first is not on its way yet.
    const went = await tab.evaluate(() => {
      const form = document.querySelector('form:has([name=twofactor_code])');
      const found = [];
      form.addEventListener('submit', (event) => found.push(!event.defaultPrevented));
      form.requestSubmit();
      for (const persisted of [false, true]) {
        window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted }));
        form.requestSubmit();
      }
      return found;
    });
    assert.deepEqual(went, [true, false, true]);
    await isSignedIn(tab, 'anna');
    await context.close();
  });
});
