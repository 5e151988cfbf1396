// Premium: the page that says of what is alerted, from when on and how often, in a real browser, on a desk in English and on a
// phone in German.

import test from 'node:test';
import assert from 'node:assert/strict';
import { administrate, begin, flow, looksRight, open } from './site.mjs';

const words = {
  'en-GB': { title: 'The latest alerts', saved: 'The alerts are saved', digest: 'What was unusual on the site', wrong: 'Wrong codes in a row: a number' },
  'de-DE': { title: 'Die letzten Warnungen', saved: 'Die Warnungen sind gespeichert', digest: 'Ungewöhnliches auf der Website', wrong: 'Falsche Codes hintereinander: eine Zahl' },
};

for (const [device, locale] of [['desk', 'en-GB'], ['phone', 'de-DE']]) {
  test(`alerts on a ${device} in ${locale}, ${flow} flow`, { timeout: 120000 }, async (t) => {
    const { site, page, complaints } = await begin(t, device, { locale, options: ['--premium'] });
    const says = words[locale];
    const named = (name) => `${name}-${locale.slice(0, 2)}`;
    await administrate(page, site);
    const key = (await page.context().cookies(site.url)).find((cookie) => cookie.name === '__c').value;
    await page.goto(`${site.url}/admin/modulemanager.php?__c=${key}`);
    await page.click('form:has(input[value=TwoFactorPro]) button[name=install]');
    await page.waitForSelector('b.result:text-is("TwoFactorPro")');
    await open(page, 'defaultadmin');
    await page.click('.tf-tabs a[href*="m1_tab=premium"]');
    await page.fill('#tf-key', site.licence_key);
    await page.focus('#tf-key');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.tf-facts');
    await page.click('.tf-within a[href*="m1_tab=alerts"]');
    await page.waitForSelector(`text=${says.title}`);
    await looksRight(page, named('alerts-1'));

    // By the keyboard alone.
    await page.focus('input[type=checkbox][value="new-device"]');
    await page.keyboard.press('Space');
    await page.fill('#tf-alert_failures', '0');
    await page.keyboard.press('Enter');
    await page.waitForSelector(`text=${says.wrong}`);
    assert.equal(await page.isChecked('input[type=checkbox][value="new-device"]'), false, 'what was chosen is there');
    await looksRight(page, named('alerts-2-wrong'));
    await page.fill('#tf-alert_failures', '5');
    await page.focus('#tf-alert_failures');
    await page.keyboard.press('Enter');
    await page.waitForSelector(`text=${says.saved}`);
    assert.equal(await page.isChecked('input[type=checkbox][value="new-device"]'), false);
    assert.equal(await page.isChecked('input[type=checkbox][value="blocked"]'), true);

    await page.check('#tf-kind [value=digest]');
    await page.selectOption('#tf-language', locale.slice(0, 2));
    await page.click('form:has(#tf-kind) button');
    await page.waitForSelector(`h3:has-text("${says.digest}")`);
    await looksRight(page, named('alerts-3-digest'));
    assert.deepEqual(complaints, []);
  });
}
