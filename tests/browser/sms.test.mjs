// A telephone number: given, confirmed, used to sign in and reached in another way; in a real browser, on a desk
// and on a phone, with an eye on accessibility on every page.

import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answer, begin, devices, flow, givePassword, isSignedIn, letPass, looksRight, open, signOut } from './site.mjs';

for (const [device] of devices) {
  test(`codes by SMS on a ${device}, ${flow} flow`, { timeout: 600000 }, async (t) => {
    const { site, page, complaints } = await begin(t, device, { options: ['--carriers'] });
    const messages = () => readFileSync(join(site.folder, 'messages'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
    const wait = (seconds) => letPass(site, seconds);

    await givePassword(page, site, 'anna');
    await open(page, 'preferences');
    await page.waitForSelector('input[name=m1_number]');
    assert.equal(await page.inputValue('select[name=m1_region]'), 'DE');
    await page.fill('input[name=m1_number]', '030 1234');
    await page.click('form:has(input[value=start-phone]) button');
    await page.waitForSelector('[role=alert]');
    await looksRight(page, 'sms-1-refused');
    await page.fill('input[name=m1_number]', '01512 3456789');
    await page.click('form:has(input[value=start-phone]) button');
    await page.waitForSelector('input[name=m1_code]');
    assert.match(await page.textContent('#tf-sent'), /\+49\s•••\s89/);
    await looksRight(page, 'sms-2-confirm');
    await page.fill('input[name=m1_code]', messages().at(-1).code);
    await page.click('form:has(input[value=confirm-destination]) button');
    await page.waitForSelector('.tf-codes li');

    await signOut(page, site);
    wait(61);
    await givePassword(page, site, 'anna');
    await page.waitForSelector('input[name=twofactor_code]');
    assert.match(await page.textContent('#twofactor_hint'), /\+49\s•••\s89/);
    await looksRight(page, 'sms-3-challenge');
    await answer(page, messages().at(-1).code);
    await isSignedIn(page, 'anna');

    wait(61);
    await open(page, 'preferences');
    await page.click('form:has(input[value=send]) button[value=sms]');
    await page.waitForSelector('[role=status]');
    await page.fill('input[name=m1_code]', messages().at(-1).code);
    await page.click('form:has(input[value=prove]) button');
    await page.waitForSelector('select#tf-way');
    await looksRight(page, 'sms-4-changes');
    wait(61);
    await page.fill('input[name=m1_number]', '+49 1512 3456789');
    await page.selectOption('select#tf-way', 'voice');
    await page.click('form:has(input[value=start-phone]) button');
    await page.waitForSelector('input[name=m1_code]');
    assert.equal(messages().at(-1).channel, 'voice');
    await page.fill('input[name=m1_code]', messages().at(-1).code);
    await page.click('form:has(input[value=confirm-destination]) button');
    await page.waitForSelector('[role=status]');

    await signOut(page, site);
    // Five messages an hour to one number.
    wait(3601);
    await givePassword(page, site, 'anna');
    wait(61);
    await page.click('button[name=twofactor_use][value=voice]');
    await page.waitForSelector('label:has-text("Code from the call")');
    await looksRight(page, 'sms-5-call');
    await answer(page, messages().at(-1).code);
    await isSignedIn(page, 'anna');
    assert.deepEqual(complaints, []);
  });
}
