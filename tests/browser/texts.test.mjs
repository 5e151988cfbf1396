// What people are told, in a site's own words: the page for it in a real browser, on a desk in English and on a phone in
// German.

import test from 'node:test';
import assert from 'node:assert/strict';
import { administrate, begin, flow, looksRight, open } from './site.mjs';

const words = {
  'en-GB': { told: 'What people are told', needed: 'must stand in it', saved: 'The text was saved', removed: 'The standard text is used again', one: 'For one kind alone' },
  'de-DE': { told: 'Was Personen erfahren', needed: 'als nötig genannt', saved: 'Der Text wurde gespeichert', removed: 'Der Standardtext wird wieder verwendet', one: 'Nur für eine Art' },
};

for (const [device, locale] of [['desk', 'en-GB'], ['phone', 'de-DE']]) {
  test(`texts of notices on a ${device} in ${locale}, ${flow} flow`, { timeout: 180000 }, async (t) => {
    const { site, page, complaints } = await begin(t, device, { locale });
    const [says, language] = [words[locale], locale.slice(0, 2)];
    const named = (name) => `${name}-${language}`;
    await administrate(page, site);
    await open(page, 'defaultadmin');
    await page.click('.tf-tabs a[href*="m1_tab=providers"]');
    await page.click('a[href*="m1_tab=texts"]');
    await looksRight(page, named('texts-1'));
    await page.click(`.tf-kinds a[href*="m1_way=notices"][href*="m1_language=${language}"]`);
    await page.waitForSelector(`#tf-told:has-text("${says.told}")`);
    assert.equal(await page.locator('blockquote').count(), 1, 'ours, and no other');
    await looksRight(page, named('texts-2-notices'));

    // A text that loses the link is refused, and stays there to be mended.
    await page.fill('#tf-own', '{what}\n{advice}');
    await page.fill('#tf-subject', 'IT: {what}');
    await page.focus('#tf-subject');
    await page.keyboard.press('Enter');
    await page.waitForSelector(`[role=alert]:has-text("${says.needed}")`);
    assert.equal(await page.inputValue('#tf-own'), '{what}\n{advice}');
    await looksRight(page, named('texts-3-refused'));
    await page.fill('#tf-own', 'Hallo {user},\n\n{what}\n\n{advice}\n\n{link}\n\nIT, {site}');
    await page.focus('#tf-subject');
    await page.keyboard.press('Enter');
    await page.waitForSelector('blockquote:has-text("Hallo Anna,")');
    assert.equal(await page.locator('blockquote').count(), 2, 'ours beside it');
    await looksRight(page, named('texts-4-preview'));
    await page.click('button[value=text-save]');
    await page.waitForSelector(`text=${says.saved}`);
    await looksRight(page, named('texts-5-saved'));

    // One kind alone, found by the keyboard.
    await page.focus(`summary:has-text("${says.one}")`);
    await page.keyboard.press('Enter');
    await looksRight(page, named('texts-6-kinds'));
    await page.click('details a[href*="m1_kind=notice.password-reset"]');
    await page.waitForSelector('details[open] a[aria-current=page]');
    await page.click('a[href*="m1_kind=sms"]');
    await page.waitForSelector('#tf-own');
    assert.equal(await page.locator('#tf-subject').count(), 0, 'an SMS has no subject');
    await looksRight(page, named('texts-7-sms'));
    await page.locator('section[aria-labelledby=tf-told] ul a').first().click();
    await page.click('button[value=text-remove]');
    await page.waitForSelector(`text=${says.removed}`);
    assert.deepEqual(complaints, []);
  });
}
