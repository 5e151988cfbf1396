// Rules of who needs a second factor, as an administrator sets them and as somebody meets them who has none: tried, set,
// suggested after a sign-in, required; on a desk in English and on a phone in German, with an eye on accessibility.

import test from 'node:test';
import assert from 'node:assert/strict';
import { Mailbox, administrate, begin, flow, givePassword, isSignedIn, letPass, looksRight, newTab, open } from './site.mjs';

const words = {
  'en-GB': { none: 'No rules are set', would: 'What these rules would do today', nobody: 'Nobody has this user name: nobody', set: 'The rules are set', saved: 'The licence key is saved', suggested: 'Protect your account', required: 'Set up your second factor', soon: 'You will soon need a second factor', grace: 'in grace, required from', weak: 'That was right' },
  'de-DE': { none: 'Es sind keine Regeln gesetzt', would: 'Was diese Regeln heute bewirken würden', nobody: 'Niemand hat diesen Benutzernamen: nobody', set: 'Die Regeln sind gesetzt', saved: 'Der Lizenzschlüssel ist gespeichert', suggested: 'Schützen Sie Ihr Konto', required: 'Zweiten Faktor einrichten', soon: 'Bald brauchen Sie einen zweiten Faktor', grace: 'in der Schonfrist, verlangt ab', weak: 'Das war richtig' },
};

for (const [device, locale] of [['desk', 'en-GB'], ['phone', 'de-DE']]) {
  test(`rules on a ${device} in ${locale}, ${flow} flow`, { timeout: 240000 }, async (t) => {
    const { site, browser, page } = await begin(t, device, { locale, options: ['--premium'] });
    page.on('dialog', (dialog) => dialog.accept());
    const says = words[locale];
    const named = (name) => `${name}-${locale.slice(0, 2)}`;
    const requestKey = async () => (await page.context().cookies(site.url)).find((cookie) => cookie.name === '__c').value;
    const tab = async (name) => {
      await open(page, 'defaultadmin');
      await page.goto(`${page.url().replace(/#.*/, '')}&m1_tab=${name}`);
    };
    const prove = async () => {
      if (await page.locator('#tf-code').count()) {
        await page.selectOption('#tf-method', 'backup');
        await page.fill('#tf-code', codes.shift());
      }
    };
    // The first rule, as people fill it in; whom it is for, and what it asks.
    const fillIn = async (level, days) => {
      await page.check('input[name="m1_rule[0][whom]"][value=all]');
      await page.selectOption('#tf-r0-level', level);
      if (days) {
        await page.fill(level === 'encourage' ? '#tf-r0-again' : '#tf-r0-grace', days);
      }
    };
    const tryOut = () => page.click('#tf-rules ~ .tf-actions button:not([name])');
    const setRules = async (level, days, stepUp = '') => {
      letPass(site, 60);
      await tab('enforcement');
      await fillIn(level, days);
      await page.selectOption('#tf-r0-step-up', stepUp);
      await tryOut();
      await page.waitForSelector(`text=${says.would}`);
      await page.fill('#tf-reason', 'decided');
      await prove();
      await page.click('.tf-actions button[value=enforcement-set]');
      await page.waitForLoadState();
      assert.ok((await page.locator('main').innerText()).includes(says.set), await page.locator('main').innerText());
    };
    await administrate(page, site);
    await page.click('form:has(input[value=regenerate]) button');
    await page.waitForSelector('.tf-codes');
    const codes = await page.locator('.tf-codes code').allTextContents();
    await page.goto(`${site.url}/admin/modulemanager.php?__c=${await requestKey()}`);
    await page.click('form:has(input[value=TwoFactorPro]) button[name=install]');
    await page.waitForSelector('b.result:text-is("TwoFactorPro")');
    await tab('premium');
    await page.fill('#tf-key', site.licence_key);
    await prove();
    await page.click('form:has(#tf-key) .tf-actions button:not([name])');
    await page.waitForSelector(`text=${says.saved}`);

    await tab('enforcement');
    await page.waitForSelector(`text=${says.none}`);
    await looksRight(page, named('enforcement-1-none'));
    await page.click('button[value=remove-1]');
    await page.fill('#tf-r0-users', 'anna, nobody');
    await page.fill('#tf-r0-grace', 'ten');
    await tryOut();
    await page.waitForSelector(`text=${says.nobody}`);
    await looksRight(page, named('enforcement-2-wrong'));
    await page.fill('#tf-r0-users', 'anna');
    await page.fill('#tf-r0-grace', '14');
    await page.click('button[value=add]');
    // By the keyboard alone from here: the new rule is where one is.
    assert.equal(await page.evaluate(() => document.activeElement.name), 'm1_rule[1][whom]');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.focus('#tf-r1-level');
    await page.keyboard.press('ArrowDown');
    await tryOut();
    await page.waitForSelector(`text=${says.would}`);
    assert.ok(await page.locator('th:text-is("anna")').count());
    await looksRight(page, named('enforcement-3-tried'));

    await setRules('encourage', '30');
    await looksRight(page, named('enforcement-4-set'));
    const anna = await newTab(await browser.newContext({ locale, viewport: page.viewportSize() }));
    await givePassword(anna, site, 'anna');
    await anna.waitForSelector(`text=${says.suggested}`);
    await looksRight(anna, named('enforcement-5-suggested'));
    await anna.click('.tf-form button');
    await anna.waitForLoadState();
    await isSignedIn(anna, 'anna');
    assert.equal(await anna.locator(`text=${says.suggested}`).count(), 0);

    await setRules('required', '14');
    await anna.goto(`${site.url}/admin/index.php?__c=${(await anna.context().cookies(site.url)).find((cookie) => cookie.name === '__c').value}`);
    await anna.waitForSelector(`[role=region]:has-text("${says.soon}")`);
    await looksRight(anna, named('enforcement-7-bar'));
    const later = await newTab(await browser.newContext({ locale, viewport: page.viewportSize() }));
    await givePassword(later, site, 'anna');
    await later.waitForLoadState();
    await later.click('[role=region] a');
    await looksRight(later, named('enforcement-8-grace'));
    await tab('users');
    await page.waitForSelector(`td:has-text("${says.grace}")`);
    await looksRight(page, named('enforcement-9-users'));

    await setRules('required-now');
    const other = await newTab(await browser.newContext({ locale, viewport: page.viewportSize() }));
    await givePassword(other, site, 'anna');
    await other.waitForSelector('.tf-secret');
    await looksRight(other, named('enforcement-6-required'));

    await setRules('required-now', '', 'no-restricted');
    const mailbox = new Mailbox(site, 'anna@example.org');
    await open(later, 'preferences');
    await later.click('form:has(input[value=start-email]) button');
    await later.fill('#tf-code', mailbox.code());
    await later.click('form:has(input[value=confirm-destination]) button');
    await later.waitForSelector('.tf-codes');
    letPass(site, 60);
    await open(later, 'preferences');
    await later.click('form:has(input[value=send]) button');
    await later.fill('#tf-code', mailbox.code());
    await later.click('form:has(input[value=prove]) .tf-button:last-of-type');
    await later.waitForSelector(`text=${says.weak}`);
    await looksRight(later, named('enforcement-10-too-weak'));
    await later.click('form:has(input[value=start]) button');
    await later.waitForSelector('.tf-secret');
  });
}
