// The module TwoFactorPro as its administrator meets it: installed, a licence entered, ended, the module removed, and
// everybody signing in as ever; in a real browser, on a desk in English and on a phone in German, once with the keyboard
// alone, with an eye on accessibility on every page.

import test from 'node:test';
import assert from 'node:assert/strict';
import { administrate, answer, begin, flow, givePassword, isSignedIn, letPass, looksRight, newTab, open, Phone } from './site.mjs';

const DAY = 86400;
const words = {
  'en-GB': { none: 'No licence', good: 'Good', ended: 'Ended', saved: 'The licence key is saved', wrong: 'With this key there is no licence now', renewed: 'The licence is good', about: 'TwoFactorPro', proof: 'Nothing has been changed yet' },
  'de-DE': { none: 'Keine Lizenz', good: 'Gültig', ended: 'Abgelaufen', saved: 'Der Lizenzschlüssel ist gespeichert', wrong: 'Mit diesem Schlüssel gibt es jetzt keine Lizenz', renewed: 'Die Lizenz ist gültig', about: 'TwoFactorPro', proof: 'Es wurde noch nichts geändert' },
};

for (const [device, locale] of [['desk', 'en-GB'], ['phone', 'de-DE']]) {
  test(`premium on a ${device} in ${locale}, ${flow} flow`, { timeout: 240000 }, async (t) => {
    const { site, browser, page, complaints } = await begin(t, device, { locale, options: ['--premium', '--site-entered'] });
    page.on('dialog', (dialog) => dialog.accept());
    const says = words[locale];
    const named = (name) => `${name}-${locale.slice(0, 2)}`;
    const pass = async (seconds) => {
      letPass(site, seconds);
      await fetch(`${site.fakes}/clock`, { method: 'POST', body: JSON.stringify({ advance: seconds }) });
    };

    // Each step stands on the one before it: after the first that fails, the others are not tried.
    let failed = false;
    const step = (what, how) => t.test(what, async () => {
      assert.ok(!failed, 'a step before this one failed');
      failed = true;
      await how();
      failed = false;
    });
    const tab = async (name) => {
      await open(page, 'defaultadmin');
      await page.click(`.tf-tabs a[href*="m1_tab=${name}"]`);
    };
    const requestKey = async () => (await page.context().cookies(site.url)).find((cookie) => cookie.name === '__c').value;
    /** By the tab key, as often as it takes; what has the focus is seen to have it. */
    const tabTo = async (selector) => {
      for (let presses = 0; presses < 80; presses += 1) {
        await page.keyboard.press('Tab');
        const found = await page.evaluate((wanted) => {
          const it = document.activeElement;
          return it?.matches(wanted) ? getComputedStyle(it).outlineStyle !== 'none' || getComputedStyle(it).boxShadow !== 'none' : null;
        }, selector);
        if (found !== null) {
          assert.ok(found, `${selector} is seen to have the focus`);
          return;
        }
      }
      assert.fail(`the tab key does not lead to ${selector}`);
    };
    const go = async (selector) => {
      await tabTo(selector);
      await page.keyboard.press('Enter');
      await page.waitForLoadState();
    };
    const manage = async (button) => {
      await page.goto(`${site.url}/admin/modulemanager.php?__c=${await requestKey()}`);
      await page.click(`form:has(input[value=TwoFactorPro]) button[name=${button}]`);
      await page.waitForSelector('b.result:text-is("TwoFactorPro")');
    };
    const state = async () => (await page.locator('.tf-state').first().innerText()).trim();
    let anna;
    let phone;
    const annaSignsIn = async () => {
      await anna.goto(`${site.url}/admin/logout.php`);
      await pass(60);
      await givePassword(anna, site, 'anna');
      await anna.waitForSelector('input[name=twofactor_code]');
      await answer(anna, phone.code());
      await isSignedIn(anna, 'anna');
    };
    let codes;
    const prove = async (form = '') => {
      await page.selectOption(`#tf-method${form}`, 'backup');
      await page.fill(`#tf-code${form}`, codes.shift());
    };

    await step('the free module names it in one quiet place', async () => {
      await administrate(page, site);
      await page.click('form:has(input[value=regenerate]) button');
      await page.waitForSelector('.tf-codes');
      codes = await page.locator('.tf-codes code').allTextContents();
      anna = await newTab(await browser.newContext({ locale }));
      await givePassword(anna, site, 'anna');
      await open(anna, 'preferences');
      await anna.click('form:has(input[value=start]) button');
      await anna.waitForSelector('.tf-secret');
      phone = new Phone(await anna.textContent('.tf-secret code'), site);
      await anna.fill('#tf-code', phone.code());
      await anna.click('form:has(input[value=confirm]) button');
      await anna.waitForSelector('.tf-codes');
      await tab('settings');
      assert.ok((await page.locator('main').innerText()).includes(says.about));
      await looksRight(page, named('premium-1-named'));
    });

    await step('installed, it adds a page and asks for nothing', async () => {
      await manage('install');
      await tab('premium');
      assert.equal(await state(), says.none);
      await looksRight(page, named('premium-2-none'));
      await annaSignsIn();
    });

    await step('a wrong key is refused in plain words, the right one counts', async () => {
      await pass(400);
      await tab('premium');
      await page.waitForSelector('#tf-code');
      await looksRight(page, named('premium-3-proof'));
      await prove();
      assert.equal(await page.inputValue('#tf-site'), site.url, 'config.php has it');
      await page.fill('#tf-key', 'TF-WRONG-0000');
      await page.fill('#tf-site', 'example.org');
      await page.click('form:has(#tf-key) .tf-actions button:not([name])');
      await page.waitForSelector(`text=${says.wrong}`);
      assert.equal(await page.inputValue('#tf-key'), '');
      assert.equal(await page.inputValue('#tf-site'), 'example.org');
      await looksRight(page, named('premium-4-wrong'));
      // Once through with the keyboard alone, from the menu on.
      await page.goto(`${site.url}/admin/index.php?__c=${await requestKey()}`);
      await go('nav a[href*="TwoFactor,m1_,defaultadmin,"]');
      await page.waitForSelector('.tf-tabs');
      await go('.tf-tabs a[href*="m1_tab=premium"]');
      await page.waitForSelector('#tf-key');
      await tabTo('#tf-key');
      await page.keyboard.type(site.licence_key);
      await tabTo('#tf-site');
      await page.keyboard.press('Control+A');
      await page.keyboard.type('https://www.example.org');
      await page.keyboard.press('Enter');
      await page.waitForSelector(`text=${says.saved}`);
      assert.equal(await state(), says.good);
      await looksRight(page, named('premium-5-good'));
      await go('form:has(input[value=licence-renew]) button');
      await page.waitForSelector(`text=${says.renewed}`);
    });

    await step('ended, it says so in its place and everybody signs in as before', async () => {
      await fetch(`${site.fakes}/gateway/sign`, { method: 'POST', body: JSON.stringify({ signs: false }) });
      await pass(16 * DAY);
      await annaSignsIn();
      await givePassword(page, site, 'admin');
      await page.click('button[name=twofactor_use][value=backup]');
      await answer(page, codes.shift());
      await isSignedIn(page, 'admin');
      await tab('premium');
      assert.equal(await state(), says.ended);
      await looksRight(page, named('premium-6-ended'));
      await tab('health');
      await looksRight(page, named('premium-7-health'));
    });

    await step('removed, nothing of it is left and everybody signs in as before', async () => {
      await tab('premium');
      await looksRight(page, named('premium-9-grace'));
      await prove('-2');
      await page.fill('#tf-days', '7');
      await page.click('form:has(#tf-days) .tf-actions button');
      await page.waitForSelector('[role=status]');
      await manage('uninstall');
      await looksRight(page, named('premium-8-removed'));
      await open(page, 'defaultadmin');
      assert.equal(await page.locator('.tf-tabs a[href*="m1_tab=premium"]').count(), 0);
      await annaSignsIn();
    });

    assert.deepEqual(complaints, [], 'what the browser complained about');
  });
}
